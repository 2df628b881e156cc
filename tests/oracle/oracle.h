/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Simulation against exact values. A test describes a queue in scenario syntax, lists what is known
 * of it, and runs it: every value is estimated from independent replications, and its distance from
 * the exact one, in standard errors, must be below ORACLE_Z_MAX. All are ratios of sums over
 * replications; a quantile q of share p is tested by the share of requests at or below q against p.
 */
#ifndef ORACLE_ORACLE_H
#define ORACLE_ORACLE_H

#include "oracle/check.h"

#include "base/hash.h"
#include "base/str.h"
#include "model/model.h"
#include "queueing/queueing.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#define ORACLE_REPLICATIONS 100u
#define ORACLE_Z_MAX        4.5
#define ORACLE_CHECKS_MAX   40

/* Another value draws other random numbers: what to try when a check misses. */
#ifndef ORACLE_SEED
#define ORACLE_SEED 0
#endif

#define ORACLE_QUANTILES   3
#define ORACLE_EXPONENTIAL "{ distribution = \"exponential\"; mean = \"1s\"; }"

static const double oracle_shares[ORACLE_QUANTILES] = { 0.5, 0.95, 0.99 };

/* Builds that are slow by nature run fewer of the same replications. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ORACLE_SLOW_BUILD
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
#define ORACLE_SLOW_BUILD
#endif
#ifdef ORACLE_SLOW_BUILD
#define ORACLE_SHARE 0.4
#else
#define ORACLE_SHARE 1.0
#endif

/* What to simulate; NULL and 0 stand for the defaults named. The texts are scenario syntax. */
struct oracle_queue {
    const char *name;       /* of this kind of queue, such as M/M/1; required */
    const char *formula;    /* where the exact values come from; required */
    const char *service;    /* service_time; exponential with mean 1 s */
    const char *model;      /* further keys of the model; none */
    unsigned servers;       /* replicas; 1 */
    const char *routing;    /* load_balancing; central_queue */
    const char *deployment; /* further keys of the deployment; none */
    double rate;            /* of Poisson arrivals, /s; `arrivals` says what arrives */
    const char *arrivals;
    const char *workload;  /* further keys of the workload; none */
    double duration_s;     /* of a replication; required */
    double warmup_share;   /* of the duration; 0.1. Negative: none */
    double step_s;         /* of the time series; a tenth of the duration */
    unsigned cycle;        /* steps after which the load repeats itself; never */
    unsigned replications; /* ORACLE_REPLICATIONS */
};

struct oracle {
    const char *id, *name;    /* borrowed */
    const char *formula;      /* of the checks that are added next; borrowed */
    struct hr_str parameters; /* what of the scenario differs from case to case */
    struct hr_scenario *scenario;
    struct hr_model_options options;
    unsigned cycle, replications;
    size_t n_checks;
    struct oracle_check checks[ORACLE_CHECKS_MAX];
};

/* Length of a replication when all of them together shall see so many requests. */
static inline double oracle_duration_s(double requests, double rate)
{
    return requests / (rate * ORACLE_REPLICATIONS);
}

static inline void oracle_add_rate(struct hr_str *text, double rate)
{
    char number[32];
    hr_format_double(number, rate);
    hr_str_addf(text, "rate = \"%s/s\"; ", number);
}

/* `key = value; `, for what every case has. */
static inline void oracle_add_key(struct hr_str *text, const char *key, const char *value)
{
    hr_str_addf(text, "%s = %s; ", key, value);
}

static inline void oracle_write_model(struct hr_str *text, const struct oracle_queue *queue)
{
    oracle_add_key(text, "service_time", queue->service ? queue->service : ORACLE_EXPONENTIAL);
    hr_str_addf(text, "%s ", queue->model ? queue->model : "");
}

static inline void oracle_write_deployment(struct hr_str *text, const struct oracle_queue *queue)
{
    hr_str_addf(text, "replicas = %u; load_balancing = \"%s\"; %s",
                queue->servers ? queue->servers : 1,
                queue->routing ? queue->routing : "central_queue",
                queue->deployment ? queue->deployment : "");
}

