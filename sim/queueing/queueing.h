/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed forms. Rates per second, times in seconds. The oracle of the tests; never used by the
 * simulator. */
#ifndef QUEUEING_QUEUEING_H
#define QUEUEING_QUEUEING_H

#include "queueing/law.h"
#include "queueing/stages.h"

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
/* For more quantiles than one, and those of the latency. */
void hr_mmck_stages_init(struct hr_stages *stages, double lambda, double mu, unsigned servers,
                         unsigned capacity);

/* What becomes of the work when a client gives up: it goes on; it is dropped unless in service;
 * it is dropped. */
enum hr_leaving { HR_LEAVE_NEVER, HR_LEAVE_QUEUE, HR_LEAVE_ANY };

/*
 * M/M/c whose clients give up when the answer takes longer than their patience, counted from the
 * arrival (M/M/c+M, Erlang A, and M/M/c+D). Waits and latencies are of requests answered in time,
 * the number inside is of requests not given up, block_probability is the share given up. Constant
 * patience with HR_LEAVE_ANY has no such form.
 */
struct hr_impatient {
    double lambda, mu;
    unsigned servers;
    double patience_s; /* mean of an exponential, or constant */
    bool constant;
    enum hr_leaving leaving;
};
struct hr_queue_answer hr_impatient(const struct hr_impatient *queue);
double hr_impatient_wait_s_quantile(const struct hr_impatient *queue, double p);
double hr_impatient_latency_s_quantile(const struct hr_impatient *queue, double p);

/* Pollaczek-Khinchine: one server, service mean s and squared coefficient of variation scv. */
struct hr_queue_answer hr_mg1(double lambda, double service_s, double scv);

/* Batch (bulk) arrivals to that server: batch rate, mean size and second moment of the size. */
struct hr_queue_answer hr_mxg1(double lambda_batches, double size_mean, double size_moment2,
                               double service_s, double scv);

/* Quantiles of both by inversion of the transforms; batches of a constant or geometric (from 1)
 * size, single requests being batches of 1. */
struct hr_mxg1_queue {
    double lambda_batches, size_mean;
    bool geometric;
    const struct hr_law *service; /* borrowed */
    double service_s;             /* its mean */
};
double hr_mxg1_wait_s_quantile(const struct hr_mxg1_queue *queue, double p);
double hr_mxg1_latency_s_quantile(const struct hr_mxg1_queue *queue, double p);

/* Constant service; a latency is service_s longer. NaN at loads within 1e-6 of 1. */
double hr_md1_wait_s_quantile(double lambda, double service_s, double p);

/* Processor sharing, any service law (insensitive): one server, or `cores` of which a request uses
 * at most one. Quantiles for exponential service and one server. */
struct hr_queue_answer hr_mg1_ps(double lambda, double service_s);
struct hr_queue_answer hr_mgc_ps(double lambda, double service_s, double cores);
double hr_mm1_ps_latency_s_quantile(double lambda, double service_s, double p);

/* Renewal arrivals, one exponential server. sigma is the root of sigma = A*(mu (1 - sigma)), A*
 * the Laplace transform of the gaps; with gamma gaps of coefficient of variation cv (0:
 * deterministic) it is known. */
double hr_gm1_sigma(double (*transform)(const void *ctx, double s), const void *ctx, double lambda,
                    double mu);
double hr_gm1_sigma_gamma(double lambda, double cv, double mu);
struct hr_queue_answer hr_gm1(double lambda, double sigma, double mu);
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
double hr_mmpp2_m1_latency_s_quantile(const struct hr_mmpp2 *arrivals, double mu, double p);

/*
 * Approximation for renewal gaps and service with these squared coefficients of variation: the
 * M/M/c wait times their mean (Allen, Cunneen), for one server corrected by Kraemer and
 * Langenbach-Belz; the quantile takes the wait of those who wait as exponential.
 */
struct hr_queue_answer hr_ggc(double lambda, double gap_scv, double service_s, double service_scv,
                              unsigned servers);
double hr_ggc_wait_s_quantile(const struct hr_queue_answer *answer, double p);

/* Closed loop: n clients with mean think time, c exponential servers (machine repair). */
struct hr_queue_answer hr_closed_mmc(unsigned clients, double think_s, double mu, unsigned servers);
/* Its waits and latencies: a request sees the loop without its own client (Lavenberg, Reiser 1980).
 */
void hr_closed_stages_init(struct hr_stages *stages, unsigned clients, double think_s, double mu,
                           unsigned servers);

/* Batch (bulk) arrivals to one exponential server: batch rate, mean size m1 and second moment m2.
 */
struct hr_queue_answer hr_mxm1(double lambda_batches, double size_mean, double size_moment2,
                               double mu);

/* k-out-of-n hot units, exponential failure and repair, `crews` repairs at once: share of time with
 * at least k units up. */
double hr_kofn_availability(unsigned n, unsigned k, double fail_rate, double repair_rate,
                            unsigned crews);
double hr_kofn_mean_up(unsigned n, double fail_rate, double repair_rate, unsigned crews);

#endif
