/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues with closed forms, from light load to heavy. All services have mean 1 s. */
#include "oracle/oracle.h"

static const char h2[] = "{ distribution = \"hyperexponential\"; mean = \"1s\"; cv = 2.0; }";

/* Requests of all replications together: the busier the queue, the longer it remembers. */
static const struct load {
    double load, requests;
} loads[] = {
    { 0.3, 2e5 }, { 0.5, 3e5 },  { 0.7, 5e5 },  { 0.8, 1e6 },
    { 0.9, 1e6 }, { 0.95, 2e6 }, { 0.98, 1e7 },
};

static void expect_mm1(struct oracle *oracle, double load)
{
    oracle_expect_answer(oracle, hr_mmc(load, 1, 1));
    oracle_expect_mmc_quantiles(oracle, load, 1, 1);
}

/* What is too rare for a run of such length is left out. */
static void expect_mm10(struct oracle *oracle, double load)
{
    struct hr_queue_answer answer = hr_mmc(10 * load, 1, 10);
    if (answer.wait_probability < 1e-3)
        answer.wait_probability = answer.wait_s_mean = answer.queue_mean = (double)NAN;
    oracle_expect_answer(oracle, answer);
    oracle_expect_mmc_quantiles(oracle, 10 * load, 1, 10);
}

static void expect_mm10k(struct oracle *oracle, double load)
{
    struct hr_queue_answer answer = hr_mmck(10 * load, 1, 10, 15);
    if (answer.block_probability < 1e-3)
        answer.block_probability = (double)NAN;
    if (answer.wait_probability < 1e-3)
        answer.wait_probability = answer.wait_s_mean = answer.queue_mean = (double)NAN;
    oracle_expect_answer(oracle, answer);
    for (size_t i = 0; i < ORACLE_QUANTILES; i++)
        oracle_expect_quantile(oracle, ORACLE_WAIT_BELOW, oracle_shares[i],
                               hr_mmck_wait_s_quantile(10 * load, 1, 10, 15, oracle_shares[i]));
}

static void expect_md1(struct oracle *oracle, double load)
{
    oracle_expect_answer(oracle, hr_mg1(load, 1, 0));
    oracle->formula = "M/D/1, Ramaswami's recursion";
    for (size_t i = 0; i < ORACLE_QUANTILES; i++) {
        const double p = oracle_shares[i], wait_s = hr_md1_wait_s_quantile(load, 1, p);
        oracle_expect_quantile(oracle, ORACLE_WAIT_BELOW, p, wait_s);
        if (wait_s > 0) /* at a latency of 1 s the law jumps */
            oracle_expect_quantile(oracle, ORACLE_LATENCY_BELOW, p, wait_s + 1);
    }
}

/* Batches of geometric size, 1 for single requests. */
static void expect_transform_quantiles(struct oracle *oracle, const struct hr_dist_spec *service,
                                       double lambda_batches, double size_mean)
{
    struct hr_dist dist;
    struct hr_law law;
    hr_dist_init(&dist, service);
    assert_true(hr_law_init(&law, &dist));
    const struct hr_mxg1_queue queue = { lambda_batches, size_mean, size_mean > 1, &law, 1 };
    oracle->formula = "transform inverted";
    for (size_t i = 0; i < ORACLE_QUANTILES; i++) {
        const double p = oracle_shares[i];
        oracle_expect_quantile(oracle, ORACLE_WAIT_BELOW, p, hr_mxg1_wait_s_quantile(&queue, p));
        oracle_expect_quantile(oracle, ORACLE_LATENCY_BELOW, p,
                               hr_mxg1_latency_s_quantile(&queue, p));
    }
    hr_law_fini(&law);
    hr_dist_fini(&dist);
}

static void expect_mh21(struct oracle *oracle, double load)
{
    const struct hr_dist_spec service = { .kind = HR_DIST_HYPEREXPONENTIAL,
                                          .mean = HR_NS_PER_S,
                                          .cv = 2 };
    oracle_expect_answer(oracle, hr_mg1(load, 1, 4));
    expect_transform_quantiles(oracle, &service, load, 1);
}

