/* `cgroup`: limits and counters of the cgroup a process is in, v1 and v2 alike. What is not there is left out. */
#include "questions.h"

#include "lab-process.h"
#include "privileges.h"

#include <limits.h>

/* v1 says "no limit" with a number near 2^63. */
#define NO_LIMIT (INT64_C(1) << 62)

static int directory_of(const struct request *r, int process, const char *controller);
static const char *path_of(const char *membership, const char *controller, size_t *length);
static void put_v1(const struct request *r, int process);
static void put_v2(int directory);
static bool read_text(int directory, const char *name, char *to, size_t most);
static bool read_number(int directory, const char *name, int64_t *value);
static void put_limit(const char *key, int directory, const char *name);
static void put_counter(const char *key, int directory, const char *name, const char *counter);
static void put_share(int64_t quota, int64_t period);

void answer_cgroup(const struct request *r) {
  int process = asked_process(r);
  keep_only(CAP(DAC_READ_SEARCH));
  put_text("{\"version\":");
  int unified = directory_of(r, process, "");
  put_text(unified >= 0 ? "2" : "1");
  if (unified >= 0) put_v2(unified);
  else put_v1(r, process);
  put_text("}");
  finish();
}

static void put_v1(const struct request *r, int process) {
  int memory = directory_of(r, process, "memory");
  put_limit("memoryMax", memory, "memory.limit_in_bytes");
  put_limit("memoryCurrent", memory, "memory.usage_in_bytes");
  put_counter("oomKills", memory, "memory.oom_control", "oom_kill ");
  put_limit("pidsMax", directory_of(r, process, "pids"), "pids.max");
  int cpu = directory_of(r, process, "cpu");
  put_limit("cpuShares", cpu, "cpu.shares");
  int64_t quota, period;
  if (read_number(cpu, "cpu.cfs_quota_us", &quota) && read_number(cpu, "cpu.cfs_period_us", &period))
    put_share(quota, period);
}

static void put_v2(int directory) {
  put_limit("memoryMax", directory, "memory.max");
  put_limit("memoryCurrent", directory, "memory.current");
  put_counter("oomKills", directory, "memory.events", "oom_kill ");
  put_limit("pidsMax", directory, "pids.max");
  int64_t weight;
  /* The way back from runc's conversion of shares. */
  if (read_number(directory, "cpu.weight", &weight))
    put_format(",\"cpuShares\":%lld", (long long)(2 + (weight - 1) * 262142 / 9999));
  char text[64];
  long long quota, period;
  if (read_text(directory, "cpu.max", text, sizeof text) && sscanf(text, "%lld %lld", &quota, &period) == 2)
    put_share(quota, period);
}

/*
 * The directory of the process's cgroup in one hierarchy ("" is the unified one), if the agent named that hierarchy
 * and the process is below the lab's own cgroup in it; else -1.
 */
static int directory_of(const struct request *r, int process, const char *controller) {
  static char membership[64 * 1024];
  size_t own_length, name_length = strlen(controller);
  if (!read_text(process, "cgroup", membership, sizeof membership)) return -1;
  const char *own = path_of(membership, controller, &own_length), *given;
  for (size_t i = 0; own && (given = nth_arg(r, "cgroup", i)); i++) {
    const char *mount = given + name_length + 1, *path = strchr(mount, ':');
    if (strncmp(given, controller, name_length) != 0 || given[name_length] != ':' || !path) continue;
    if (strncmp(own, path + 1, strlen(path + 1)) != 0) return -1;
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%.*s%.*s", (int)(path - mount), mount, (int)own_length, own);
    return open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  return -1;
}

/* `4:memory:/docker/x` or `0::/docker/x`: the path, where the controller is one of the comma-separated list. */
static const char *path_of(const char *membership, const char *controller, size_t *length) {
  size_t name_length = strlen(controller);
  for (const char *line = membership; *line; line += strcspn(line, "\n"), line += *line == '\n') {
    const char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;
    if (!path) return NULL;
    for (const char *at = names; at < path; at = at + 1 + strcspn(at + 1, ",:")) {
      bool ends = at[name_length + 1] == ',' || at[name_length + 1] == ':';
      if (strncmp(at + 1, controller, name_length) != 0 || !ends) continue;
      *length = strcspn(path + 1, "\n");
      return path + 1;
    }
  }
  return NULL;
}

static bool read_text(int directory, const char *name, char *to, size_t most) {
  int fd = directory < 0 ? -1 : openat(directory, name, O_RDONLY | O_CLOEXEC);
  ssize_t size = fd < 0 ? -1 : read(fd, to, most - 1);
  if (fd >= 0) close(fd);
  if (size < 0) return false;
  to[size] = '\0';
  return true;
}

static bool read_number(int directory, const char *name, int64_t *value) {
  char text[64], *end;
  if (!read_text(directory, name, text, sizeof text)) return false;
  *value = strtoll(text, &end, 10);
  return end != text;
}

static void put_limit(const char *key, int directory, const char *name) {
  int64_t value;
  if (read_number(directory, name, &value) && value < NO_LIMIT)
    put_format(",\"%s\":%lld", key, (long long)value);
}

static void put_counter(const char *key, int directory, const char *name, const char *counter) {
  char text[1024];
  if (!read_text(directory, name, text, sizeof text)) return;
  for (const char *line = text; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    if (strncmp(line, counter, strlen(counter)) == 0)
      put_format(",\"%s\":%lld", key, atoll(line + strlen(counter)));
  }
}

static void put_share(int64_t quota, int64_t period) {
  if (quota > 0 && period > 0) put_format(",\"cpus\":%.4f", (double)quota / (double)period);
}