static inline void oracle_write_workload(struct hr_str *text, const struct oracle_queue *queue)
{
    if (queue->arrivals) {
        oracle_add_key(text, "arrivals", queue->arrivals);
    } else {
        hr_str_add(text, "arrivals = { ");
        oracle_add_rate(text, queue->rate);
        hr_str_add(text, "}; ");
    }
    hr_str_addf(text, "%s ", queue->workload ? queue->workload : "");
}

static inline void oracle_write(struct hr_str *text, const struct oracle_queue *queue)
{
    const double share = queue->warmup_share == 0 ? 0.1 : fmax(0, queue->warmup_share);
    hr_str_addf(text, "name = \"oracle\"; duration = \"%.9fs\"; warmup = \"%.9fs\"; ",
                queue->duration_s, share * queue->duration_s);
    hr_str_add(text, "models = ( { name = \"m\"; ");
    oracle_write_model(text, queue);
    hr_str_add(text, " } ); deployments = ( { name = \"d\"; model = \"m\"; ");
    oracle_write_deployment(text, queue);
    hr_str_add(text, " } ); workloads = ( { name = \"w\"; deployment = \"d\"; ");
    oracle_write_workload(text, queue);
    hr_str_add(text, " } );");
}

static inline struct hr_scenario *oracle_load(const char *id, const struct oracle_queue *queue)
{
    struct hr_str text;
    hr_str_init(&text);
    oracle_write(&text, queue);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text.text, text.length, id, NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        print_error("%s\n", text.text);
        fail();
    }
    hr_diag_free(diag);
    hr_str_fini(&text);
    return scenario;
}

/* Every id has random numbers of its own. */
static inline void oracle_init(struct oracle *oracle, const char *id,
                               const struct oracle_queue *queue)
{
    const double step_s = queue->step_s > 0 ? queue->step_s : queue->duration_s / 10;
    const double replications = queue->replications ? queue->replications : ORACLE_REPLICATIONS;
    assert_true(queue->name != NULL && queue->formula != NULL);
    *oracle = (struct oracle){
        .id = id,
        .name = queue->name,
        .formula = queue->formula,
        .scenario = oracle_load(id, queue),
        .cycle = queue->cycle,
        .replications = (unsigned)(replications * ORACLE_SHARE),
    };
    oracle->options = (struct hr_model_options){
        .seed = hr_hash_step(hr_hash_name(id), ORACLE_SEED),
        .warmup = hr_scenario_spec(oracle->scenario)->warmup,
        .step = hr_time_from_ns(step_s * 1e9),
        .scenario = id,
    };
    hr_str_init(&oracle->parameters);
    oracle_write_workload(&oracle->parameters, queue);
    oracle_write_model(&oracle->parameters, queue);
    oracle_write_deployment(&oracle->parameters, queue);
}

static inline void oracle_expect_at(struct oracle *oracle, enum oracle_metric metric, double at,
                                    double exact)
{
    assert_true(oracle->n_checks < ORACLE_CHECKS_MAX);
    assert_true(isfinite(exact));
    if (metric == ORACLE_COUNT_VARIANCE)
        oracle->options.series = true;
    oracle->checks[oracle->n_checks++] =
        (struct oracle_check){ metric, at, exact, oracle->formula };
}

static inline void oracle_expect(struct oracle *oracle, enum oracle_metric metric, double exact)
{
    oracle_expect_at(oracle, metric, 0, exact);
}

/* ORACLE_LATENCY_BELOW or ORACLE_WAIT_BELOW: the quantile of share p is q seconds. At q = 0 the law
 * jumps, and P(wait) says all. */
static inline void oracle_expect_quantile(struct oracle *oracle, enum oracle_metric metric,
                                          double p, double q)
{
    if (q > 0)
        oracle_expect_at(oracle, metric, q, p);
}

