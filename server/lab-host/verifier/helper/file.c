#include "questions.h"

#include "in-root.h"
#include "lab-process.h"
#include "privileges.h"

#include <dirent.h>
#include <sys/stat.h>

#define MAX_ENTRIES 1000

static int resolve_or_link(int root, const char *path);
static void put_metadata(const struct request *r, const struct stat *is);
static const char *type_of(mode_t mode);
static void put_content(int resolved, long most);
static void put_entry(const struct request *r, int directory, const char *name, bool first);

/* `file`: a line of JSON, then the content of a regular file. */
void answer_file(const struct request *r) {
  int root = asked_root(r);
  keep_only(CAP(DAC_READ_SEARCH));
  int found = resolve_or_link(root, need(r, "path"));
  struct stat is;
  if (fstat(found, &is) < 0) fail_errno("stat");
  put_text("{");
  put_metadata(r, &is);
  put_text("}\n");
  if (S_ISREG(is.st_mode)) put_content(found, number(r, "max", 64 * 1024));
  finish();
}

/* A link that leads nowhere is told as a link. */
static int resolve_or_link(int root, const char *path) {
  int found = resolve_in_root(root, path, 0);
  if (found >= 0) return found;
  if (errno != ENOENT) fail_errno("open");
  found = resolve_in_root(root, path, O_NOFOLLOW);
  if (found < 0) fail_errno("open");
  return found;
}

static void put_metadata(const struct request *r, const struct stat *is) {
  put_format("\"type\":\"%s\",\"mode\":%u,\"uid\":%u,\"gid\":%u,\"size\":%lld,\"mtime\":%lld,\"inode\":%llu",
             type_of(is->st_mode), is->st_mode & 07777, lab_uid(r, is->st_uid), lab_uid(r, is->st_gid),
             (long long)is->st_size, (long long)is->st_mtime, (unsigned long long)is->st_ino);
}

static const char *type_of(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISLNK(mode)) return "link";
  if (S_ISSOCK(mode)) return "socket";
  if (S_ISFIFO(mode)) return "fifo";
  return "device";
}

static void put_content(int resolved, long most) {
  if (most <= 0) return;
  int fd = open_regular(resolved);
  if (fd < 0) fail_errno("open");
  static char chunk[64 * 1024];
  for (long left = most; left > 0;) {
    ssize_t n = read(fd, chunk, left < (long)sizeof chunk ? (size_t)left : sizeof chunk);
    if (n < 0) fail_errno("read");
    if (n == 0) break;
    put(chunk, n);
    left -= n;
  }
}

/* `list`: {"entries": [{name, type, …}]} */
void answer_list(const struct request *r) {
  int root = asked_root(r);
  keep_only(CAP(DAC_READ_SEARCH));
  int found = resolve_in_root(root, need(r, "path"), O_DIRECTORY);
  int fd = found < 0 ? -1 : open_directory(found);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (!directory) fail_errno("open");
  put_text("{\"entries\":[");
  int count = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (count == MAX_ENTRIES) fail(TOO_LARGE, "the directory holds more than 1000 names");
    put_entry(r, fd, entry->d_name, count++ == 0);
  }
  put_text("]}");
  finish();
}

static void put_entry(const struct request *r, int directory, const char *name, bool first) {
  struct stat is = {0};
  /* Gone since it was listed, or out of reach: the name is still the directory's. */
  if (fstatat(directory, name, &is, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) is.st_mode = S_IFREG;
  put_text(first ? "{\"name\":" : ",{\"name\":");
  put_json(name, strlen(name));
  put_text(",");
  put_metadata(r, &is);
  put_text("}");
}
