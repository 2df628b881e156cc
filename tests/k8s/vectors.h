/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hr-k8s-vectors: what real Kubernetes code answered, as JSON, against this project's answers. A
 * file holds cases by kind; a case is what goes in and what is expected.
 */
#ifndef TESTS_K8S_VECTORS_H
#define TESTS_K8S_VECTORS_H

#include "base/str.h"
#include "base/time.h"

#include <jansson.h>
#include <stdbool.h>

/* Ages are before this; "very old" ones of 1e9 s fit in. */
#define NOW (INT64_C(4000000000) * HR_NS_PER_S)

struct vectors {
    const char *file;
    const json_t *root;
    const char *kind, *name; /* of the case */
    struct hr_str wrong;     /* what is not as expected in it */
    unsigned passed, failed;
};

/* A case is over: counts it, and prints what was wrong. A case of several steps is that many. */
void vectors_count(struct vectors *v, const char *step);

void expect_int(struct vectors *v, const char *what, int64_t expected, int64_t got);
void expect_text(struct vectors *v, const char *what, const char *expected, const char *got);

/* The file is not of a known form: says where, and ends with 2. */
_Noreturn void unknown_form(const struct vectors *v, const char *what, const char *key);

/* Members of an object. get: must be there; the others also take null or absence. */
const json_t *get(const struct vectors *v, const json_t *object, const char *key);
int64_t get_int(const struct vectors *v, const json_t *object, const char *key);
const char *get_text(const struct vectors *v, const json_t *object, const char *key);
bool has(const json_t *object, const char *key);
bool is_true(const json_t *object, const char *key);
bool is_text(const json_t *object, const char *key, const char *text);
int64_t int_or(const json_t *object, const char *key, int64_t otherwise);
double number_or(const json_t *object, const char *key, double otherwise);

/* Seconds to nanoseconds. */
hr_time get_seconds(const struct vectors *v, const json_t *object, const char *key);
hr_time seconds_or(const json_t *object, const char *key, hr_time otherwise);

/* The time that lies so many seconds back. */
hr_time time_ago(const json_t *object, const char *key, hr_time otherwise);

/* A kind of cases, and how one of them is run. */
struct kind {
    const char *name;
    void (*run)(struct vectors *v, const json_t *one);
};

/* Tables that end with a NULL name. */
extern const struct kind metric_kinds[], rule_kinds[], sync_kinds[], controller_kinds[];

#endif
