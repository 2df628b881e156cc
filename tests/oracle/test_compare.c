/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparisons against exact differences: common random numbers reduce the variance as much as they
 * are known to, and the intervals of differences hold the truth as often as they say.
 */
#include "hr_test.h"

#include "queueing/queueing.h"
#include "stats/interval.h"
#include "unit/temp_folder.h"

#include <gsl/gsl_cdf.h>
#include <headroom/compare.h>

#define Z_MAX 4.5

/* Builds that are slow by nature run fewer experiments. */
#ifdef __OPTIMIZE__
#define EXPERIMENTS 400u
#else
#define EXPERIMENTS 100u
#endif

static const char scenario[] =
    "name = \"mmc\"; duration = \"2500s\"; warmup = \"500s\"; replications = 10;\n"
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; };"
    " } );\n"
    "deployments = ( { name = \"d\"; model = \"m\"; load_balancing = \"central_queue\"; } );\n"
    "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { rate = \"0.8/s\"; }; } );\n";

/* 21/20 times as fast, to the nanosecond. */
#define FASTER    "models.m.service_time.mean=952380952ns"
#define FASTER_MU 1.05

/* A is the scenario with n overrides, B has `only_b` too. */
static struct hr_comparison *compare(const char *const *overrides, size_t n, const char *only_b)
{
    const char *of_b[8];
    memcpy(of_b, overrides, n * sizeof *of_b);
    of_b[n] = only_b;
    char *path = temp_path_new("mmc.cfg");
    const struct hr_compare_side a = { path, overrides, n }, b = { path, of_b, n + 1 };
    const struct hr_run_options options = { .jobs = 2 };
    struct hr_comparison *comparison = NULL;
    assert_int_equal(hr_compare(&a, &b, &options, &comparison, NULL), HR_OK);
    free(path);
    return comparison;
}

static const struct hr_compare_metric *metric(const struct hr_comparison *comparison,
                                              const char *name)
{
    for (size_t i = 0; i < comparison->n_metrics; i++) {
        if (strcmp(comparison->metrics[i].name, name) == 0)
            return &comparison->metrics[i];
    }
    fail_msg("%s is missing", name);
    return NULL;
}

static void check(const struct hr_comparison *comparison, const char *name, double exact,
                  double reduction_min)
{
    const struct hr_compare_metric *m = metric(comparison, name);
    const struct hr_estimate *d = &m->difference;
    const double z = (d->value - exact) / ((d->hi - d->value) / hr_student_t95(d->n - 1));
    print_message("%-26s exact %9.5f  estimate %9.5f  z %+5.2f  variance reduction %6.2f\n", name,
                  exact, d->value, z, m->variance_reduction);
    assert_true(fabs(z) < Z_MAX);
    assert_true(m->variance_reduction >= reduction_min);
    assert_string_equal(m->verdict, "lower");
}

/* About tenfold for the mean latency of M/M/1 at load 0.8 against 1.05 times as fast a server.
 */
static void test_faster_server(void **state)
{
    (void)state;
    static const char *const overrides[] = { "seed=1", "replications=40", "duration=12500s" };
    struct hr_comparison *comparison = compare(overrides, 3, FASTER);
    check(comparison, "workloads.w.latency_s.mean", 1 / (FASTER_MU - 0.8) - 5, 5);
    check(comparison, "workloads.w.latency_s.p50",
          hr_mmc_latency_s_quantile(0.8, FASTER_MU, 1, 0.5) -
              hr_mmc_latency_s_quantile(0.8, 1, 1, 0.5),
          5);
    check(comparison, "workloads.w.latency_s.p99",
          hr_mmc_latency_s_quantile(0.8, FASTER_MU, 1, 0.99) -
              hr_mmc_latency_s_quantile(0.8, 1, 1, 0.99),
          2);
    check(comparison, "deployments.d.utilization", 0.8 / FASTER_MU - 0.8, 100);
    hr_comparison_free(comparison);
}

static void test_one_server_more(void **state)
{
    (void)state;
    static const char *const overrides[] = { "seed=1", "replications=40",
                                             "workloads.w.arrivals.rate=45/s",
                                             "deployments.d.replicas=50" };
    struct hr_comparison *comparison = compare(overrides, 4, "deployments.d.replicas=51");
    const struct hr_queue_answer a = hr_mmc(45, 1, 50), b = hr_mmc(45, 1, 51);
    check(comparison, "workloads.w.latency_s.mean", b.latency_s_mean - a.latency_s_mean, 5);
    check(comparison, "workloads.w.wait_s.mean", b.wait_s_mean - a.wait_s_mean, 5);
    check(comparison, "workloads.w.wait_probability", b.wait_probability - a.wait_probability, 5);
    check(comparison, "workloads.w.wait_s.p95",
          hr_mmc_wait_s_quantile(45, 1, 51, 0.95) - hr_mmc_wait_s_quantile(45, 1, 50, 0.95), 5);
    check(comparison, "deployments.d.queue_length", b.queue_mean - a.queue_mean, 5);
    hr_comparison_free(comparison);
}

/* Nominal 95 %; the number of intervals that hold the truth stays within its two-sided 0.1 %
 * binomial range. */
static void assert_covers(const char *name, unsigned covered)
{
    const double below = gsl_cdf_binomial_P(covered, 0.95, EXPERIMENTS);
    const double above = covered == 0 ? 1 : gsl_cdf_binomial_Q(covered - 1, 0.95, EXPERIMENTS);
    print_message("%-28s %u of %u\n", name, covered, EXPERIMENTS);
    assert_true(below > 0.0005 && above > 0.0005);
}

/* At half load 2000 s are long: the system forgets within some 12 s. */
#define LOAD 0.5

static void test_coverage(void **state)
{
    (void)state;
    const double slow_s = 1 / (1 - LOAD), fast_s = 1 / (FASTER_MU - LOAD);
    struct {
        const char *name;
        double exact;
        unsigned covered;
    } cells[] = {
        { "workloads.w.latency_s.mean", fast_s - slow_s, 0 },
        { "workloads.w.latency_s.p50", log(0.5) * (slow_s - fast_s), 0 },
        { "workloads.w.latency_s.p90", log(0.1) * (slow_s - fast_s), 0 },
        { "workloads.w.wait_probability", LOAD / FASTER_MU - LOAD, 0 },
        { "deployments.d.queue_length",
          hr_mmc(LOAD, FASTER_MU, 1).queue_mean - hr_mmc(LOAD, 1, 1).queue_mean, 0 },
    };
    enum { CELLS = sizeof cells / sizeof cells[0] };
    for (unsigned i = 0; i < EXPERIMENTS; i++) {
        char seed[32];
        snprintf(seed, sizeof seed, "seed=%u", 1000 + i);
        const char *const overrides[] = { seed, "workloads.w.arrivals.rate=0.5/s" };
        struct hr_comparison *comparison = compare(overrides, 2, FASTER);
        for (int c = 0; c < CELLS; c++) {
            const struct hr_estimate *d = &metric(comparison, cells[c].name)->difference;
            cells[c].covered += d->lo <= cells[c].exact && cells[c].exact <= d->hi;
        }
        hr_comparison_free(comparison);
    }
    for (int c = 0; c < CELLS; c++)
        assert_covers(cells[c].name, cells[c].covered);
}

static int make_scenario(void **state)
{
    if (temp_folder_make(state) != 0)
        return -1;
    temp_write("mmc.cfg", scenario, strlen(scenario));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faster_server),
        cmocka_unit_test(test_one_server_more),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, make_scenario, temp_folder_remove);
}
