/* A disk that fails and a wall clock that jumps, for one process: loaded with LD_PRELOAD. What is wrong stands in the file
 * that TROUBLE names, mapped and shared with whoever makes the trouble: seven 64-bit numbers, see trouble.py. Only files
 * named journal.* are concerned. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct plan { int64_t countdown, error, lasts, is_torn, failed, calls, shift_ns; };

static struct plan *plan(void) {
    static struct plan *mapped;
    if (!mapped) {
        const char *name = getenv("TROUBLE");
        int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
        int file = name ? real(name, O_RDWR) : -1;
        void *at = file < 0 ? MAP_FAILED : mmap(0, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        static struct plan none;
        mapped = at == MAP_FAILED ? &none : at;
        if (file >= 0) close(file);
    }
    return mapped;
}

static int is_journal(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, "/journal.") != NULL;
}

/* True when this call has to fail; errno says with what. */
static int fails(void) {
    struct plan *now = plan();
    now->calls++;
    if (now->countdown > 1 || now->countdown == 0) {
        if (now->countdown) now->countdown--;
        return 0;
    }
    if (!now->lasts) now->countdown = 0;
    now->failed++;
    errno = (int)now->error;
    return 1;
}

#define REAL(name, type, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

static size_t torn(size_t count) { return plan()->is_torn ? count / 2 : 0; }

#define PWRITE(name, offset_type)                                                                       \
    ssize_t name(int to, const void *from, size_t count, offset_type at) {                              \
        if (is_journal(to) && fails()) {                                                                \
            int why = errno;                                                                            \
            if (torn(count)) REAL(name, ssize_t, int, const void *, size_t, offset_type)(to, from, torn(count), at); \
            errno = why;                                                                                \
            return -1;                                                                                  \
        }                                                                                               \
        return REAL(name, ssize_t, int, const void *, size_t, offset_type)(to, from, count, at);        \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int to, const void *from, size_t count) {
    if (is_journal(to) && fails()) return -1;
    return REAL(write, ssize_t, int, const void *, size_t)(to, from, count);
}

#define SYNC(name) \
    int name(int to) { return is_journal(to) && fails() ? -1 : REAL(name, int, int)(to); }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset_type) \
    int name(int to, offset_type size) { return is_journal(to) && fails() ? -1 : REAL(name, int, int, offset_type)(to, size); }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define OPEN(name)                                                                          \
    int name(const char *path, int flags, ...) {                                            \
        va_list rest;                                                                       \
        va_start(rest, flags);                                                              \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                           \
        va_end(rest);                                                                       \
        if ((flags & (O_WRONLY | O_RDWR)) && strstr(path, "/journal.") && fails()) return -1; \
        return REAL(name, int, const char *, int, ...)(path, flags, mode);                  \
    }
OPEN(open)
OPEN(open64)

int clock_gettime(clockid_t clock, struct timespec *at) {
    int result = REAL(clock_gettime, int, clockid_t, struct timespec *)(clock, at);
    if (!result && clock == CLOCK_REALTIME) {
        int64_t shifted = (int64_t)at->tv_sec * 1000000000 + at->tv_nsec + plan()->shift_ns;
        at->tv_sec = shifted / 1000000000;
        at->tv_nsec = shifted % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
