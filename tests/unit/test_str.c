/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growing string, the shortest text of a double, and "did you mean". */
#include "hr_test.h"

#include "base/str.h"
#include "base/suggest.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static void a_string_grows_and_is_handed_over(void **state)
{
    struct hr_str s;

    (void)state;
    hr_str_init(&s);
    assert_string_equal(s.text, "");
    for (int i = 0; i < 1000; i++)
        hr_str_addf(&s, "%d,", i % 10);
    assert_int_equal(s.length, 2000);
    assert_int_equal(strlen(s.text), 2000);
    hr_str_clear(&s);
    assert_string_equal(s.text, "");
    hr_str_add(&s, "one");
    hr_str_add_n(&s, " two three", 4);
    char *text = hr_str_take(&s);
    assert_string_equal(text, "one two");
    assert_null(s.text);
    free(text);
}

static void doubles_have_their_shortest_text(void **state)
{
    static const struct {
        double x;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { -0.0, "-0" },
        { 1, "1" },
        { -42, "-42" },
        { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1e20, "1e+20" },
        { 1e15, "1e+15" },
        { 999999999999999.0, "999999999999999" },
        { 2.778e-6, "2.778e-06" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[32];

        hr_format_double(text, cases[i].x);
        assert_string_equal(text, cases[i].text);
    }
}

/* Any bit pattern that is a finite double comes back as the same bits. */
static void doubles_read_back_bit_for_bit(void **state)
{
    uint64_t bits = 1;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        double x, back;
        char text[32];

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&x, &bits, sizeof(x));
        if (!isfinite(x))
            continue;
        hr_format_double(text, x);
        assert_true(strlen(text) < 32);
        back = strtod(text, NULL);
        assert_memory_equal(&back, &x, sizeof(x));
    }
}

static void edit_distances(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        { "", "", 0 },
        { "abc", "", 3 },
        { "replcas", "replicas", 1 },
        { "sede", "seed", 1 }, /* a swap is one edit */
        { "kitten", "sitting", 3 },
        { "ca", "abc", 3 }, /* optimal string alignment: no edit inside a swap */
        { "duration", "duration", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(hr_edit_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(hr_edit_distance(cases[i].b, cases[i].a), cases[i].distance);
    }
}

static void words_of_63_count_and_of_64_do_not(void **state)
{
    char word[65], other[65];

    (void)state;
    memset(word, 'a', sizeof(word));
    memset(other, 'b', sizeof(other));
    word[63] = other[63] = '\0';
    assert_int_equal(hr_edit_distance(word, other), 63);
    word[63] = 'a';
    word[64] = '\0';
    assert_int_equal(hr_edit_distance(word, other), SIZE_MAX);
    assert_int_equal(hr_edit_distance(other, word), SIZE_MAX);
}

static void the_nearest_word_is_suggested_if_it_is_near(void **state)
{
    struct hr_suggest near = { .word = "replcas" }, far = { .word = "colour" };

    (void)state;
    hr_suggest_offer(&near, "replace");
    hr_suggest_offer(&near, "replicas");
    hr_suggest_offer(&near, "resources");
    assert_string_equal(near.best, "replicas");
    hr_suggest_offer(&far, "duration");
    hr_suggest_offer(&far, "seed");
    assert_null(far.best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_string_grows_and_is_handed_over),
        cmocka_unit_test(doubles_have_their_shortest_text),
        cmocka_unit_test(doubles_read_back_bit_for_bit),
        cmocka_unit_test(edit_distances),
        cmocka_unit_test(words_of_63_count_and_of_64_do_not),
        cmocka_unit_test(the_nearest_word_is_suggested_if_it_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
