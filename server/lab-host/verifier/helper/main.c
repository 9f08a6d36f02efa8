#include "probe.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int listen_at(const char *path);

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: drydock-probe SOCKET VERIFIER_ROOT\n");
    return 2;
  }
  /* Whatever the agent's starter left open is no business of a worker's. */
  close_range(STDERR_FILENO + 1, ~0u, 0);
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  int listener = listen_at(argv[1]);
  int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  enter_sandbox(argv[2]);
  puts("ready");
  fflush(stdout);
  serve(listener, null_fd);
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    fprintf(stderr, "the path of the socket is too long\n");
    exit(2);
  }
  strcpy(address.sun_path, path);
  umask(0177);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0) {
    perror(path);
    exit(2);
  }
  umask(022);
  return fd;
}
