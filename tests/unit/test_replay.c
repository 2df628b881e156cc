/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replay of traces: timestamps and counts, scaled, compressed, repeated, failing. */
#include "unit/arrivals_check.h"

#include <string.h>

/* A trace in memory, given out in blocks of 3 values at most. */
struct fake {
    const int64_t *values;
    size_t n;
    size_t fails_after; /* pulls fail once this many values are out; 0: never */
    size_t opens_max;   /* further opens fail; 0: no limit */
    bool no_rewind;     /* rewinds fail */
    size_t opened, closed, rewound;
};

struct fake_source {
    struct fake *fake;
    size_t at;
};

static enum hr_status fake_pull(void *ctx, int64_t *values, size_t capacity, size_t *n)
{
    struct fake_source *source = ctx;
    const struct fake *fake = source->fake;
    if (fake->fails_after > 0 && source->at >= fake->fails_after)
        return HR_ERR_INPUT;
    const size_t left = fake->n - source->at;
    *n = left < 3 ? left : 3;
    assert_true(*n <= capacity);
    if (*n > 0)
        memcpy(values, fake->values + source->at, *n * sizeof(values[0]));
    source->at += *n;
    return HR_OK;
}

static enum hr_status fake_rewind(void *ctx)
{
    struct fake_source *source = ctx;
    source->at = 0;
    source->fake->rewound++;
    return source->fake->no_rewind ? HR_ERR_IO : HR_OK;
}

static void fake_close(void *ctx)
{
    struct fake_source *source = ctx;
    source->fake->closed++;
    free(source);
}

static enum hr_status fake_open(void *ctx, const struct hr_arrival_spec *spec,
                                struct hr_trace_source *out)
{
    (void)spec;
    struct fake *fake = ctx;
    if (fake->opens_max > 0 && fake->opened == fake->opens_max)
        return HR_ERR_IO;
    fake->opened++;
    struct fake_source *source = HR_NEW(struct fake_source);
    source->fake = fake;
    *out = (struct hr_trace_source){ source, fake_pull, fake_rewind, fake_close };
    return HR_OK;
}

/* A replay and all it borrows. */
struct replay {
    struct fake fake;
    struct hr_trace trace;
    struct hr_arrival_spec spec;
    struct hr_arrivals arrivals;
};

static struct replay timestamps(const int64_t *values, size_t n)
{
    struct replay replay = { .fake = { .values = values, .n = n } };
    replay.trace = (struct hr_trace){ .n_rows = n, .n_requests = n };
    if (n > 0) {
        replay.trace.first = replay.trace.shift = values[0];
        replay.trace.span = values[n - 1] - values[0];
    }
    replay.spec = (struct hr_arrival_spec){ .process = HR_ARRIVAL_TRACE,
                                            .format = HR_TRACE_TIMESTAMPS,
                                            .scale = 1 };
    return replay;
}

static struct replay bins(const int64_t *values, size_t n, hr_time interval)
{
    struct replay replay = { .fake = { .values = values, .n = n } };
    replay.trace = (struct hr_trace){ .n_rows = n, .span = (hr_time)n * interval };
    for (size_t i = 0; i < n; i++)
        replay.trace.n_requests += (uint64_t)values[i];
    replay.spec = (struct hr_arrival_spec){
        .process = HR_ARRIVAL_TRACE, .format = HR_TRACE_COUNTS, .interval = interval, .scale = 1
    };
    return replay;
}

static enum hr_status begin(struct replay *replay, uint64_t replication)
{
    replay->spec.trace_data = &replay->trace;
    const struct hr_trace_opener opener = { &replay->fake, fake_open };
    return hr_arrivals_init(&replay->arrivals, &replay->spec, 1, replication, 2, 0, &opener);
}

static void end(struct replay *replay, enum hr_status status)
{
    assert_true(hr_arrivals_next(&replay->arrivals) == HR_TIME_NEVER);
    assert_int_equal(hr_arrivals_status(&replay->arrivals), status);
    hr_arrivals_fini(&replay->arrivals);
    assert_int_equal(replay->fake.opened, replay->fake.closed);
}

static void assert_next(struct replay *replay, const hr_time *times, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(hr_arrivals_next(&replay->arrivals), times[i]);
}

/* All arrivals before `until`, rising; the number goes to *n. */
static hr_time *collect(struct replay *replay, hr_time until, size_t *n)
{
    size_t capacity = 1024;
    hr_time *times = hr_realloc(NULL, capacity, sizeof(times[0]));
    hr_time before = 0, t;
    for (*n = 0; (t = hr_arrivals_next(&replay->arrivals)) < until; before = t) {
        assert_true(t >= before);
        if (*n == capacity)
            times = hr_realloc(times, capacity *= 2, sizeof(times[0]));
        times[(*n)++] = t;
    }
    return times;
}

