/*
 * faultshim: a disk that fails on command. Loaded before the C library
 * (LD_PRELOAD), it counts the writing calls to one file and makes some of
 * them fail, or kills the process in the middle of one. What is to happen is
 * in a file that the test maps and changes while the server runs.
 *
 * Not for reads, and not for what is changed through a mapping.
 */
/* With it the C library's header gives pwrite the name of pwrite64: here both
 * are meant as they are written. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { CALL_WRITE = 1, CALL_SYNC = 2, CALL_TRUNCATE = 4 };

enum act {
    ACT_NONE,
    ACT_ERROR, /* the call fails with `error` */
    ACT_SHORT, /* half of it is written, and it says so */
    ACT_KILL,  /* the process ends before the call */
    ACT_TORN,  /* half of it is written, then the process ends */
    ACT_HOLD,  /* the call does not return before this is over */
    ACT_LIE,   /* nothing is done, and all is said to be well */
};

/* Shared with the test (test_disk.py has the same order). */
struct control {
    uint32_t act;
    uint32_t calls; /* which of them count */
    uint32_t first; /* the call at which it begins, from 1 */
    uint32_t times; /* how often; 0: from then on */
    uint32_t error;
    uint32_t seen; /* calls that counted since it was armed */
    uint32_t done; /* how often it acted */
    char file[64]; /* the end of the file's name */
};

/* One per process, as the calls it stands before are. */
static struct control *control;

__attribute__((constructor)) static void
open_control(void)
{
    const char *path = getenv("FAULTSHIM_CONTROL");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return;
    void *map =
        mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map != MAP_FAILED)
        control = map;
}

static bool
is_file(int fd)
{
    char link[64];
    char name[4096];
    size_t end = strnlen(control->file, sizeof control->file);

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t bytes = readlink(link, name, sizeof name);
    return bytes >= (ssize_t)end
        && memcmp(name + (size_t)bytes - end, control->file, end) == 0;
}

/* What is to happen to this call. */
static enum act
act_for(uint32_t call, int fd)
{
    if (control == NULL
        || __atomic_load_n(&control->act, __ATOMIC_ACQUIRE) == ACT_NONE
        || !(control->calls & call) || !is_file(fd))
        return ACT_NONE;

    uint32_t number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_ACQ_REL);
    if (number < control->first
        || (control->times > 0 && number >= control->first + control->times))
        return ACT_NONE;
    __atomic_add_fetch(&control->done, 1, __ATOMIC_ACQ_REL);
    enum act act = control->act;
    if (act == ACT_KILL)
        kill(getpid(), SIGKILL);
    if (act == ACT_ERROR)
        errno = (int)control->error;
    while (act == ACT_HOLD
           && __atomic_load_n(&control->act, __ATOMIC_ACQUIRE) == ACT_HOLD)
        sched_yield();
    return act;
}

#define NEXT(name) (__extension__(__typeof__(&(name))) dlsym(RTLD_NEXT, #name))

ssize_t
pwrite64(int fd, const void *data, size_t bytes, off64_t at)
{
    enum act act = act_for(CALL_WRITE, fd);

    if (act == ACT_ERROR)
        return -1;
    if (act == ACT_SHORT || act == ACT_TORN)
        bytes = (bytes + 1) / 2;
    ssize_t written = NEXT(pwrite64)(fd, data, bytes, at);
    if (act == ACT_TORN)
        kill(getpid(), SIGKILL);
    return written;
}

ssize_t
pwrite(int fd, const void *data, size_t bytes, off_t at)
{
    return pwrite64(fd, data, bytes, at);
}

ssize_t
write(int fd, const void *data, size_t bytes)
{
    enum act act = act_for(CALL_WRITE, fd);

    if (act == ACT_ERROR)
        return -1;
    if (act == ACT_SHORT || act == ACT_TORN)
        bytes = (bytes + 1) / 2;
    ssize_t written = NEXT(write)(fd, data, bytes);
    if (act == ACT_TORN)
        kill(getpid(), SIGKILL);
    return written;
}

static int
sync_with(int (*call)(int), int fd)
{
    enum act act = act_for(CALL_SYNC, fd);

    if (act == ACT_LIE)
        return 0;
    return act == ACT_ERROR ? -1 : call(fd);
}

int
fdatasync(int fd)
{
    return sync_with(NEXT(fdatasync), fd);
}

int
fsync(int fd)
{
    return sync_with(NEXT(fsync), fd);
}

int
ftruncate64(int fd, off64_t bytes)
{
    return act_for(CALL_TRUNCATE, fd) == ACT_ERROR
             ? -1
             : NEXT(ftruncate64)(fd, bytes);
}

int
ftruncate(int fd, off_t bytes)
{
    return ftruncate64(fd, bytes);
}
