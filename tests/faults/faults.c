/* Loaded before the C library: the call of the command that changes the disk and that FAULT_AT counts to (from 1)
   fails in the way that FAULT names. Without FAULT_AT nothing does. FAULT_CLOCK is the time that it is, in seconds since 1970. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int calls;

static int due(void) {
    const char *at = getenv("FAULT_AT");
    return at != NULL && __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) == atoi(at);
}

static int fault(void) {
    const char *what = getenv("FAULT");
    if (strcmp(what, "kill") == 0) raise(SIGKILL);
    if (strcmp(what, "interrupt") == 0) raise(SIGINT);
    errno = strcmp(what, "full") == 0 ? ENOSPC : strcmp(what, "read-only") == 0 ? EROFS : EIO;
    return -1;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    struct stat data;
    if (fstat(descriptor, &data) == 0 && S_ISREG(data.st_mode) && due()) {
        REAL(write)(descriptor, bytes, length / 2);
        return fault();
    }
    return REAL(write)(descriptor, bytes, length);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (flags & O_CREAT && due()) return fault();
    return REAL(open64)(path, flags, mode);
}

int rename(const char *from, const char *to) { return due() ? fault() : REAL(rename)(from, to); }
int fsync(int descriptor) { return due() ? fault() : REAL(fsync)(descriptor); }
int fchmod(int descriptor, mode_t mode) { return due() ? fault() : REAL(fchmod)(descriptor, mode); }
int mkdir(const char *path, mode_t mode) { return due() ? fault() : REAL(mkdir)(path, mode); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    const char *now = getenv("FAULT_CLOCK");
    if (clock == CLOCK_REALTIME && now != NULL) {
        time->tv_sec = atoll(now);
        time->tv_nsec = 0;
        return 0;
    }
    return REAL(clock_gettime)(clock, time);
}
