/* Bytes both ways between the agent's connection and something in the lab, as long as either lives. */
#pragma once

/* Tells the agent that the stream is open; from here on the connection is the other side's. */
void begin_stream(void);
_Noreturn void relay(int agent, int lab);
