/*
 * Keeps the time of one question. The supervisor touches nothing of the learner's, so nothing of the learner's can
 * hold it up; it ends the worker at the deadline or when the agent hangs up, and alone writes the end of an answer.
 */
#include "probe.h"

#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

/* The tools have their own deadline, the question's; their words are better than a kill. */
#define GRACE_MS 200
#define KILL_MS 300
#define READ_REQUEST_SECONDS 5
/* Until begin_stream; then it lasts as long as both sides want. */
#define OPEN_STREAM_SECONDS 3
#define WORKER_MEMORY (512l * 1024 * 1024)

static bool is_stream(const struct request *r);
static _Noreturn void work(const struct request *r, int connection, int null_fd, int report);
static bool exited_within(int worker, int connection, long ms, bool *hung_up);
static void end_answer(int connection, int status, int report);
static _Noreturn void leave_stuck(int connection, pid_t worker);
static void write_end(int connection, enum letter letter, int status, const char *words);
static void cap(int resource, rlim_t limit);

void supervise(int connection, int null_fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  report_fd = connection;
  alarm(READ_REQUEST_SECONDS);
  const struct request *r = read_request(connection);
  alarm(0);
  if (is_stream(r)) {
    alarm(OPEN_STREAM_SECONDS);
    work(r, connection, null_fd, connection);
  }

  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) _exit(2);
  pid_t pid = fork();
  if (pid == 0) work(r, connection, null_fd, report[1]);
  close(report[1]);
  int worker = pid < 0 ? -1 : pidfd_open(pid, 0);
  if (worker < 0) _exit(2);
  setpgid(pid, pid);

  bool hung_up = false;
  bool in_time = exited_within(worker, connection, number(r, "timeout", 2000) + GRACE_MS, &hung_up);
  kill(-pid, SIGKILL);
  /* Not before the worker is gone: whoever hung up may be about to unmount what it holds. */
  bool ended = in_time || exited_within(worker, -1, KILL_MS, &hung_up);
  int status;
  if (!ended) leave_stuck(hung_up ? -1 : connection, pid);
  if (hung_up) _exit(0);
  if (waitpid(pid, &status, 0) != pid) write_end(connection, UNAVAILABLE, 0, "the worker was lost");
  else if (!in_time) write_end(connection, TIMEOUT, 0, "no answer in time");
  else end_answer(connection, status, report[0]);
  _exit(0);
}

static bool is_stream(const struct request *r) {
  const char *kind = need(r, "kind");
  return strcmp(kind, "events") == 0 || strcmp(kind, "connect") == 0;
}

static void work(const struct request *r, int connection, int null_fd, int report) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  report_fd = report;
  dup2(null_fd, STDIN_FILENO);
  dup2(null_fd, STDERR_FILENO);
  dup2(connection, STDOUT_FILENO);
  if (report == connection) report_fd = STDOUT_FILENO;
  close(connection);
  cap(RLIMIT_CORE, 0);
  cap(RLIMIT_AS, WORKER_MEMORY);
  cap(RLIMIT_NOFILE, 128);
  answer_question(r);
}

static bool exited_within(int worker, int connection, long ms, bool *hung_up) {
  struct timespec now, begin;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (long left = ms; left > 0;) {
    struct pollfd watched[] = {{.fd = worker, .events = POLLIN}, {.fd = connection, .events = POLLRDHUP}};
    if (poll(watched, 2, left) > 0) {
      if (watched[0].revents) return true;
      *hung_up = true;
      return false;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    left = ms - (now.tv_sec - begin.tv_sec) * 1000 - (now.tv_nsec - begin.tv_nsec) / 1000000;
  }
  return false;
}

static void end_answer(int connection, int status, int report) {
  char words[MAX_WORDS + 1];
  ssize_t size = read(report, words, MAX_WORDS);
  if (size > 0) {
    words[size] = '\0';
    write_end(connection, words[0], 0, words + 1);
  } else if (WIFSIGNALED(status)) {
    snprintf(words, sizeof words, "the worker was ended by signal %d", WTERMSIG(status));
    write_end(connection, UNAVAILABLE, 0, words);
  } else {
    write_end(connection, ANSWERED, WEXITSTATUS(status), "");
  }
}

/*
 * A file system can hold a process in the kernel, beyond any signal, as long as whoever serves it likes (seen: overlayfs
 * over FUSE). The agent is told at once; the worker ends with its lab, and somebody must then be there to reap it.
 */
static _Noreturn void leave_stuck(int connection, pid_t worker) {
  if (connection >= 0) write_end(connection, STUCK, 0, "a file system of the lab does not answer");
  waitpid(worker, NULL, 0);
  _exit(0);
}

/* The worker may have the connection still; shutting it down ends it for the agent all the same. */
static void write_end(int connection, enum letter letter, int status, const char *words) {
  char end[MAX_WORDS + 16];
  int size = snprintf(end, sizeof end, "%s%c%03d%04zu", words, letter, status, strlen(words));
  write_all(connection, end, size);
  shutdown(connection, SHUT_RDWR);
}

static void cap(int resource, rlim_t limit) {
  setrlimit(resource, &(struct rlimit){.rlim_cur = limit, .rlim_max = limit});
}
