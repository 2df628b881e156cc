/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a time distribution. A mixture's components hold distributions again. */
#include "stats/dist_spec.h"

#define SPEC(field, ctype)      HR_FIELD(struct hr_dist_spec, field, ctype)
#define COMPONENT(field, ctype) HR_FIELD(struct hr_dist_component, field, ctype)

#define MEAN_S_MAX 1e9 /* about 30 years */

#define WHEN_MEAN                                                                                  \
    (HR_WHEN(HR_DIST_CONSTANT) | HR_WHEN(HR_DIST_EXPONENTIAL) | WHEN_CV |                          \
     HR_WHEN(HR_DIST_ERLANG) | HR_WHEN(HR_DIST_PARETO))
#define WHEN_CV                                                                                    \
    (HR_WHEN(HR_DIST_NORMAL) | HR_WHEN(HR_DIST_LOGNORMAL) | HR_WHEN(HR_DIST_GAMMA) |               \
     HR_WHEN(HR_DIST_WEIBULL) | HR_WHEN(HR_DIST_HYPEREXPONENTIAL))
#define WHEN_BOUNDS (HR_WHEN(HR_DIST_UNIFORM) | HR_WHEN(HR_DIST_NORMAL))

static const struct hr_choice kinds[] = {
    { "constant", HR_DIST_CONSTANT, "Always the mean." },
    { "exponential", HR_DIST_EXPONENTIAL, "Without memory; its cv is 1." },
    { "uniform", HR_DIST_UNIFORM, "Equally likely from min to max." },
    { "normal", HR_DIST_NORMAL, "Normal, drawn again until it lies within min and max." },
    { "lognormal", HR_DIST_LOGNORMAL, "Its logarithm is normal; the usual shape of latencies." },
    { "gamma", HR_DIST_GAMMA, "Gamma of any shape." },
    { "weibull", HR_DIST_WEIBULL, "Weibull; its hazard rises below a cv of 1 and falls above." },
    { "erlang", HR_DIST_ERLANG, "Sum of equal exponential phases." },
    { "hyperexponential", HR_DIST_HYPEREXPONENTIAL,
      "One of two exponentials, with balanced means; its cv is at least 1." },
    { "pareto", HR_DIST_PARETO, "Power-law tail." },
    { "empirical", HR_DIST_EMPIRICAL, "One of the samples in a file, each as likely." },
    { "mixture", HR_DIST_MIXTURE, "One of several distributions, by weight." },
    { 0 }
};

static const struct hr_key component_keys[] = {
    { .name = "weight",
      .type = HR_KEY_REAL,
      .offset = COMPONENT(weight, double),
      .min = 0,
      .max = 1e9,
      .min_open = true,
      .def = "1",
      .help = "Share of the draws, relative to the other weights." },
    { .name = "dist",
      .type = HR_KEY_GROUP,
      .offset = COMPONENT(dist, struct hr_dist_spec *),
      .table = &hr_dist_keys,
      .required = true,
      .help = "Distribution of this component." },
};

static const struct hr_key_table component_table = {
    .name = "mixture component",
    .size = sizeof(struct hr_dist_component),
    .keys = component_keys,
    .n_keys = HR_KEY_COUNT(component_keys),
};

