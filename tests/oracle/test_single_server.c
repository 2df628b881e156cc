/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server, Poisson arrivals, first come first served, service of many laws. */
#include "oracle/oracle.h"

/* A law with its quantiles, where they are known; 0: not known. */
struct mg1 {
    const char *id, *name, *service;
    double rate, service_s, scv;
    double requests;
    const char *quantiles; /* the formula of these, at `oracle_shares`: */
    double wait_s[ORACLE_QUANTILES], latency_s[ORACLE_QUANTILES];
};

/* Quantiles: oracle cases of the same id. */
static const struct mg1 laws[] = {
    { .id = "md1-1",
      .name = "M/D/1",
      .quantiles = "Crommelin",
      .service = "\"1s\"",
      .rate = 0.8,
      .service_s = 1,
      .scv = 0,
      .requests = 4e6,
      .wait_s = { 1.2759398733763054, 6.620324996841962, 10.35588679200089 },
      .latency_s = { 2.2759398733763057, 7.620324996841962, 11.35588679200089 } },
    { .id = "md1-3",
      .name = "M/D/1",
      .quantiles = "Crommelin",
      .service = "\"20ms\"",
      .rate = 45,
      .service_s = 0.02,
      .scv = 0,
      .requests = 8e6,
      .wait_s = { 0.06026095038623156, 0.28257347660405524, 0.4379647469908658 },
      .latency_s = { 0.08026095038623156, 0.30257347660405526, 0.4579647469908658 } },
    { .id = "me21",
      .name = "M/E2/1",
      .quantiles = "transform inverted numerically",
      .service = "{ distribution = \"erlang\"; mean = \"1s\"; phases = 2; }",
      .rate = 0.8,
      .service_s = 1,
      .scv = 0.5,
      .requests = 4e6,
      .wait_s = { 1.818390730851996, 10.242756527978253, 16.130583192304996 },
      .latency_s = { 2.8943042814627584, 11.318037808346437, 17.205864472673078 } },
    { .id = "mln1-5",
      .name = "M/LN/1",
      .quantiles = "Panjer recursion, between two bounds",
      .service = "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 2.23606797749979; }",
      .rate = 0.75,
      .service_s = 1,
      .scv = 5,
      .requests = 1e7,
      .wait_s = { 2.789796908268553, 37.82280904337403, 76.45419176020219 } },
    { .id = "mg1-uniform",
      .name = "M/U/1",
      .service = "{ distribution = \"uniform\"; min = \"0s\"; max = \"2s\"; }",
      .rate = 0.8,
      .service_s = 1,
      .scv = 1.0 / 3,
      .requests = 3e6 },
    { .id = "mg1-gamma",
      .name = "M/Gamma/1",
      .service = "{ distribution = \"gamma\"; mean = \"1s\"; cv = 2.0; }",
      .rate = 0.6,
      .service_s = 1,
      .scv = 4,
      .requests = 4e6 },
    { .id = "mg1-weibull",
      .name = "M/Weibull/1",
      .service = "{ distribution = \"weibull\"; mean = \"1s\"; cv = 1.5; }",
      .rate = 0.6,
      .service_s = 1,
      .scv = 2.25,
      .requests = 4e6 },
    { .id = "mg1-mixture", /* E S = 0.9 0.5 + 0.1 5.5 = 1, E S^2 = 0.9 0.25 + 0.1 30.25 = 3.25 */
      .name = "M/G/1",
      .service =
          "{ distribution = \"mixture\"; components = ( { weight = 9.0; dist = \"500ms\"; }, "
          "{ weight = 1.0; dist = \"5500ms\"; } ); }",
      .rate = 0.6,
      .service_s = 1,
      .scv = 2.25,
      .requests = 4e6 },
};

static void test_mg1(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        const struct mg1 *law = &laws[i];
        struct oracle oracle;
        oracle_init(
            &oracle, law->id,
            &(struct oracle_queue){ .name = law->name,
                                    .formula = "Pollaczek-Khinchine",
                                    .service = law->service,
                                    .rate = law->rate,
                                    .duration_s = oracle_duration_s(law->requests, law->rate) });
        oracle_expect_answer(&oracle, hr_mg1(law->rate, law->service_s, law->scv));
        oracle.formula = law->quantiles;
        oracle_expect_quantiles(&oracle, ORACLE_WAIT_BELOW, law->wait_s);
        oracle_expect_quantiles(&oracle, ORACLE_LATENCY_BELOW, law->latency_s);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_mg1) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
