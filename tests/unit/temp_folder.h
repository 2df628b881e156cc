/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder that lives as long as a test program, and files in it. Include after hr_test.h. */
#ifndef TESTS_UNIT_TEMP_FOLDER_H
#define TESTS_UNIT_TEMP_FOLDER_H

#include <headroom/diag.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static char temp_folder[64];

/* Group setup and teardown. */
static int temp_folder_make(void **state)
{
    (void)state;
    strcpy(temp_folder, "/tmp/headroom-test-XXXXXX");
    return mkdtemp(temp_folder) ? 0 : -1;
}

static int temp_folder_remove(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "/bin/rm -rf '%s'", temp_folder);
    return system(command);
}

/* The path of a name in the folder; static storage, overwritten by the next call. */
static inline const char *temp_path(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", temp_folder, name);
    return path;
}

/* The same as a string of the caller's; free with free(). */
static inline char *temp_path_new(const char *name)
{
    return strdup(temp_path(name));
}

/* Writes n bytes as they are and returns the path. */
static inline const char *temp_write(const char *name, const void *data, size_t n)
{
    const char *path = temp_path(name);
    FILE *out = fopen(path, "wb");

    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
    return path;
}

/* Writes n bytes through gzip and returns the path. */
static inline const char *temp_write_gzip(const char *name, const void *data, size_t n)
{
    const char *path = temp_path(name);
    gzFile out = gzopen(path, "wb");

    assert_non_null(out);
    assert_int_equal(gzwrite(out, data, (unsigned)n), (int)n);
    assert_int_equal(gzclose(out), Z_OK);
    return path;
}

/* The only message that was printed, without the folder of the file; static storage. */
static inline const char *temp_message(const struct hr_diag *diag)
{
    static char text[1024];
    char *printed;
    size_t n;
    FILE *out = open_memstream(&printed, &n);

    hr_diag_print(diag, out);
    fclose(out);
    const size_t folder = strlen(temp_folder);
    const char *from = printed;
    if (strncmp(printed, temp_folder, folder) == 0)
        from += folder + 1;
    snprintf(text, sizeof(text), "%.*s", (int)strcspn(from, "\n"), from);
    free(printed);
    return text;
}

#endif
