/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replay of timestamps and of counts.
 *
 * Scaling by s = k + f superposes k copies and one that is thinned by f. Copy 0 is the trace as it
 * is. The others are turned round: shifted by an offset, with what runs over the end put first. An
 * offset is a random number of whole days and up to OFFSET_JITTER more: whole days keep the hours
 * of the day where they are, on which load depends, and the rest keeps the copies from arriving in
 * step. (A trace shorter than a day is thus shifted by minutes only, and one shorter than
 * OFFSET_JITTER uniformly over its span.)
 */
#include "workload/replay.h"

#include "base/assert.h"
#include "base/logexp.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define BLOCK         4096
#define OFFSET_JITTER (600 * HR_NS_PER_S)

/* One reading of the trace. */
struct hr_trace_copy {
    struct hr_trace_source source;
    size_t at, n;      /* in the block */
    bool fresh;        /* nothing read since the start or a rewind */
    uint64_t laps;     /* how often rewound */
    hr_time skip;      /* rows before this, from the first row on, come at the end */
    hr_time lap_start; /* added to times as read and shifted */
    double share;      /* of rows that are kept */
    hr_time next;
    int64_t block[BLOCK];
};

/* a + b; beyond int64 is never. */
static hr_time add(hr_time a, hr_time b)
{
    hr_time sum;
    return __builtin_add_overflow(a, b, &sum) ? HR_TIME_NEVER : sum;
}

static hr_time compressed(const struct hr_trace_replay *r, hr_time t)
{
    if (r->spec->scale_by != HR_SCALE_COMPRESS || t == HR_TIME_NEVER)
        return t;
    const double ns = (double)t / r->spec->scale;
    return fabs(ns) < 9.2e18 ? (hr_time)ns : HR_TIME_NEVER;
}

/* The next value. False: the end of the trace, or a failed pull. */
static bool read_value(struct hr_trace_replay *r, struct hr_trace_copy *c, int64_t *value)
{
    if (c->at == c->n) {
        c->at = c->n = 0;
        if (r->status == HR_OK)
            r->status = c->source.pull(c->source.ctx, c->block, BLOCK, &c->n);
        if (r->status != HR_OK || c->n == 0) {
            c->n = 0;
            return false;
        }
    }
    c->fresh = false;
    *value = c->block[c->at++];
    return true;
}

/* At the end of the trace: starts again, if there is more to come. A trace that turns out to be
 * empty has no more. */
static bool start_lap(struct hr_trace_replay *r, struct hr_trace_copy *c)
{
    if (r->status != HR_OK || c->fresh || !(r->repeats || (c->laps == 0 && c->skip > 0)))
        return false;
    r->status = c->source.rewind(c->source.ctx);
    c->fresh = true;
    c->laps++;
    c->lap_start = add(c->lap_start, compressed(r, r->cycle));
    return r->status == HR_OK && c->lap_start != HR_TIME_NEVER;
}

/* The next timestamp of one copy. */
static hr_time next_of_copy(struct hr_trace_replay *r, struct hr_trace_copy *c)
{
    const struct hr_trace *trace = r->spec->trace_data;
    int64_t value;
    for (;;) {
        if (!read_value(r, c, &value)) {
            if (!start_lap(r, c))
                return HR_TIME_NEVER;
            continue;
        }
        const bool late = add(value, -trace->first) >= c->skip;
        if (!late && c->laps == 0)
            continue;
        if (late && c->laps > 0 && !r->repeats)
            return HR_TIME_NEVER;
        if (c->share < 1 && hr_rng_uniform(&r->scale_rng) >= c->share)
            continue;
        const hr_time t = add(compressed(r, add(value, -trace->shift)), c->lap_start);
        if (t >= 0) /* what was before the run is not replayed */
            return t;
    }
}

static hr_time next_timestamp(struct hr_trace_replay *r)
{
    struct hr_trace_copy *first = &r->copies[r->last];
    first->next = next_of_copy(r, first);
    for (size_t i = 0; i < r->n; i++)
        if (r->copies[i].next < first->next)
            first = &r->copies[i];
    r->last = (size_t)(first - r->copies);
    return r->status == HR_OK ? first->next : HR_TIME_NEVER;
}

/* n * scale, its fraction rounded at random. */
static int64_t scaled_count(struct hr_trace_replay *r, int64_t n)
{
    if (n == 0 || r->spec->scale_by == HR_SCALE_COMPRESS || r->spec->scale == 1)
        return n;
    const double m = fmin((double)n * r->spec->scale, 9e18), whole = floor(m);
    return (int64_t)whole + (hr_rng_uniform(&r->scale_rng) < m - whole);
}

