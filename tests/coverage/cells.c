/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The queues and their exact answers. A service takes 1 s in the mean. Each of ten replications of
 * M/M/1 holds 2500 requests at load 0.5 and 10,000 at 0.8, four times that where service or
 * arrivals are burstier; a single one twice as many as those ten, or more.
 */
#include "coverage/cells.h"

#include "queueing/queueing.h"

#include <math.h>

/* A replica costs 0.001 USD a second. */
#define USD_PER_S 1e-3

#define SCENARIO(times, model, deployment, arrivals) RUNS("10", times, model, deployment, arrivals)
#define RUNS(replications, times, model, deployment, arrivals)                                     \
    "name = \"coverage\"; " times " replications = " replications ";\n"                            \
    "models = ( { name = \"m\"; " model " } );\n"                                                  \
    "deployments = ( { name = \"d\"; model = \"m\"; usd_per_hour = 3.6; " deployment " } );\n"     \
    "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { " arrivals " }; } );\n"
#define TIMES(duration, warmup) "duration = \"" duration "\"; warmup = \"" warmup "\";"
#define EXPONENTIAL             "service_time = { distribution = \"exponential\"; mean = \"1s\"; };"
#define MM1_80_UNTIL(metric)                                                                       \
    SCENARIO(TIMES("12500s", "1250s"), EXPONENTIAL, "replicas = 1;", "rate = \"0.8/s\";")          \
    "slos = ( { workload = \"w\"; metric = \"" metric "\"; max = \"60s\"; } );\n"
#define SINGLE(duration, warmup, rate)                                                             \
    RUNS("1", TIMES(duration, warmup), EXPONENTIAL, "replicas = 1;", "rate = \"" rate "\";")
#define HYPEREXPONENTIAL                                                                           \
    "service_time = { distribution = \"hyperexponential\"; mean = \"1s\"; cv = 2.0; };"

static const struct hr_mmpp2 mmpp = { .rate = { 0.4, 1.6 }, .leave = { 0.05, 0.1 } };

static void set_answer(double exact[COVERAGE_METRICS], struct hr_queue_answer answer,
                       unsigned replicas)
{
    exact[COVERAGE_LATENCY_MEAN] = answer.latency_s_mean;
    exact[COVERAGE_WAIT_MEAN] = answer.wait_s_mean;
    exact[COVERAGE_WAIT_PROBABILITY] = answer.wait_probability;
    exact[COVERAGE_CONCURRENCY] = answer.number_mean;
    exact[COVERAGE_THROUGHPUT] = answer.throughput;
    exact[COVERAGE_UTILIZATION] = answer.utilization;
    exact[COVERAGE_COST] = USD_PER_S * replicas / answer.throughput;
    if (answer.block_probability > 0)
        exact[COVERAGE_AVAILABILITY] = 1 - answer.block_probability;
}

static void set_mm1(double exact[COVERAGE_METRICS], double load)
{
    set_answer(exact, hr_mmc(load, 1, 1), 1);
    exact[COVERAGE_LATENCY_P50] = hr_mmc_latency_s_quantile(load, 1, 1, 0.5);
    exact[COVERAGE_LATENCY_P99] = hr_mmc_latency_s_quantile(load, 1, 1, 0.99);
    exact[COVERAGE_WAIT_P99] = hr_mmc_wait_s_quantile(load, 1, 1, 0.99);
}

static void exact_mm1_50(double exact[COVERAGE_METRICS])
{
    set_mm1(exact, 0.5);
}

static void exact_mm1_80(double exact[COVERAGE_METRICS])
{
    set_mm1(exact, 0.8);
}

static void exact_mm1_90(double exact[COVERAGE_METRICS])
{
    set_mm1(exact, 0.9);
}

static void exact_mh21(double exact[COVERAGE_METRICS])
{
    const struct hr_dist_spec spec = { .kind = HR_DIST_HYPEREXPONENTIAL,
                                       .mean = HR_NS_PER_S,
                                       .cv = 2 };
    struct hr_dist service;
    struct hr_law law;
    set_answer(exact, hr_mg1(0.8, 1, 4), 1);
    hr_dist_init(&service, &spec);
    if (hr_law_init(&law, &service)) {
        const struct hr_mxg1_queue queue = { 0.8, 1, false, &law, 1 };
        exact[COVERAGE_LATENCY_P50] = hr_mxg1_latency_s_quantile(&queue, 0.5);
        exact[COVERAGE_LATENCY_P99] = hr_mxg1_latency_s_quantile(&queue, 0.99);
        exact[COVERAGE_WAIT_P99] = hr_mxg1_wait_s_quantile(&queue, 0.99);
        hr_law_fini(&law);
    }
    hr_dist_fini(&service);
}

