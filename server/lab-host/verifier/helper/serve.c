/* One process per question: accept, fork, forget. Ends when its standard input does, that is with the agent. */
#include "probe.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

static void accept_one(int listener, int null_fd);

void serve(int listener, int null_fd) {
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    struct pollfd watched[] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[1].revents) _exit(0);
    if (watched[0].revents) accept_one(listener, null_fd);
  }
}

static void accept_one(int listener, int null_fd) {
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) return;
  if (fork() == 0) {
    close(listener);
    signal(SIGCHLD, SIG_DFL);
    supervise(connection, null_fd);
  }
  close(connection);
}