/* The same for quantiles listed at `oracle_shares`, 0 where one is not known. */
static inline void oracle_expect_quantiles(struct oracle *oracle, enum oracle_metric metric,
                                           const double q[ORACLE_QUANTILES])
{
    for (size_t i = 0; i < ORACLE_QUANTILES; i++)
        oracle_expect_quantile(oracle, metric, oracle_shares[i], q[i]);
}

static inline void oracle_expect_mmc_quantiles(struct oracle *oracle, double lambda, double mu,
                                               unsigned servers)
{
    for (size_t i = 0; i < ORACLE_QUANTILES; i++) {
        const double p = oracle_shares[i];
        oracle_expect_quantile(oracle, ORACLE_WAIT_BELOW, p,
                               hr_mmc_wait_s_quantile(lambda, mu, servers, p));
        oracle_expect_quantile(oracle, ORACLE_LATENCY_BELOW, p,
                               hr_mmc_latency_s_quantile(lambda, mu, servers, p));
    }
}

/* Renewal arrivals, one exponential server with mu 1. */
static inline void oracle_expect_gm1_quantiles(struct oracle *oracle, double sigma)
{
    for (size_t i = 0; i < ORACLE_QUANTILES; i++) {
        const double p = oracle_shares[i];
        oracle_expect_quantile(oracle, ORACLE_WAIT_BELOW, p, hr_gm1_wait_s_quantile(sigma, 1, p));
        oracle_expect_quantile(oracle, ORACLE_LATENCY_BELOW, p,
                               hr_gm1_latency_s_quantile(sigma, 1, p));
    }
}

/* Two-state modulated Poisson arrivals, one exponential server with mu 1. */
static inline void oracle_expect_mmpp_quantiles(struct oracle *oracle, const struct hr_mmpp2 *mmpp)
{
    for (size_t i = 0; i < ORACLE_QUANTILES; i++) {
        const double p = oracle_shares[i];
        oracle_expect_quantile(oracle, ORACLE_WAIT_BELOW, p,
                               hr_mmpp2_m1_wait_s_quantile(mmpp, 1, p));
        oracle_expect_quantile(oracle, ORACLE_LATENCY_BELOW, p,
                               hr_mmpp2_m1_latency_s_quantile(mmpp, 1, p));
    }
}

/* Everything that the answer knows. */
static inline void oracle_expect_answer(struct oracle *oracle, struct hr_queue_answer answer)
{
    const struct {
        enum oracle_metric metric;
        double exact;
    } known[] = {
        { ORACLE_UTILIZATION, answer.utilization },
        { ORACLE_WAIT_PROBABILITY, answer.wait_probability },
        { ORACLE_WAIT_S, answer.wait_s_mean },
        { ORACLE_LATENCY_S, answer.latency_s_mean },
        { ORACLE_NUMBER, answer.number_mean },
        { ORACLE_QUEUE, answer.queue_mean },
        { ORACLE_THROUGHPUT, answer.throughput },
        { ORACLE_REJECTED, answer.block_probability },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!isnan(known[i].exact))
            oracle_expect(oracle, known[i].metric, known[i].exact);
    }
}

/* The answer for n such queues side by side. */
static inline struct hr_queue_answer oracle_times(struct hr_queue_answer answer, double n)
{
    answer.number_mean *= n;
    answer.queue_mean *= n;
    answer.throughput *= n;
    return answer;
}

/* One replication's share in a ratio of sums. */
struct oracle_term {
    double x, y;
};

static inline struct oracle_term oracle_hist_mean(const struct hr_hist *hist)
{
    return (struct oracle_term){ (double)hist->sum * 1e-9, (double)hist->n };
}

static inline struct oracle_term oracle_hist_below(const struct hr_hist *hist, double q_s)
{
    return (struct oracle_term){ hr_hist_count_below(hist, q_s * 1e9), (double)hist->n };
}

static inline struct oracle_term oracle_level(const struct hr_replication *run,
                                              enum hr_deployment_level level)
{
    return (struct oracle_term){ (double)run->deployments[0].areas[level].total,
                                 (double)run->window };
}

