/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time integrals, latency parts, steps of the time series. */
#include "hr_test.h"

#include "metrics/level.h"
#include "metrics/parts.h"
#include "metrics/pool_metrics.h"
#include "metrics/series.h"
#include "stats/log_bucket.h"
#include "stats/rng.h"

#include <string.h>

/* Against the plain sum of level x time, with areas far beyond 2^64 in all. */
static void test_area_is_exact(void **state)
{
    (void)state;
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 3, .purpose = HR_PURPOSE_GAP });
    struct hr_level level = { 0 };
    struct hr_area area;
    hr_uint128 expected = 0;
    hr_time now = 12345;
    hr_level_set(&level, now, 700);
    hr_area_open(&area, &level, now);
    for (int i = 0; i < 20000; i++) {
        const hr_time gap = (hr_time)(hr_rng_next(&rng) >> 15); /* up to 6.5 days */
        expected += (hr_uint128)level.n * (uint64_t)gap;
        now += gap / 1000;
        now += gap - gap / 1000;
        if (now > HR_TIME_NEVER / 2)
            break;
        hr_area_collect(&area, &level, now);
        hr_level_add(&level, now, level.n < 5 || hr_rng_below(&rng, 2) ? 3 : -3);
        assert_true(area.total == expected);
    }
    assert_true(expected >> 64 != 0);
}

static void test_area_counts_from_the_opening(void **state)
{
    (void)state;
    struct hr_level level = { 0 };
    struct hr_area area;
    hr_level_add(&level, 100, 4);
    hr_area_open(&area, &level, 150);
    hr_level_add(&level, 170, -1);
    assert_int_equal(hr_area_collect(&area, &level, 200), 4 * 20 + 3 * 30);
    assert_int_equal(hr_area_collect(&area, &level, 210), 3 * 10);
    assert_true(area.total == 200);
}

/* 1,000 nodes of 30 USD an hour in nano-USD over a year are far beyond 2^64, without collecting. */
static void test_wide_area_is_exact(void **state)
{
    (void)state;
    const int64_t price = INT64_C(30000000000);
    struct hr_wide_level level = { 0 };
    struct hr_wide_area area;
    hr_wide_level_add(&level, 5, 7);
    hr_wide_area_open(&area, &level, 10);
    for (hr_time day = 0; day < 1000; day++)
        hr_wide_level_add(&level, 10 + day * HR_NS_PER_DAY, price);
    for (hr_time day = 0; day < 1000; day++)
        hr_wide_level_add(&level, 10 + (365 + day) * HR_NS_PER_DAY, -price);
    const hr_time end = 10 + 2000 * HR_NS_PER_DAY;
    const hr_uint128 expected = (hr_uint128)1000 * 365 * HR_NS_PER_DAY * (uint64_t)price +
                                (hr_uint128)7 * 2000 * HR_NS_PER_DAY;
    assert_true(hr_wide_area_collect(&area, &level, end) == expected);
    assert_true(expected >> 64 != 0);
    assert_true(hr_wide_area_collect(&area, &level, end + 2) == 14);
    assert_true(area.total == expected + 14);
}

static void test_nodes_of_a_pool(void **state)
{
    (void)state;
    struct hr_pool_metrics pool = { 0 };
    hr_pool_nodes(&pool, 0, 5, 5);
    hr_pool_round_up(&pool, 100);
    assert_true(pool.nodes_max == 0 && pool.rounded_ns == 0); /* before the window */
    hr_pool_open(&pool, 10);
    assert_true(pool.nodes_min == 5 && pool.nodes_max == 5);
    hr_pool_nodes(&pool, 20, 2, 0);
    hr_pool_nodes(&pool, 30, 0, 2);
    hr_pool_nodes(&pool, 40, -4, -4);
    hr_pool_add(&pool, HR_POOL_CPU_REQUESTED, 40, 1500);
    hr_pool_round_up(&pool, 7);
    hr_pool_round_up(&pool, 8);
    hr_pool_collect(&pool, 50);
    hr_pool_collect(&pool, 60);
    assert_true(pool.nodes_min == 3 && pool.nodes_max == 7 && pool.rounded_ns == 15);
    assert_true(pool.areas[HR_POOL_NODES].total == 5 * 10 + 7 * 20 + 3 * 20);
    assert_true(pool.areas[HR_POOL_READY].total == 5 * 20 + 7 * 10 + 3 * 20);
    assert_true(pool.areas[HR_POOL_CPU_REQUESTED].total == 1500 * 20);
    assert_true(pool.areas[HR_POOL_GPU_REQUESTED].total == 0);
}

