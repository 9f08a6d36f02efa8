/* `docker` and `events`: one GET on the engine's socket, its bytes relayed unread. */
#include "questions.h"

#include "in-root.h"
#include "lab-process.h"
#include "privileges.h"
#include "relay.h"

#include <sys/socket.h>
#include <sys/un.h>

#define ENGINE_SOCKET "/run/docker.sock"

static int connect_to_engine(const struct request *r);
static void ask_for(const struct request *r, int engine);

void answer_docker(const struct request *r) {
  int engine = connect_to_engine(r);
  ask_for(r, engine);
  static char chunk[64 * 1024];
  for (ssize_t n; (n = read(engine, chunk, sizeof chunk)) != 0;) {
    if (n < 0) fail_errno("the engine's answer");
    put(chunk, n);
  }
  finish();
}

void answer_events(const struct request *r) {
  int engine = connect_to_engine(r);
  ask_for(r, engine);
  begin_stream();
  relay(STDOUT_FILENO, engine);
}

/* Connecting needs write permission on the socket; that is all that CAP_DAC_OVERRIDE is for. */
static int connect_to_engine(const struct request *r) {
  int root = lab_descriptor(r, "root", O_PATH | O_DIRECTORY);
  keep_only(CAP(DAC_READ_SEARCH) | CAP(DAC_OVERRIDE));
  int found = resolve_in_root(root, ENGINE_SOCKET, 0);
  if (found < 0) fail_errno("the engine's socket");
  struct stat is;
  if (fstat(found, &is) < 0 || !S_ISSOCK(is.st_mode)) fail(REFUSED, "the engine's socket is not a socket");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", found);
  int engine = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (engine < 0 || connect(engine, (struct sockaddr *)&address, sizeof address) < 0)
    fail_errno("the engine's socket");
  /* A stream lives long, and must not keep the lab's root from being unmounted. */
  close(found);
  close(root);
  return engine;
}

static void ask_for(const struct request *r, int engine) {
  const char *path = need(r, "path");
  for (const char *at = path; *at; at++)
    if (*at <= ' ' || *at >= 0x7f) fail(UNAVAILABLE, "the path holds what a request line cannot");
  char request[8 * 1024];
  int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n", path);
  if (size >= (int)sizeof request) fail(UNAVAILABLE, "the path is too long");
  if (send(engine, request, size, MSG_NOSIGNAL) != size) fail_errno("the engine's socket");
}
