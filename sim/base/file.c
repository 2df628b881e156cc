/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output files through a temporary one in the same folder, so that rename replaces at once. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "base/file.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY_TRIES 100

/*
 * Creates path.tmp-PID-N for the first N that is free. open() itself rather than mkstemp(), so
 * that the kernel applies the umask. -1: errno says why.
 */
static int open_temporary(const char *path, char **name)
{
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        struct hr_str candidate;

        hr_str_init(&candidate);
        hr_str_addf(&candidate, "%s.tmp-%ld-%d", path, (long)getpid(), i);
        const int fd = open(candidate.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            *name = candidate.text;
            return fd;
        }
        hr_str_fini(&candidate);
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/*
 * A device or pipe is written as it is: a rename would put a file in its place. A link stays, the
 * file it leads to is replaced.
 */
static int open_target(struct hr_file *file)
{
    struct stat info;

    if (stat(file->path, &info) != 0)
        return errno == ENOENT ? open_temporary(file->path, &file->temporary) : -1;
    if (!S_ISREG(info.st_mode))
        return open(file->path, O_WRONLY | O_CLOEXEC);

    char *real = realpath(file->path, NULL);
    if (!real || access(real, W_OK) != 0) {
        free(real);
        return -1;
    }
    free(file->path);
    file->path = real;
    return open_temporary(file->path, &file->temporary);
}

enum hr_status hr_file_open(struct hr_file *file, const char *path, struct hr_diag *diag)
{
    *file = (struct hr_file){ .path = hr_strdup(path) };
    const int fd = open_target(file);

    if (fd < 0) {
        const enum hr_status status = hr_diag_io(diag, path, errno, "cannot create the file");

        free(file->path);
        *file = (struct hr_file){ 0 };
        return status;
    }
    file->out = fdopen(fd, "w");
    if (file->out)
        return HR_OK;
    const enum hr_status status = hr_diag_io(diag, path, errno, "cannot open the file");
    close(fd);
    hr_file_close(file, false, NULL);
    return status;
}

/* A rename is durable once its folder is; file systems that cannot sync one answer EINVAL. */
static bool sync_folder(const char *path)
{
    char *folder = hr_file_folder(path);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd < 0 || fsync(fd) == 0 || errno == EINVAL;

    if (fd >= 0)
        close(fd);
    free(folder);
    return good;
}

/* Everything that was written is on the disk. */
static bool flush(const struct hr_file *file)
{
    if (fflush(file->out) != 0 || ferror(file->out))
        return false;
    return !file->temporary || fsync(fileno(file->out)) == 0;
}

static bool put_in_place(struct hr_file *file)
{
    if (rename(file->temporary, file->path) != 0)
        return false;
    free(file->temporary);
    file->temporary = NULL;
    return sync_folder(file->path);
}

enum hr_status hr_file_close(struct hr_file *file, bool commit, struct hr_diag *diag)
{
    enum hr_status status = HR_OK;

    errno = 0;
    bool good = commit && flush(file);
    int reason = errno;
    if (file->out && fclose(file->out) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good && file->temporary && !(good = put_in_place(file)))
        reason = errno;
    if (commit && !good)
        status = hr_diag_io(diag, file->path, reason ? reason : EIO, "cannot write the file");
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct hr_file){ 0 };
    return status;
}

/* mkdir that is content with a folder that exists. */
static bool make_one_folder(const char *path)
{
    struct stat info;

    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST || stat(path, &info) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(info.st_mode);
}

enum hr_status hr_file_make_folder(const char *path, struct hr_diag *diag)
{
    char *prefix = hr_strdup(path);
    bool good = true;

    for (char *slash = strchr(prefix + (*prefix != '\0'), '/'); good && slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        good = make_one_folder(prefix);
        *slash = '/';
    }
    good = good && make_one_folder(prefix);
    const int reason = errno;
    free(prefix);
    return good ? HR_OK : hr_diag_io(diag, path, reason, "cannot make the folder");
}

enum hr_status hr_file_sha256(const char *path, char hex[65], struct hr_diag *diag)
{
    FILE *in = fopen(path, "rb");
    char block[16384];
    struct hr_sha256 sha;
    size_t n;

    if (!in)
        return hr_diag_io(diag, path, errno, "cannot open the file");
    hr_sha256_init(&sha);
    errno = 0;
    while ((n = fread(block, 1, sizeof(block), in)) > 0)
        hr_sha256_add(&sha, block, n);
    const int reason = errno;
    const bool good = !ferror(in);
    fclose(in);
    if (!good)
        return hr_diag_io(diag, path, reason ? reason : EIO, "cannot read the file");
    hr_sha256_end(&sha, hex);
    return HR_OK;
}

char *hr_file_join(const char *dir, const char *name)
{
    struct hr_str path;

    if (name[0] == '/' || dir[0] == '\0')
        return hr_strdup(name);
    hr_str_init(&path);
    hr_str_add(&path, dir);
    if (dir[strlen(dir) - 1] != '/')
        hr_str_add(&path, "/");
    hr_str_add(&path, name);
    return path.text;
}

char *hr_file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return hr_strdup(".");
    return hr_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}
