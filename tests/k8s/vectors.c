/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: reads a file, runs its cases by kind, counts. */
#include "vectors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vectors_count(struct vectors *v, const char *step)
{
    if (v->wrong.length == 0) {
        v->passed++;
        return;
    }
    v->failed++;
    printf("%s %s%s%s:%s\n", v->kind, v->name, *step ? " " : "", step, v->wrong.text);
    hr_str_clear(&v->wrong);
}

void expect_int(struct vectors *v, const char *what, int64_t expected, int64_t got)
{
    if (expected != got)
        hr_str_addf(&v->wrong, " %s expected %lld, got %lld;", what, (long long)expected,
                    (long long)got);
}

void expect_text(struct vectors *v, const char *what, const char *expected, const char *got)
{
    if (strcmp(expected, got) != 0)
        hr_str_addf(&v->wrong, " %s expected \"%s\", got \"%s\";", what, expected, got);
}

void unknown_form(const struct vectors *v, const char *what, const char *key)
{
    fprintf(stderr, "%s: %s%s%s: %s \"%s\"\n", v->file, v->kind ? v->kind : "", v->name ? " " : "",
            v->name ? v->name : "", what, key);
    exit(2);
}

const json_t *get(const struct vectors *v, const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);
    if (!member || json_is_null(member))
        unknown_form(v, "lacks", key);
    return member;
}

int64_t get_int(const struct vectors *v, const json_t *object, const char *key)
{
    const json_t *member = get(v, object, key);
    if (!json_is_integer(member))
        unknown_form(v, "no whole number:", key);
    return json_integer_value(member);
}

const char *get_text(const struct vectors *v, const json_t *object, const char *key)
{
    const json_t *member = get(v, object, key);
    if (!json_is_string(member))
        unknown_form(v, "no text:", key);
    return json_string_value(member);
}

bool has(const json_t *object, const char *key)
{
    const json_t *member = json_object_get(object, key);
    return member && !json_is_null(member);
}

bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *member = json_string_value(json_object_get(object, key));
    return member && strcmp(member, text) == 0;
}

int64_t int_or(const json_t *object, const char *key, int64_t otherwise)
{
    return has(object, key) ? json_integer_value(json_object_get(object, key)) : otherwise;
}

double number_or(const json_t *object, const char *key, double otherwise)
{
    return has(object, key) ? json_number_value(json_object_get(object, key)) : otherwise;
}

hr_time seconds_or(const json_t *object, const char *key, hr_time otherwise)
{
    return has(object, key) ? (hr_time)llround(number_or(object, key, 0) * 1e9) : otherwise;
}

hr_time get_seconds(const struct vectors *v, const json_t *object, const char *key)
{
    if (!json_is_number(get(v, object, key)))
        unknown_form(v, "no number:", key);
    return seconds_or(object, key, 0);
}

hr_time time_ago(const json_t *object, const char *key, hr_time otherwise)
{
    return has(object, key) ? NOW - seconds_or(object, key, 0) : otherwise;
}

static const struct kind *find(const char *name)
{
    const struct kind *const tables[] = { metric_kinds, rule_kinds, sync_kinds, controller_kinds };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct kind *kind = tables[i]; kind->name; kind++)
            if (strcmp(kind->name, name) == 0)
                return kind;
    return NULL;
}

static void run_kind(struct vectors *v, const char *name, const json_t *cases)
{
    const struct kind *kind = find(name);
    if (!kind || !json_is_array(cases))
        unknown_form(v, "no known kind of cases:", name);
    size_t i;
    const json_t *one;
    v->kind = name;
    json_array_foreach(cases, i, one)
    {
        v->name = NULL;
        v->name = get_text(v, one, "name");
        kind->run(v, one);
    }
    v->kind = v->name = NULL;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: hr-k8s-vectors FILE\n");
        return 2;
    }
    json_error_t error;
    json_t *root = json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        fprintf(stderr, "%s: line %d: %s\n", argv[1], error.line, error.text);
        return 2;
    }
    struct vectors v = { .file = argv[1], .root = root };
    const char *key;
    json_t *member;
    hr_str_init(&v.wrong);
    json_object_foreach(root, key, member)
    {
        if (strcmp(key, "meta") != 0)
            run_kind(&v, key, member);
    }
    if (v.passed + v.failed == 0)
        unknown_form(&v, "holds no cases of a kind such as", metric_kinds[0].name);
    printf("%u passed, %u failed\n", v.passed, v.failed);
    hr_str_fini(&v.wrong);
    json_decref(root);
    return v.failed > 0;
}
