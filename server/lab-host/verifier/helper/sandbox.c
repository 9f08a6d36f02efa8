/*
 * The place the probe works from: no network, and a file system with nothing in it but /proc, the cgroups and the
 * verifier's root, all read-only. A path that slips through finds no engine, key or state of the lab host.
 */
#include "probe.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int copy_tree(const char *path, uint64_t extra);
static void give_null_device(int null_device);
static void place(int tree, const char *path);
static void or_die(bool ok, const char *what);

void enter_sandbox(const char *verifier_root) {
  or_die(unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0, "unshare");
  or_die(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make the mounts private");
  int proc = copy_tree("/proc", MOUNT_ATTR_NOEXEC);
  int cgroups = copy_tree("/sys/fs/cgroup", MOUNT_ATTR_NOEXEC);
  int tools = copy_tree(verifier_root, 0);
  int null_device = open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  or_die(mount("drydock-probe", "/proc", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755") == 0, "tmpfs");
  or_die(chdir("/proc") == 0, "chdir");
  mkdir("proc", 0755);
  place(proc, "proc");
  mkdir("sys", 0755);
  mkdir("sys/fs", 0755);
  mkdir("sys/fs/cgroup", 0755);
  place(cgroups, "sys/fs/cgroup");
  mkdir(TOOLS, 0755);
  place(tools, TOOLS);
  give_null_device(null_device);
  or_die(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  or_die(umount2(".", MNT_DETACH) == 0, "leave the old root");
  or_die(chdir("/") == 0, "chdir /");
  or_die(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) == 0, "seal the root");
}

/* The one device tools insist on (dig does); their root has none, and could not: it is mounted without devices. */
static void give_null_device(int null_device) {
  const char *folder = TOOLS "/dev";
  or_die(mount("drydock-probe", folder, "tmpfs", MS_NOSUID | MS_NOEXEC, "size=4k,mode=755") == 0, folder);
  close(open(TOOLS "/dev/null", O_CREAT | O_WRONLY | O_CLOEXEC, 0444));
  place(null_device, TOOLS "/dev/null");
  or_die(mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL) == 0, folder);
}

static int copy_tree(const char *path, uint64_t extra) {
  int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  or_die(tree >= 0, path);
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | extra};
  or_die(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) == 0, path);
  return tree;
}

static void place(int tree, const char *path) {
  or_die(move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) == 0, path);
  close(tree);
}

static void or_die(bool ok, const char *what) {
  if (ok) return;
  perror(what);
  exit(2);
}
