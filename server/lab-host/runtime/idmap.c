/*
 * idmap FROM TO COUNT SOURCE TARGET [SOURCE TARGET]...
 *
 * Shows each SOURCE once more at TARGET, with other owners: what belongs to user or group FROM + n on disk belongs to
 * TO + n there, and what is written there as TO + n lands on disk as FROM + n (an idmapped mount, mount_setattr(2)).
 * Mounts below SOURCE do not come along. Exit code 2 if the kernel or a file system cannot do it, with the reason.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what, const char *path)
{
	fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
	exit(2);
}

static void write_map(pid_t pid, const char *name, const char *map)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, map, strlen(map)) < 0) fail("cannot write", path);
	close(fd);
}

/* A mount takes its map from a user namespace; that needs a process only until somebody holds the namespace open. */
static int map_namespace(const char *from, const char *to, const char *count)
{
	int made[2];
	if (pipe2(made, O_CLOEXEC) < 0) fail("cannot make", "a pipe");
	pid_t pid = fork();
	if (pid < 0) fail("cannot start", "a process");
	if (pid == 0) {
		char done = 1;
		if (unshare(CLONE_NEWUSER) < 0) done = 0;
		if (write(made[1], &done, 1) < 0) _exit(1);
		pause();
		_exit(0);
	}
	char done = 0;
	if (read(made[0], &done, 1) != 1 || !done) {
		kill(pid, SIGKILL);
		errno = EPERM;
		fail("cannot make", "a user namespace");
	}
	char map[128];
	snprintf(map, sizeof map, "0 0 1\n%s %s %s\n", from, to, count);
	write_map(pid, "uid_map", map);
	write_map(pid, "gid_map", map);
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) fail("cannot open", path);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

static void show(int namespace, const char *source, const char *target)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0) fail("cannot clone the mount of", source);
	struct mount_attr map = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)namespace };
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &map, sizeof map) < 0)
		fail("cannot map the owners of", source);
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		fail("cannot mount at", target);
	close(tree);
}

int main(int argc, char **argv)
{
	if (argc < 6 || argc % 2 != 0) {
		fprintf(stderr, "usage: idmap FROM TO COUNT SOURCE TARGET [SOURCE TARGET]...\n");
		return 1;
	}
	int namespace = map_namespace(argv[1], argv[2], argv[3]);
	for (int at = 4; at < argc; at += 2) show(namespace, argv[at], argv[at + 1]);
	return 0;
}
