#include "probe.h"

#include "cgroup-tree.h"

#include <dirent.h>
#include <limits.h>

/* Past these the answer would be a part of the truth, which is none. */
#define MAX_CGROUPS 4096
#define MAX_PROCESSES 4096

struct walk {
  process_visitor *visit;
  void *context;
  int cgroups, processes;
  char path[PATH_MAX];
};

static void walk_directory(struct walk *walk, int fd, size_t length);
static void visit_processes(struct walk *walk, int directory);
static void walk_below(struct walk *walk, int fd, size_t length);

void each_cgroup_process(const char *tree, process_visitor *visit, void *context) {
  static struct walk walk;
  walk = (struct walk){.visit = visit, .context = context};
  char path[PATH_MAX];
  const char *colon = strchr(tree, ':');
  if (!colon) fail(UNAVAILABLE, "tree");
  snprintf(path, sizeof path, "%.*s%s", (int)(colon - tree), tree, colon + 1);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail(UNAVAILABLE, "the lab's cgroup is gone");
  walk_directory(&walk, fd, 0);
}

static void walk_directory(struct walk *walk, int fd, size_t length) {
  if (++walk->cgroups > MAX_CGROUPS) fail(TOO_LARGE, "the lab has more than 4096 cgroups");
  visit_processes(walk, fd);
  walk_below(walk, fd, length);
}

static void visit_processes(struct walk *walk, int directory) {
  int fd = openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC);
  FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
  if (!list) return;
  /* A threaded cgroup of v2 refuses to be read; its processes are listed by the one above. */
  for (int pid; fscanf(list, "%d", &pid) == 1;) {
    if (++walk->processes > MAX_PROCESSES) fail(TOO_LARGE, "the lab has more than 4096 processes");
    if (pid > 0) walk->visit(pid, walk->path[0] ? walk->path : "/", walk->context);
  }
  fclose(list);
}

static void walk_below(struct walk *walk, int fd, size_t length) {
  DIR *directory = fdopendir(fd);
  if (!directory) return;
  for (struct dirent *entry; (entry = readdir(directory));) {
    size_t name = strlen(entry->d_name);
    if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (length + name + 2 > sizeof walk->path) fail(TOO_LARGE, "the lab's cgroups lie too deep");
    int below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0 && errno == ENOENT) continue;
    /* Out of descriptors, say: what cannot be looked into must not be passed over. */
    if (below < 0) fail(TOO_LARGE, "the lab's cgroups lie too deep");
    snprintf(walk->path + length, sizeof walk->path - length, "/%s", entry->d_name);
    walk_directory(walk, below, length + name + 1);
    walk->path[length] = '\0';
  }
  closedir(directory);
}
