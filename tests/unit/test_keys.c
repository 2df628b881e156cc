/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key tables themselves: names, bounds, defaults, help, and the page generated from them. */
#include "hr_test.h"

#include "autoscale/spec.h"
#include "base/mem.h"
#include "cluster/spec.h"
#include "scenario/keys_visit.h"
#include "scenario/table.h"
#include "scenario/value.h"

#include <ctype.h>
#include <headroom/scenario.h>
#include <stdlib.h>
#include <string.h>

#define PAGE HR_SOURCE_DIR "/docs/scenario-keys.md"

static void for_all(void (*check)(void *ctx, const struct hr_key_visit *at))
{
    size_t n = 0;
    hr_keys_visit(false, check, &n);
    assert_true(n > 100);
    /* Not yet part of a scenario. */
    hr_keys_visit_table(&hr_autoscaler_keys, false, check, &n);
    hr_keys_visit_table(&hr_scheduling_keys, false, check, &n);
    hr_keys_visit_table(&hr_scheduler_keys, false, check, &n);
    hr_keys_visit_table(&hr_taint_keys, false, check, &n);
}

static void count(void *ctx)
{
    ++*(size_t *)ctx;
}

/* Fails with the path of the key. */
static void require(const struct hr_key_visit *at, bool good, const char *what)
{
    if (!good)
        fail_msg("%s: %s", at->path, what);
}

static bool is_sentence(const char *text)
{
    const size_t n = text ? strlen(text) : 0;
    return n >= 8 && isupper((unsigned char)text[0]) && text[n - 1] == '.' && !strstr(text, "  ");
}

static bool is_plain_name(const char *name)
{
    return name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* Of a key, or of the elements of an array. */
static enum hr_key_type scalar_type(const struct hr_key *key)
{
    return key->type == HR_KEY_ARRAY ? key->element : key->type;
}

static void check_words(void *ctx, const struct hr_key_visit *at)
{
    count(ctx);
    require(at, is_plain_name(at->key->name), "the name has other characters than a-z, 0-9 and _");
    require(at, is_sentence(at->key->help), "the help is not a sentence");
    require(at, (at->key->choices != NULL) == (scalar_type(at->key) == HR_KEY_ENUM), "choices");
    for (const struct hr_choice *c = at->key->choices; c && c->name; c++) {
        require(at, is_plain_name(c->name), "a choice has other characters than a-z, 0-9 and _");
        require(at, is_sentence(c->help), "the help of a choice is not a sentence");
        for (const struct hr_choice *d = at->key->choices; d != c; d++)
            require(at, strcmp(c->name, d->name) != 0 && c->value != d->value, "equal choices");
    }
}

static void test_names_and_help_are_well_formed(void **state)
{
    (void)state;
    for_all(check_words);
}

static bool overlap(const struct hr_key *a, const struct hr_key *b)
{
    return a->when == 0 || b->when == 0 || (a->when & b->when) != 0;
}

static void check_table(void *ctx, const struct hr_key_visit *at)
{
    const struct hr_key_table *table = at->table;
    count(ctx);
    require(at, table->n_keys <= 64, "more rows than a 64-bit set holds");
    require(at, at->key->offset < table->size, "the field lies beyond the struct");
    require(at, at->key->when == 0 || table->selector, "a condition without a selector");
    for (const struct hr_key *other = table->keys; other != at->key; other++)
        require(at, strcmp(other->name, at->key->name) != 0 || !overlap(other, at->key),
                "two rows of this name apply at once");
    if (table->selector) {
        const struct hr_key *selector = hr_table_find(table, table->selector, HR_SELECTED_ANY);
        require(at, selector && selector->type == HR_KEY_ENUM && selector->when == 0, "selector");
    }
    if (table->shorthand)
        require(at, hr_table_find(table, table->shorthand, HR_SELECTED_ANY) != NULL, "shorthand");
    if (at->key->type == HR_KEY_REF)
        require(at, at->key->list != NULL, "a reference to no list");
    if (at->key->type == HR_KEY_GROUP || at->key->type == HR_KEY_LIST)
        require(at, at->key->table != NULL, "a group without a table");
}

static void test_tables_are_consistent(void **state)
{
    (void)state;
    for_all(check_table);
}

static bool is_number(enum hr_key_type type)
{
    return type == HR_KEY_INT || type == HR_KEY_REAL || type == HR_KEY_QUANTITY;
}

static void check_bounds(void *ctx, const struct hr_key_visit *at)
{
    const struct hr_key *key = at->key;
    const enum hr_key_type type = scalar_type(key);
    count(ctx);
    require(at, !(key->required && key->def), "required, and with a default");
    if (!is_number(type)) {
        require(at, key->min == 0 && key->max == 0, "bounds of what is no number");
        return;
    }
    require(at, key->max > key->min, "no bounds, or empty ones");
    require(at, (key->unit == HR_UNIT_NONE) == (type != HR_KEY_QUANTITY), "unit");
    if (!key->required && !key->def && key->type != HR_KEY_ARRAY)
        require(at, key->min > 0 || (key->min == 0 && key->min_open),
                "optional, and 0 could be given");
    if (key->word)
        require(at, (double)key->word_value < key->min || (double)key->word_value > key->max,
                "the word is a number that could be given");
}

static void test_bounds_are_sound(void **state)
{
    (void)state;
    for_all(check_bounds);
}

union field {
    double real;
    int64_t integer;
    const char *text;
    struct hr_measure measure;
};

static union field stored(const struct hr_key_visit *at, const struct hr_key *key, const char *text,
                          struct hr_arena *arena)
{
    union field field = { .integer = 0 };
    struct hr_mistake mistake;
    const struct hr_value value = { .kind = HR_VALUE_TEXT, .text = text, .plain = true };
    hr_str_init(&mistake.message);
    hr_str_init(&mistake.hint);
    if (!hr_value_store(key, key->type, &value, arena, &field, &mistake))
        fail_msg("%s: the default is wrong: %s", at->path, mistake.message.text);
    hr_str_fini(&mistake.message);
    hr_str_fini(&mistake.hint);
    return field;
}

/* The default is a value, and comes back as the same value from its canonical text. */
static void check_value(const struct hr_key_visit *at, const struct hr_key *key, const char *def)
{
    struct hr_arena *arena = hr_arena_new();
    struct hr_str once, twice;
    hr_str_init(&once);
    hr_str_init(&twice);
    union field field = stored(at, key, def, arena);
    hr_value_format(key, key->type, &field, &once);
    field = stored(at, key, once.text, arena);
    hr_value_format(key, key->type, &field, &twice);
    assert_string_equal(once.text, twice.text);
    hr_str_fini(&once);
    hr_str_fini(&twice);
    hr_arena_free(arena);
}

static void check_default(void *ctx, const struct hr_key_visit *at)
{
    const struct hr_key *key = at->key;
    count(ctx);
    if (!key->def)
        return;
    require(at, key->type != HR_KEY_LIST && key->type != HR_KEY_ARRAY, "a list with a default");
    if (key->type == HR_KEY_GROUP) {
        require(at, key->table->shorthand != NULL, "a group with a default but no shorthand");
        key = hr_table_find(key->table, key->table->shorthand, HR_SELECTED_ANY);
    }
    check_value(at, key, at->key->def);
}

static void test_defaults_are_values(void **state)
{
    (void)state;
    for_all(check_default);
}

static char *printed(const char *pattern, enum hr_keys_format format, size_t *n_keys)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    *n_keys = hr_scenario_keys_print(out, pattern, format);
    fclose(out);
    return text;
}

