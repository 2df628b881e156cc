/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status codes, and diagnostics as a user sees them. */
#include "hr_test.h"

#include "base/diag.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What hr_diag_print writes; free with free(). */
static char *printed(const struct hr_diag *diag)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    hr_diag_print(diag, out);
    fclose(out);
    return text;
}

static void status_codes_are_pinned(void **state)
{
    (void)state;
    assert_int_equal(HR_OK, 0);
    assert_int_equal(HR_ERR_INPUT, 10);
    assert_int_equal(hr_status_exit_code(HR_OK), 0);
    assert_int_equal(hr_status_exit_code(HR_ERR_INPUT), 2);
    assert_int_equal(hr_status_exit_code(HR_ERR_IO), 3);
    assert_int_equal(hr_status_exit_code(HR_ERR_INTERNAL), 70);
    assert_int_equal(hr_status_exit_code(HR_ERR_INTERRUPTED), 130);
    assert_string_equal(hr_status_text(HR_ERR_INPUT), "bad input");
    assert_string_equal(hr_status_text((enum hr_status)11), "unknown status");
    assert_int_equal(hr_status_exit_code((enum hr_status)11), 70);
}

static const struct {
    struct hr_place place;
    enum hr_severity severity;
    const char *message, *hint, *line;
} lines[] = {
    { { "a.cfg", 3, "deployments[0].replcas" },
      HR_ERROR,
      "unknown key",
      "did you mean \"replicas\"?",
      "a.cfg:3: deployments[0].replcas: unknown key (did you mean \"replicas\"?)\n" },
    { { "a.cfg", 7, NULL }, HR_WARNING, "odd", NULL, "a.cfg:7: warning: odd\n" },
    { { "a.cfg", 0, NULL }, HR_ERROR, "empty", NULL, "a.cfg: empty\n" },
    { { NULL, 9, "seed" }, HR_ERROR, "too big", NULL, "seed: too big\n" },
    { { NULL, 0, NULL }, HR_ERROR, "bare", "hint", "bare (hint)\n" },
    { { "x\033[2J", 1, NULL }, HR_ERROR, "a\nb\tc\rd", NULL, "x\\u001b[2J:1: a\\nb\\tc\\u000dd\n" },
    { { NULL, 0, NULL }, HR_ERROR, "del \x7f c1 \xc2\x9b", NULL, "del \\u007f c1 \\u009b\n" },
    { { NULL, 0, NULL },
      HR_ERROR,
      "gr\xc3\xbc\xc3\x9f \xff \xc3",
      NULL,
      "gr\xc3\xbc\xc3\x9f \\xff \\xc3\n" },
};

static void entries_print_with_place_and_hint(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct hr_diag *diag = hr_diag_new();

        hr_diag_add(diag, lines[i].severity, &lines[i].place, lines[i].hint, "%s",
                    lines[i].message);
        char *text = printed(diag);
        assert_string_equal(text, lines[i].line);
        assert_int_equal(hr_diag_errors(diag), lines[i].severity == HR_ERROR);
        free(text);
        hr_diag_free(diag);
    }
}

static void the_first_hundred_are_kept_and_the_rest_counted(void **state)
{
    struct hr_diag *diag = hr_diag_new();

    (void)state;
    for (int i = 0; i < HR_DIAG_MAX + 7; i++)
        hr_diag_add(diag, i % 2 ? HR_ERROR : HR_WARNING, NULL, NULL, "mistake %d", i);
    assert_int_equal(hr_diag_count(diag), HR_DIAG_MAX);
    assert_int_equal(hr_diag_errors(diag), 53);
    assert_string_equal(hr_diag_entry(diag, HR_DIAG_MAX - 1)->message, "mistake 99");
    char *text = printed(diag);
    assert_non_null(strstr(text, "mistake 99\n... and 7 more\n"));
    free(text);
    hr_diag_free(diag);
}

static void io_errors_name_the_reason(void **state)
{
    struct hr_diag *diag = hr_diag_new();
    char file[] = "lost.csv";

    (void)state;
    assert_int_equal(hr_diag_io(diag, file, ENOENT, "cannot read"), HR_ERR_IO);
    file[0] = 'm'; /* the entry holds a copy */
    const struct hr_diag_entry *entry = hr_diag_entry(diag, 0);
    assert_string_equal(entry->file, "lost.csv");
    assert_string_equal(entry->message, "cannot read: No such file or directory");
    assert_int_equal(entry->severity, HR_ERROR);
    hr_diag_free(diag);
}

static void no_diag_is_no_harm(void **state)
{
    (void)state;
    hr_diag_add(NULL, HR_ERROR, NULL, NULL, "nobody hears this");
    assert_int_equal(hr_diag_io(NULL, "f", EIO, "cannot"), HR_ERR_IO);
    hr_diag_free(NULL);
}

static void utf8_takes_exactly_the_valid_forms(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        uint32_t code;
    } cases[] = {
        { "A", 1, 'A' },
        { "", 1, 0 },
        { "\xc2\x80", 2, 0x80 },
        { "\xe2\x82\xac", 3, 0x20AC },
        { "\xf0\x9f\x98\x80", 4, 0x1F600 },
        { "\xf4\x8f\xbf\xbf", 4, 0x10FFFF },
        { "\xf4\x90\x80\x80", 0, 0 }, /* above the last code */
        { "\xc1\xbf", 0, 0 },         /* overlong */
        { "\xe0\x9f\xbf", 0, 0 },
        { "\xf0\x8f\xbf\xbf", 0, 0 },
        { "\xed\xa0\x80", 0, 0 }, /* surrogates */
        { "\xed\xbf\xbf", 0, 0 },
        { "\xed\x9f\xbf", 3, 0xD7FF },
        { "\x80", 0, 0 },
        { "\xe2\x82", 0, 0 }, /* cut */
        { "\xff", 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t code = 0;

        assert_int_equal(hr_utf8_next(cases[i].text, &code), cases[i].n);
        if (cases[i].n > 0)
            assert_int_equal(code, cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_codes_are_pinned),
        cmocka_unit_test(entries_print_with_place_and_hint),
        cmocka_unit_test(the_first_hundred_are_kept_and_the_rest_counted),
        cmocka_unit_test(io_errors_name_the_reason),
        cmocka_unit_test(no_diag_is_no_harm),
        cmocka_unit_test(utf8_takes_exactly_the_valid_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
