#include "probe.h"

#include "in-root.h"

#include <linux/openat2.h>
#include <sys/syscall.h>

/* The kernel answers EAGAIN when something was renamed while it walked; a learner can keep that up for ever. */
#define MAX_TRIES 1000

static int reopen(int resolved, int flags);

int resolve_in_root(int root, const char *path, int flags) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int fd = -1;
  for (int i = 0; i < MAX_TRIES; i++) {
    fd = syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return fd;
}

int open_regular(int resolved) { return reopen(resolved, O_NONBLOCK | O_NOCTTY); }
int open_directory(int resolved) { return reopen(resolved, O_DIRECTORY); }

static int reopen(int resolved, int flags) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", resolved);
  return open(path, O_RDONLY | O_CLOEXEC | flags);
}
