/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holt-Winters smoothing and seasonal quantiles. */
#include "stats/forecast.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hr_holt_winters_init(struct hr_holt_winters *model, size_t period,
                          struct hr_smoothing smoothing, bool multiplicative)
{
    *model = (struct hr_holt_winters){
        .period = period,
        .smoothing = smoothing,
        .multiplicative = multiplicative,
        .season = HR_NEW_ARRAY(double, period),
    };
}

void hr_holt_winters_fini(struct hr_holt_winters *model)
{
    free(model->season);
}

/* The first period has been seen: its values give way to what each adds to the mean, or is of it.
 */
static void begin(struct hr_holt_winters *model)
{
    double sum = 0;
    for (size_t i = 0; i < model->period; i++) {
        sum += model->season[i];
        model->multiplicative = model->multiplicative && model->season[i] > 0;
    }
    model->level = sum / (double)model->period;
    for (size_t i = 0; i < model->period; i++)
        model->season[i] = model->multiplicative ? model->season[i] / model->level
                                                 : model->season[i] - model->level;
}

static double mix(double weight, double newer, double older)
{
    return weight * newer + (1 - weight) * older;
}

static void update(struct hr_holt_winters *model, double value)
{
    const struct hr_smoothing weight = model->smoothing;
    const double before = model->level, expected = before + model->trend;
    double *season = &model->season[model->n % model->period];
    if (!model->multiplicative) {
        model->level = mix(weight.level, value - *season, expected);
        *season = mix(weight.season, value - expected, *season);
    } else if (*season > 0 && expected > 0) { /* else there is nothing to divide by */
        model->level = mix(weight.level, value / *season, expected);
        *season = mix(weight.season, value / expected, *season);
    }
    model->trend = mix(weight.trend, model->level - before, model->trend);
}

void hr_holt_winters_observe(struct hr_holt_winters *model, double value)
{
    if (model->n < model->period)
        model->season[model->n] = value;
    else
        update(model, value);
    model->n++;
    model->last = value;
    if (model->n == model->period)
        begin(model);
}

double hr_holt_winters_forecast(const struct hr_holt_winters *model, size_t ahead)
{
    if (model->n < model->period)
        return model->last;
    const double level = model->level + (double)ahead * model->trend;
    const double season = model->season[(model->n + ahead - 1) % model->period];
    return model->multiplicative ? level * season : level + season;
}

void hr_seasonal_init(struct hr_seasonal *model, size_t period, size_t periods)
{
    *model = (struct hr_seasonal){
        .period = period,
        .periods = periods,
        .values = HR_NEW_ARRAY(double, period *periods),
    };
}

void hr_seasonal_fini(struct hr_seasonal *model)
{
    free(model->values);
}

void hr_seasonal_observe(struct hr_seasonal *model, double value)
{
    const size_t step = model->n % model->period;
    const size_t period = model->n / model->period % model->periods;
    model->values[step * model->periods + period] = value;
    model->last = value;
    model->n++;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double hr_seasonal_forecast(const struct hr_seasonal *model, size_t ahead, double p)
{
    const size_t step = (model->n + ahead - 1) % model->period;
    const size_t seen = (model->n + model->period - 1 - step) / model->period;
    const size_t n = seen < model->periods ? seen : model->periods;
    if (n == 0)
        return model->last;
    double *sorted = HR_NEW_ARRAY(double, n);
    memcpy(sorted, &model->values[step * model->periods], n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    const double value = sorted[(size_t)ceil(p * (double)n) - 1];
    free(sorted);
    return value;
}