static inline struct oracle_term oracle_utilization(const struct hr_replication *run)
{
    const struct hr_deployment_metrics *metrics = &run->deployments[0];
    const double busy = (double)metrics->areas[HR_LEVEL_BUSY].total;
    return (struct oracle_term){ metrics->shares_cores ? metrics->executed_ns : busy,
                                 (double)metrics->areas[HR_LEVEL_BILLED].total * metrics->slots };
}

static inline struct oracle_term oracle_number_in_step(const struct oracle *oracle,
                                                       const struct hr_replication *run, size_t at)
{
    const size_t stride = oracle->cycle ? oracle->cycle : run->n_steps;
    struct oracle_term term = { 0, 0 };
    for (size_t step = at; step < run->n_steps; step += stride)
        term = (struct oracle_term){ term.x + run->inside[step], term.y + 1 };
    return term;
}

static inline struct oracle_term oracle_number_until(const struct hr_replication *run, size_t steps)
{
    struct oracle_term term = { 0, (double)steps };
    for (size_t step = 0; step < steps; step++)
        term.x += run->inside[step];
    return term;
}

/* Of the steps after the warm-up. */
static inline struct oracle_term
oracle_count_variance(const struct oracle *oracle, const struct hr_replication *run, double mean)
{
    const double step_s = hr_time_to_s(oracle->options.step);
    struct oracle_term term = { 0, 0 };
    for (size_t i = (size_t)(oracle->options.warmup / oracle->options.step); i < run->n_steps;
         i++) {
        const double count = run->workload_series[HR_COLUMN_ARRIVED * run->n_steps + i] * step_s;
        term.x += (count - mean) * (count - mean);
        term.y++;
    }
    return term;
}

static inline struct oracle_term oracle_uptime_variance(const struct hr_replication *run,
                                                        double mean)
{
    const struct oracle_term up = oracle_level(run, HR_LEVEL_AVAILABLE);
    return (struct oracle_term){ (up.x / up.y - mean) * (up.x / up.y - mean), 1 };
}

static inline struct oracle_term oracle_measure(const struct oracle *oracle,
                                                const struct hr_replication *run,
                                                const struct oracle_check *check)
{
    const struct hr_workload_metrics *w = &run->workloads[0];
    const double arrived = (double)w->arrived;
    switch (check->metric) {
    case ORACLE_LATENCY_S:
        return oracle_hist_mean(&w->latency);
    case ORACLE_WAIT_S:
        return oracle_hist_mean(&w->wait);
    case ORACLE_WAIT_PROBABILITY:
        return (struct oracle_term){ (double)w->wait.n - hr_hist_count_below(&w->wait, 0),
                                     (double)w->wait.n };
    case ORACLE_LATENCY_BELOW:
        return oracle_hist_below(&w->latency, check->at);
    case ORACLE_WAIT_BELOW:
        return oracle_hist_below(&w->wait, check->at);
    case ORACLE_NUMBER:
        return (struct oracle_term){ (double)w->inside_area.total, (double)run->window };
    case ORACLE_QUEUE:
        return oracle_level(run, HR_LEVEL_WAITING);
    case ORACLE_BUSY:
        return oracle_level(run, HR_LEVEL_BUSY);
    case ORACLE_UTILIZATION:
        return oracle_utilization(run);
    case ORACLE_THROUGHPUT:
        return (struct oracle_term){ (double)w->completed_in_window, hr_time_to_s(run->window) };
    case ORACLE_AVAILABILITY:
        return (struct oracle_term){ (double)w->outcomes[HR_COMPLETED], arrived };
    case ORACLE_TIMED_OUT:
        return (struct oracle_term){ (double)w->outcomes[HR_TIMED_OUT], arrived };
    case ORACLE_REJECTED:
        return (struct oracle_term){ (double)w->outcomes[HR_REJECTED], arrived };
    case ORACLE_FAILED:
        return (struct oracle_term){ (double)w->outcomes[HR_FAILED], arrived };
    case ORACLE_ATTEMPTS:
        return (struct oracle_term){ (double)w->attempts, arrived };
    case ORACLE_READY:
        return oracle_level(run, HR_LEVEL_READY);
    case ORACLE_UPTIME:
        return oracle_level(run, HR_LEVEL_AVAILABLE);
    case ORACLE_UPTIME_VARIANCE:
        return oracle_uptime_variance(run, check->at);
    case ORACLE_NUMBER_IN_STEP:
        return oracle_number_in_step(oracle, run, (size_t)check->at);
    case ORACLE_NUMBER_UNTIL:
        return oracle_number_until(run, (size_t)check->at);
    case ORACLE_COUNT_VARIANCE:
        return oracle_count_variance(oracle, run, check->at);
    }
    fail();
    return (struct oracle_term){ 0, 0 };
}

