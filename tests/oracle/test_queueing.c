/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closed forms against values computed elsewhere: a cut of the oracle's cases that stands here, all
 * applicable cases of the oracle's file where it is present, and identities between the formulas.
 */
#include "hr_test.h"

#include "queueing/queueing.h"

#include <gsl/gsl_cdf.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#define ORACLE HR_SOURCE_DIR "/../shared/data/oracle/cases.json"

/* What the formulas say of one case; NaN where they say nothing. */
struct outcome {
    struct hr_queue_answer mean;
    double wait[3], latency[3]; /* at 0.5, 0.95, 0.99 */
    double sigma, availability, wait_one_less, abandoned;
};

static const double percentiles[3] = { 0.5, 0.95, 0.99 };

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value == NULL ? (double)NAN : json_number_value(value);
}

static unsigned count(const json_t *object, const char *key)
{
    return (unsigned)json_integer_value(json_object_get(object, key));
}

static const char *word(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static void solve_mmc(const json_t *p, struct outcome *o)
{
    const double lambda = number(p, "lam"), mu = number(p, "mu");
    const unsigned c = count(p, "c");
    o->mean = hr_mmc(lambda, mu, c);
    for (int i = 0; i < 3; i++) {
        o->wait[i] = hr_mmc_wait_s_quantile(lambda, mu, c, percentiles[i]);
        o->latency[i] = hr_mmc_latency_s_quantile(lambda, mu, c, percentiles[i]);
    }
}

static void solve_mmck(const json_t *p, struct outcome *o)
{
    const double lambda = number(p, "lam"), mu = number(p, "mu");
    const unsigned c = count(p, "c"), capacity = count(p, "K");
    o->mean = hr_mmck(lambda, mu, c, capacity);
    for (int i = 0; i < 3; i++)
        o->wait[i] = hr_mmck_wait_s_quantile(lambda, mu, c, capacity, percentiles[i]);
}

static void solve_loss(const json_t *p, struct outcome *o)
{
    const double lambda = number(p, "lam"), service = number(p, "service_mean");
    o->mean = hr_mmck(lambda, 1 / service, count(p, "c"), count(p, "c"));
    assert_near(o->mean.block_probability, hr_erlang_b(lambda * service, count(p, "c")), 1e-15);
}

/* The law of service of a case. */
static struct hr_dist_spec service_of(const json_t *p)
{
    static const struct {
        const char *name;
        int kind;
    } kinds[] = { { "det", HR_DIST_CONSTANT },
                  { "erlang", HR_DIST_ERLANG },
                  { "hyperexp", HR_DIST_HYPEREXPONENTIAL },
                  { "lognormal", HR_DIST_LOGNORMAL } };
    struct hr_dist_spec spec = { .mean = hr_time_from_ns(1e9 * number(p, "service_mean")),
                                 .cv = sqrt(number(p, "scv")),
                                 .phases = count(p, "k") };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, word(p, "service")) == 0)
            spec.kind = kinds[i].kind;
    return spec;
}

static void solve_mg1(const json_t *p, struct outcome *o)
{
    const double lambda = number(p, "lam"), service_s = number(p, "service_mean");
    const struct hr_dist_spec spec = service_of(p);
    struct hr_dist service;
    hr_dist_init(&service, &spec);
    const double mean = hr_dist_mean_ns(&service);
    o->mean = hr_mg1(lambda, service_s, hr_dist_variance_ns2(&service) / (mean * mean));
    struct hr_law law;
    if (hr_law_init(&law, &service)) {
        const struct hr_mxg1_queue queue = { lambda, 1, false, &law, service_s };
        for (int i = 0; i < 3; i++) {
            o->wait[i] = hr_mxg1_wait_s_quantile(&queue, percentiles[i]);
            o->latency[i] = hr_mxg1_latency_s_quantile(&queue, percentiles[i]);
        }
        hr_law_fini(&law);
    }
    hr_dist_fini(&service);
}

