#include "probe.h"

#include <poll.h>
#include <stdarg.h>

int report_fd = -1;

static char buffer[64 * 1024];
static size_t used, total;

static enum letter letter_of(int error);

void fail(enum letter why, const char *words) {
  char message[MAX_WORDS];
  int size = snprintf(message, sizeof message, "%c%s", why, words);
  if (size >= (int)sizeof message) size = sizeof message - 1;
  if (write(report_fd, message, size) < 0) _exit(2);
  _exit(1);
}

void fail_errno(const char *what) {
  char words[MAX_WORDS];
  int error = errno;
  snprintf(words, sizeof words, "%s: %s", what, strerror(error));
  fail(letter_of(error), words);
}

static enum letter letter_of(int error) {
  switch (error) {
    case ENOENT: case ENOTDIR: case ENAMETOOLONG: case ESRCH:
      return ABSENT;
    case ECONNREFUSED: case ECONNRESET: case EPIPE: case EPROTOTYPE: case EHOSTUNREACH: case ENETUNREACH:
      return REFUSED;
    case ELOOP: case EXDEV: case EACCES: case EPERM: case ENXIO:
      return FORBIDDEN;
    case EAGAIN: case ETIMEDOUT: case EINPROGRESS:
      return TIMEOUT;
    default:
      return UNAVAILABLE;
  }
}

void put(const void *bytes, size_t size) {
  total += size;
  if (total > MAX_ANSWER) fail(TOO_LARGE, "the answer is longer than 4 MiB");
  if (size > sizeof buffer - used) flush();
  if (size > sizeof buffer) return write_all(STDOUT_FILENO, bytes, size);
  memcpy(buffer + used, bytes, size);
  used += size;
}

void flush(void) {
  write_all(STDOUT_FILENO, buffer, used);
  used = 0;
}

void put_text(const char *text) { put(text, strlen(text)); }

void put_format(const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  int size = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (size < 0 || size >= (int)sizeof text) fail(UNAVAILABLE, "a line of the answer is too long");
  put(text, size);
}

void finish(void) {
  flush();
  _exit(0);
}

void write_all(int fd, const void *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t n = write(fd, (const char *)bytes + done, size - done);
    if (n >= 0) done += n;
    else if (errno == EAGAIN) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
    else if (errno != EINTR) _exit(2);
  }
}