static void expect_sharing(struct oracle *oracle, double load)
{
    oracle_expect_answer(oracle, hr_mg1_ps(load, 1));
}

static void expect_gm1(struct oracle *oracle, double load)
{
    oracle_expect_answer(oracle, hr_gm1_gamma(load, 2, 1));
    oracle_expect_gm1_quantiles(oracle, hr_gm1_sigma_gamma(load, 2, 1));
}

static void expect_round_robin(struct oracle *oracle, double load)
{
    const double cv = sqrt(1.0 / 3);
    oracle_expect_answer(oracle, oracle_times(hr_gm1_gamma(load, cv, 1), 3));
    oracle_expect_gm1_quantiles(oracle, hr_gm1_sigma_gamma(load, cv, 1));
}

static void expect_random(struct oracle *oracle, double load)
{
    oracle_expect_answer(oracle, oracle_times(hr_mmc(load, 1, 1), 4));
    oracle_expect_mmc_quantiles(oracle, load, 1, 1);
}

/* Half the mean rate for 2/3 of the time, twice the mean for 1/3. */
static void expect_mmpp(struct oracle *oracle, double load)
{
    const struct hr_mmpp2 mmpp = { .rate = { load / 2, 2 * load }, .leave = { 0.05, 0.1 } };
    oracle_expect_answer(oracle, hr_mmpp2_m1(&mmpp, 1));
    oracle_expect_mmpp_quantiles(oracle, &mmpp);
}

/* Geometric batches of mean 3: E X^2 = 2 m^2 - m. */
static void expect_batches(struct oracle *oracle, double load)
{
    const struct hr_dist_spec service = { .kind = HR_DIST_EXPONENTIAL, .mean = HR_NS_PER_S };
    oracle_expect_answer(oracle, hr_mxm1(load / 3, 3, 15, 1));
    expect_transform_quantiles(oracle, &service, load / 3, 3);
}

enum { TEXT = 160 };

static void write_gamma(char text[TEXT], double load)
{
    snprintf(text, TEXT, "{ process = \"gamma\"; rate = \"%g/s\"; cv = 2.0; }", load);
}

static void write_mmpp(char text[TEXT], double load)
{
    snprintf(text, TEXT,
             "{ process = \"mmpp\"; states = ( { rate = \"%g/s\"; duration = \"20s\"; }, "
             "{ rate = \"%g/s\"; duration = \"10s\"; } ); }",
             load / 2, load * 2);
}

static void write_batches(char text[TEXT], double load)
{
    snprintf(text, TEXT, "{ rate = \"%g/s\"; batch = { law = \"geometric\"; mean = 3.0; }; }",
             load);
}