static void exact_gamma(double exact[COVERAGE_METRICS])
{
    const double sigma = hr_gm1_sigma_gamma(0.8, 2, 1);
    set_answer(exact, hr_gm1_gamma(0.8, 2, 1), 1);
    exact[COVERAGE_LATENCY_P50] = hr_gm1_latency_s_quantile(sigma, 1, 0.5);
    exact[COVERAGE_LATENCY_P99] = hr_gm1_latency_s_quantile(sigma, 1, 0.99);
    exact[COVERAGE_WAIT_P99] = hr_gm1_wait_s_quantile(sigma, 1, 0.99);
}

static void exact_mmpp(double exact[COVERAGE_METRICS])
{
    set_answer(exact, hr_mmpp2_m1(&mmpp, 1), 1);
    exact[COVERAGE_LATENCY_P50] = hr_mmpp2_m1_latency_s_quantile(&mmpp, 1, 0.5);
    exact[COVERAGE_LATENCY_P99] = hr_mmpp2_m1_latency_s_quantile(&mmpp, 1, 0.99);
    exact[COVERAGE_WAIT_P99] = hr_mmpp2_m1_wait_s_quantile(&mmpp, 1, 0.99);
}

static void exact_mmck(double exact[COVERAGE_METRICS])
{
    set_answer(exact, hr_mmck(9, 1, 10, 20), 10);
    exact[COVERAGE_WAIT_P99] = hr_mmck_wait_s_quantile(9, 1, 10, 20, 0.99);
}

static void exact_mm1_mean(double exact[COVERAGE_METRICS])
{
    exact[COVERAGE_LATENCY_MEAN] = hr_mmc(0.8, 1, 1).latency_s_mean;
}

static void exact_mm1_p99(double exact[COVERAGE_METRICS])
{
    exact[COVERAGE_LATENCY_P99] = hr_mmc_latency_s_quantile(0.8, 1, 1, 0.99);
}

/* Two of three replicas, one crew; two have room for every request. */
static void exact_kofn(double exact[COVERAGE_METRICS])
{
    exact[COVERAGE_UPTIME] = hr_kofn_availability(3, 2, 1.0 / 500, 1.0 / 10, 1);
}

const struct coverage_model coverage_models[] = {
    { .name = "mm1-0.5",
      .title = "M/M/1 at load 0.5",
      .scenario =
          SCENARIO(TIMES("5000s", "500s"), EXPONENTIAL, "replicas = 1;", "rate = \"0.5/s\";"),
      .experiments = 10000,
      .exact = exact_mm1_50 },
    { .name = "mm1-0.8",
      .title = "M/M/1 at load 0.8",
      .scenario =
          SCENARIO(TIMES("12500s", "1250s"), EXPONENTIAL, "replicas = 1;", "rate = \"0.8/s\";"),
      .experiments = 10000,
      .exact = exact_mm1_80 },
    { .name = "mm1-0.8-auto",
      .title = "M/M/1 at load 0.8, warm-up found by the program",
      .scenario =
          SCENARIO(TIMES("12500s", "auto"), EXPONENTIAL, "replicas = 1;", "rate = \"0.8/s\";"),
      .experiments = 10000,
      .exact = exact_mm1_80 },
    { .name = "mm1-0.8-mean-2%",
      .title = "M/M/1 at load 0.8, until the mean latency is known to 2 %",
      .scenario = MM1_80_UNTIL("latency_mean"),
      .experiments = 1000,
      .precision = 0.02,
      .exact = exact_mm1_mean },
    { .name = "mm1-0.8-p99-5%",
      .title = "M/M/1 at load 0.8, until the p99 latency is known to 5 %",
      .scenario = MM1_80_UNTIL("latency_p99"),
      .experiments = 1000,
      .precision = 0.05,
      .exact = exact_mm1_p99 },
    { .name = "mm1-0.9-short",
      .title = "M/M/1 at load 0.9, replications of 2000 requests",
      .scenario =
          SCENARIO(TIMES("2222s", "222s"), EXPONENTIAL, "replicas = 1;", "rate = \"0.9/s\";"),
      .experiments = 10000,
      .why_free = "replications too short for this load",
      .exact = exact_mm1_90 },
    { .name = "single-0.5",
      .title = "M/M/1 at load 0.5, one replication of 50,000 requests",
      .scenario = SINGLE("110000s", "10000s", "0.5/s"),
      .experiments = 2000,
      .exact = exact_mm1_50 },
    { .name = "single-0.8",
      .title = "M/M/1 at load 0.8, one replication of 200,000 requests",
      .scenario = SINGLE("275000s", "25000s", "0.8/s"),
      .experiments = 2000,
      .exact = exact_mm1_80 },
    { .name = "single-0.9",
      .title = "M/M/1 at load 0.9, one replication of 500,000 requests",
      .scenario = SINGLE("611111s", "55556s", "0.9/s"),
      .experiments = 2000,
      .exact = exact_mm1_90 },
    { .name = "single-0.9-short",
      .title = "M/M/1 at load 0.9, one replication of 20,000 requests",
      .scenario = SINGLE("24444s", "2222s", "0.9/s"),
      .experiments = 2000,
      .why_free = "too short for this load",
      .exact = exact_mm1_90 },
    { .name = "mh21-0.8",
      .title = "M/H2/1 at load 0.8, service of cv 2",
      .scenario = SCENARIO(TIMES("50000s", "5000s"), HYPEREXPONENTIAL, "replicas = 1;",
                           "rate = \"0.8/s\";"),
      .experiments = 10000,
      .exact = exact_mh21 },
    { .name = "gamma-m1-0.8",
      .title = "G/M/1 at load 0.8, gamma gaps of cv 2",
      .scenario = SCENARIO(TIMES("50000s", "5000s"), EXPONENTIAL, "replicas = 1;",
                           "process = \"gamma\"; rate = \"0.8/s\"; cv = 2.0;"),
      .experiments = 10000,
      .exact = exact_gamma },
    { .name = "mmpp-m1-0.8",
      .title = "MMPP(2)/M/1 at load 0.8",
      .scenario = SCENARIO(TIMES("50000s", "5000s"), EXPONENTIAL, "replicas = 1;",
                           "process = \"mmpp\"; states = ( { rate = \"0.4/s\"; duration = \"20s\"; "
                           "}, { rate = \"1.6/s\"; duration = \"10s\"; } );"),
      .experiments = 10000,
      .exact = exact_mmpp },
    { .name = "mmck-0.9",
      .title = "M/M/10/20 at load 0.9",
      .scenario = SCENARIO(TIMES("1200s", "120s"), EXPONENTIAL " queue_limit = 10;",
                           "replicas = 10; load_balancing = \"central_queue\";", "rate = \"9/s\";"),
      .experiments = 10000,
      .exact = exact_mmck },
    { .name = "2-of-3",
      .title = "two of three replicas, one repair crew",
      .scenario = SCENARIO(TIMES("200000s", "1000s"), EXPONENTIAL,
                           "replicas = 3; min_ready = 2; failures = { mttf = \"500s\"; mttr = "
                           "\"10s\"; crews = 1; };",
                           "rate = \"0.001/s\";"),
      .experiments = 10000,
      .exact = exact_kofn },
};