static char *read_page(void)
{
    char *text = hr_alloc(1 << 20, 1);
    FILE *in = fopen(PAGE, "r");
    if (!in)
        return text;
    text[fread(text, 1, (1 << 20) - 1, in)] = '\0';
    fclose(in);
    return text;
}

/* The page is written anew with HR_UPDATE=1 in the environment. */
static void test_page_is_the_one_printed(void **state)
{
    size_t n;
    char *text = printed(NULL, HR_KEYS_MARKDOWN, &n);
    (void)state;
    if (getenv("HR_UPDATE")) {
        FILE *out = fopen(PAGE, "w");
        assert_non_null(out);
        fputs(text, out);
        fclose(out);
    }
    char *page = read_page();
    assert_string_equal(page, text);
    free(page);
    free(text);
}

static void test_print_filters_by_pattern(void **state)
{
    static const enum hr_keys_format formats[] = { HR_KEYS_TEXT, HR_KEYS_MARKDOWN, HR_KEYS_MAN,
                                                   HR_KEYS_JSON };
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        size_t n_all, n_some, n_none;
        char *all = printed(NULL, formats[i], &n_all);
        char *some = printed("load_balancing", formats[i], &n_some);
        char *none = printed("no such key", formats[i], &n_none);
        assert_true(n_all > 90);
        assert_int_equal(n_some, 1);
        assert_int_equal(n_none, 0);
        assert_non_null(strstr(all, "think_time"));
        assert_non_null(strstr(some, "load_balancing"));
        assert_non_null(strstr(some, "least_outstanding"));
        assert_null(strstr(some, "think_time"));
        free(all);
        free(some);
        free(none);
    }
}

static void test_text_names_type_default_bounds_and_condition(void **state)
{
    size_t n;
    char *text = printed("models[].cores", HR_KEYS_TEXT, &n);
    (void)state;
    assert_string_equal(text, "models[].cores\n"
                              "    number, default 1, above 0 and at most 1000000; with discipline "
                              "= processor_sharing\n"
                              "    Requests that a replica serves at full speed at once; more slow "
                              "each other down.\n");
    free(text);
}

static void test_json_names_every_property(void **state)
{
    size_t n;
    char *text = printed("workloads[].arrivals[].branching", HR_KEYS_JSON, &n);
    (void)state;
    assert_string_equal(text,
                        "[\n"
                        "  {\n"
                        "    \"path\": \"workloads[].arrivals[].branching\",\n"
                        "    \"type\": \"number\",\n"
                        "    \"unit\": null,\n"
                        "    \"required\": true,\n"
                        "    \"default\": null,\n"
                        "    \"min\": 0,\n"
                        "    \"below\": 1,\n"
                        "    \"applies\": {\n"
                        "      \"process\": [\n"
                        "        \"hawkes\"\n"
                        "      ]\n"
                        "    },\n"
                        "    \"help\": \"Mean number of further requests that a request draws "
                        "directly.\"\n"
                        "  }\n"
                        "]\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_help_are_well_formed),
        cmocka_unit_test(test_tables_are_consistent),
        cmocka_unit_test(test_bounds_are_sound),
        cmocka_unit_test(test_defaults_are_values),
        cmocka_unit_test(test_page_is_the_one_printed),
        cmocka_unit_test(test_print_filters_by_pattern),
        cmocka_unit_test(test_text_names_type_default_bounds_and_condition),
        cmocka_unit_test(test_json_names_every_property),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
