#include "questions.h"

#include "network.h"
#include "privileges.h"
#include "relay.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <poll.h>
#include <sys/socket.h>

#define MAX_RECEIVED (64 * 1024)
/* How long a server may take to greet by itself, and to go on once it has begun. */
#define GREETING_MS 150
#define PAUSE_MS 30

static void send_payload(const struct request *r, int fd);
static void put_received(const struct request *r, int fd);
static int dial_any(const struct request *r, int port);
static int dial_own_addresses(const struct request *r, int port);

/* `tcp`: a line {"open", "error"}, then the bytes that came. */
void answer_tcp(const struct request *r) {
  left_ms(r);
  enter_asked_network(r);
  keep_only(0);
  int fd = dial(need(r, "host"), number(r, "port", 0), left_ms(r));
  put_format("{\"open\":%s,\"error\":", fd < 0 ? "false" : "true");
  const char *words = fd < 0 ? strerror(errno) : "";
  put_json(words, strlen(words));
  put_text("}\n");
  if (fd >= 0) {
    send_payload(r, fd);
    put_received(r, fd);
  }
  finish();
}

static void send_payload(const struct request *r, int fd) {
  for (size_t sent = 0; sent < r->payload_size;) {
    ssize_t n = send(fd, r->payload + sent, r->payload_size - sent, MSG_NOSIGNAL);
    if (n > 0) sent += n;
    else if (errno != EAGAIN || poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, left_ms(r)) <= 0) return;
  }
}

static void put_received(const struct request *r, int fd) {
  static char chunk[MAX_RECEIVED];
  /* Whoever was asked something gets the whole time for the first byte of the answer. */
  long patience = r->payload_size > 0 ? left_ms(r) : GREETING_MS;
  for (size_t got = 0; got < MAX_RECEIVED; patience = PAUSE_MS) {
    if (patience > left_ms(r)) patience = left_ms(r);
    if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, patience) <= 0) return;
    ssize_t n = recv(fd, chunk, MAX_RECEIVED - got, 0);
    if (n <= 0) return;
    put(chunk, n);
    got += n;
  }
}

/* `connect`: a port preview. Servers listen on loopback, or on one of the lab's addresses alone. */
void answer_connect(const struct request *r) {
  enter_asked_network(r);
  keep_only(0);
  int fd = dial_any(r, number(r, "port", 0));
  if (fd < 0) fail_errno("connect");
  begin_stream();
  relay(STDOUT_FILENO, fd);
}

static int dial_any(const struct request *r, int port) {
  int fd = dial("127.0.0.1", port, left_ms(r));
  if (fd < 0) fd = dial("::1", port, left_ms(r));
  return fd < 0 ? dial_own_addresses(r, port) : fd;
}

static int dial_own_addresses(const struct request *r, int port) {
  struct ifaddrs *all;
  if (getifaddrs(&all) < 0) return -1;
  int fd = -1;
  errno = ECONNREFUSED;
  for (struct ifaddrs *at = all; at && fd < 0; at = at->ifa_next) {
    char text[INET6_ADDRSTRLEN];
    if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET) continue;
    inet_ntop(AF_INET, &((struct sockaddr_in *)at->ifa_addr)->sin_addr, text, sizeof text);
    fd = dial(text, port, left_ms(r));
  }
  return fd;
}
