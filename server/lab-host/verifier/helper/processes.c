#include "questions.h"

#include "lab-process.h"
#include "privileges.h"

#include <sys/stat.h>

#define MAX_TOLD 1000
#define MAX_COMMAND_LINE 4096
#define MAX_WORDS_OF_COMMAND 64

struct told {
  const struct request *r;
  int count;
  int host_pids[MAX_TOLD];
};

static void tell(struct lab_process *process, void *context);
static bool was_told(const struct told *told, int host_pid);
static void put_name(int directory);
static void put_words(int directory);
static void put_namespaces(int directory);
static void put_field(const struct lab_process *process, const char *key, const char *name);
static ssize_t read_file(int directory, const char *name, char *to, size_t most);

/* `processes`: parents are told as the lab host numbers them, as are they themselves in `host`. */
void answer_processes(const struct request *r) {
  static struct told told;
  told.r = r;
  keep_only(CAP(SYS_PTRACE) | CAP(DAC_READ_SEARCH));
  put_text("{\"processes\":[");
  each_lab_process(r, tell, &told);
  put_text("]}");
  finish();
}

static void tell(struct lab_process *process, void *context) {
  struct told *told = context;
  if (was_told(told, process->host_pid)) return;
  if (told->count == MAX_TOLD) fail(TOO_LARGE, "the lab has more than 1000 processes");
  put_text(told->count > 0 ? ",{" : "{");
  told->host_pids[told->count++] = process->host_pid;
  unsigned effective_uid = 0;
  sscanf(status_field(process, "Uid"), "%*u %u", &effective_uid);
  put_format("\"pid\":%d,\"host\":{\"pid\":%d,\"ppid\":%d},\"uid\":%u,\"state\":\"%c\",\"noNewPrivs\":%d,\"seccomp\":%d",
             process->lab_pid, process->host_pid, atoi(status_field(process, "PPid")),
             lab_uid(told->r, effective_uid), status_field(process, "State")[0] ?: '?',
             atoi(status_field(process, "NoNewPrivs")), atoi(status_field(process, "Seccomp")));
  put_field(process, "capEff", "CapEff");
  put_field(process, "capBnd", "CapBnd");
  put_text(",\"cgroup\":");
  put_json(process->cgroup, strlen(process->cgroup));
  put_name(process->directory);
  put_words(process->directory);
  put_namespaces(process->directory);
  put_text("}");
}

static bool was_told(const struct told *told, int host_pid) {
  for (int i = 0; i < told->count; i++)
    if (told->host_pids[i] == host_pid) return true;
  return false;
}

static void put_field(const struct lab_process *process, const char *key, const char *name) {
  const char *value = status_field(process, name);
  put_format(",\"%s\":", key);
  put_json(value, strcspn(value, "\n"));
}

static void put_name(int directory) {
  char name[64];
  ssize_t size = read_file(directory, "comm", name, sizeof name);
  if (size > 0 && name[size - 1] == '\n') size--;
  put_text(",\"name\":");
  put_json(name, size);
}

static void put_words(int directory) {
  char line[MAX_COMMAND_LINE];
  ssize_t size = read_file(directory, "cmdline", line, sizeof line);
  put_text(",\"args\":[");
  int words = 0;
  for (ssize_t at = 0; at < size && words < MAX_WORDS_OF_COMMAND; words++) {
    size_t length = strnlen(line + at, size - at);
    if (words > 0) put_text(",");
    put_json(line + at, length);
    at += length + 1;
  }
  put_text("]");
}

static void put_namespaces(int directory) {
  static const char *const kinds[] = {"pid", "net", "mnt", "user", "ipc", "uts"};
  put_text(",\"namespaces\":{");
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    char path[16];
    struct stat is = {0};
    snprintf(path, sizeof path, "ns/%s", kinds[i]);
    /* A zombie has none but its pid namespace left. */
    if (fstatat(directory, path, &is, 0) < 0) is.st_ino = 0;
    put_format("%s\"%s\":%lu", i > 0 ? "," : "", kinds[i], (unsigned long)is.st_ino);
  }
  put_text("}");
}

static ssize_t read_file(int directory, const char *name, char *to, size_t most) {
  int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
  ssize_t size = fd < 0 ? 0 : read(fd, to, most);
  if (fd >= 0) close(fd);
  return size < 0 ? 0 : size;
}
