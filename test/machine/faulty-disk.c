/*
 * A disk that fails, for one process: loaded with LD_PRELOAD, it counts the calls that change something below a folder and answers from the nth one
 * on with an error. What was written before stays as it is, and reading goes on, as on a disk that is full.
 *
 * FAULTY_DISK_FOLDER   absolute path of that folder.
 * FAULTY_DISK_CONTROL  a file of four 64-bit numbers in the byte order of the machine, mapped into memory, so that the process can change them while it runs:
 *                      at (the call that fails first; 0: none), count (calls so far), error (an errno), failed (calls that failed).
 * FAULTY_DISK_TRACE    each counted call appends a line to this file: number, name, path.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder;
static size_t folder_length;
static volatile int64_t *control;
static int trace = -1;

enum { AT, COUNT, ERROR, FAILED, FIELDS };

__attribute__((constructor)) static void start(void) {
  const char *place = getenv("FAULTY_DISK_CONTROL");
  const char *log = getenv("FAULTY_DISK_TRACE");
  folder = getenv("FAULTY_DISK_FOLDER");
  if (!folder || !place) return;
  int file = syscall(SYS_openat, AT_FDCWD, place, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, FIELDS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  syscall(SYS_close, file);
  if (mapped == MAP_FAILED) return;
  folder_length = strlen(folder);
  if (log) trace = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  control = mapped;
}

static int is_inside(const char *path) {
  return control && path && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

/* 1: this call fails, and errno says how. */
static int fails(const char *name, const char *path) {
  int64_t number = __atomic_add_fetch(&control[COUNT], 1, __ATOMIC_SEQ_CST);
  if (trace >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%lld %s %s\n", (long long)number, name, path);
    if (syscall(SYS_write, trace, line, length) != length) abort();
  }
  if (control[AT] == 0 || number < control[AT]) return 0;
  __atomic_add_fetch(&control[FAILED], 1, __ATOMIC_SEQ_CST);
  errno = (int)control[ERROR];
  return 1;
}

static int fails_file(const char *name, int file) {
  if (!control) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_inside(path) && fails(name, path);
}

static int creates(const char *path, int flags) {
  struct stat found;
  return (flags & O_CREAT) && is_inside(path) && fstatat(AT_FDCWD, path, &found, 0) != 0;
}

/* A full disk refuses what needs room; any other disk refuses every change. */
static int needs_no_room(void) { return control && (control[ERROR] == ENOSPC || control[ERROR] == EDQUOT); }

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

#define OPEN(name)                                                          \
  int name(const char *path, int flags, ...) {                              \
    va_list rest;                                                           \
    va_start(rest, flags);                                                  \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, int) : 0;  \
    va_end(rest);                                                           \
    if (creates(path, flags) && fails("create", path)) return -1;           \
    return REAL(int, #name, const char *, int, mode_t)(path, flags, mode);  \
  }
OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode) {
  struct stat found;
  if (is_inside(path) && stat(path, &found) != 0 && fails("mkdir", path)) return -1;
  return REAL(int, "mkdir", const char *, mode_t)(path, mode);
}

ssize_t write(int file, const void *bytes, size_t length) {
  if (fails_file("write", file)) return -1;
  return REAL(ssize_t, "write", int, const void *, size_t)(file, bytes, length);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  if (fails_file("write", file)) return -1;
  return REAL(ssize_t, "writev", int, const struct iovec *, int)(file, parts, count);
}

#define PWRITE(name)                                                                       \
  ssize_t name(int file, const void *bytes, size_t length, off_t at) {                     \
    if (fails_file("write", file)) return -1;                                              \
    return REAL(ssize_t, #name, int, const void *, size_t, off_t)(file, bytes, length, at); \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                                          \
  ssize_t name(int file, const struct iovec *parts, int count, off_t at) {                     \
    if (fails_file("write", file)) return -1;                                                  \
    return REAL(ssize_t, #name, int, const struct iovec *, int, off_t)(file, parts, count, at); \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define TRUNCATE(name)                                                                     \
  int name(int file, off_t length) {                                                       \
    struct stat found;                                                                     \
    int grows = fstat(file, &found) == 0 && length > found.st_size;                        \
    if ((grows || !needs_no_room()) && fails_file("resize", file)) return -1;              \
    return REAL(int, #name, int, off_t)(file, length);                                     \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int posix_fallocate(int file, off_t at, off_t length) {
  if (fails_file("allocate", file)) return errno;
  return REAL(int, "posix_fallocate", int, off_t, off_t)(file, at, length);
}

/* With delayed allocation the disk is found full no sooner than here. */
#define SYNC(name)                              \
  int name(int file) {                          \
    if (fails_file("sync", file)) return -1;    \
    return REAL(int, #name, int)(file);         \
  }
SYNC(fsync)
SYNC(fdatasync)

/* A new name may need room in its folder. */
int rename(const char *from, const char *to) {
  if (is_inside(to) && fails("rename", to)) return -1;
  return REAL(int, "rename", const char *, const char *)(from, to);
}

int unlink(const char *path) {
  struct stat found;
  if (!needs_no_room() && is_inside(path) && lstat(path, &found) == 0 && fails("unlink", path)) return -1;
  return REAL(int, "unlink", const char *)(path);
}

/* Whoever looks for the reason finds no room. */
int statfs(const char *path, struct statfs *found) {
  int answer = REAL(int, "statfs", const char *, struct statfs *)(path, found);
  if (answer == 0 && is_inside(path) && control[FAILED] > 0 && control[ERROR] == ENOSPC) found->f_bavail = found->f_bfree = 0;
  return answer;
}

int statfs64(const char *path, struct statfs64 *found) {
  int answer = REAL(int, "statfs64", const char *, struct statfs64 *)(path, found);
  if (answer == 0 && is_inside(path) && control[FAILED] > 0 && control[ERROR] == ENOSPC) found->f_bavail = found->f_bfree = 0;
  return answer;
}
