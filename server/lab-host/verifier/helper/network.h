/* Going into the lab's network, and nothing else of the lab. */
#pragma once
#include "request.h"

/* The network namespace of the process the question names, or the lab's. Needs root; drop it next. */
void enter_asked_network(const struct request *r);
/* Milliseconds the question has from its start; `began` is set by the first call. */
long left_ms(const struct request *r);
/*
 * A TCP connection to a numeric address, or -1 and errno. The descriptor is non-blocking.
 */
int dial(const char *host, int port, long within_ms);
