/*
 * The processes of the lab: those in its cgroups whose pid namespace is the lab's or below it. A process that the lab
 * host is just putting into the lab is in the cgroup first and in the namespace later, and is not the lab's until then.
 */
#pragma once
#include "request.h"

#define MAX_STATUS 8192

struct lab_process {
  int host_pid;
  int lab_pid;
  /*
   * Descriptor of /proc/<host_pid>. It stays with this one process: once that has ended everything opened below it
   * fails, even when the number is given to another. That is what a pidfd promises, with the files at hand.
   */
  int directory;
  /* Below the lab's own cgroup, beginning with a slash. */
  const char *cgroup;
  char status[MAX_STATUS];
};

typedef void visitor(struct lab_process *process, void *context);
/* Visits each process of the lab, perhaps twice if it moves meanwhile; the process is closed after its visit. */
void each_lab_process(const struct request *r, visitor *visit, void *context);
/* A line of /proc/<pid>/status after its name and colon, as in `field(p, "State")`; "" if it is not there. */
const char *status_field(const struct lab_process *process, const char *name);

/* Directory of the process that the question names by its pid in the lab, or fails as absent. */
int asked_process(const struct request *r);
/* O_PATH root directory of the process that the question names, or of the lab where it names none. */
int asked_root(const struct request *r);
