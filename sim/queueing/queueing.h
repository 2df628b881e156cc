/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed forms. Rates per second, times in seconds. The oracle of the tests; never used by the
 * simulator. */
#ifndef QUEUEING_QUEUEING_H
#define QUEUEING_QUEUEING_H

/* What is known of a queue in steady state; NaN where a formula does not give it. Without a steady
 * state (load >= 1) waits and numbers are infinite. */
struct hr_queue_answer {
    double utilization;
    double wait_probability;
    double wait_s_mean, latency_s_mean;
    double number_mean, queue_mean;
    double throughput;
    double block_probability;
};

/* Erlang's formulas for offered load a = lambda / mu and c servers. */
double hr_erlang_b(double load, unsigned servers);
double hr_erlang_c(double load, unsigned servers);

struct hr_queue_answer hr_mmc(double lambda, double mu, unsigned servers);
double hr_mmc_wait_s_quantile(double lambda, double mu, unsigned servers, double p);
double hr_mmc_latency_s_quantile(double lambda, double mu, unsigned servers, double p);

/* At most `capacity` requests inside, those in service included. Waits are of accepted requests. */
struct hr_queue_answer hr_mmck(double lambda, double mu, unsigned servers, unsigned capacity);
double hr_mmck_wait_s_quantile(double lambda, double mu, unsigned servers, unsigned capacity,
                               double p);

/* Pollaczek-Khinchine: one server, service mean s and squared coefficient of variation scv. */
struct hr_queue_answer hr_mg1(double lambda, double service_s, double scv);

/* One processor-sharing server, any service law (insensitive). */
struct hr_queue_answer hr_mg1_ps(double lambda, double service_s);

/* Renewal arrivals with gamma gaps of coefficient of variation cv (0: deterministic), one
 * exponential server. sigma is the root of sigma = A*(mu (1 - sigma)). */
double hr_gm1_sigma_gamma(double lambda, double cv, double mu);
struct hr_queue_answer hr_gm1_gamma(double lambda, double cv, double mu);
double hr_gm1_wait_s_quantile(double sigma, double mu, double p);
double hr_gm1_latency_s_quantile(double sigma, double mu, double p);

/* Two-state Markov-modulated Poisson arrivals, one exponential server: matrix-geometric solution
 * (Neuts 1981). */
struct hr_mmpp2 {
    double rate[2];  /* arrivals in the state, /s */
    double leave[2]; /* rate of leaving the state, /s */
};
struct hr_queue_answer hr_mmpp2_m1(const struct hr_mmpp2 *arrivals, double mu);
double hr_mmpp2_m1_wait_s_quantile(const struct hr_mmpp2 *arrivals, double mu, double p);

/* Closed loop: n clients with mean think time, c exponential servers (machine repair). */
struct hr_queue_answer hr_closed_mmc(unsigned clients, double think_s, double mu, unsigned servers);

/* Batch (bulk) arrivals to one exponential server: batch rate, mean size m1 and second moment m2.
 */
struct hr_queue_answer hr_mxm1(double lambda_batches, double size_mean, double size_moment2,
                               double mu);

/* k-out-of-n hot units, exponential failure and repair, `crews` repairs at once: share of time with
 * at least k units up. */
double hr_kofn_availability(unsigned n, unsigned k, double fail_rate, double repair_rate,
                            unsigned crews);

#endif