/* Prints the line of one check; true when it holds. */
static inline bool oracle_report(const struct oracle *oracle, const struct oracle_check *check,
                                 const struct hr_estimate *estimate)
{
    const double z = oracle_z(estimate, check->exact);
    const bool good = fabs(z) < ORACLE_Z_MAX;
    print_message("%-22s %-20s %10.6g  %14.8g %14.8g  %+7.2f%% %+6.2f%s\n", oracle->id,
                  oracle_metric_name(check->metric), check->at, check->exact, estimate->value,
                  check->exact == 0 ? 0 : 100 * (estimate->value / check->exact - 1), z,
                  good ? "" : "  MISSED");
    return good;
}

static inline void oracle_replicate(struct oracle *oracle, unsigned r, double *x, double *y)
{
    struct hr_replication run;
    oracle->options.replication = r;
    hr_model_run(hr_scenario_spec(oracle->scenario), &oracle->options, &run);
    assert_int_equal(run.status, HR_OK);
    for (size_t i = 0; i < oracle->n_checks; i++) {
        const struct oracle_term term = oracle_measure(oracle, &run, &oracle->checks[i]);
        x[i * oracle->replications + r] = term.x;
        y[i * oracle->replications + r] = term.y;
    }
    hr_replication_fini(&run);
}

/* Fills in the estimate of each check. */
static inline void oracle_simulate(struct oracle *oracle, struct hr_estimate *estimates)
{
    const unsigned n = oracle->replications;
    double *x = calloc(oracle->n_checks * n, sizeof *x);
    double *y = calloc(oracle->n_checks * n, sizeof *y);
    assert_true(x != NULL && y != NULL && oracle->n_checks > 0);
    for (unsigned r = 0; r < n; r++)
        oracle_replicate(oracle, r, x, y);
    for (size_t i = 0; i < oracle->n_checks; i++)
        estimates[i] = hr_estimate_ratio(x + i * n, y + i * n, n, NULL);
    free(x);
    free(y);
}

/* Simulates, prints a line a check (id, metric, q or step, exact, estimate, relative difference,
 * z), and asserts that all hold. Releases the oracle. */
static inline void oracle_run(struct oracle *oracle)
{
    struct hr_estimate estimates[ORACLE_CHECKS_MAX];
    unsigned missed = 0;
    for (size_t i = 0; i < oracle->n_checks; i++)
        estimates[i] = (struct hr_estimate){
            .value = (double)NAN, .lo = (double)NAN, .hi = (double)NAN, .n = 2
        };
    if (getenv("HR_ORACLE_LIST") == NULL) {
        oracle_simulate(oracle, estimates);
        for (size_t i = 0; i < oracle->n_checks; i++)
            missed += !oracle_report(oracle, &oracle->checks[i], &estimates[i]);
    }
    oracle_tell(&(struct oracle_case){ oracle->id, oracle->name, oracle->parameters.text },
                oracle->checks, estimates, oracle->n_checks);
    hr_str_fini(&oracle->parameters);
    hr_scenario_free(oracle->scenario);
    assert_int_equal(missed, 0);
}

#endif
