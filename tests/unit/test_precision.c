/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequential stopping: which checkpoints, what is reached, and when nothing helps. */
#include "hr_test.h"

#include "run/precision.h"

#include "base/mem.h"
#include "scenario/scenario.h"
#include "stats/interval.h"

#include <headroom/run.h>

#include <stdlib.h>
#include <string.h>

#define N_SLOS 2

/* A result of R replications with two objectives, whose values are to be filled in. */
struct sample {
    struct hr_slo_spec specs[N_SLOS];
    struct hr_slo_result slos[N_SLOS];
    struct hr_deployment_result deployment;
    struct hr_spec spec;
    struct hr_run_options options;
    struct hr_result *result;
};

static struct hr_estimate estimate(double value, double lo, double hi)
{
    return (struct hr_estimate){ .value = value, .lo = lo, .hi = hi, .n = 20, .method = "ratio" };
}

static void init(struct sample *sample, double precision)
{
    static char w[] = "w", mean[] = "latency_mean", availability[] = "availability";
    *sample = (struct sample){
        .slos = { { .workload = w, .metric = mean, .value = estimate(2, 1.99, 2.01) },
                  { .workload = w,
                    .metric = availability,
                    .unit = HR_SHOWN_SHARE,
                    .value = estimate(0.5, 0.499, 0.501) } },
        .spec = { .replications = 10 },
        .options = { .precision = precision },
    };
    sample->spec.slos = (struct hr_list){ sample->specs, N_SLOS };
    sample->result = HR_NEW(struct hr_result);
    sample->result->replications = 20;
    sample->result->n_slos = N_SLOS;
    sample->result->slos = sample->slos;
    sample->result->n_deployments = 1;
    sample->result->deployments = &sample->deployment;
}

static const struct hr_precision *judge(struct sample *sample)
{
    hr_precision_judge(&sample->spec, &sample->options, sample->result);
    return &sample->result->precision;
}

static void fini(struct sample *sample)
{
    sample->result->n_slos = sample->result->n_deployments = 0;
    sample->result->slos = NULL;
    sample->result->deployments = NULL;
    hr_result_free(sample->result);
}

/* The next checkpoint of a sample, which is done with then. */
static unsigned next(struct sample *sample)
{
    judge(sample);
    const unsigned at = hr_precision_next(sample->result);
    fini(sample);
    return at;
}

static void test_reached(void **state)
{
    (void)state;
    struct sample sample;
    init(&sample, 0.01);
    const struct hr_precision *precision = judge(&sample);
    assert_true(precision->reached);
    assert_int_equal(precision->n_metrics, 2);
    assert_near(precision->metrics[0].half_width, 0.005, 1e-12);
    assert_near(precision->metrics[0].error, 0.005 / 0.995, 1e-12);
    assert_near(precision->metrics[1].half_width, 0.002, 1e-12);
    assert_int_equal(hr_precision_next(sample.result), 0);
    fini(&sample);
}

/* h / |y| <= g / (1 + g), not g: 2 % of the value is not yet 2 % of the truth. */
static void test_edge(void **state)
{
    (void)state;
    const double edge = 0.02 / 1.02;
    struct sample sample;
    init(&sample, 0.02);
    sample.slos[0].value = estimate(1, 1 - 0.999 * edge, 1 + 0.999 * edge);
    assert_int_equal(next(&sample), 0);
    init(&sample, 0.02);
    sample.slos[0].value = estimate(1, 1 - 0.02, 1 + 0.01); /* the wider side counts */
    assert_int_equal(next(&sample), 21);
}

