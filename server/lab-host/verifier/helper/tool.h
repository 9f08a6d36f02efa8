/* Runs the verifier's own programs: from its own root, with nothing open, never through a shell. */
#pragma once
#include "request.h"

#include <stdint.h>

#define MAX_TOOL_ARGS 64

struct tool {
  const char *args[MAX_TOOL_ARGS + 1];
  int count;
};

void add(struct tool *tool, const char *word);
/* Goes into the tools' root, keeps these capabilities alone. */
void become_tool(const struct request *r, uint64_t capabilities);
_Noreturn void execute(const struct tool *tool);
/* Runs one before another; its standard output is the answer's too. Its exit status. */
int run(const struct tool *tool);
