/*
 * drydock-probe answers typed questions about a lab from outside it. It never executes anything of a lab's, never
 * enters a lab's mount, pid or user namespace, and knows neither scenarios nor verdicts.
 *
 *   drydock-probe SOCKET VERIFIER_ROOT
 *
 * One small process (serve.c) listens and forks twice per question: a supervisor (supervise.c), which touches nothing
 * of the learner's and keeps the time, and a worker, which drops what its question does not need and then looks.
 * The protocol is in request.h; ../wire.ts is its other side.
 */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "request.h"

/* Where the sandbox (sandbox.c) shows the verifier's own root file system to the tools. */
#define TOOLS "verifier"
#define TOOLS_ROOT "/" TOOLS

void enter_sandbox(const char *verifier_root);
_Noreturn void serve(int listener, int null_fd);
_Noreturn void supervise(int connection, int null_fd);
_Noreturn void answer_question(const struct request *r);