/* n timestamps in `span`. */
static int64_t *random_trace(size_t n, hr_time span)
{
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_POISSON, .rate = 1 };
    struct hr_arrivals arrivals = start(&spec, 0);
    int64_t *values = HR_NEW_ARRAY(int64_t, n);
    for (size_t i = 0; i < n; i++)
        values[i] = hr_arrivals_next(&arrivals);
    for (size_t i = 0; i < n; i++)
        values[i] = (hr_time)((double)values[i] / (double)arrivals.now * (double)span);
    return values;
}

static const int64_t small[] = { 1000, 1010, 1010, 1040, 1060 };
#define N_SMALL (sizeof(small) / sizeof(small[0]))

static void test_timestamps(void **state)
{
    (void)state;
    const hr_time expected[] = { 0, 10, 10, 40, 60 };
    struct replay replay = timestamps(small, N_SMALL);
    assert_int_equal(begin(&replay, 0), HR_OK);
    assert_next(&replay, expected, N_SMALL);
    end(&replay, HR_OK);
    assert_int_equal(replay.fake.rewound, 0);

    /* What comes before the start of the run is not replayed. */
    replay = timestamps(small, N_SMALL);
    replay.trace.shift = 1035;
    const hr_time late[] = { 5, 25 };
    assert_int_equal(begin(&replay, 0), HR_OK);
    assert_next(&replay, late, 2);
    end(&replay, HR_OK);

    replay = timestamps(small, N_SMALL); /* emptied since the loader saw it */
    replay.fake.n = 0;
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    end(&replay, HR_OK);

    replay = timestamps(small, 0);
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    end(&replay, HR_OK);
}

/* A lap is the span of 60 and the mean gap of 15. */
static void test_repeat(void **state)
{
    (void)state;
    const hr_time expected[] = { 0, 10, 10, 40, 60, 75, 85, 85, 115, 135, 150, 160, 160, 190 };
    struct replay replay = timestamps(small, N_SMALL);
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    assert_next(&replay, expected, sizeof(expected) / sizeof(expected[0]));
    assert_int_equal(replay.fake.rewound, 2);
    hr_arrivals_fini(&replay.arrivals);

    /* Far away the laps still stand where they must. */
    const int64_t sparse[] = { 0, HR_NS_PER_S / 2, 3 * HR_NS_PER_DAY };
    replay = timestamps(sparse, 3);
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    for (int64_t lap = 0; lap < 2572; lap++) /* 1e9 s */
        for (int i = 0; i < 3; i++)
            assert_int_equal(hr_arrivals_next(&replay.arrivals),
                             lap * 9 * HR_NS_PER_DAY / 2 + sparse[i]);
    hr_arrivals_fini(&replay.arrivals);

    /* A trace without length cannot be repeated. */
    replay = timestamps(small + 1, 2);
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    const hr_time twice[] = { 0, 0 };
    assert_next(&replay, twice, 2);
    end(&replay, HR_OK);
}

static void test_compress(void **state)
{
    (void)state;
    const hr_time faster[] = { 0, 5, 5, 20, 30, 37, 42 }, slower[] = { 0, 40, 40, 160, 240, 300 };
    struct replay replay = timestamps(small, N_SMALL);
    replay.spec.scale_by = HR_SCALE_COMPRESS;
    replay.spec.scale = 2;
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    assert_next(&replay, faster, 7);
    hr_arrivals_fini(&replay.arrivals);
    replay.spec.scale = 0.25;
    assert_int_equal(begin(&replay, 0), HR_OK);
    assert_next(&replay, slower, 6);
    hr_arrivals_fini(&replay.arrivals);
}

/* Each row is kept by a draw of its own, from the stream for scaling. */
static void test_thinning(void **state)
{
    (void)state;
    enum { N = 20000 };
    int64_t *values = random_trace(N, HR_NS_PER_DAY);
    struct replay replay = timestamps(values, N);
    replay.spec.scale = 0.25;
    for (uint64_t replication = 0; replication < 2; replication++) {
        assert_int_equal(begin(&replay, replication), HR_OK);
        size_t n, kept = 0;
        hr_time *times = collect(&replay, HR_TIME_NEVER, &n);
        assert_near((double)n, N * 0.25, Z_LIMIT * sqrt(N * 0.25 * 0.75));
        struct hr_rng rng =
            hr_rng_at((struct hr_address){ 1, replication, HR_PURPOSE_SCALE, 2, 0 });
        for (size_t row = 0; row < N; row++)
            if (hr_rng_uniform(&rng) < 0.25)
                assert_int_equal(times[kept++], values[row] - values[0]);
        assert_int_equal(kept, n);
        free(times);
        end(&replay, HR_OK);
    }
    free(values);
}