static void test_parts_by_class_of_latency(void **state)
{
    (void)state;
    struct hr_parts parts;
    hr_parts_init(&parts);
    hr_uint128 sum[HR_PARTS] = { 0 };
    for (hr_time latency = 10; latency < 100000; latency += 7) {
        const hr_time part[HR_PARTS] = { 1, latency / 2, 0, latency - latency / 2 - 4, 3 };
        hr_parts_record(&parts, hr_log_bucket(latency, HR_PARTS_BITS), part);
        for (int i = 0; i < HR_PARTS; i++)
            sum[i] += (uint64_t)part[i];
    }
    const struct hr_parts_row all = hr_parts_total(&parts, 0);
    for (int i = 0; i < HR_PARTS; i++)
        assert_true(all.sum_ns[i] == sum[i]);
    /* The rows from that of 50,000 on hold just the latencies from its lower edge on. */
    const unsigned row = hr_log_bucket(50000, HR_PARTS_BITS);
    const hr_time from = hr_log_bucket_from(row, HR_PARTS_BITS);
    uint64_t n = 0;
    for (hr_time latency = 10; latency < 100000; latency += 7)
        n += latency >= from;
    assert_int_equal(hr_parts_total(&parts, row).n, n);
    assert_true(from <= 50000 && from > 50000 * 7 / 8);
    hr_parts_pack(&parts); /* changes no total */
    hr_parts_pack(&parts);
    assert_true(parts.n < HR_PARTS_ROWS / 3);
    assert_int_equal(hr_parts_total(&parts, row).n, n);
    for (int i = 0; i < HR_PARTS; i++)
        assert_true(hr_parts_total(&parts, 0).sum_ns[i] == sum[i]);
    hr_parts_fini(&parts);
}

static void test_empty_parts(void **state)
{
    (void)state;
    struct hr_parts parts;
    hr_parts_init(&parts);
    assert_int_equal(hr_parts_total(&parts, 0).n, 0);
    hr_parts_pack(&parts);
    assert_int_equal(parts.n, 0);
    assert_int_equal(hr_parts_total(&parts, 0).n, 0);
    hr_parts_fini(&parts);
}

/* Replications are pooled by adding up totals: of parts recorded in any split, empty ones included,
 * they are those of one pass, from every row on; and so are integrals of levels. */
static void test_merge_is_one_pass(void **state)
{
    (void)state;
    enum { SPLIT = 5, N = 3000 };
    struct hr_parts once, part[SPLIT];
    struct hr_level level = { 0 };
    struct hr_area whole, piece[SPLIT] = { 0 };
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 12 });
    hr_parts_init(&once);
    for (int i = 0; i < SPLIT; i++)
        hr_parts_init(&part[i]);
    hr_area_open(&whole, &level, 0);
    hr_uint128 areas = 0;
    for (hr_time now = 0; now < N; now++) {
        const unsigned to = hr_rng_below(&rng, SPLIT - 1); /* the last one stays empty */
        const hr_time latency = (hr_time)(hr_rng_next(&rng) >> (20 + hr_rng_below(&rng, 40)));
        const hr_time parts[HR_PARTS] = { latency / 9, latency / 3, latency / 7, latency / 5, 1 };
        hr_parts_record(&once, hr_log_bucket(latency, HR_PARTS_BITS), parts);
        hr_parts_record(&part[to], hr_log_bucket(latency, HR_PARTS_BITS), parts);
        hr_area_open(&piece[to], &level, now);
        hr_level_set(&level, now, hr_rng_below(&rng, 100));
        hr_area_collect(&piece[to], &level, now + 1);
        areas += piece[to].total;
    }
    hr_area_collect(&whole, &level, N);
    assert_true(whole.total == areas);
    for (int i = 0; i < SPLIT; i++)
        hr_parts_pack(&part[i]); /* as replications are kept */
    assert_int_equal(part[SPLIT - 1].n, 0);
    for (unsigned row = 0; row < HR_PARTS_ROWS; row++) {
        const struct hr_parts_row all = hr_parts_total(&once, row);
        struct hr_parts_row sum = { 0 };
        for (int i = 0; i < SPLIT; i++) {
            const struct hr_parts_row some = hr_parts_total(&part[i], row);
            sum.n += some.n;
            for (int k = 0; k < HR_PARTS; k++)
                sum.sum_ns[k] += some.sum_ns[k];
        }
        assert_true(sum.n == all.n && memcmp(sum.sum_ns, all.sum_ns, sizeof sum.sum_ns) == 0);
    }
    hr_parts_fini(&once);
    for (int i = 0; i < SPLIT; i++)
        hr_parts_fini(&part[i]);
}

