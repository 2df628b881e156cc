/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histogram: edges, quantiles, counts, merge; random values against the sorted values. */
#include "hr_test.h"

#include "stats/hist.h"
#include "stats/rng.h"

#include <stdlib.h>

#define N 20000

static struct hr_rng rng_of(uint64_t seed)
{
    return hr_rng_at((struct hr_address){ .seed = seed });
}

/* Any magnitude from 0 to 2^63 - 1. */
static int64_t random_value(struct hr_rng *rng)
{
    return (int64_t)(hr_rng_next(rng) >> (1 + hr_rng_below(rng, 63)));
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void test_edges(void **state)
{
    (void)state;
    for (int64_t v = 0; v < 2048; v++) {
        const unsigned page = hr_hist_page(v), slot = hr_hist_slot(v);
        assert_int_equal(hr_hist_edge(page, slot), v);
        assert_int_equal(hr_hist_edge(page, slot + 1), v + 1);
    }
    static const int64_t values[] = { 2048,       2049,          2050,          4095,     4096,
                                      1000000007, INT64_MAX / 2, INT64_MAX - 1, INT64_MAX };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const unsigned page = hr_hist_page(values[i]), slot = hr_hist_slot(values[i]);
        assert_in_range(page, 0, HR_HIST_PAGES - 1);
        const int64_t low = hr_hist_edge(page, slot), high = hr_hist_edge(page, slot + 1);
        assert_true(low <= values[i]);
        assert_true(values[i] < high || high == INT64_MAX);
    }
    assert_int_equal(hr_hist_edge(HR_HIST_PAGES, 0), INT64_MAX);
}

static void test_bucket_width(void **state)
{
    (void)state;
    int64_t before = -1;
    for (unsigned page = 0; page < HR_HIST_PAGES; page++)
        for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++) {
            const int64_t low = hr_hist_edge(page, slot), high = hr_hist_edge(page, slot + 1);
            assert_true(low > before && high > low);
            assert_true(high - low == 1 || (high - low) <= low >> HR_HIST_BITS);
            before = low;
        }
}

static void test_empty(void **state)
{
    (void)state;
    struct hr_hist hist;
    hr_hist_init(&hist);
    assert_true(isnan(hr_hist_quantile(&hist, 0.5)));
    assert_true(hr_hist_count_below(&hist, 1e18) == 0);
    assert_true(hist.min == INT64_MAX && hist.max == -1);
    hr_hist_fini(&hist);
}

static void test_small_values_are_exact(void **state)
{
    (void)state;
    struct hr_hist hist;
    hr_hist_init(&hist);
    for (int64_t v = 1; v <= 100; v++)
        hr_hist_record(&hist, v);
    for (int k = 1; k <= 100; k++) {
        assert_true(hr_hist_quantile(&hist, k / 100.0) == k); /* also 0.07, which rounds up */
        assert_true(hr_hist_count_below(&hist, k) == k);
        assert_true(hr_hist_count_below(&hist, k - 0.5) == k - 1);
    }
    assert_true(hr_hist_quantile(&hist, 0) == 1 && hr_hist_quantile(&hist, 0.001) == 1);
    assert_true(hr_hist_count_below(&hist, -1) == 0 && hr_hist_count_below(&hist, 0) == 0);
    hr_hist_fini(&hist);
}

/* Eight values in the bucket [2^20, 2^20 + 2^10): its parts, middle by middle, cut at min and max.
 */
static void test_interpolation(void **state)
{
    (void)state;
    struct hr_hist hist;
    hr_hist_init(&hist);
    const int64_t low = 1 << 20;
    for (int64_t i = 0; i < 8; i++)
        hr_hist_record(&hist, low + 100 * i);
    assert_true(hr_hist_quantile(&hist, 0.5) == (double)low + 1023 * 3.5 / 8);
    assert_true(hr_hist_quantile(&hist, 0.875) == (double)low + 700); /* 831 without the cut */
    assert_true(hr_hist_quantile(&hist, 1) == (double)low + 700);
    assert_true(hr_hist_count_below(&hist, (double)low + 255) == 2);
    assert_true(hr_hist_count_below(&hist, (double)low + 699) == 8 * 700.0 / 1024);
    assert_true(hr_hist_count_below(&hist, (double)low + 700) == 8);
    hr_hist_fini(&hist);
}

static void test_random_quantiles(void **state)
{
    (void)state;
    int64_t *values = calloc(N, sizeof *values);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct hr_rng rng = rng_of(seed);
        struct hr_hist hist;
        hr_hist_init(&hist);
        hr_uint128 sum = 0;
        const size_t n = 1 + hr_rng_below(&rng, N);
        for (size_t i = 0; i < n; i++) {
            values[i] = random_value(&rng);
            sum += (uint64_t)values[i];
            hr_hist_record(&hist, values[i]);
        }
        qsort(values, n, sizeof *values, compare);
        assert_true(hist.n == n && hist.sum == sum);
        assert_true(hist.min == values[0] && hist.max == values[n - 1]);
        for (int i = 0; i < 200; i++) {
            const size_t k = 1 + hr_rng_below(&rng, (uint32_t)n);
            const double exact = (double)values[k - 1];
            const double got = hr_hist_quantile(&hist, (double)k / (double)n);
            assert_near(got, exact, exact * 0x1p-10);
            /* Within a bucket's count of the exact rank, and exact at the bucket's upper end. */
            const unsigned page = hr_hist_page(values[k - 1]);
            const unsigned slot = hr_hist_slot(values[k - 1]);
            const double end = (double)hr_hist_edge(page, slot + 1) - 1;
            size_t at_most = k;
            while (at_most < n && (double)values[at_most] <= end)
                at_most++;
            if (end < 0x1p53)
                assert_true(hr_hist_count_below(&hist, end) == (double)at_most);
            assert_near(hr_hist_count_below(&hist, exact), (double)k,
                        (double)hr_hist_count(&hist, page, slot));
        }
        hr_hist_fini(&hist);
    }
    free(values);
}