static void solve_md1(const json_t *p, struct outcome *o)
{
    solve_mg1(p, o);
    for (int i = 0; i < 3; i++) {
        o->wait[i] =
            hr_md1_wait_s_quantile(number(p, "lam"), number(p, "service_mean"), percentiles[i]);
        o->latency[i] = o->wait[i] + number(p, "service_mean");
    }
}

static void solve_ps(const json_t *p, struct outcome *o)
{
    const double lambda = number(p, "lam"), service_s = 1 / number(p, "mu");
    o->mean = hr_mg1_ps(lambda, service_s);
    for (int i = 0; i < 3; i++)
        o->latency[i] = hr_mm1_ps_latency_s_quantile(lambda, service_s, percentiles[i]);
}

/* The case tells of patience that ends with the wait; ours goes on through the service, of which a
 * share mu / (mu + theta) is waited for. */
static void solve_erlang_a(const json_t *p, struct outcome *o)
{
    const double mu = number(p, "mu"), theta = number(p, "theta");
    const struct hr_impatient queue = { number(p, "lam"), mu,    count(p, "c"),
                                        1 / theta,        false, HR_LEAVE_QUEUE };
    const struct hr_queue_answer answer = hr_impatient(&queue);
    const double begun = (1 - answer.block_probability) * (mu + theta) / mu;
    o->mean.utilization = answer.utilization;
    o->mean.queue_mean = answer.queue_mean;
    o->mean.wait_s_mean = answer.wait_s_mean;
    o->mean.wait_probability = 1 - begun * (1 - answer.wait_probability);
    o->mean.throughput = number(p, "lam") * begun;
    o->abandoned = 1 - begun;
}

static void solve_gm1(double lambda, double cv, double mu, struct outcome *o)
{
    o->mean = hr_gm1_gamma(lambda, cv, mu);
    o->sigma = hr_gm1_sigma_gamma(lambda, cv, mu);
    for (int i = 0; i < 3; i++) {
        o->wait[i] = hr_gm1_wait_s_quantile(o->sigma, mu, percentiles[i]);
        o->latency[i] = hr_gm1_latency_s_quantile(o->sigma, mu, percentiles[i]);
    }
}

static void solve_renewal(const json_t *p, struct outcome *o)
{
    const char *law = word(p, "arrivals");
    double cv = number(p, "cv");
    if (strcmp(law, "det") == 0)
        cv = 0;
    else if (strcmp(law, "erlang") == 0)
        cv = 1 / sqrt(number(p, "k"));
    solve_gm1(number(p, "lam"), cv, number(p, "mu"), o);
}

/* Round robin over n servers: Erlang-n gaps at each. The throughput is that of all. */
static void solve_round_robin(const json_t *p, struct outcome *o)
{
    const double n = number(p, "servers");
    solve_gm1(number(p, "lam") / n, 1 / sqrt(n), number(p, "mu"), o);
}

static void solve_closed(const json_t *p, struct outcome *o)
{
    o->mean =
        hr_closed_mmc(count(p, "clients"), number(p, "think"), number(p, "mu"), count(p, "c"));
}

static void solve_bulk(const json_t *p, struct outcome *o)
{
    const double m = number(p, "batch_mean");
    o->mean = hr_mxm1(number(p, "lam_batches"), m, 2 * m * m - m, number(p, "mu"));
}

static void solve_kofn(const json_t *p, struct outcome *o)
{
    o->availability = hr_kofn_availability(count(p, "n"), count(p, "k"), number(p, "fail_rate"),
                                           number(p, "repair_rate"), count(p, "crews"));
}

