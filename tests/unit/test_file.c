/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output files: whole or not at all. */
#include "hr_test.h"

#include "base/file.h"
#include "temp_folder.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static int count_entries(void)
{
    DIR *dir = opendir(temp_folder);
    int n = -2; /* . and .. */

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static char *read_whole(const char *path)
{
    char *text = calloc(1, 1000);
    FILE *in = fopen(path, "r");

    assert_non_null(in);
    assert_true(fread(text, 1, 999, in) < 999);
    fclose(in);
    return text;
}

static void assert_holds(const char *path, const char *expected)
{
    char *text = read_whole(path);

    assert_string_equal(text, expected);
    free(text);
}

/* One write from open to close. */
static void write_file(const char *path, const char *text, bool commit)
{
    struct hr_file file;

    assert_int_equal(hr_file_open(&file, path, NULL), HR_OK);
    fputs(text, file.out);
    assert_int_equal(hr_file_close(&file, commit, NULL), HR_OK);
    assert_null(file.out);
}

static void a_commit_replaces_and_a_drop_leaves_the_old(void **state)
{
    char *path = hr_file_join(temp_folder, "out.json");
    struct stat info;

    (void)state;
    write_file(path, "never", false);
    assert_int_equal(count_entries(), 0);

    const mode_t mask = umask(027);
    write_file(path, "first", true);
    umask(mask);
    assert_holds(path, "first");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);

    write_file(path, "second, longer", true);
    assert_holds(path, "second, longer");
    write_file(path, "third", false);
    assert_holds(path, "second, longer");
    assert_int_equal(count_entries(), 1);
    unlink(path);
    free(path);
}

static void a_link_stays_a_link(void **state)
{
    char *path = hr_file_join(temp_folder, "real"), *link = hr_file_join(temp_folder, "link");
    struct stat info;

    (void)state;
    write_file(path, "old", true);
    assert_int_equal(symlink("real", link), 0);
    write_file(link, "new", true);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_holds(path, "new");
    unlink(link);
    unlink(path);
    free(link);
    free(path);
}

static void a_device_is_written_in_place(void **state)
{
    struct stat info;

    (void)state;
    write_file("/dev/null", "gone", true);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

static void assert_cannot_open(const char *path, const char *message)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_file file;

    assert_int_equal(hr_file_open(&file, path, diag), HR_ERR_IO);
    assert_null(file.out);
    assert_int_equal(hr_diag_count(diag), 1);
    assert_string_equal(hr_diag_entry(diag, 0)->file, path);
    assert_string_equal(hr_diag_entry(diag, 0)->message, message);
    hr_diag_free(diag);
}

static void what_cannot_be_created_says_why(void **state)
{
    char *plain = hr_file_join(temp_folder, "plain");
    char *below = hr_file_join(plain, "out.json"), *lost = hr_file_join(temp_folder, "no/such");

    (void)state;
    write_file(plain, "x", true);
    assert_cannot_open(below, "cannot create the file: Not a directory");
    assert_cannot_open(lost, "cannot create the file: No such file or directory");
    assert_cannot_open(temp_folder, "cannot create the file: Is a directory");
    assert_int_equal(count_entries(), 1);
    unlink(plain);
    free(lost);
    free(below);
    free(plain);
}

/* /dev/full takes the open and refuses the data. */
static void a_full_disk_is_an_error(void **state)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_file file;

    (void)state;
    assert_int_equal(hr_file_open(&file, "/dev/full", diag), HR_OK);
    fputs("data", file.out);
    assert_int_equal(hr_file_close(&file, true, diag), HR_ERR_IO);
    assert_string_equal(hr_diag_entry(diag, 0)->message,
                        "cannot write the file: No space left on device");
    hr_diag_free(diag);
}

/* The target becomes a folder while the file is being written, so the rename fails. */
static void a_failed_rename_leaves_nothing(void **state)
{
    char *path = hr_file_join(temp_folder, "busy");
    struct hr_diag *diag = hr_diag_new();
    struct hr_file file;

    (void)state;
    assert_int_equal(hr_file_open(&file, path, diag), HR_OK);
    fputs("data", file.out);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(hr_file_close(&file, true, diag), HR_ERR_IO);
    assert_string_equal(hr_diag_entry(diag, 0)->message, "cannot write the file: Is a directory");
    assert_int_equal(count_entries(), 1);
    rmdir(path);
    hr_diag_free(diag);
    free(path);
}

static void folders_are_made_with_their_parents(void **state)
{
    char *deep = hr_file_join(temp_folder, "a/b//c"), *plain = hr_file_join(temp_folder, "plain");
    char *below = hr_file_join(plain, "d");
    struct hr_diag *diag = hr_diag_new();
    struct stat info;

    (void)state;
    assert_int_equal(hr_file_make_folder(deep, diag), HR_OK);
    assert_int_equal(hr_file_make_folder(deep, diag), HR_OK);
    assert_int_equal(hr_file_make_folder("/", diag), HR_OK);
    assert_int_equal(hr_file_make_folder(".", diag), HR_OK);
    assert_int_equal(stat(deep, &info), 0);
    assert_true(S_ISDIR(info.st_mode));
    assert_int_equal(hr_diag_count(diag), 0);

    write_file(plain, "x", true);
    assert_int_equal(hr_file_make_folder(below, diag), HR_ERR_IO);
    assert_string_equal(hr_diag_entry(diag, 0)->message, "cannot make the folder: Not a directory");
    assert_int_equal(hr_file_make_folder(plain, diag), HR_ERR_IO);
    assert_string_equal(hr_diag_entry(diag, 1)->message, "cannot make the folder: Not a directory");
    hr_diag_free(diag);
    free(below);
    free(plain);
    free(deep);
}

static void the_hash_of_a_file(void **state)
{
    char hex[65], *lost = hr_file_join(temp_folder, "lost");
    struct hr_diag *diag = hr_diag_new();

    (void)state;
    assert_int_equal(hr_file_sha256(temp_write("abc", "abc", 3), hex, diag), HR_OK);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(hr_file_sha256(lost, hex, diag), HR_ERR_IO);
    assert_int_equal(hr_file_sha256(temp_folder, hex, diag), HR_ERR_IO);
    assert_string_equal(hr_diag_entry(diag, 1)->message, "cannot read the file: Is a directory");
    unlink(temp_path("abc"));
    hr_diag_free(diag);
    free(lost);
}

static void paths_join_and_part(void **state)
{
    static const struct {
        const char *dir, *name, *joined, *folder;
    } cases[] = {
        { "a", "b.csv", "a/b.csv", "a" },
        { "a/", "b", "a/b", "a" },
        { "", "b", "b", "." },
        { "a", "/b/c", "/b/c", "/b" },
        { "/", "b", "/b", "/" },
        { ".", "../x", "./../x", "./.." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *joined = hr_file_join(cases[i].dir, cases[i].name);
        char *part = hr_file_folder(joined);

        assert_string_equal(joined, cases[i].joined);
        assert_string_equal(part, cases[i].folder);
        free(part);
        free(joined);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_replaces_and_a_drop_leaves_the_old),
        cmocka_unit_test(a_link_stays_a_link),
        cmocka_unit_test(a_device_is_written_in_place),
        cmocka_unit_test(what_cannot_be_created_says_why),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(a_failed_rename_leaves_nothing),
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(the_hash_of_a_file),
        cmocka_unit_test(paths_join_and_part),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
