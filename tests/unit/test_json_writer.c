/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the JSON writer writes is read back by another implementation. */
#include "hr_test.h"

#include "base/json_writer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct document {
    char *text;
    size_t n;
    FILE *out;
    struct hr_json json;
};

static void begin(struct document *document, bool indent)
{
    document->out = open_memstream(&document->text, &document->n);
    assert_non_null(document->out);
    hr_json_init(&document->json, document->out, indent);
}

/* Closes the stream; free the text with free(). */
static char *end(struct document *document)
{
    assert_int_equal(document->json.depth, 0);
    fclose(document->out);
    return document->text;
}

static void write_sample(struct hr_json *json)
{
    hr_json_object(json);
    hr_json_key(json, "name");
    hr_json_string(json, "shop");
    hr_json_key(json, "none");
    hr_json_string(json, NULL);
    hr_json_key(json, "list");
    hr_json_array(json);
    hr_json_int(json, INT64_MIN);
    hr_json_uint(json, UINT64_MAX);
    hr_json_double(json, 0.1);
    hr_json_double(json, (double)NAN);
    hr_json_double(json, -(double)INFINITY);
    hr_json_array(json);
    hr_json_array_end(json);
    hr_json_object(json);
    hr_json_object_end(json);
    hr_json_array_end(json);
    hr_json_key(json, "raw");
    hr_json_raw(json, "{\"a\":1}");
    hr_json_key(json, "good");
    hr_json_bool(json, true);
    hr_json_object_end(json);
}

static void one_line_and_indented_form(void **state)
{
    struct document document;

    (void)state;
    begin(&document, false);
    write_sample(&document.json);
    char *text = end(&document);
    assert_string_equal(text, "{\"name\":\"shop\",\"none\":null,\"list\":[-9223372036854775808,"
                              "18446744073709551615,0.1,null,null,[],{}],\"raw\":{\"a\":1},"
                              "\"good\":true}");
    free(text);

    begin(&document, true);
    write_sample(&document.json);
    text = end(&document);
    assert_string_equal(text, "{\n  \"name\": \"shop\",\n  \"none\": null,\n  \"list\": [\n"
                              "    -9223372036854775808,\n    18446744073709551615,\n    0.1,\n"
                              "    null,\n    null,\n    [],\n    {}\n  ],\n"
                              "  \"raw\": {\"a\":1},\n  \"good\": true\n}");
    free(text);
}

/* Writes `text` as a value and as a key, reads both back with jansson. */
static void assert_reads_back(const char *text, const char *expected)
{
    struct document document;
    json_error_t error;

    begin(&document, false);
    hr_json_object(&document.json);
    hr_json_key(&document.json, text);
    hr_json_string(&document.json, text);
    hr_json_object_end(&document.json);
    char *written = end(&document);

    json_t *root = json_loads(written, 0, &error);
    if (!root)
        fail_msg("%s: %s", error.text, written);
    assert_string_equal(json_string_value(json_object_get(root, expected)), expected);
    json_decref(root);
    free(written);
}

#define FFFD "\xef\xbf\xbd"

static void strings_come_back_and_bad_bytes_are_replaced(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "", "" },
        { "plain", "plain" },
        { "quote \" backslash \\ slash /", "quote \" backslash \\ slash /" },
        { "\x01\b\f\n\r\t\x1f\x7f", "\x01\b\f\n\r\t\x1f\x7f" },
        { "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
          "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
        { "</script>", "</script>" },
        { "a\xff"
          "b",
          "a" FFFD "b" },
        { "\xc0\xaf", FFFD FFFD },          /* overlong */
        { "\xed\xa0\x80", FFFD FFFD FFFD }, /* surrogate */
        { "\xf5\x80\x80\x80", FFFD FFFD FFFD FFFD },
        { "cut \xe2\x82", "cut " FFFD FFFD },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_reads_back(cases[i].text, cases[i].expected);
}

/* Every sequence of three bytes out of a set that holds all kinds of lead and tail bytes. */
static void no_bytes_break_the_document(void **state)
{
    static const unsigned char kinds[] = { 0x01, 0x1F, '"',  '\\', 'a',  0x7F, 0x80,
                                           0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xA0, 0xED,
                                           0xEF, 0xF0, 0x90, 0xF4, 0xF8, 0xFF };
    const size_t n = sizeof(kinds);

    (void)state;
    for (size_t i = 0; i < n * n * n; i++) {
        const char text[4] = { (char)kinds[i % n], (char)kinds[i / n % n], (char)kinds[i / n / n],
                               0 };
        struct document document;

        begin(&document, false);
        hr_json_array(&document.json);
        hr_json_string(&document.json, text);
        hr_json_array_end(&document.json);
        char *written = end(&document);
        json_t *root = json_loads(written, 0, NULL); /* jansson refuses what is not UTF-8 */
        assert_non_null(root);
        json_decref(root);
        free(written);
    }
}

static void numbers_come_back(void **state)
{
    static const double values[] = {
        0.1, 1e20, -2.5e-300, 1.7976931348623157e308, 5e-324, 123456789
    };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct document document;

        begin(&document, false);
        hr_json_array(&document.json);
        hr_json_double(&document.json, values[i]);
        hr_json_array_end(&document.json);
        char *written = end(&document);
        json_t *root = json_loads(written, 0, NULL);
        assert_non_null(root);
        assert_true(json_number_value(json_array_get(root, 0)) == values[i]);
        json_decref(root);
        free(written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_and_indented_form),
        cmocka_unit_test(strings_come_back_and_bad_bytes_are_replaced),
        cmocka_unit_test(no_bytes_break_the_document),
        cmocka_unit_test(numbers_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
