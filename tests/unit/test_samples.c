/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples of durations: units, order, hash, and what is refused. */
#include "hr_test.h"

#include "input/samples.h"
#include "temp_folder.h"

static const struct {
    const char *text, *column;
    size_t n;
    double ns[3];
} good[] = {
    { "0.02\n0.01\n", "", 2, { 1e7, 2e7 } },
    { "20ms\n3us\n1h30m\n", "", 3, { 3000, 2e7, 5.4e12 } },
    { "0\n", "", 1, { 0 } },
    { "latency\n2\n1\n", "", 2, { 1e9, 2e9 } },
    { "id,latency\na,2s\nb,\"1\"\n", "latency", 2, { 1e9, 2e9 } },
    { "{\"d\": 0.5}\n{\"d\": \"250ms\"}\n", "d", 2, { 25e7, 5e8 } },
};

static void samples_come_sorted_in_nanoseconds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        for (int gzip = 0; gzip < 2; gzip++) {
            const size_t length = strlen(good[i].text);
            const char *path = gzip ? temp_write_gzip("good", good[i].text, length)
                                    : temp_write("good", good[i].text, length);
            double *ns;
            size_t n;
            char sha256[65];

            assert_int_equal(hr_samples_read(path, good[i].column, &ns, &n, sha256, NULL), HR_OK);
            assert_int_equal(n, good[i].n);
            for (size_t k = 0; k < n; k++)
                assert_true(ns[k] == good[i].ns[k]);
            assert_int_equal(strlen(sha256), 64);
            free(ns);
        }
    }
}

static void the_hash_is_that_of_the_file(void **state)
{
    const char text[] = "1\n2\n"; /* sha256sum of these four bytes */
    char sha256[65];
    double *ns;
    size_t n;

    (void)state;
    assert_int_equal(
        hr_samples_read(temp_write("hash", text, strlen(text)), "", &ns, &n, sha256, NULL), HR_OK);
    assert_string_equal(sha256, "a6e2b7a040683432de03a18fd8a1939a2fdf82585b364bfc874bdd4095c4cae1");
    free(ns);
}

static const struct {
    const char *text, *column, *message;
} bad[] = {
    { "1\n-2\n", "",
      "bad:2: \"-2\" is negative (expected seconds or a duration such as \"20ms\")" },
    { "1ms\n-2ms\n", "",
      "bad:2: \"-2ms\" is negative (expected seconds or a duration such as \"20ms\")" },
    { "1\n\n2 ms\n", "",
      "bad:3: \"2 ms\" is not a duration (expected seconds or a duration such as \"20ms\")" },
    { "1e99\n", "",
      "bad:1: \"1e99\" is beyond 292 years (expected seconds or a duration such as \"20ms\")" },
    { "a,b\n1,\n", "b",
      "bad:2: \"\" is not a duration (expected seconds or a duration such as \"20ms\")" },
    { "a,b\n1,2\n", "c", "bad:1: no column \"c\" in the header line (did you mean \"a\"?)" },
    { "{\"a\": 1}\n", "", "bad: JSON Lines need `column`: the key to read" },
    { "# none\n", "", "bad: the file holds no samples" },
    { "a\n", "a", "bad:1: the file holds no samples" },
};

static void every_mistake_has_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hr_diag *diag = hr_diag_new();
        double *ns = NULL;
        size_t n;
        char sha256[65];

        assert_int_equal(hr_samples_read(temp_write("bad", bad[i].text, strlen(bad[i].text)),
                                         bad[i].column, &ns, &n, sha256, diag),
                         HR_ERR_INPUT);
        assert_string_equal(temp_message(diag), bad[i].message);
        assert_null(ns);
        hr_diag_free(diag);
    }
}

static void a_lost_file_is_an_io_error(void **state)
{
    struct hr_diag *diag = hr_diag_new();
    char sha256[65];
    double *ns;
    size_t n;

    (void)state;
    assert_int_equal(hr_samples_read(temp_path("lost"), "", &ns, &n, sha256, diag), HR_ERR_IO);
    assert_string_equal(temp_message(diag),
                        "lost: cannot open the file: No such file or directory");
    hr_diag_free(diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_sorted_in_nanoseconds),
        cmocka_unit_test(the_hash_is_that_of_the_file),
        cmocka_unit_test(every_mistake_has_its_line),
        cmocka_unit_test(a_lost_file_is_an_io_error),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
