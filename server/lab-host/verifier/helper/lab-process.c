#include "probe.h"

#include "lab-process.h"

#include "cgroup-tree.h"

#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

struct search {
  const struct request *r;
  int pid_namespace;
  /* How many namespaces below this program's the lab's is: that many entries into `NSpid`. */
  int depth;
  visitor *visit;
  void *context;
};

static int depth_below_own(int pid_namespace);
static void consider(int host_pid, const char *cgroup, void *context);
static bool is_in_lab(const struct lab_process *process, const struct search *search);
static bool same_namespace(int a, int b);
static bool read_status(struct lab_process *process);
static int pid_at_depth(const struct lab_process *process, int depth);
static void hold_if_asked(struct lab_process *process, void *context);

void each_lab_process(const struct request *r, visitor *visit, void *context) {
  struct search search = {.r = r, .visit = visit, .context = context};
  search.pid_namespace = lab_descriptor(r, "pidns", O_RDONLY);
  search.depth = depth_below_own(search.pid_namespace);
  each_cgroup_process(need(r, "tree"), consider, &search);
  close(search.pid_namespace);
}

static int depth_below_own(int pid_namespace) {
  int depth = 0;
  for (int at = dup(pid_namespace);; depth++) {
    int parent = ioctl(at, NS_GET_PARENT);
    close(at);
    if (parent < 0) return depth;
    at = parent;
  }
}

static void consider(int host_pid, const char *cgroup, void *context) {
  const struct search *search = context;
  static struct lab_process process;
  char path[32];
  snprintf(path, sizeof path, "/proc/%d", host_pid);
  process.host_pid = host_pid;
  process.cgroup = cgroup;
  process.directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (process.directory < 0) return;
  if (is_in_lab(&process, search) && read_status(&process)) {
    process.lab_pid = pid_at_depth(&process, search->depth);
    if (process.lab_pid > 0) search->visit(&process, search->context);
  }
  close(process.directory);
}

static bool is_in_lab(const struct lab_process *process, const struct search *search) {
  int at = openat(process->directory, "ns/pid", O_RDONLY | O_CLOEXEC);
  bool found = false;
  while (at >= 0 && !(found = same_namespace(at, search->pid_namespace))) {
    int parent = ioctl(at, NS_GET_PARENT);
    close(at);
    at = parent;
  }
  if (at >= 0) close(at);
  return found;
}

static bool same_namespace(int a, int b) {
  struct stat first, second;
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_ino == second.st_ino &&
         first.st_dev == second.st_dev;
}

static bool read_status(struct lab_process *process) {
  int fd = openat(process->directory, "status", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  size_t used = 0;
  for (ssize_t n; used < MAX_STATUS - 1; used += n)
    if ((n = read(fd, process->status + used, MAX_STATUS - 1 - used)) <= 0) break;
  process->status[used] = '\0';
  close(fd);
  return used > 0;
}

const char *status_field(const struct lab_process *process, const char *name) {
  size_t length = strlen(name);
  /* The kernel escapes a newline in the name of a process, so a line is a line. */
  for (const char *line = process->status; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    if (strncmp(line, name, length) == 0 && line[length] == ':') {
      const char *value = line + length + 1;
      return value + strspn(value, " \t");
    }
  }
  return "";
}

static int pid_at_depth(const struct lab_process *process, int depth) {
  const char *at = status_field(process, "NSpid");
  long pid = 0;
  for (int i = 0; i <= depth; i++) {
    char *end;
    pid = strtol(at, &end, 10);
    if (end == at) return 0;
    at = end;
  }
  return pid;
}

struct hold {
  int wanted;
  int directory;
};

int asked_process(const struct request *r) {
  struct hold hold = {.wanted = number(r, "pid", 0), .directory = -1};
  each_lab_process(r, hold_if_asked, &hold);
  if (hold.directory < 0) fail(ABSENT, "no process of the lab has that number");
  return hold.directory;
}

static void hold_if_asked(struct lab_process *process, void *context) {
  struct hold *hold = context;
  if (process->lab_pid == hold->wanted && hold->directory < 0)
    hold->directory = fcntl(process->directory, F_DUPFD_CLOEXEC, 0);
}

int asked_root(const struct request *r) {
  if (!arg(r, "pid")) return lab_descriptor(r, "root", O_PATH | O_DIRECTORY);
  int root = openat(asked_process(r), "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) fail_errno("root of the process");
  return root;
}