/* The least number of servers for a wait percentile. */
static void solve_plan(const json_t *p, struct outcome *o)
{
    const double lambda = number(p, "lam"), mu = number(p, "mu");
    unsigned c = (unsigned)(lambda / mu) + 1;
    while (hr_mmc_wait_s_quantile(lambda, mu, c, 0.95) > 0.02)
        c++;
    o->mean.number_mean = c;
    o->wait[1] = hr_mmc_wait_s_quantile(lambda, mu, c, 0.95);
    o->wait_one_less = hr_mmc_wait_s_quantile(lambda, mu, c - 1, 0.95);
}

static const struct {
    const char *model;
    void (*solve)(const json_t *params, struct outcome *outcome);
    double tolerance; /* relative; the numeric cases are good to about 1e-11 */
} models[] = {
    { "M/M/1", solve_mmc, 1e-10 },
    { "M/M/c", solve_mmc, 1e-10 },
    { "M/M/c/K", solve_mmck, 1e-10 },
    { "M/G/c/c", solve_loss, 1e-10 },
    { "M/D/1", solve_md1, 1e-11 },
    { "M/E2/1", solve_mg1, 1e-8 }, /* transforms inverted */
    { "M/H2/1", solve_mg1, 1e-8 },
    { "M/LN/1", solve_mg1, 2e-5 }, /* the case is the middle of two bounds */
    { "M/M/1-PS", solve_ps, 1e-9 },
    { "M/M/c+M", solve_erlang_a, 1e-8 },
    { "E2/M/1", solve_renewal, 1e-10 },
    { "D/M/1", solve_renewal, 1e-10 },
    { "Gamma/M/1", solve_renewal, 1e-10 },
    { "M/M/c//N", solve_closed, 1e-10 },
    { "round robin", solve_round_robin, 1e-10 },
    { "M[X]/M/1", solve_bulk, 1e-10 },
    { "k-out-of-n", solve_kofn, 1e-10 },
    { "min servers", solve_plan, 1e-10 },
};

/* The outcome's number for a name of the oracle; NaN: none. */
static double named(const struct outcome *o, const char *name)
{
    const struct hr_queue_answer *m = &o->mean;
    const struct {
        const char *name;
        double value;
    } names[] = {
        { "util", m->utilization },
        { "p_wait", m->wait_probability },
        { "wq_mean", m->wait_s_mean },
        { "w_mean", m->latency_s_mean },
        { "l_mean", m->number_mean },
        { "lq_mean", m->queue_mean },
        { "throughput", m->throughput },
        { "p_block", m->block_probability },
        { "p_abandon", o->abandoned },
        { "wq_served_mean", m->wait_s_mean },
        { "wq_p50", o->wait[0] },
        { "wq_p95", o->wait[1] },
        { "wq_p99", o->wait[2] },
        { "w_p50", o->latency[0] },
        { "w_p95", o->latency[1] },
        { "w_p99", o->latency[2] },
        { "sigma", o->sigma },
        { "availability", o->availability },
        { "unavailability", 1 - o->availability },
        { "servers", m->number_mean },
        { "wq_p95_one_less", o->wait_one_less },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].value;
    return (double)NAN;
}

static struct outcome outcome_unknown(void)
{
    const double nan = (double)NAN;
    return (struct outcome){ .mean = { nan, nan, nan, nan, nan, nan, nan, nan },
                             .wait = { nan, nan, nan },
                             .latency = { nan, nan, nan },
                             .sigma = nan,
                             .availability = nan,
                             .wait_one_less = nan,
                             .abandoned = nan };
}

/* Compares a case with the formulas; returns the number of values compared. */
static size_t check_case(const json_t *test)
{
    struct outcome outcome = outcome_unknown();
    const char *model = word(test, "model");
    double tolerance = 0;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        if (strcmp(model, models[i].model) != 0)
            continue;
        models[i].solve(json_object_get(test, "params"), &outcome);
        tolerance = models[i].tolerance;
    }
    size_t compared = 0;
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(test, "expected"), name, value)
    {
        const double got = named(&outcome, name), want = json_number_value(value);
        if (isnan(got))
            continue;
        if (!(fabs(got - want) <= tolerance * fabs(want) + 1e-15))
            fail_msg("%s %s: %.17g, expected %.17g", word(test, "id"), name, got, want);
        compared++;
    }
    return compared;
}

