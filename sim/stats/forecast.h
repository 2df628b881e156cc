/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forecasts of a series of period `period` steps from its past, value by value. Until a first
 * period has been seen they say that the last value stays.
 */
#ifndef STATS_FORECAST_H
#define STATS_FORECAST_H

#include <stdbool.h>
#include <stddef.h>

/* Weights of the newest value, 0 to 1, in level, trend and season. */
struct hr_smoothing {
    double level, trend, season;
};

/*
 * Holt-Winters exponential smoothing (Winters 1960): a level, a trend and a season that is added or
 * multiplied. The first period sets level (its mean) and season, with no trend.
 */
struct hr_holt_winters {
    size_t period;
    struct hr_smoothing smoothing;
    bool multiplicative;
    double *season; /* in the first period: its values */
    size_t n;       /* values seen */
    double level, trend, last;
};

/* A multiplied season needs values above 0: a first period with others makes it an added one. */
void hr_holt_winters_init(struct hr_holt_winters *model, size_t period,
                          struct hr_smoothing smoothing, bool multiplicative);
void hr_holt_winters_fini(struct hr_holt_winters *model);
void hr_holt_winters_observe(struct hr_holt_winters *model, double value);

/* The value `ahead` >= 1 steps after the last one; at least one value has been seen. */
double hr_holt_winters_forecast(const struct hr_holt_winters *model, size_t ahead);

/* The values at the same step of the last periods; a quantile of them is the forecast. */
struct hr_seasonal {
    size_t period, periods; /* steps, and how many periods are remembered */
    double *values;         /* by step and period */
    size_t n;
    double last;
};

void hr_seasonal_init(struct hr_seasonal *model, size_t period, size_t periods);
void hr_seasonal_fini(struct hr_seasonal *model);
void hr_seasonal_observe(struct hr_seasonal *model, double value);

/* The smallest of the remembered values that a share of at least p of them, 0 < p <= 1, do not
 * exceed. `ahead` as above. */
double hr_seasonal_forecast(const struct hr_seasonal *model, size_t ahead, double p);

#endif
