/*
 * A question as the agent writes it: two big-endian 32-bit lengths, then NUL-terminated `key=value` strings, the first
 * of which is `kind=…`, then a payload (bodies and certificates). The agent is trusted; it has checked the question.
 *
 * Common keys: root, net and pidns are paths of descriptors of the lab that the agent keeps (/proc/<agent>/fd/N);
 * uid is FIRST:COUNT of the lab's user ids on the host; cgroup, repeated, is CONTROLLER:MOUNT:PATH; pid numbers
 * a process as the lab does; timeout is in milliseconds.
 */
#pragma once
#include <stddef.h>

#define MAX_ARGS 96

struct request {
  size_t count;
  const char *args[MAX_ARGS];
  const char *payload;
  size_t payload_size;
};

const struct request *read_request(int connection);
/* The value of a key, the nth time it is given (from 0); NULL where it is not. */
const char *nth_arg(const struct request *r, const char *key, size_t n);
const char *arg(const struct request *r, const char *key);
/* Likewise, but a question without it is refused. */
const char *need(const struct request *r, const char *key);
long number(const struct request *r, const char *key, long fallback);
/* Opens the descriptor of the lab that a key names. */
int lab_descriptor(const struct request *r, const char *key, int flags);
/* A user id of the host as the lab numbers it; ids outside its range are 65534. */
unsigned lab_uid(const struct request *r, unsigned host_uid);