/* What the square-root law asks for, at most half as many again, at least one more, at most max. */
static void test_next(void **state)
{
    (void)state;
    const double h = 0.01 / 1.01;
    struct sample sample;
    init(&sample, 0.01);
    sample.slos[0].value = estimate(1, 1 - 1.1 * h, 1 + 1.1 * h);
    assert_int_equal(next(&sample), 25); /* ceil(20 * 1.21) */
    init(&sample, 0.01);
    sample.slos[0].value = estimate(1, 1 - 9 * h, 1 + 9 * h);
    assert_int_equal(next(&sample), 30);
    init(&sample, 0.01);
    sample.slos[0].value = estimate(1, 1 - 9 * h, 1 + 9 * h);
    sample.options.replications_max = 22;
    assert_int_equal(next(&sample), 22);
    init(&sample, 0.01);
    sample.slos[0].value = estimate(1, 1 - 9 * h, 1 + 9 * h);
    sample.options.replications_max = 20;
    assert_int_equal(next(&sample), 0);
}

/* Of a share the rarer side counts: 99.9 % is known to 10 % when 0.1 % is. */
static void test_share(void **state)
{
    (void)state;
    struct sample sample;
    init(&sample, 0.1);
    sample.slos[1].value = estimate(0.999, 0.9988, 0.9992);
    const struct hr_precision *precision = judge(&sample);
    assert_near(precision->metrics[1].half_width, 0.2, 1e-9);
    assert_false(precision->reached);
    fini(&sample);
}

/* Never an exception: the bound must meet the objective, and nothing more can be asked for. */
static void test_no_exception(void **state)
{
    (void)state;
    struct sample sample;
    init(&sample, 0.1);
    sample.slos[1].value = estimate(1, 0.9999, 1);
    sample.slos[1].certain = true;
    assert_int_equal(next(&sample), 0);
    init(&sample, 0.1);
    sample.slos[1].value = estimate(1, 0.9, 1);
    assert_int_equal(next(&sample), 30);
}

/* An end that the sample does not bound is not reached; more replications may bound it. */
static void test_unbounded(void **state)
{
    (void)state;
    struct sample sample;
    init(&sample, 0.5);
    sample.slos[0].value.hi = (double)NAN;
    const struct hr_precision *precision = judge(&sample);
    assert_true(isnan(precision->metrics[0].half_width));
    assert_false(precision->metrics[0].reached);
    assert_int_equal(hr_precision_next(sample.result), 30);
    fini(&sample);
}

static void test_hopeless(void **state)
{
    (void)state;
    static char unstable[] = "unstable: offered load 1.08";
    struct hr_hist none;
    struct sample sample;
    init(&sample, 0.1);
    sample.deployment.unstable = unstable;
    sample.slos[0].value = estimate(1, 0, 2);
    assert_int_equal(next(&sample), 0);
    init(&sample, 0.1);
    sample.slos[0].value = (struct hr_estimate){ .value = (double)NAN, .why = "no price given" };
    assert_int_equal(next(&sample), 0);
    /* Too few for this percentile: more help. */
    hr_hist_init(&none);
    hr_hist_record(&none, 1);
    init(&sample, 0.1);
    sample.slos[0].value = hr_estimate_quantile(&(const struct hr_hist *){ &none }, 1, &none, 0.99);
    assert_int_equal(next(&sample), 30);
    hr_hist_fini(&none);
}

/* An objective's own precision stands above that of the run, and is enough to ask for one. */
static void test_of_one_objective(void **state)
{
    (void)state;
    struct sample sample;
    init(&sample, 0);
    assert_false(hr_precision_asked(&sample.spec, &sample.options));
    sample.specs[1].precision = 0.001;
    assert_true(hr_precision_asked(&sample.spec, &sample.options));
    const struct hr_precision *precision = judge(&sample);
    assert_int_equal(precision->n_metrics, 1);
    assert_string_equal(precision->metrics[0].metric, "availability");
    assert_true(isnan(precision->target));
    assert_false(precision->reached);
    fini(&sample);
    init(&sample, 0.2);
    sample.specs[1].precision = 0.001;
    precision = judge(&sample);
    assert_true(precision->metrics[0].reached);
    assert_true(precision->metrics[1].target == 0.001 && !precision->metrics[1].reached);
    fini(&sample);
}