/* The rows of both tables, which differ in the default of `distribution` only. */
/* clang-format off */
#define DIST_KEYS(kind_default)                                                                    \
    { .name = "distribution", .type = HR_KEY_ENUM, .offset = SPEC(kind, int), .choices = kinds,    \
      .def = kind_default, .help = "Shape of the distribution." },                                 \
    { .name = "mean", .type = HR_KEY_QUANTITY, .offset = SPEC(mean, hr_time),                      \
      .unit = HR_UNIT_DURATION, .min = 0, .max = MEAN_S_MAX, .required = true, .when = WHEN_MEAN,  \
      .help = "Mean; of a normal distribution, before it is cut off at min and max." },            \
    { .name = "cv", .type = HR_KEY_REAL, .offset = SPEC(cv, double), .min = 0.001, .max = 100,     \
      .required = true, .when = WHEN_CV,                                                           \
      .help = "Coefficient of variation: standard deviation divided by mean." },                   \
    { .name = "min", .type = HR_KEY_QUANTITY, .offset = SPEC(min, hr_time),                        \
      .unit = HR_UNIT_DURATION, .min = 0, .max = MEAN_S_MAX, .def = "0s", .when = WHEN_BOUNDS,     \
      .help = "Smallest value." },                                                                 \
    { .name = "max", .type = HR_KEY_QUANTITY, .offset = SPEC(max, hr_time),                        \
      .unit = HR_UNIT_DURATION, .min = 0, .max = MEAN_S_MAX, .min_open = true, .required = true,   \
      .when = HR_WHEN(HR_DIST_UNIFORM), .help = "Largest value." },                                \
    { .name = "max", .type = HR_KEY_QUANTITY, .offset = SPEC(max, hr_time),                        \
      .unit = HR_UNIT_DURATION, .min = 0, .max = MEAN_S_MAX, .min_open = true, .def = "unlimited", \
      .word = "unlimited", .word_value = HR_TIME_NEVER, .when = HR_WHEN(HR_DIST_NORMAL),           \
      .help = "Largest value." },                                                                  \
    { .name = "phases", .type = HR_KEY_INT, .offset = SPEC(phases, int64_t), .min = 1,             \
      .max = 1e6, .required = true, .when = HR_WHEN(HR_DIST_ERLANG),                               \
      .help = "Number of exponential phases; the cv is 1 / sqrt(phases)." },                       \
    { .name = "shape", .type = HR_KEY_REAL, .offset = SPEC(shape, double), .min = 1, .max = 1e6,   \
      .min_open = true, .required = true, .when = HR_WHEN(HR_DIST_PARETO),                         \
      .help = "Tail index: P(X > x) falls as x to the power of -shape." },                         \
    { .name = "file", .type = HR_KEY_PATH, .offset = SPEC(file, const char *), .required = true,   \
      .when = HR_WHEN(HR_DIST_EMPIRICAL),                                                          \
      .help = "File with one sample a line, in seconds or with a unit." },                         \
    { .name = "column", .type = HR_KEY_TEXT, .offset = SPEC(column, const char *), .def = "",      \
      .when = HR_WHEN(HR_DIST_EMPIRICAL),                                                          \
      .help = "Column of a CSV file with a header line; empty for a file of one column." },        \
    { .name = "components", .type = HR_KEY_LIST, .offset = SPEC(components, struct hr_list),       \
      .table = &component_table, .n_min = 1, .n_max = 100, .required = true,                       \
      .when = HR_WHEN(HR_DIST_MIXTURE), .help = "Distributions to mix." },
/* clang-format on */

static const struct hr_key dist_keys[] = { DIST_KEYS("constant") };
static const struct hr_key lifetime_keys[] = { DIST_KEYS("exponential") };

static void check_dist(const void *group, struct hr_key_check *check)
{
    const struct hr_dist_spec *spec = group;
    const uint64_t kind = HR_WHEN(spec->kind);
    if ((kind & WHEN_BOUNDS) && spec->min >= spec->max)
        check->fail(check, "min", "must be less than max", NULL);
    if ((kind & WHEN_MEAN) && spec->kind != HR_DIST_CONSTANT && spec->mean == 0)
        check->fail(check, "mean", "must be above 0s for this distribution", NULL);
    if (spec->kind == HR_DIST_HYPEREXPONENTIAL && spec->cv < 1)
        check->fail(check, "cv", "must be at least 1 for a hyperexponential distribution",
                    "for less variation use \"gamma\" or \"erlang\"");
}

const struct hr_key_table hr_dist_keys = {
    .name = "time distribution",
    .size = sizeof(struct hr_dist_spec),
    .keys = dist_keys,
    .n_keys = HR_KEY_COUNT(dist_keys),
    .selector = "distribution",
    .shorthand = "mean",
    .check = check_dist,
};

const struct hr_key_table hr_lifetime_keys = {
    .name = "lifetime distribution",
    .size = sizeof(struct hr_dist_spec),
    .keys = lifetime_keys,
    .n_keys = HR_KEY_COUNT(lifetime_keys),
    .selector = "distribution",
    .shorthand = "mean",
    .check = check_dist,
};