/* Many at once are what they are one by one; pages between values stay empty. */
static void test_quantiles_in_one_pass(void **state)
{
    (void)state;
    enum { SHARES = 400 };
    double p[SHARES], values[SHARES];
    struct hr_rng rng = rng_of(5);
    struct hr_hist hist;
    hr_hist_init(&hist);
    for (int i = 0; i < SHARES; i++)
        p[i] = i / (SHARES - 1.0);
    hr_hist_quantiles(&hist, SHARES, p, values);
    assert_true(isnan(values[0]) && isnan(values[SHARES - 1]));
    for (int i = 0; i < 2000; i++)
        hr_hist_record(&hist, random_value(&rng));
    hr_hist_quantiles(&hist, SHARES, p, values);
    for (int i = 0; i < SHARES; i++)
        assert_true(values[i] == hr_hist_quantile(&hist, p[i]));
    hr_hist_fini(&hist);
}

static void same(const struct hr_hist *a, const struct hr_hist *b)
{
    assert_true(a->n == b->n && a->sum == b->sum && a->min == b->min && a->max == b->max);
    for (unsigned page = 0; page < HR_HIST_PAGES; page++) {
        assert_int_equal(a->pages[page] == NULL, b->pages[page] == NULL);
        for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++)
            assert_true(hr_hist_count(a, page, slot) == hr_hist_count(b, page, slot));
    }
}

/* Recorded in parts (some empty) and merged in any order = recorded at once. */
static void test_merge_is_one_pass(void **state)
{
    (void)state;
    enum { PARTS = 6 };
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct hr_rng rng = rng_of(100 + seed);
        struct hr_hist once, forward, backward, part[PARTS];
        hr_hist_init(&once);
        hr_hist_init(&forward);
        hr_hist_init(&backward);
        for (int i = 0; i < PARTS; i++) {
            hr_hist_init(&part[i]);
            const uint32_t n = i % 2 == 0 ? 0 : hr_rng_below(&rng, 1000);
            for (uint32_t k = 0; k < n; k++) {
                const int64_t value = random_value(&rng);
                hr_hist_record(&part[i], value);
                hr_hist_record(&once, value);
            }
        }
        for (int i = 0; i < PARTS; i++) {
            hr_hist_merge(&forward, &part[i]);
            hr_hist_merge(&backward, &part[PARTS - 1 - i]);
        }
        same(&once, &forward);
        same(&once, &backward);
        for (int i = 0; i < PARTS; i++)
            hr_hist_fini(&part[i]);
        hr_hist_fini(&once);
        hr_hist_fini(&forward);
        hr_hist_fini(&backward);
    }
}

/* At rest it is the same histogram; pages hold their largest count at any width. */
static void test_packed(void **state)
{
    (void)state;
    static const uint64_t largest[] = {
        1,          UINT8_MAX,         UINT8_MAX + 1,    UINT16_MAX, UINT16_MAX + 1,
        UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 50
    };
    static const uint8_t bytes[] = { 1, 1, 2, 2, 4, 4, 8, 8 };
    struct hr_rng rng = rng_of(7);
    struct hr_hist plain, packed, merged, empty;
    hr_hist_init(&plain);
    hr_hist_init(&packed);
    hr_hist_init(&merged);
    hr_hist_init(&empty);
    for (unsigned i = 0; i < 8; i++)
        hr_hist_record_n(&plain, INT64_C(1) << (12 + 2 * i), largest[i]);
    for (int i = 0; i < 5000; i++)
        hr_hist_record(&plain, random_value(&rng) & 2047);
    hr_hist_merge(&packed, &plain);
    hr_hist_pack(&packed);
    hr_hist_pack(&packed); /* once more changes nothing */
    hr_hist_pack(&empty);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(packed.bytes[hr_hist_page(INT64_C(1) << (12 + 2 * i))], bytes[i]);
    same(&plain, &packed);
    hr_hist_merge(&merged, &packed);
    hr_hist_merge(&merged, &empty);
    same(&plain, &merged);
    for (int i = 0; i < 1000; i++) {
        const double x = (double)random_value(&rng), p = hr_rng_uniform(&rng);
        assert_true(hr_hist_count_below(&plain, x) == hr_hist_count_below(&packed, x));
        assert_true(hr_hist_quantile(&plain, p) == hr_hist_quantile(&packed, p));
    }
    hr_hist_fini(&plain);
    hr_hist_fini(&packed);
    hr_hist_fini(&merged);
}

static void test_many_at_once(void **state)
{
    (void)state;
    struct hr_hist once, many;
    hr_hist_init(&once);
    hr_hist_init(&many);
    static const int64_t values[] = { 0, 3000, INT64_MAX };
    for (uint64_t i = 0; i < 3; i++) {
        for (uint64_t k = 0; k < 7 * i; k++)
            hr_hist_record(&once, values[i]);
        hr_hist_record_n(&many, values[i], 7 * i);
    }
    same(&once, &many);
    hr_hist_fini(&once);
    hr_hist_fini(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_bucket_width),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_small_values_are_exact),
        cmocka_unit_test(test_interpolation),
        cmocka_unit_test(test_random_quantiles),
        cmocka_unit_test(test_quantiles_in_one_pass),
        cmocka_unit_test(test_merge_is_one_pass),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
