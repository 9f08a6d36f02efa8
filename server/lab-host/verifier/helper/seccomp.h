/* Calls that no question needs, and that would be worth having for whoever took over a worker or a tool. */
#pragma once

int forbid_dangerous_calls(void);