static size_t check_cases(json_t *cases)
{
    assert_non_null(cases);
    size_t compared = 0;
    for (size_t i = 0; i < json_array_size(cases); i++)
        compared += check_case(json_array_get(cases, i));
    json_decref(cases);
    return compared;
}

/* Exact values by case id of the oracle; every number here has a formula. */
static const char cut[] =
    "[{'id': 'mm1-3', 'model': 'M/M/1', 'params': {'lam': 0.9, 'mu': 1.0, 'c': 1},"
    "  'expected': {'util': 0.9, 'p_wait': 0.9, 'wq_mean': 9.0, 'l_mean': 9.0,"
    "   'wq_p50': 5.8778666490211915, 'wq_p99': 44.99809670330265, 'w_p95': 29.957322735539908}},"
    " {'id': 'mmc-3', 'model': 'M/M/c', 'params': {'lam': 8.0, 'mu': 1.0, 'c': 10},"
    "  'expected': {'p_wait': 0.40918015079644354, 'wq_mean': 0.20459007539822177, 'wq_p50': 0.0,"
    "   'wq_p95': 1.0510662600663678, 'w_p50': 0.9121446106069776, 'w_p99': 4.946111327611454}},"
    " {'id': 'mmck-1', 'model': 'M/M/c/K', 'params': {'lam': 40.0, 'mu': 30.0, 'c': 3, 'K': 7},"
    "  'expected': {'p_block': 0.003931315238981449, 'throughput': 39.84274739044074,"
    "   'util': 0.44269719322711937, 'lq_mean': 0.12684634325776079, 'p_wait': 0.17497105640856644,"
    "   'wq_p95': 0.02329067554112007, 'wq_p99': 0.05060138150636515}},"
    " {'id': 'erlangb-1', 'model': 'M/G/c/c',"
    "  'params': {'lam': 10.0, 'service_mean': 1.0, 'c': 17},"
    "  'expected': {'p_block': 0.012948875224726571, 'l_mean': 9.870511247752734}},"
    " {'id': 'md1-3', 'model': 'M/D/1',"
    "  'params': {'lam': 45.0, 'service_mean': 0.02, 'service': 'det', 'c': 1},"
    "  'expected': {'wq_mean': 0.09, 'w_mean': 0.11, 'l_mean': 4.95, 'lq_mean': 4.05}},"
    " {'id': 'mln1-5', 'model': 'M/LN/1',"
    "  'params': {'lam': 0.75, 'service_mean': 1.0, 'service': 'lognormal', 'scv': 5.0},"
    "  'expected': {'wq_mean': 9.0, 'l_mean': 7.5}},"
    " {'id': 'md1-1', 'model': 'M/D/1',"
    "  'params': {'lam': 0.8, 'service_mean': 1.0, 'service': 'det', 'c': 1},"
    "  'expected': {'wq_p50': 1.2759398733763054, 'wq_p99': 10.35588679200089}},"
    " {'id': 'me21', 'model': 'M/E2/1',"
    "  'params': {'lam': 0.8, 'service_mean': 1.0, 'service': 'erlang', 'k': 2},"
    "  'expected': {'wq_mean': 3.0, 'wq_p95': 10.242756527978253, 'w_p99': 17.205864472673078}},"
    " {'id': 'mm1ps', 'model': 'M/M/1-PS', 'params': {'lam': 0.8, 'mu': 1.0, 'c': 1},"
    "  'expected': {'w_mean': 5.0, 'l_mean': 4.0, 'w_p50': 2.351687048414351,"
    "   'w_p99': 36.940989235718554}},"
    " {'id': 'erlanga-1', 'model': 'M/M/c+M',"
    "  'params': {'lam': 3.3333333333333335, 'mu': 0.3333333333333333, 'c': 14, 'theta': 0.2},"
    "  'expected': {'p_wait': 0.14526011429636151, 'p_abandon': 0.013983744122408978,"
    "   'util': 0.7042973256268511, 'lq_mean': 0.2330624020401496,"
    "   'wq_served_mean': 0.06464133415501287}},"
    " {'id': 'gamm1-cv4', 'model': 'Gamma/M/1',"
    "  'params': {'lam': 0.7, 'mu': 1.0, 'arrivals': 'gamma', 'cv': 4.0},"
    "  'expected': {'sigma': 0.9608169121692235, 'wq_mean': 24.521214773036498,"
    "   'wq_p99': 116.50941854065724, 'w_p50': 17.68995806439507}},"
    " {'id': 'dm1', 'model': 'D/M/1', 'params': {'lam': 0.9, 'mu': 1.0, 'arrivals': 'det'},"
    "  'expected': {'sigma': 0.8068998328558039, 'wq_mean': 4.17865942214984}},"
    " {'id': 'closed-1', 'model': 'M/M/c//N',"
    "  'params': {'clients': 20, 'think': 5.0, 'mu': 1.0, 'c': 2},"
    "  'expected': {'throughput': 1.9943876055204002, 'util': 0.9971938027602001,"
    "   'l_mean': 10.028061972397998, 'wq_mean': 4.028140941430165}},"
    " {'id': 'mxm1', 'model': 'M[X]/M/1',"
    "  'params': {'lam_batches': 0.1, 'batch_mean': 5.0, 'mu': 1.0},"
    "  'expected': {'l_mean': 5.0, 'wq_mean': 9.0, 'util': 0.5}},"
    " {'id': 'kofn-3', 'model': 'k-out-of-n',"
    "  'params': {'n': 100, 'k': 95, 'fail_rate': 0.0005, 'repair_rate': 0.08333333333333333,"
    "   'crews': 3},"
    "  'expected': {'availability': 0.9998329728600045, 'unavailability': 0.0001670271399955992}}]";

