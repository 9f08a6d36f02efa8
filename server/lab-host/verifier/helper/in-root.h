/* Every path that a learner may have planted something on is opened here and nowhere else. */
#pragma once
#include <sys/stat.h>

/*
 * The place a path names below a root, as an O_PATH descriptor: nothing is opened yet. Links are followed inside the
 * root alone, magic links (/proc/self/root) never. -1 and errno if it cannot be resolved.
 */
int resolve_in_root(int root, const char *path, int flags);
/* Opens a regular file that was resolved, for reading and without ever waiting. */
int open_regular(int resolved);
int open_directory(int resolved);
