/* Walks the directories of a cgroup that was delegated to the lab: their names and number are the learner's. */
#pragma once

typedef void process_visitor(int host_pid, const char *cgroup, void *context);
/* `tree` is MOUNT:PATH of the lab's own cgroup; the visitor gets each cgroup's path below it. */
void each_cgroup_process(const char *tree, process_visitor *visit, void *context);
