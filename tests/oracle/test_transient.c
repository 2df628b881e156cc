/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds at a given time, not in the long run: the start from empty, load that changes. */
#include "oracle/oracle.h"

#include <gsl/gsl_math.h>

/* Oracle case transient-1: M/M/1 at load 0.9 from empty, mean number inside over [0, t], from the
 * forward equations. */
static void test_start(void **state)
{
    (void)state;
    static const double means[][2] = { { 1, 0.34799828866156374 },
                                       { 10, 1.6260025654880859 },
                                       { 50, 3.5893093804849383 },
                                       { 200, 5.93049140975617 },
                                       { 1000, 8.112743898728956 } };
    struct oracle oracle;
    oracle_init(&oracle, "transient-1",
                &(struct oracle_queue){ .name = "M/M/1 from empty",
                                        .formula = "forward equations",
                                        .rate = 0.9,
                                        .duration_s = 1000,
                                        .warmup_share = -1,
                                        .step_s = 1,
                                        .replications = 10000 });
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        oracle_expect_at(&oracle, ORACLE_NUMBER_UNTIL, means[i][0], means[i][1]);
    oracle_expect(&oracle, ORACLE_NUMBER, means[4][1]);
    oracle_run(&oracle);
}

/* Mean number inside of M(t)/M/infinity, mu 1 (Eick, Massey, Whitt 1993), averaged over [from, to].
 */
static double wave_number(double from, double to)
{
    const double omega = 2 * M_PI / 100, peak = 30;
    const double a = omega * (from - peak), b = omega * (to - peak);
    const double swing = (sin(b) - sin(a) - omega * (cos(b) - cos(a))) / (omega * (to - from));
    return 20 * (1 + 0.8 * swing / (1 + omega * omega));
}

/* Likewise for a rate of 20 from 0 to 3 and of 5 from 3 to 10, again and again. */
static double square_number(double from, double to)
{
    const double up = exp(-3), down = exp(-7);
    const double at_0 = (5 * (1 - down) + 20 * (1 - up) * down) / (1 - up * down);
    const double at_3 = 20 + (at_0 - 20) * up;
    const double since = from < 3 ? 0 : 3, target = from < 3 ? 20 : 5;
    const double start = from < 3 ? at_0 : at_3;
    return target + (start - target) * (exp(since - from) - exp(since - to)) / (to - from);
}

static void check_varying(const char *id, const char *formula, const char *arrivals,
                          double period_s, double (*number)(double from, double to))
{
    const double step_s = period_s / 20;
    struct oracle oracle;
    oracle_init(&oracle, id,
                &(struct oracle_queue){ .name = "M(t)/M/infinity",
                                        .formula = formula,
                                        .model = "concurrency = 100000;",
                                        .arrivals = arrivals,
                                        .duration_s = 1000,
                                        .step_s = step_s,
                                        .cycle = 20 });
    for (int i = 0; i < 20; i++) /* the first 20 steps also hold the start from empty */
        oracle_expect_at(&oracle, ORACLE_NUMBER_IN_STEP, 20 + i,
                         number(i * step_s, (i + 1) * step_s));
    oracle_run(&oracle);
}

static void test_varying(void **state)
{
    (void)state;
    check_varying(
        "diurnal", "sinusoidal rate (Eick, Massey, Whitt)",
        "{ process = \"diurnal\"; rate = \"20/s\"; amplitude = \"80%\"; peak_at = \"30s\"; "
        "period = \"100s\"; }",
        100, wave_number);
    check_varying("piecewise", "piecewise exponential",
                  "{ process = \"piecewise\"; period = \"10s\"; points = ( { at = \"0s\"; rate = "
                  "\"20/s\"; }, { at = \"3s\"; rate = \"5/s\"; } ); }",
                  10, square_number);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_start),
                                        cmocka_unit_test(test_varying) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