const size_t coverage_models_n = sizeof coverage_models / sizeof coverage_models[0];

static const struct {
    const char *name;
    struct coverage_bounds due;
} metrics[COVERAGE_METRICS] = {
#define X(name, text, least, most) { text, { least, most } },
    COVERAGE_METRIC_LIST(X)
#undef X
};

const char *coverage_metric_name(enum coverage_metric metric)
{
    return metrics[metric].name;
}

struct coverage_bounds coverage_due(const struct coverage_model *model, enum coverage_metric metric)
{
    return model->precision > 0 ? (struct coverage_bounds){ 0.93, 1 } : metrics[metric].due;
}

struct hr_estimate coverage_estimate(const struct hr_result *result, enum coverage_metric metric)
{
    const struct hr_workload_result *workload = &result->workloads[0];
    const bool reached = !result->precision.asked || result->precision.reached;
    switch (reached ? metric : COVERAGE_METRICS) {
    case COVERAGE_LATENCY_MEAN:
        return workload->latency_s.mean;
    case COVERAGE_LATENCY_P99:
        return workload->latency_s.p99;
    case COVERAGE_COST:
        return workload->cost_usd_per_prediction;
    case COVERAGE_LATENCY_P50:
        return workload->latency_s.p50;
    case COVERAGE_WAIT_MEAN:
        return workload->wait_s.mean;
    case COVERAGE_WAIT_P99:
        return workload->wait_s.p99;
    case COVERAGE_WAIT_PROBABILITY:
        return workload->wait_probability;
    case COVERAGE_CONCURRENCY:
        return workload->concurrency;
    case COVERAGE_THROUGHPUT:
        return workload->throughput_rps;
    case COVERAGE_UTILIZATION:
        return result->deployments[0].utilization;
    case COVERAGE_AVAILABILITY:
        return workload->availability;
    case COVERAGE_UPTIME:
        return workload->availability_time;
    case COVERAGE_METRICS:
        break;
    }
    return (struct hr_estimate){ .value = (double)NAN, .lo = (double)NAN, .hi = (double)NAN };
}

void coverage_exact(const struct coverage_model *model, double exact[COVERAGE_METRICS])
{
    for (int metric = 0; metric < COVERAGE_METRICS; metric++)
        exact[metric] = (double)NAN;
    model->exact(exact);
}
