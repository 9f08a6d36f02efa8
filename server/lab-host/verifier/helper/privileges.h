/* What a worker keeps. Each worker gets a user id of its own, so that no two of them can touch one another. */
#pragma once
#include <linux/capability.h>
#include <stdint.h>

#define CAP(name) (UINT64_C(1) << CAP_##name)

/* Root goes away; the named capabilities stay, for this program alone. */
void keep_only(uint64_t capabilities);
/* The same, and a tool that is executed next has them too. */
void keep_for_tool(uint64_t capabilities);