static void test_cut_of_the_oracle(void **state)
{
    (void)state;
    char text[sizeof cut];
    for (size_t i = 0; i < sizeof cut; i++)
        text[i] = cut[i] == '\'' ? '"' : cut[i];
    assert_int_equal(check_cases(json_loads(text, 0, NULL)), 57);
}

static void test_oracle_file(void **state)
{
    (void)state;
    if (access(ORACLE, R_OK) != 0) {
        print_message("skipped: the oracle's file of cases is not here\n");
        skip();
    }
    assert_true(check_cases(json_load_file(ORACLE, 0, NULL)) > 180);
}

/*
 * The number inside and the state of the arrivals by relaxation (Gauss-Seidel) of the balance
 * equations of the chain cut at LEVELS: nothing in common with matrix-geometric R.
 */
enum { LEVELS = 400 };

static void mmpp_chain(const struct hr_mmpp2 *a, double mu, double p[LEVELS][2])
{
    for (int n = 0; n < LEVELS; n++)
        p[n][0] = p[n][1] = pow(0.9, n);
    for (int sweep = 0; sweep < 20000; sweep++) {
        for (int n = 0; n < LEVELS; n++)
            for (int s = 0; s < 2; s++) {
                const double in = a->leave[1 - s] * p[n][1 - s] +
                                  (n > 0 ? a->rate[s] * p[n - 1][s] : 0) +
                                  (n + 1 < LEVELS ? mu * p[n + 1][s] : 0);
                const double out =
                    a->leave[s] + (n + 1 < LEVELS ? a->rate[s] : 0) + (n > 0 ? mu : 0);
                p[n][s] = in / out;
            }
    }
    double sum = 0;
    for (int n = 0; n < LEVELS; n++)
        sum += p[n][0] + p[n][1];
    for (int n = 0; n < LEVELS; n++)
        for (int s = 0; s < 2; s++)
            p[n][s] /= sum;
}

