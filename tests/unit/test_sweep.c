/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --vary: lists, ranges, and what is wrong with them. */
#include "hr_test.h"

#include <headroom/diag.h>
#include <headroom/sweep.h>

#include <string.h>

static void test_axes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path, *values; /* values joined by | */
    } cases[] = {
        { "a.b=1,2,3", "a.b", "1|2|3" },
        { "a=10ms,20ms", "a", "10ms|20ms" },
        { "a=2:6:2", "a", "2|4|6" },
        { "a=2:5:2", "a", "2|4" },
        { "a=0.1:0.3:0.1", "a", "0.1|0.2|0.3" },
        { "a=100/s:300/s:100/s", "a", "100/s|200/s|300/s" },
        { "a=10ms:10ms:5ms", "a", "10ms" },
        { "a=x", "a", "x" },
        { "a=({b=1,c=2}),\"x,y\"", "a", "({b=1,c=2})|\"x,y\"" },
        { "a=1:2", "a", "1:2" },               /* no range: one value */
        { "a=1ms:2s:1ms", "a", "1ms:2s:1ms" }, /* nor this: units differ */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_axis axis;
        char joined[256] = "";
        assert_int_equal(hr_axis_parse(cases[i].text, &axis, NULL), HR_OK);
        assert_string_equal(axis.path, cases[i].path);
        for (size_t v = 0; v < axis.n; v++) {
            strncat(joined, v == 0 ? "" : "|", sizeof joined - strlen(joined) - 1);
            strncat(joined, axis.values[v], sizeof joined - strlen(joined) - 1);
        }
        assert_string_equal(joined, cases[i].values);
        hr_axis_fini(&axis);
    }
}

static void test_bad_axes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "a", "no values" },
        { "=1", "no values" },
        { "a=", "no values" },
        { "a=1,,2", "an empty value" },
        { "a=1,2,", "an empty value" },
        { "a=5:1:1", "a range needs LO <= HI and STEP > 0" },
        { "a=1:5:0", "a range needs LO <= HI and STEP > 0" },
        { "a=1:5:-1", "a range needs LO <= HI and STEP > 0" },
        { "a=0:1e9:1", "more than 1,000,000 values" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_axis axis;
        struct hr_diag *diag = hr_diag_new();
        assert_int_equal(hr_axis_parse(cases[i].text, &axis, diag), HR_ERR_INPUT);
        assert_int_equal(hr_diag_count(diag), 1);
        assert_string_equal(hr_diag_entry(diag, 0)->message, cases[i].message);
        assert_null(axis.values);
        hr_diag_free(diag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_axes),
                                        cmocka_unit_test(test_bad_axes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
