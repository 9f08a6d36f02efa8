#include "probe.h"

#include "relay.h"

#include <poll.h>
#include <sys/socket.h>

#define CHUNK (64 * 1024)

struct direction {
  int from, to;
  size_t size, sent;
  bool ended;
  char chunk[CHUNK];
};

static short wanted(const struct direction *in, const struct direction *out);
static void move(struct direction *d);

void begin_stream(void) {
  alarm(0);
  write_all(STDOUT_FILENO, (char[]){ANSWERED}, 1);
}

/* Half-close is passed on: a side that has said all may still want to hear. */
void relay(int agent, int lab) {
  static struct direction up, down;
  up = (struct direction){.from = agent, .to = lab};
  down = (struct direction){.from = lab, .to = agent};
  while (!down.ended) {
    short of_agent = wanted(&up, &down), of_lab = wanted(&down, &up);
    /* A lab that hung up while the agent is slow to read would be reported again and again. */
    struct pollfd watched[] = {{.fd = agent, .events = of_agent}, {.fd = of_lab ? lab : -1, .events = of_lab}};
    if (poll(watched, 2, -1) < 0 && errno != EINTR) _exit(1);
    if ((watched[0].revents | watched[1].revents) & POLLERR || watched[0].revents & POLLHUP) _exit(0);
    move(&up);
    move(&down);
  }
  _exit(0);
}

static short wanted(const struct direction *in, const struct direction *out) {
  bool reads = in->size == 0 && !in->ended, writes = out->size > 0;
  return (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
}

static void move(struct direction *d) {
  if (d->size == 0 && !d->ended) {
    ssize_t n = recv(d->from, d->chunk, CHUNK, MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) _exit(0);
    if (n == 0) {
      d->ended = true;
      shutdown(d->to, SHUT_WR);
    }
    if (n > 0) d->size = n, d->sent = 0;
  }
  if (d->size == 0) return;
  ssize_t n = send(d->to, d->chunk + d->sent, d->size - d->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != EINTR) _exit(0);
  if (n > 0) d->sent += n;
  if (d->sent == d->size) d->size = 0;
}
