/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server, Poisson arrivals, first come first served: M/M/1 and M/G/1. */
#include "oracle/oracle.h"

static void check_mm1(const char *id, double load, double requests)
{
    struct oracle oracle;
    oracle_init(
        &oracle, id,
        &(struct oracle_queue){ .rate = load, .duration_s = oracle_duration_s(requests, load) });
    oracle_expect_answer(&oracle, hr_mmc(load, 1, 1));
    oracle_expect_mmc_quantiles(&oracle, load, 1, 1);
    oracle_run(&oracle);
}

static void test_mm1(void **state)
{
    (void)state;
    check_mm1("mm1-0.5", 0.5, 2e6);
    check_mm1("mm1-0.8", 0.8, 5e6);
    check_mm1("mm1-0.9", 0.9, 1e7);
    check_mm1("mm1-0.95", 0.95, 2e7);
}

/* A law with its quantiles, where they are known; 0: not known. */
struct mg1 {
    const char *id, *service;
    double rate, service_s, scv;
    double requests;
    double wait_s[ORACLE_QUANTILES], latency_s[ORACLE_QUANTILES]; /* at `oracle_shares` */
};

/* Quantiles: oracle cases of the same id. Those of md1 by Crommelin's formula, the others by
 * inversion of the Pollaczek-Khinchine transform, mln1-5 between two Panjer bounds. */
static const struct mg1 laws[] = {
    { .id = "md1-1",
      .service = "\"1s\"",
      .rate = 0.8,
      .service_s = 1,
      .scv = 0,
      .requests = 4e6,
      .wait_s = { 1.2759398733763054, 6.620324996841962, 10.35588679200089 },
      .latency_s = { 2.2759398733763057, 7.620324996841962, 11.35588679200089 } },
    { .id = "md1-3",
      .service = "\"20ms\"",
      .rate = 45,
      .service_s = 0.02,
      .scv = 0,
      .requests = 8e6,
      .wait_s = { 0.06026095038623156, 0.28257347660405524, 0.4379647469908658 },
      .latency_s = { 0.08026095038623156, 0.30257347660405526, 0.4579647469908658 } },
    { .id = "me21",
      .service = "{ distribution = \"erlang\"; mean = \"1s\"; phases = 2; }",
      .rate = 0.8,
      .service_s = 1,
      .scv = 0.5,
      .requests = 4e6,
      .wait_s = { 1.818390730851996, 10.242756527978253, 16.130583192304996 },
      .latency_s = { 2.8943042814627584, 11.318037808346437, 17.205864472673078 } },
    { .id = "mh21-2",
      .service = "{ distribution = \"hyperexponential\"; mean = \"1s\"; cv = 1.4142135623730951; }",
      .rate = 0.7,
      .service_s = 1,
      .scv = 2,
      .requests = 5e6,
      .wait_s = { 1.341944136932891, 14.026529491306313, 23.05305294389146 },
      .latency_s = { 2.539860105817612, 15.299146764183622, 24.325670775592172 } },
    { .id = "mln1-5",
      .service = "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 2.23606797749979; }",
      .rate = 0.75,
      .service_s = 1,
      .scv = 5,
      .requests = 1e7,
      .wait_s = { 2.789796908268553, 37.82280904337403, 76.45419176020219 } },
    { .id = "mg1-uniform",
      .service = "{ distribution = \"uniform\"; min = \"0s\"; max = \"2s\"; }",
      .rate = 0.8,
      .service_s = 1,
      .scv = 1.0 / 3,
      .requests = 3e6 },
    { .id = "mg1-gamma",
      .service = "{ distribution = \"gamma\"; mean = \"1s\"; cv = 2.0; }",
      .rate = 0.6,
      .service_s = 1,
      .scv = 4,
      .requests = 4e6 },
    { .id = "mg1-weibull",
      .service = "{ distribution = \"weibull\"; mean = \"1s\"; cv = 1.5; }",
      .rate = 0.6,
      .service_s = 1,
      .scv = 2.25,
      .requests = 4e6 },
    { .id = "mg1-mixture", /* E S = 0.9 0.5 + 0.1 5.5 = 1, E S^2 = 0.9 0.25 + 0.1 30.25 = 3.25 */
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
            &(struct oracle_queue){ .service = law->service,
                                    .rate = law->rate,
                                    .duration_s = oracle_duration_s(law->requests, law->rate) });
        oracle_expect_answer(&oracle, hr_mg1(law->rate, law->service_s, law->scv));
        oracle_expect_quantiles(&oracle, ORACLE_WAIT_BELOW, law->wait_s);
        oracle_expect_quantiles(&oracle, ORACLE_LATENCY_BELOW, law->latency_s);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_mm1), cmocka_unit_test(test_mg1) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