/* Takes the sorted `part` out of the sorted `all`, which must hold it. */
static void take_out(hr_time *all, size_t *n, const hr_time *part, size_t n_part)
{
    size_t kept = 0, j = 0;
    for (size_t i = 0; i < *n; i++) {
        if (j < n_part && all[i] == part[j])
            j++;
        else
            all[kept++] = all[i];
    }
    assert_int_equal(j, n_part);
    *n = kept;
}

/* The offset by which `turned` is `values` (both from 0 on) turned round in `cycle`, or -1. */
static hr_time find_offset(const hr_time *turned, const hr_time *values, size_t n, hr_time cycle)
{
    for (size_t k = 0; k < n; k++) { /* k is the first row to come */
        const hr_time offset = (turned[0] - values[k] + cycle) % cycle;
        size_t same = 0;
        while (same < n && turned[same] == (values[(k + same) % n] + offset) % cycle)
            same++;
        if (same == n)
            return offset;
    }
    return -1;
}

/* Copy 1 is the trace turned round by whole days and up to ten minutes. */
static void test_superposed(void **state)
{
    (void)state;
    enum { N = 2000 };
    const hr_time span = 5 * HR_NS_PER_DAY;
    int64_t *values = random_trace(N, span);
    const hr_time first = values[0];
    for (size_t i = 0; i < N; i++)
        values[i] -= first;
    struct replay replay = timestamps(values, N);
    replay.spec.scale = 2;
    const hr_time cycle = replay.trace.span + (replay.trace.span + (N - 1) / 2) / (N - 1);
    int64_t days[5] = { 0 };
    for (uint64_t replication = 0; replication < 60; replication++) {
        assert_int_equal(begin(&replay, replication), HR_OK);
        size_t n;
        hr_time *times = collect(&replay, HR_TIME_NEVER, &n);
        assert_int_equal(n, 2 * N);
        take_out(times, &n, values, N);
        const hr_time offset = find_offset(times, values, N, cycle);
        assert_true(offset >= 0 && offset % HR_NS_PER_DAY < 600 * HR_NS_PER_S);
        days[offset / HR_NS_PER_DAY]++;
        free(times);
        end(&replay, HR_OK);
    }
    for (int day = 0; day < 5; day++) /* each has 12 expected; none below 1 but once in 1e5 */
        assert_true(days[day] > 0);
    free(values);
}

/* Two copies and a half, repeated: every lap brings all rows of each copy once. */
static void test_superposed_repeated(void **state)
{
    (void)state;
    enum { N = 3001, LAPS = 20 };
    int64_t *values = random_trace(N, HR_NS_PER_S);
    struct replay replay = timestamps(values, N);
    const hr_time cycle = replay.trace.span + (replay.trace.span + (N - 1) / 2) / (N - 1);
    replay.spec.repeat = true;
    replay.spec.scale = 2;
    assert_int_equal(begin(&replay, 0), HR_OK);
    size_t n;
    hr_time *times = collect(&replay, LAPS * cycle, &n);
    assert_int_equal(n, 2 * N * LAPS);
    for (size_t lap = 0; lap < LAPS; lap++)
        assert_int_equal(times[2 * N * lap] / cycle, lap);
    free(times);
    hr_arrivals_fini(&replay.arrivals);

    replay.spec.scale = 2.5;
    assert_int_equal(begin(&replay, 0), HR_OK);
    times = collect(&replay, LAPS * cycle, &n);
    assert_near((double)n, 2.5 * N * LAPS, Z_LIMIT * sqrt(0.25 * N * LAPS));
    free(times);
    hr_arrivals_fini(&replay.arrivals);

    replay.spec.repeat = false;
    assert_int_equal(begin(&replay, 0), HR_OK);
    free(collect(&replay, HR_TIME_NEVER, &n));
    assert_near((double)n, 2.5 * N, Z_LIMIT * sqrt(0.25 * N));
    end(&replay, HR_OK);
    free(values);
}

static void test_failures(void **state)
{
    (void)state;
    const hr_time expected[] = { 0, 10, 10 };
    struct replay replay = timestamps(small, N_SMALL);
    replay.fake.fails_after = 3;
    assert_int_equal(begin(&replay, 0), HR_OK);
    assert_next(&replay, expected, 3);
    end(&replay, HR_ERR_INPUT);

    replay = timestamps(small, N_SMALL); /* the second copy cannot be opened */
    replay.fake.opens_max = 1;
    replay.spec.scale = 2;
    assert_int_equal(begin(&replay, 0), HR_ERR_IO);
    hr_arrivals_fini(&replay.arrivals);
    assert_int_equal(replay.fake.closed, 1);

    replay = timestamps(small, N_SMALL); /* the second copy cannot be read up to its start */
    replay.fake.fails_after = 3;
    replay.spec.scale = 2;
    assert_int_equal(begin(&replay, 3), HR_ERR_INPUT);
    hr_arrivals_fini(&replay.arrivals);
    assert_int_equal(replay.fake.closed, 2);

    const int64_t five = 5;
    replay = bins(&five, 1, 100);
    replay.spec.repeat = true;
    replay.fake.no_rewind = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    for (int i = 0; i < 5; i++)
        assert_true(hr_arrivals_next(&replay.arrivals) < 100);
    end(&replay, HR_ERR_IO);
}