/* Opens the next bin. False: there is none. */
static bool next_bin(struct hr_trace_replay *r)
{
    int64_t n;
    while (!read_value(r, &r->copies[0], &n))
        if (!start_lap(r, &r->copies[0]))
            return false;
    const double end = r->bin_fraction + r->bin_ns, whole = floor(end);
    r->bin_start = r->bin_end;
    r->bin_end = whole < 9.2e18 ? hr_time_add(r->bin_start, (hr_time)whole) : HR_TIME_NEVER;
    r->bin_fraction = end - whole;
    r->left = scaled_count(r, n);
    r->rest = 1;
    return r->bin_end != HR_TIME_NEVER;
}

/*
 * Sorted uniforms without storing them: of m points uniform in what is left of the bin, the first
 * leaves the share U^(1/m), and the others are uniform in that.
 */
static hr_time next_of_counts(struct hr_trace_replay *r, struct hr_rng *rng)
{
    while (r->left == 0)
        if (!next_bin(r))
            return HR_TIME_NEVER;
    r->rest *= hr_exp(-hr_rng_exponential(rng) / (double)r->left);
    r->left--;
    const double place = fmin(1 - r->rest, 1 - 0x1p-52); /* never the start of the next bin */
    return r->bin_start + (hr_time)(place * (double)(r->bin_end - r->bin_start));
}

hr_time hr_trace_replay_next(struct hr_trace_replay *replay, struct hr_rng *rng)
{
    return replay->spec->format == HR_TRACE_COUNTS ? next_of_counts(replay, rng)
                                                   : next_timestamp(replay);
}

/* The span and the mean gap; rounded to nearest. */
static hr_time cycle_of_timestamps(const struct hr_trace *trace)
{
    if (trace->n_rows < 2)
        return 0;
    const hr_time gaps = (hr_time)trace->n_rows - 1;
    return hr_time_add(trace->span, trace->span / gaps + (trace->span % gaps >= (gaps + 1) / 2));
}

static hr_time draw_offset(struct hr_trace_replay *r)
{
    const hr_time days = r->cycle / HR_NS_PER_DAY;
    const hr_time jitter = r->cycle < OFFSET_JITTER ? r->cycle : OFFSET_JITTER;
    const hr_time whole =
        days > 0 ? HR_NS_PER_DAY * hr_rng_below(&r->scale_rng, (uint32_t)days) : 0;
    return whole + (hr_time)(hr_rng_uniform(&r->scale_rng) * (double)jitter);
}

/* How many copies stand for the scale, and the share of the last one that is kept. */
static size_t count_copies(const struct hr_arrival_spec *spec, double *share_last)
{
    *share_last = 1;
    if (spec->format == HR_TRACE_COUNTS || spec->scale_by == HR_SCALE_COMPRESS)
        return 1;
    const double whole = floor(spec->scale), rest = spec->scale - whole;
    if (rest == 0)
        return (size_t)whole;
    *share_last = rest;
    return (size_t)whole + 1;
}

/* Opens every copy and draws its offset. */
static void open_copies(struct hr_trace_replay *r, size_t n, const struct hr_trace_opener *opener)
{
    for (; r->n < n; r->n++) {
        struct hr_trace_copy *c = &r->copies[r->n];
        r->status = opener->open(opener->ctx, r->spec, &c->source);
        if (r->status != HR_OK)
            return;
        c->fresh = true;
        c->share = 1;
        c->skip = r->n > 0 ? r->cycle - draw_offset(r) : 0;
        c->lap_start = -c->skip;
    }
}

enum hr_status hr_trace_replay_init(struct hr_trace_replay *replay,
                                    const struct hr_arrival_spec *spec, struct hr_rng scale_rng,
                                    const struct hr_trace_opener *opener)
{
    HR_ASSERT(spec->trace_data && spec->scale > 0);
    const bool counts = spec->format == HR_TRACE_COUNTS;
    const bool compress = spec->scale_by == HR_SCALE_COMPRESS;
    *replay = (struct hr_trace_replay){
        .spec = spec,
        .scale_rng = scale_rng,
        .cycle = counts ? 0 : cycle_of_timestamps(spec->trace_data),
        .bin_ns = (double)spec->interval / (compress ? spec->scale : 1),
    };
    replay->repeats =
        spec->repeat && spec->trace_data->n_requests > 0 && (counts || replay->cycle > 0);
    double share_last;
    const size_t n = count_copies(spec, &share_last);
    replay->copies = HR_NEW_ARRAY(struct hr_trace_copy, n);
    open_copies(replay, n, opener);
    replay->copies[n - 1].share = share_last;
    for (size_t i = 1; i < replay->n; i++)
        replay->copies[i].next = next_of_copy(replay, &replay->copies[i]);
    if (replay->status != HR_OK)
        hr_trace_replay_fini(replay);
    return replay->status;
}

void hr_trace_replay_fini(struct hr_trace_replay *replay)
{
    for (size_t i = 0; i < replay->n; i++)
        replay->copies[i].source.close(replay->copies[i].source.ctx);
    free(replay->copies);
    replay->copies = NULL;
    replay->n = 0;
}
