/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every rate function is compiled to pieces on which it is linear, and epochs are found by
 * inversion of the cumulative rate: a unit exponential is used up piece by piece. Inversion keeps
 * common random numbers when a rate is scaled. The diurnal sine is thinned (Lewis and Shedler 1979)
 * from a piecewise constant bound; the pieces begin at the peak, so that the sine is monotone in
 * each and its bound is one of its two ends.
 */
#include "workload/rate_function.h"

#include "base/assert.h"
#include "base/logexp.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define DIURNAL_PIECES 48
#define TWO_PI         6.283185307179586

/* Shape of the diurnal rate at a share of the period after the peak. */
static double diurnal_shape(double amplitude, double share)
{
    return 1 + amplitude * hr_cos(TWO_PI * share);
}

/* Start of a diurnal piece after the peak. */
static hr_time diurnal_start(hr_time period, int piece)
{
    return period / DIURNAL_PIECES * piece + period % DIURNAL_PIECES * piece / DIURNAL_PIECES;
}

static struct hr_rate_piece diurnal_piece(double amplitude, double rate, int piece)
{
    const double a = diurnal_shape(amplitude, (double)piece / DIURNAL_PIECES);
    const double b = diurnal_shape(amplitude, (double)(piece + 1) / DIURNAL_PIECES);
    const double bound = fmax(a, b);
    return (struct hr_rate_piece){ .rate = rate * bound, .sure = fmin(a, b) / bound };
}

/* The piece that holds time 0 comes twice: what is left of it first, what has passed of it last. */
static void compile_diurnal(struct hr_rate_function *f, const struct hr_arrival_spec *spec,
                            double rate)
{
    const hr_time period = spec->period;
    HR_ASSERT(period > 0 && period < HR_TIME_NEVER);
    hr_time phase = (spec->local_offset % period - spec->peak_at % period) % period;
    if (phase < 0)
        phase += period;
    int piece = 0;
    while (piece + 1 < DIURNAL_PIECES && diurnal_start(period, piece + 1) <= phase)
        piece++;
    f->period = period;
    f->mean = rate;
    f->amplitude = spec->amplitude;
    f->phase_ns = (double)phase;
    f->n = DIURNAL_PIECES + 1;
    f->pieces = HR_NEW_ARRAY(struct hr_rate_piece, f->n);
    for (size_t i = 0; i < f->n; i++) {
        f->pieces[i] = diurnal_piece(spec->amplitude, rate, piece);
        const hr_time start = diurnal_start(period, piece) - phase;
        if (i > 0)
            f->pieces[i].start = start > 0 ? start : start + period;
        piece = (piece + 1) % DIURNAL_PIECES;
    }
}

static void compile_points(struct hr_rate_function *f, const struct hr_rate_point *points, size_t n,
                           bool linear, double epochs_per_ns)
{
    f->pieces = HR_NEW_ARRAY(struct hr_rate_piece, n);
    for (f->n = 0; f->n < n && points[f->n].at < f->period; f->n++) {
        const struct hr_rate_point *point = &points[f->n];
        struct hr_rate_piece *piece = &f->pieces[f->n];
        *piece = (struct hr_rate_piece){ .start = point->at,
                                         .rate = point->rate * epochs_per_ns,
                                         .sure = 1 };
        if (linear && f->n + 1 < n)
            piece->slope =
                (point[1].rate - point->rate) * epochs_per_ns / (double)(point[1].at - point->at);
    }
    HR_ASSERT(f->n > 0 && f->pieces[0].start <= 0);
}

/* Length of a piece; the last one of a function without a period has none. */
static double piece_ns(const struct hr_rate_function *f, size_t piece)
{
    const hr_time end = piece + 1 < f->n ? f->pieces[piece + 1].start : f->period;
    return (double)(end - f->pieces[piece].start);
}

/* Epochs in the first n pieces. */
static double area(const struct hr_rate_function *f, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double ns = piece_ns(f, i);
        sum += ns * (f->pieces[i].rate + 0.5 * f->pieces[i].slope * ns);
    }
    return sum;
}

void hr_rate_function_init(struct hr_rate_function *function, const struct hr_arrival_spec *spec,
                           double batch_mean)
{
    const double epochs_per_ns = 1e-9 / batch_mean;
    *function = (struct hr_rate_function){ .period = HR_TIME_NEVER };
    if (spec->process == HR_ARRIVAL_DIURNAL) {
        compile_diurnal(function, spec, spec->rate * epochs_per_ns);
    } else if (spec->process == HR_ARRIVAL_CALENDAR) {
        compile_points(function, spec->calendar_points, spec->n_calendar_points, false,
                       epochs_per_ns);
    } else {
        function->period = spec->period;
        compile_points(function, spec->points.items, spec->points.n,
                       spec->interpolation == HR_INTERPOLATE_LINEAR, epochs_per_ns);
    }
    if (function->period != HR_TIME_NEVER)
        function->area = area(function, function->n);
}

