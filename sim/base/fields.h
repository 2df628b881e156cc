/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of a result, in the order and with the names of schema headroom.result/1, as one
 * stream. All who go through a result read it, so that a field is named in one place only.
 */
#ifndef BASE_FIELDS_H
#define BASE_FIELDS_H

#include <headroom/result.h>

enum hr_field_kind {
    HR_FIELD_OBJECT, /* opens an object, closed by HR_FIELD_END */
    HR_FIELD_LIST,   /* opens a list; its elements are objects */
    HR_FIELD_END,
    HR_FIELD_ESTIMATE,
    HR_FIELD_COUNT,
    HR_FIELD_NUMBER,
    HR_FIELD_TEXT, /* NULL: does not apply here */
    HR_FIELD_FLAG,
    HR_FIELD_JSON /* text that is a complete JSON value */
};

struct hr_field {
    enum hr_field_kind kind;
    const char *key;     /* NULL: an element of a list ... */
    const char *element; /* ... and its name in flat names */
    bool json_only;      /* not for tables: differs between equal runs, is the schema's, or a group
                            that is not the same for every point of a sweep */
    enum hr_unit_shown unit; /* of an estimate */
    union {
        const struct hr_estimate *estimate;
        uint64_t count;
        double number;
        const char *text;
        bool flag;
    } as;
};

/* False for an estimate that was not asked for: it has neither method nor reason. */
bool hr_is_asked_for(const struct hr_estimate *estimate);

typedef void hr_field_sink(void *ctx, const struct hr_field *field);

/* Hands every field to the sink, in order; what a field points to lives as long as the result. */
void hr_fields_walk(const struct hr_result *result, hr_field_sink *sink, void *ctx);

/* Likewise what has a place in tables, without the groups: `name` is the flat name, such as
 * workloads.shoppers.latency_s.p99, borrowed for the call. */
typedef void hr_flat_sink(void *ctx, const char *name, const struct hr_field *field);
void hr_fields_walk_flat(const struct hr_result *result, hr_flat_sink *sink, void *ctx);

/* The members of struct hr_quantiles by number: "mean", "p50", ... "max". */
#define HR_QUANTILES 7
const char *hr_quantile_key(unsigned i);
const struct hr_estimate *hr_quantile(const struct hr_quantiles *quantiles, unsigned i);

#endif