static void test_mmpp2_against_the_chain(void **state)
{
    (void)state;
    static const struct hr_mmpp2 cases[] = {
        { { 1.2, 0.3 }, { 0.1, 0.1 } },
        { { 1.5, 0 }, { 0.4, 0.6 } }, /* on and off */
        { { 0.4, 0.9 }, { 2, 1 } },
    };
    static double p[LEVELS][2];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hr_mmpp2 *a = &cases[i];
        mmpp_chain(a, 1, p);
        double number_mean = 0, rate = 0, idle_arrivals = 0;
        for (int n = 0; n < LEVELS; n++) {
            number_mean += n * (p[n][0] + p[n][1]);
            rate += a->rate[0] * p[n][0] + a->rate[1] * p[n][1];
        }
        idle_arrivals = (a->rate[0] * p[0][0] + a->rate[1] * p[0][1]) / rate;
        const struct hr_queue_answer got = hr_mmpp2_m1(a, 1);
        assert_near(got.number_mean, number_mean, 1e-8 * number_mean);
        assert_near(got.throughput, rate, 1e-9);
        assert_near(got.utilization, 1 - p[0][0] - p[0][1], 1e-9);
        assert_near(got.wait_probability, 1 - idle_arrivals, 1e-9);
        assert_near(got.latency_s_mean, number_mean / rate, 1e-8 * got.latency_s_mean);
        /* An arrival that finds n inside waits for n exponential services. */
        for (int q = 0; q < 3; q++) {
            const double t = hr_mmpp2_m1_wait_s_quantile(a, 1, percentiles[q]);
            const double latency = hr_mmpp2_m1_latency_s_quantile(a, 1, percentiles[q]);
            double beyond = 0, slower = 0;
            for (int n = 0; n < LEVELS; n++) {
                const double seen = (a->rate[0] * p[n][0] + a->rate[1] * p[n][1]) / rate;
                beyond += n == 0 ? 0 : seen * gsl_cdf_gamma_Q(t, n, 1);
                slower += seen * gsl_cdf_gamma_Q(latency, n + 1, 1);
            }
            assert_near(slower, 1 - percentiles[q], 1e-8);
            if (t > 0)
                assert_near(beyond, 1 - percentiles[q], 1e-8);
            else
                assert_true(1 - idle_arrivals <= 1 - percentiles[q]);
        }
    }
}

/* Equal rates in both states: Poisson. */
static void test_mmpp2_of_equal_rates_is_mm1(void **state)
{
    (void)state;
    const struct hr_mmpp2 arrivals = { { 0.8, 0.8 }, { 0.3, 0.7 } };
    const struct hr_queue_answer got = hr_mmpp2_m1(&arrivals, 1), want = hr_mmc(0.8, 1, 1);
    assert_near(got.wait_s_mean, want.wait_s_mean, 1e-12);
    assert_near(got.wait_probability, want.wait_probability, 1e-13);
    for (int i = 0; i < 3; i++)
        assert_near(hr_mmpp2_m1_wait_s_quantile(&arrivals, 1, percentiles[i]),
                    hr_mmc_wait_s_quantile(0.8, 1, 1, percentiles[i]), 1e-11);
}