void hr_rate_function_skip(struct hr_rate_function *function, struct hr_arrivals *arrivals,
                           hr_time to)
{
    function->period_start =
        function->period == HR_TIME_NEVER ? 0 : to / function->period * function->period;
    function->piece = 0;
    while (function->piece + 1 < function->n &&
           function->period_start + function->pieces[function->piece + 1].start <= to)
        function->piece++;
    arrivals->now = to;
    arrivals->fraction = 0;
}

void hr_rate_function_fini(struct hr_rate_function *function)
{
    free(function->pieces);
    function->pieces = NULL;
}

/* Enters the piece after this one, with the clock at its start. False: there is none. */
static bool next_piece(struct hr_rate_function *f, struct hr_arrivals *clock, double *need)
{
    if (f->piece + 1 < f->n) {
        f->piece++;
    } else {
        if (f->period == HR_TIME_NEVER)
            return false;
        /* Whole periods are skipped at once, so that a rate near 0 costs no time. */
        const double periods = 1 + floor(*need / f->area);
        if (!(periods * (double)f->period < 9.2e18))
            return false;
        *need = fmax(*need - (periods - 1) * f->area, 0);
        f->piece = 0;
        f->period_start = hr_time_add(f->period_start, f->period * (hr_time)periods);
    }
    clock->now = hr_time_add(f->period_start, f->pieces[f->piece].start);
    clock->fraction = 0;
    return clock->now != HR_TIME_NEVER;
}

/* The next point of the Poisson process of the pieces themselves. */
static hr_time candidate(struct hr_rate_function *f, struct hr_arrivals *clock)
{
    double need = hr_rng_exponential(&clock->gap);
    do {
        const struct hr_rate_piece *piece = &f->pieces[f->piece];
        const hr_time end = f->piece + 1 < f->n ? piece[1].start : f->period;
        const hr_time at = clock->now - f->period_start;
        const double left = (double)(end - at) - clock->fraction;
        const double rate =
            piece->rate + piece->slope * ((double)(at - piece->start) + clock->fraction);
        /* The root of slope / 2 s^2 + rate s = need, without cancellation. NaN when the piece ends
         * below: where it falls to 0, or is 0. */
        const double gap = piece->slope == 0
                               ? need / rate
                               : 2 * need / (rate + sqrt(rate * rate + 2 * piece->slope * need));
        if (gap < left)
            return hr_arrivals_advance(clock, gap);
        need = fmax(need - left * (rate + 0.5 * piece->slope * left), 0);
    } while (next_piece(f, clock, &need));
    return clock->now = HR_TIME_NEVER;
}

/* Whether a candidate now is one of the thinned process. */
static bool accepted(const struct hr_rate_function *f, struct hr_arrivals *clock)
{
    const struct hr_rate_piece *piece = &f->pieces[f->piece];
    const double u = hr_rng_uniform(&clock->gap);
    if (u < piece->sure)
        return true;
    const double ns = (double)(clock->now - f->period_start) + clock->fraction + f->phase_ns;
    return u * piece->rate < f->mean * diurnal_shape(f->amplitude, ns / (double)f->period);
}

hr_time hr_rate_function_next(struct hr_rate_function *function, struct hr_arrivals *arrivals)
{
    hr_time at = candidate(function, arrivals);
    while (function->amplitude > 0 && at != HR_TIME_NEVER && !accepted(function, arrivals))
        at = candidate(function, arrivals);
    return at;
}

double hr_rate_function_mean(const struct hr_arrival_spec *spec)
{
    struct hr_rate_function f;
    hr_rate_function_init(&f, spec, 1);
    double mean = f.pieces[f.n - 1].rate;
    if (spec->process == HR_ARRIVAL_DIURNAL)
        mean = spec->rate * 1e-9;
    else if (f.period != HR_TIME_NEVER)
        mean = f.area / (double)f.period;
    else if (spec->process == HR_ARRIVAL_CALENDAR && f.n > 1)
        mean = area(&f, f.n - 1) / (double)f.pieces[f.n - 1].start;
    hr_rate_function_fini(&f);
    return mean * 1e9;
}
