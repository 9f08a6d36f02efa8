/*
 * What gives a lab users of its own.
 *
 * lab-users show FROM TO COUNT SOURCE TARGET [SOURCE TARGET]...
 *   Shows each SOURCE once more at TARGET, with other owners: what belongs to user or group FROM + n on disk belongs to
 *   TO + n there, and what is written there as TO + n lands on disk as FROM + n (an idmapped mount, mount_setattr(2)).
 *   Mounts below SOURCE do not come along.
 *
 * lab-users namespace START COUNT FILE LIMIT=VALUE...
 *   Makes a user namespace whose user n is START + n outside, and keeps it by a mount at FILE. It lies in another one, of
 *   which the lab's root knows nothing and whose limits (names of /proc/sys/user) it therefore cannot raise.
 *
 * Exit code 2 if the kernel or a file system cannot do it, with the reason.
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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* sys/mount.h and linux/mount.h do not go together with every libc. */
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
#define BIND 4096ul

static void fail(const char *what, const char *path)
{
	fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
	exit(2);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) fail("cannot write", path);
	close(fd);
}

static void write_maps(pid_t pid, const char *map)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
	write_file(path, map);
	snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
	write_file(path, map);
}

struct child {
	pid_t pid;
	int to, from;
};

/* Lockstep with a child: each side waits for the byte of the other. */
static void tell(int fd)
{
	if (write(fd, "", 1) != 1) exit(2);
}

static void wait_for(int fd)
{
	char byte;
	if (read(fd, &byte, 1) != 1) exit(2);
}

/* A child that lives as long as its parent, and has told that `enter` is done. */
static struct child start(void (*enter)(struct child *, void *), void *argument)
{
	int down[2], up[2];
	if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0) fail("cannot make", "a pipe");
	struct child child = { .to = down[1], .from = up[0] };
	child.pid = fork();
	if (child.pid < 0) fail("cannot start", "a process");
	if (child.pid > 0) {
		close(down[0]);
		close(up[1]);
		wait_for(child.from);
		return child;
	}
	close(down[1]);
	close(up[0]);
	struct child parent = { .to = up[1], .from = down[0] };
	enter(&parent, argument);
	pause();
	exit(0);
}

static void end(struct child *child)
{
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
}

static void new_namespace(void)
{
	if (unshare(CLONE_NEWUSER) < 0) fail("cannot make", "a user namespace");
	/* The kernel forgets it when capabilities change. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void hold_namespace(struct child *parent, void *argument)
{
	(void)argument;
	new_namespace();
	tell(parent->to);
}

/* A mount takes its map from a user namespace; that needs a process only until somebody holds the namespace open. */
static int map_of(const char *from, const char *to, const char *count)
{
	struct child holder = start(hold_namespace, NULL);
	char text[128], path[64];
	/* What is root's stays root's: folders of the engine's around what is the lab's. */
	snprintf(text, sizeof text, "0 0 1\n%s %s %s\n", from, to, count);
	write_maps(holder.pid, text);
	snprintf(path, sizeof path, "/proc/%d/ns/user", holder.pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) fail("cannot open", path);
	end(&holder);
	return fd;
}

static void show(int map, const char *source, const char *target)
{
	int tree = syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0) fail("cannot clone the mount of", source);
	struct mount_attr owners = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)map };
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &owners, sizeof owners) < 0)
		fail("cannot map the owners of", source);
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		fail("cannot mount at", target);
	close(tree);
}

struct outer {
	unsigned start;
	const char *count;
	char **limits;
};

/* Not what this process may have is the lab's bound, but what it could get. */
static void raise_own_limits(void)
{
	const int kinds[] = { RLIMIT_NPROC, RLIMIT_MSGQUEUE, RLIMIT_SIGPENDING, RLIMIT_MEMLOCK };
	for (unsigned at = 0; at < sizeof kinds / sizeof *kinds; at++) {
		struct rlimit limit;
		if (getrlimit(kinds[at], &limit) < 0) continue;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(kinds[at], &limit);
	}
}

static void hold_both(struct child *parent, void *argument)
{
	struct outer *outer = argument;
	raise_own_limits();
	new_namespace();
	tell(parent->to);
	wait_for(parent->from);
	/* Who makes a namespace needs a number in the one around it. */
	if (setresgid(outer->start, outer->start, outer->start) < 0 ||
	    setresuid(outer->start, outer->start, outer->start) < 0)
		fail("cannot become", "the lab's user");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Or its child's files in /proc would be root's. */
	prctl(PR_SET_DUMPABLE, 1);
	for (char **limit = outer->limits; *limit; limit++) {
		char path[128];
		char *value = strchr(*limit, '=');
		if (!value) exit(1);
		snprintf(path, sizeof path, "/proc/sys/user/%.*s", (int)(value - *limit), *limit);
		/* Older kernels count less. */
		if (access(path, F_OK) == 0) write_file(path, value + 1);
	}
	struct child inner = start(hold_namespace, NULL);
	char text[128];
	snprintf(text, sizeof text, "0 %u %s\n", outer->start, outer->count);
	write_maps(inner.pid, text);
	if (write(parent->to, &inner.pid, sizeof inner.pid) != sizeof inner.pid) exit(2);
}

static void keep_namespace(const char *start_text, const char *count, const char *file, char **limits)
{
	pid_t inner = 0;
	struct outer outer = { .start = strtoul(start_text, NULL, 10), .count = count, .limits = limits };
	struct child holder = start(hold_both, &outer);
	char text[128], path[64];
	snprintf(text, sizeof text, "%s %s %s\n", start_text, start_text, count);
	write_maps(holder.pid, text);
	tell(holder.to);
	if (read(holder.from, &inner, sizeof inner) != sizeof inner) exit(2);
	snprintf(path, sizeof path, "/proc/%d/ns/user", inner);
	int made = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (made < 0) fail("cannot make", file);
	close(made);
	if (mount(path, file, NULL, BIND, NULL) < 0) fail("cannot keep the namespace at", file);
	end(&holder);
}

int main(int argc, char **argv)
{
	if (argc >= 7 && argc % 2 == 1 && strcmp(argv[1], "show") == 0) {
		int map = map_of(argv[2], argv[3], argv[4]);
		for (int at = 5; at < argc; at += 2) show(map, argv[at], argv[at + 1]);
		return 0;
	}
	if (argc >= 5 && strcmp(argv[1], "namespace") == 0) {
		keep_namespace(argv[2], argv[3], argv[4], argv + 5);
		return 0;
	}
	fprintf(stderr, "usage: lab-users show FROM TO COUNT SOURCE TARGET [SOURCE TARGET]...\n"
			"       lab-users namespace START COUNT FILE LIMIT=VALUE...\n");
	return 1;
}
