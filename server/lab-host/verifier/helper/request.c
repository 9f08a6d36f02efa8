#include "probe.h"

#include <arpa/inet.h>

#define MAX_REQUEST (1024 * 1024)
#define OVERFLOW_UID 65534

static void read_all(int fd, void *to, size_t size);
static void split(struct request *r, char *args, size_t size);

const struct request *read_request(int connection) {
  uint32_t sizes[2];
  read_all(connection, sizes, sizeof sizes);
  size_t args = ntohl(sizes[0]), payload = ntohl(sizes[1]);
  if (args + payload > MAX_REQUEST) fail(UNAVAILABLE, "the question is too long");
  char *bytes = calloc(1, args + payload + 1);
  struct request *r = calloc(1, sizeof *r);
  if (!bytes || !r) fail(UNAVAILABLE, "out of memory");
  read_all(connection, bytes, args + payload);
  if (args == 0 || bytes[args - 1] != '\0') fail(UNAVAILABLE, "the question is malformed");
  split(r, bytes, args);
  r->payload = bytes + args;
  r->payload_size = payload;
  return r;
}

static void read_all(int fd, void *to, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t n = read(fd, (char *)to + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(1);
    done += n;
  }
}

static void split(struct request *r, char *args, size_t size) {
  for (char *at = args; at < args + size; at += strlen(at) + 1) {
    if (r->count == MAX_ARGS) fail(UNAVAILABLE, "the question has too many parts");
    r->args[r->count++] = at;
  }
}

const char *nth_arg(const struct request *r, const char *key, size_t n) {
  size_t length = strlen(key);
  for (size_t i = 0; i < r->count; i++) {
    const char *a = r->args[i];
    if (strncmp(a, key, length) == 0 && a[length] == '=' && n-- == 0) return a + length + 1;
  }
  return NULL;
}

const char *arg(const struct request *r, const char *key) { return nth_arg(r, key, 0); }

const char *need(const struct request *r, const char *key) {
  const char *value = arg(r, key);
  if (!value) fail(UNAVAILABLE, key);
  return value;
}

long number(const struct request *r, const char *key, long fallback) {
  const char *value = arg(r, key);
  return value ? strtol(value, NULL, 10) : fallback;
}

int lab_descriptor(const struct request *r, const char *key, int flags) {
  int fd = open(need(r, key), flags | O_CLOEXEC);
  if (fd < 0) fail(UNAVAILABLE, "the lab is gone");
  return fd;
}

unsigned lab_uid(const struct request *r, unsigned host_uid) {
  unsigned first = 0, count = 0;
  if (sscanf(need(r, "uid"), "%u:%u", &first, &count) != 2) fail(UNAVAILABLE, "uid");
  return host_uid >= first && host_uid - first < count ? host_uid - first : OVERFLOW_UID;
}
