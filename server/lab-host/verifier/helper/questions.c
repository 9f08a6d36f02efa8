#include "questions.h"

static const struct {
  const char *kind;
  void (*answer)(const struct request *);
} questions[] = {
    {"file", answer_file},   {"list", answer_list},       {"docker", answer_docker},   {"events", answer_events},
    {"cgroup", answer_cgroup}, {"processes", answer_processes}, {"http", answer_http}, {"dns", answer_dns},
    {"tcp", answer_tcp},     {"connect", answer_connect}, {"ip", answer_ip},           {"rules", answer_rules},
    {"ports", answer_ports}, {"sysctl", answer_sysctl},
};

void answer_question(const struct request *r) {
  const char *kind = need(r, "kind");
  for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
    if (strcmp(kind, questions[i].kind) == 0) questions[i].answer(r);
  fail(UNAVAILABLE, "no such kind of question");
}
