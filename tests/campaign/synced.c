/* Remembers what a power failure would leave: at each sync of a file of the journal its content is copied beside it, and
 * at each sync of their directory the copies of files that were deleted go too. Loaded with LD_PRELOAD. A file NAME that
 * was synced has a twin NAME.synced; one that has none was never on the disk. A file is read by the descriptor that was
 * synced: to open and close it once more would take this process's locks from it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define TWIN ".synced"

static void remember_file(int descriptor, const char *path) {
    char twin[4200], other[4300], block[65536];
    snprintf(twin, sizeof twin, "%s" TWIN, path);
    snprintf(other, sizeof other, "%s.part", twin);
    int to = open(other, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0) return;
    off_t at = 0;
    ssize_t count;
    while ((count = pread(descriptor, block, sizeof block, at)) > 0 && write(to, block, (size_t)count) == count) at += count;
    close(to);
    if (count) unlink(other);
    else rename(other, twin);
}

/* From now on what was deleted stays deleted. */
static void remember_directory(const char *path) {
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        char file[4400], twin[4400];
        size_t length = strlen(entry->d_name), rest = strlen(TWIN);
        if (strncmp(entry->d_name, "journal.", 8) || length < rest || strcmp(entry->d_name + length - rest, TWIN)) continue;
        snprintf(twin, sizeof twin, "%s/%s", path, entry->d_name);
        snprintf(file, sizeof file, "%s/%.*s", path, (int)(length - rest), entry->d_name);
        if (access(file, F_OK)) unlink(twin);
    }
    if (directory) closedir(directory);
}

static void remember(int descriptor) {
    char link[64], path[4096];
    struct stat status;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || fstat(descriptor, &status)) return;
    path[length] = 0;
    if (S_ISDIR(status.st_mode)) remember_directory(path);
    else if (strstr(path, "/journal.") && status.st_nlink) remember_file(descriptor, path);
}

static int synced(const char *name, int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(descriptor);
    if (result == 0) remember(descriptor);
    return result;
}

int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
