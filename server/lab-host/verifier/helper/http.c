/* `http`: curl, its words and the response. The last line of the answer is curl's own report in JSON. */
#include "questions.h"

#include "network.h"
#include "tool.h"

#include <sys/mount.h>

static void add_request(struct tool *curl, const struct request *r);
static void add_payload(struct tool *curl, const struct request *r);
static void enter_scratch(void);
static void write_file(const char *name, const char *bytes, size_t size);

void answer_http(const struct request *r) {
  enter_asked_network(r);
  struct tool curl = {0};
  char seconds[32];
  snprintf(seconds, sizeof seconds, "%.3f", number(r, "timeout", 2000) / 1000.0);
  const char *const always[] = {"/usr/bin/curl", "-q", "--silent", "--globoff", "--path-as-is", "--noproxy", "*",
                                "--proto", "=http,https", "--include", "--write-out", "\n%{json}",
                                "--no-progress-meter", "--max-time", seconds};
  for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) add(&curl, always[i]);
  add_payload(&curl, r);
  add_request(&curl, r);
  become_tool(r, 0);
  execute(&curl);
}

static void add_request(struct tool *curl, const struct request *r) {
  const char *method = arg(r, "method"), *value;
  if (method && strcmp(method, "HEAD") == 0) add(curl, "--head");
  else if (method) add(curl, "--request"), add(curl, method);
  for (size_t i = 0; (value = nth_arg(r, "header", i)); i++) add(curl, "--header"), add(curl, value);
  for (size_t i = 0; (value = nth_arg(r, "resolve", i)); i++) add(curl, "--resolve"), add(curl, value);
  add(curl, "--url");
  add(curl, need(r, "url"));
}

/* The payload is `ca` bytes of certificates, then the body. curl wants both as files. */
static void add_payload(struct tool *curl, const struct request *r) {
  size_t ca = number(r, "ca", 0);
  if (ca > r->payload_size) fail(UNAVAILABLE, "the question is malformed");
  if (r->payload_size > 0) enter_scratch();
  if (ca > 0) {
    write_file("ca.pem", r->payload, ca);
    add(curl, "--cacert"), add(curl, "ca.pem");
  }
  if (r->payload_size > ca) {
    write_file("body", r->payload + ca, r->payload_size - ca);
    add(curl, "--data-binary"), add(curl, "@body");
  }
}

/* A file system without a name, of this process alone; nothing leads from it anywhere, not even `..`. */
static void enter_scratch(void) {
  int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
  if (context < 0 || fsconfig(context, FSCONFIG_SET_STRING, "size", "1m", 0) < 0 ||
      fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
    fail_errno("scratch");
  int scratch = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (scratch < 0 || fchdir(scratch) < 0) fail_errno("scratch");
}

static void write_file(const char *name, const char *bytes, size_t size) {
  int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (fd < 0) fail_errno("scratch");
  write_all(fd, bytes, size);
  close(fd);
}