/* Steps cumulate into the same counts; an empty one adds nothing. */
static void test_steps_add_up(void **state)
{
    (void)state;
    static struct hr_step once, part[3];
    uint64_t all[HR_STEP_LE] = { 0 }, sum[HR_STEP_LE] = { 0 };
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 13 });
    for (int i = 0; i < 2000; i++) {
        const unsigned row = hr_rng_below(&rng, HR_STEP_ROWS);
        once.latency[row]++;
        part[2 * hr_rng_below(&rng, 2)].latency[row]++; /* the second stays empty */
    }
    hr_step_cumulate(&once, all);
    for (int i = 0; i < 3; i++)
        hr_step_cumulate(&part[i], sum);
    assert_int_equal(all[HR_STEP_LE - 1], 2000);
    assert_memory_equal(all, sum, sizeof all);
}

static void test_buckets_are_contiguous(void **state)
{
    (void)state;
    for (unsigned bits = 3; bits <= 10; bits++) {
        const unsigned n = HR_LOG_PAGES(bits) << bits;
        for (unsigned bucket = 0; bucket < n; bucket++) {
            const int64_t from = hr_log_bucket_from(bucket, bits);
            assert_int_equal(hr_log_bucket(from, bits), bucket);
            if (bucket > 0)
                assert_int_equal(hr_log_bucket(from - 1, bits), bucket - 1);
        }
        assert_int_equal(hr_log_bucket(INT64_MAX, bits), n - 1);
        for (int64_t value = 1; value < INT64_MAX / 3; value += value / 7 + 1)
            assert_int_equal(hr_log_bucket_coarser(value, hr_log_bucket(value, 11), 11, bits),
                             hr_log_bucket(value, bits));
    }
}

static struct hr_step filled_step(void)
{
    struct hr_step step = { 0 };
    for (hr_time ms = 1; ms <= 1000; ms++) {
        step.latency[hr_log_bucket(ms * 1000000, HR_STEP_BITS)]++;
        step.outcomes[0]++;
    }
    return step;
}

/* Classes are 1/16 of an octave: the quantile of 1 .. 1000 ms is right within 6.3 %. */
static void test_quantile_of_a_step(void **state)
{
    (void)state;
    const struct hr_step step = filled_step(), empty = { 0 };
    assert_near(hr_step_quantile_s(&step, 0.5), 0.5, 0.5 * 0.063);
    assert_near(hr_step_quantile_s(&step, 0.99), 0.99, 0.99 * 0.063);
    assert_true(isnan(hr_step_quantile_s(&empty, 0.5)));
}

static void test_cumulative_edges(void **state)
{
    (void)state;
    const struct hr_step step = filled_step();
    uint64_t counts[HR_STEP_LE] = { 0 };
    hr_step_cumulate(&step, counts);
    assert_true(isinf(hr_step_le_s(HR_STEP_LE - 1)));
    assert_int_equal(counts[HR_STEP_LE - 1], 1000);
    for (unsigned i = 0; i + 1 < HR_STEP_LE; i++) {
        const double ms = hr_step_le_s(i) * 1e3;
        const uint64_t exact = ms >= 1000 ? 1000 : (uint64_t)ms;
        assert_int_equal(counts[i], exact);
        assert_true(hr_step_le_s(i) < hr_step_le_s(i + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_area_is_exact),
        cmocka_unit_test(test_area_counts_from_the_opening),
        cmocka_unit_test(test_wide_area_is_exact),
        cmocka_unit_test(test_nodes_of_a_pool),
        cmocka_unit_test(test_parts_by_class_of_latency),
        cmocka_unit_test(test_empty_parts),
        cmocka_unit_test(test_merge_is_one_pass),
        cmocka_unit_test(test_steps_add_up),
        cmocka_unit_test(test_buckets_are_contiguous),
        cmocka_unit_test(test_quantile_of_a_step),
        cmocka_unit_test(test_cumulative_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