static void test_first(void **state)
{
    (void)state;
    struct sample sample;
    init(&sample, 0.1);
    assert_int_equal(hr_precision_first(&sample.spec, &sample.options), 20);
    assert_int_equal(hr_precision_max(&sample.spec, &sample.options), 1000);
    sample.spec.replications = 1500;
    assert_int_equal(hr_precision_first(&sample.spec, &sample.options), 1500);
    assert_int_equal(hr_precision_max(&sample.spec, &sample.options), 1500);
    sample.options.replications_max = 5;
    assert_int_equal(hr_precision_first(&sample.spec, &sample.options), 5);
    fini(&sample);
}

static struct hr_result *run(const char *text, const struct hr_run_options *options)
{
    struct hr_scenario *scenario = NULL;
    struct hr_result *result = NULL;
    struct hr_diag *diag = hr_diag_new();
    if (hr_scenario_load_text(text, strlen(text), "test", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    assert_int_equal(hr_run(scenario, options, &result, diag), HR_OK);
    hr_diag_free(diag);
    hr_scenario_free(scenario);
    return result;
}

#define SYSTEM(head)                                                                               \
    "name = \"t\"; duration = \"1100s\"; warmup = \"100s\"; " head                                 \
    " models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; " \
    "}; } ); deployments = ( { name = \"d\"; model = \"m\"; } ); workloads = ( { name = \"w\"; "   \
    "deployment = \"d\"; arrivals = { rate = \"0.5/s\"; }; } );"

/* A run that went on to R replications is the run of R replications, and R rests on all metrics:
 * without objectives the mean and p99 latency. */
static void test_run(void **state)
{
    (void)state;
    const struct hr_run_options tight = { .jobs = 1, .precision = 0.05 };
    struct hr_result *result = run(SYSTEM(""), &tight);
    const struct hr_precision *precision = &result->precision;
    assert_true(precision->reached && hr_result_good(result));
    assert_int_equal(precision->n_metrics, 2);
    assert_true(precision->metrics[1].error <= 0.05);
    assert_true(precision->n_checkpoints > 2);
    assert_int_equal(precision->checkpoints[0], 20);
    assert_int_equal(precision->checkpoints[1], 30);
    assert_int_equal(precision->checkpoints[precision->n_checkpoints - 1], result->replications);
    char head[64];
    snprintf(head, sizeof head, "replications=%u", result->replications);
    const char *const overrides[] = { head };
    struct hr_scenario *scenario = NULL;
    static const char text[] = SYSTEM("");
    assert_int_equal(
        hr_scenario_load_text(text, strlen(text), "test", overrides, 1, &scenario, NULL), HR_OK);
    struct hr_result *plain = NULL;
    const struct hr_run_options options = { .jobs = 2 };
    assert_int_equal(hr_run(scenario, &options, &plain, NULL), HR_OK);
    assert_true(plain->fingerprint == result->fingerprint);
    assert_true(plain->workloads[0].latency_s.p99.hi == result->workloads[0].latency_s.p99.hi);
    assert_false(plain->precision.asked);
    hr_scenario_free(scenario);
    hr_result_free(plain);
    hr_result_free(result);
}

static void test_not_reached(void **state)
{
    (void)state;
    const struct hr_run_options options = { .jobs = 2, .precision = 0.001, .replications_max = 33 };
    struct hr_result *result = run(SYSTEM(""), &options);
    assert_false(result->precision.reached);
    assert_false(hr_result_good(result));
    assert_int_equal(result->replications, 33);
    assert_int_equal(result->replications_asked, 33);
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reached),      cmocka_unit_test(test_edge),
        cmocka_unit_test(test_next),         cmocka_unit_test(test_share),
        cmocka_unit_test(test_no_exception), cmocka_unit_test(test_unbounded),
        cmocka_unit_test(test_hopeless),     cmocka_unit_test(test_of_one_objective),
        cmocka_unit_test(test_first),        cmocka_unit_test(test_run),
        cmocka_unit_test(test_not_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