/* A count of n gives n arrivals, whose places in the bin are n sorted uniforms. */
static void test_counts(void **state)
{
    (void)state;
    enum { BINS = 4000, EACH = 5 };
    int64_t values[BINS];
    for (size_t i = 0; i < BINS; i++)
        values[i] = i % 4 == 0 ? EACH : i % 4 == 1 ? 0 : (int64_t)(i % 7);
    struct replay replay = bins(values, BINS, HR_NS_PER_S);
    assert_int_equal(begin(&replay, 0), HR_OK);
    double *place = HR_NEW_ARRAY(double, replay.trace.n_requests);
    double first[BINS / 4], last[BINS / 4];
    size_t n = 0;
    for (size_t bin = 0; bin < BINS; bin++) {
        for (int64_t k = 0; k < values[bin]; k++) {
            const hr_time t = hr_arrivals_next(&replay.arrivals);
            assert_int_equal(t / HR_NS_PER_S, bin);
            place[n] = (double)(t % HR_NS_PER_S) * 1e-9;
            if (bin % 4 == 0 && k == 0)
                first[bin / 4] = pow(1 - place[n], EACH);
            if (bin % 4 == 0 && k == EACH - 1)
                last[bin / 4] = pow(place[n], EACH);
            n++;
        }
    }
    end(&replay, HR_OK);
    assert_int_equal(n, replay.trace.n_requests);
    assert_uniform(place, n);
    assert_uniform(first, BINS / 4);
    assert_uniform(last, BINS / 4);
    free(place);
}

/* Scaled counts: n * scale, its fraction rounded at random. */
static void test_counts_scaled(void **state)
{
    (void)state;
    enum { BINS = 9000 };
    static const double scales[] = { 0.5, 1, 2.5, 0.01 };
    int64_t values[BINS];
    for (size_t i = 0; i < BINS; i++)
        values[i] = (int64_t)(i % 4);
    for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
        const double scale = scales[s];
        struct replay replay = bins(values, BINS, 1000);
        replay.spec.scale = scale;
        assert_int_equal(begin(&replay, 0), HR_OK);
        size_t n;
        hr_time *times = collect(&replay, HR_TIME_NEVER, &n);
        double variance = 0;
        size_t at = 0;
        for (size_t i = 0; i < BINS; i++) {
            const double m = (double)values[i] * scale, fraction = m - floor(m);
            size_t found = 0;
            for (; at < n && times[at] / 1000 == (hr_time)i; at++)
                found++;
            assert_in_range(found, (size_t)floor(m), (size_t)ceil(m));
            variance += fraction * (1 - fraction);
        }
        assert_near((double)n, 1.5 * BINS * scale, Z_LIMIT * sqrt(variance));
        free(times);
        end(&replay, HR_OK);
    }
}

/* Three bins of a second in one, repeated: no drift after 1e5 s. */
static void test_counts_compressed_and_repeated(void **state)
{
    (void)state;
    const int64_t values[] = { 2, 0, 1 };
    struct replay replay = bins(values, 3, HR_NS_PER_S);
    replay.spec.scale_by = HR_SCALE_COMPRESS;
    replay.spec.scale = 3;
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    const double third = 1e9 / 3;
    for (int64_t lap = 0; lap < 100000; lap++) {
        for (int k = 0; k < 3; k++) {
            const hr_time t = hr_arrivals_next(&replay.arrivals) - lap * HR_NS_PER_S;
            assert_true(k < 2 ? t >= -1 && (double)t < third + 1
                              : (double)t > 2 * third - 1 && (double)t < 3 * third + 1);
        }
    }
    hr_arrivals_fini(&replay.arrivals);

    const int64_t none[] = { 0, 0 };
    replay = bins(none, 2, 1);
    replay.spec.repeat = true;
    assert_int_equal(begin(&replay, 0), HR_OK);
    end(&replay, HR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timestamps),    cmocka_unit_test(test_repeat),
        cmocka_unit_test(test_compress),      cmocka_unit_test(test_thinning),
        cmocka_unit_test(test_superposed),    cmocka_unit_test(test_superposed_repeated),
        cmocka_unit_test(test_failures),      cmocka_unit_test(test_counts),
        cmocka_unit_test(test_counts_scaled), cmocka_unit_test(test_counts_compressed_and_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
