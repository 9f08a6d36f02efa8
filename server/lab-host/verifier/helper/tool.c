#include "probe.h"

#include "tool.h"

#include "privileges.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define MAX_THREADS 16

static void cap(int resource, rlim_t limit);

void add(struct tool *tool, const char *word) {
  if (tool->count == MAX_TOOL_ARGS) fail(UNAVAILABLE, "the question has too many parts");
  tool->args[tool->count++] = word;
}

void become_tool(const struct request *r, uint64_t capabilities) {
  if (chroot(TOOLS_ROOT) < 0) fail(UNAVAILABLE, "the verifier's root is not there");
  keep_for_tool(capabilities);
  cap(RLIMIT_FSIZE, 0);
  cap(RLIMIT_NPROC, MAX_THREADS);
  cap(RLIMIT_CPU, number(r, "timeout", 2000) / 1000 + 2);
}

static void cap(int resource, rlim_t limit) {
  setrlimit(resource, &(struct rlimit){.rlim_cur = limit, .rlim_max = limit});
}

void execute(const struct tool *tool) {
  flush();
  close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
  static char *const environment[] = {"PATH=/usr/sbin:/usr/bin", "LC_ALL=C", "HOME=/nonexistent", NULL};
  signal(SIGPIPE, SIG_DFL);
  execve(tool->args[0], (char *const *)tool->args, environment);
  fail(UNAVAILABLE, tool->args[0]);
}

int run(const struct tool *tool) {
  flush();
  pid_t pid = fork();
  if (pid < 0) fail_errno("fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execute(tool);
  }
  int status;
  if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) fail(UNAVAILABLE, "a tool was ended");
  return WEXITSTATUS(status);
}