static void test_limits_meet(void **state)
{
    (void)state;
    /* A limit that is never reached. */
    const struct hr_queue_answer limited = hr_mmck(8, 1, 10, 400), open = hr_mmc(8, 1, 10);
    assert_near(limited.wait_s_mean, open.wait_s_mean, 1e-12);
    assert_near(limited.wait_probability, open.wait_probability, 1e-13);
    assert_near(hr_mmck_wait_s_quantile(8, 1, 10, 400, 0.99),
                hr_mmc_wait_s_quantile(8, 1, 10, 0.99), 1e-9);
    /* A limit below the number of servers: as many servers as the limit. */
    assert_near(hr_mmck(8, 1, 10, 4).block_probability, hr_erlang_b(8, 4), 1e-15);
    /* Overload far beyond the limit does not overflow. */
    assert_near(hr_mmck(1e6, 1, 2, 1000).throughput, 2, 1e-9);
    /* cv 1 is Poisson; so is an exponential service by Pollaczek-Khinchine. */
    assert_near(hr_gm1_gamma(0.8, 1, 1).wait_s_mean, 4, 1e-12);
    assert_near(hr_mg1(0.8, 1, 1).wait_s_mean, 4, 1e-14);
    /* Batches of one. */
    assert_near(hr_mxm1(0.8, 1, 1, 1).wait_s_mean, 4, 1e-14);
    assert_near(hr_mxm1(0.8, 1, 1, 1).wait_probability, 0.8, 1e-15);
    /* A lone client never waits; with a server for each nobody does. */
    assert_true(hr_closed_mmc(1, 5, 1, 1).wait_s_mean == 0);
    assert_near(hr_closed_mmc(7, 3, 1, 7).throughput, 7.0 / 4, 1e-14);
    /* Equal rates of the two exponentials in the latency: Erlang-2 of the sum. */
    const double t = hr_mmc_latency_s_quantile(1, 1, 2, 0.9), c = hr_erlang_c(1, 2);
    assert_near(exp(-t) * (1 + c * t), 0.1, 1e-14);
}

/* With a crew for each unit they are independent: binomial. */
static void test_kofn_is_binomial_with_enough_crews(void **state)
{
    (void)state;
    const double up = 0.1 / (0.1 + 0.002);
    for (unsigned k = 1; k <= 5; k++)
        assert_near(hr_kofn_availability(5, k, 0.002, 0.1, 5), gsl_cdf_binomial_Q(k - 1, up, 5),
                    1e-14);
    assert_near(hr_kofn_availability(5, 0, 0.002, 0.1, 1), 1, 1e-15);
}

static void test_large_systems(void **state)
{
    (void)state;
    /* The recursion against the Poisson form B = f(c) / F(c). */
    const double load = 9900;
    double term = 1, sum = 1; /* f(k) / f(c) for k falling from c */
    for (int k = 10000; k > 0; k--)
        sum += term *= k / load;
    assert_near(hr_erlang_b(load, 10000), 1 / sum, 1e-13);
    assert_near(hr_mmck(load, 1, 10000, 10000).block_probability, 1 / sum, 1e-12);
}

static void test_overload_has_no_steady_state(void **state)
{
    (void)state;
    const struct hr_mmpp2 burst = { { 3, 1 }, { 1, 1 } };
    const struct hr_queue_answer answers[] = { hr_mmc(10, 1, 10),      hr_mg1(1, 1, 0),
                                               hr_mg1_ps(2, 1),        hr_gm1_gamma(1, 0, 1),
                                               hr_mmpp2_m1(&burst, 2), hr_mxm1(1, 2, 4, 1) };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        assert_true(isinf(answers[i].wait_s_mean) && isinf(answers[i].number_mean));
        assert_true(answers[i].utilization == 1 && answers[i].wait_probability == 1);
    }
    assert_true(isinf(hr_mmc_wait_s_quantile(10, 1, 10, 0.5)));
    assert_true(isinf(hr_mmc_latency_s_quantile(10, 1, 10, 0.5)));
    assert_true(isinf(hr_mmpp2_m1_wait_s_quantile(&burst, 2, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_of_the_oracle),
        cmocka_unit_test(test_oracle_file),
        cmocka_unit_test(test_mmpp2_against_the_chain),
        cmocka_unit_test(test_mmpp2_of_equal_rates_is_mm1),
        cmocka_unit_test(test_limits_meet),
        cmocka_unit_test(test_kofn_is_binomial_with_enough_crews),
        cmocka_unit_test(test_large_systems),
        cmocka_unit_test(test_overload_has_no_steady_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