/* A kind of queue; texts as in struct oracle_queue. */
static const struct family {
    const char *id, *name, *formula, *service, *model, *routing;
    unsigned servers;                               /* 0: one */
    double memory;                                  /* requests it remembers, over those of M/M/1 */
    double most;                                    /* load */
    void (*arrivals)(char text[TEXT], double load); /* NULL: Poisson */
    void (*expect)(struct oracle *oracle, double load);
} families[] = {
    { .id = "mm1",
      .name = "M/M/1",
      .formula = "M/M/c, Erlang C",
      .memory = 1,
      .most = 1,
      .expect = expect_mm1 },
    { .id = "mm10",
      .name = "M/M/10",
      .formula = "M/M/c, Erlang C",
      .servers = 10,
      .memory = 1,
      .most = 1,
      .expect = expect_mm10 },
    { .id = "mm10k",
      .name = "M/M/10/15",
      .formula = "M/M/c/K, birth-death",
      .model = "queue_limit = 5;",
      .servers = 10,
      .memory = 0.5,
      .most = 1,
      .expect = expect_mm10k },
    { .id = "md1",
      .name = "M/D/1",
      .formula = "Pollaczek-Khinchine",
      .service = "\"1s\"",
      .memory = 0.5,
      .most = 1,
      .expect = expect_md1 },
    { .id = "mh21",
      .name = "M/H2/1",
      .formula = "Pollaczek-Khinchine",
      .service = h2,
      .memory = 2,
      .most = 0.95,
      .expect = expect_mh21 },
    { .id = "mh21ps",
      .name = "M/H2/1-PS",
      .formula = "M/G/1-PS",
      .service = h2,
      .model = "discipline = \"processor_sharing\";",
      .routing = "random",
      .memory = 0.5,
      .most = 0.95,
      .expect = expect_sharing },
    { .id = "gamma-m1",
      .name = "Gamma/M/1",
      .formula = "G/M/1, root of the gaps' transform",
      .arrivals = write_gamma,
      .memory = 2,
      .most = 0.95,
      .expect = expect_gm1 },
    { .id = "rr",
      .name = "3 x E3/M/1, round robin",
      .formula = "G/M/1, root of the gaps' transform",
      .routing = "round_robin",
      .servers = 3,
      .memory = 1,
      .most = 0.95,
      .expect = expect_round_robin },
    { .id = "random",
      .name = "4 x M/M/1, random split",
      .formula = "M/M/c, Erlang C",
      .routing = "random",
      .servers = 4,
      .memory = 1,
      .most = 0.95,
      .expect = expect_random },
    { .id = "mmpp-m1",
      .name = "MMPP(2)/M/1",
      .formula = "matrix-geometric (Neuts)",
      .arrivals = write_mmpp,
      .memory = 2,
      .most = 0.95,
      .expect = expect_mmpp },
    { .id = "mxm1",
      .name = "M[X]/M/1",
      .formula = "M[X]/M/1",
      .arrivals = write_batches,
      .memory = 2,
      .most = 0.95,
      .expect = expect_batches },
};

/*
 * A queue stays beyond a quantile for about as long as it remembers, in M/M/1 for 1 / (1 -
 * sqrt(load))^2 requests. Where all replications together have few such excursions, t is skewed,
 * and the quantile is not checked.
 */
static void drop_rare_quantiles(struct oracle *oracle, const struct load *at)
{
    const double excursions = at->requests * (1 - sqrt(at->load)) * (1 - sqrt(at->load));
    size_t kept = 0;
    for (size_t i = 0; i < oracle->n_checks; i++) {
        const struct oracle_check check = oracle->checks[i];
        if ((check.metric == ORACLE_WAIT_BELOW || check.metric == ORACLE_LATENCY_BELOW) &&
            excursions * (1 - check.exact) < 100)
            continue;
        oracle->checks[kept++] = check;
    }
    oracle->n_checks = kept;
}

static void check(const struct family *family, const struct load *at)
{
    const unsigned servers = family->servers ? family->servers : 1;
    const double rate = at->load * servers;
    char id[32], arrivals[TEXT];
    snprintf(id, sizeof id, "%s-%g", family->id, at->load);
    if (family->arrivals)
        family->arrivals(arrivals, at->load);
    struct oracle oracle;
    oracle_init(&oracle, id,
                &(struct oracle_queue){ .name = family->name,
                                        .formula = family->formula,
                                        .service = family->service,
                                        .model = family->model,
                                        .servers = servers,
                                        .routing = family->routing,
                                        .rate = rate,
                                        .arrivals = family->arrivals ? arrivals : NULL,
                                        .duration_s =
                                            oracle_duration_s(family->memory * at->requests, rate),
                                        .warmup_share = 0.2 });
    family->expect(&oracle, at->load);
    drop_rare_quantiles(&oracle, at);
    oracle_run(&oracle);
}

static void test_loads(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
            if (loads[i].load <= families[f].most)
                check(&families[f], &loads[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_loads) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
