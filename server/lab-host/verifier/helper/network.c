#include "probe.h"

#include "network.h"

#include "lab-process.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>

static socklen_t parse_address(const char *host, int port, struct sockaddr_storage *to);

void enter_asked_network(const struct request *r) {
  int network = arg(r, "pid") ? openat(asked_process(r), "ns/net", O_RDONLY | O_CLOEXEC)
                              : lab_descriptor(r, "net", O_RDONLY);
  if (network < 0) fail_errno("network of the process");
  if (setns(network, CLONE_NEWNET) < 0) fail(UNAVAILABLE, "the network could not be entered");
  close(network);
}

long left_ms(const struct request *r) {
  static struct timespec began;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (began.tv_sec == 0) began = now;
  long gone = (now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000;
  long left = number(r, "timeout", 2000) - gone;
  return left > 0 ? left : 0;
}

int dial(const char *host, int port, long within_ms) {
  struct sockaddr_storage address;
  socklen_t size = parse_address(host, port, &address);
  if (size == 0) return errno = EINVAL, -1;
  int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (connect(fd, (struct sockaddr *)&address, size) == 0) return fd;
  int error = errno;
  if (error == EINPROGRESS) {
    socklen_t length = sizeof error;
    int ready = poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, within_ms);
    if (ready == 0) error = ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) error = errno;
  }
  if (error == 0) return fd;
  close(fd);
  return errno = error, -1;
}

static socklen_t parse_address(const char *host, int port, struct sockaddr_storage *to) {
  memset(to, 0, sizeof *to);
  struct sockaddr_in *v4 = (struct sockaddr_in *)to;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
  if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1) return 0;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  return sizeof *v6;
}
