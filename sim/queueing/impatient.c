/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/M/c with clients that give up. V, the wait of a request with endless patience, has an atom at 0
 * and beyond it the density proportional to exp(lambda H(x) - drain x), H(x) being the integral
 * over [0, x] of the share whose patience is longer (Baccelli, Hebuterne 1981; with exponential
 * patience Erlang A, Palm 1957). V + S, S the exponential service, is the answer time: a request
 * completes when its patience is longer. So every number is an integral of an exp(concave).
 */
#include "queueing/solve.h"

#include <math.h>
#include <stdbool.h>

struct law {
    const struct hr_impatient *queue;
    double theta;    /* 1 / mean of exponential patience; 0 when it is constant */
    double drain;    /* rate at which busy servers fall free, all together */
    double log_norm; /* log of the factor of V's density */
    double idle;     /* P(V = 0) */
};

/* log of what V's density is multiplied with under an integral; `at` is its parameter. */
typedef double log_kernel(const struct law *law, double x, double at);

struct integrand {
    const struct law *law;
    log_kernel *kernel;
    double at;
};

static double log_one(const struct law *law, double x, double at)
{
    (void)law, (void)x, (void)at;
    return 0;
}

static double log_time(const struct law *law, double x, double at)
{
    (void)law, (void)at;
    return log(x);
}

/* Exponential patience: longer than x. */
static double log_patient(const struct law *law, double x, double at)
{
    (void)at;
    return -law->theta * x;
}

static double log_patient_time(const struct law *law, double x, double at)
{
    return log_patient(law, x, at) + log(x);
}

/* Exponential patience: E min(patience, x). */
static double log_least(const struct law *law, double x, double at)
{
    (void)at;
    return log(-expm1(-law->theta * x) / law->theta);
}

/* Exponential patience: longer than `at`, and service takes longer than the time left until then.
 */
static double log_in_service(const struct law *law, double x, double at)
{
    return -law->theta * at - law->queue->mu * (at - x);
}

/* Service takes less than the time left until `at`. */
static double log_done(const struct law *law, double x, double at)
{
    return log(-expm1(-law->queue->mu * (at - x)));
}

static double log_done_time(const struct law *law, double x, double at)
{
    return log_done(law, x, at) + log(x);
}

/* ... and more than that. */
static double log_not_done(const struct law *law, double x, double at)
{
    return -law->queue->mu * (at - x);
}

/* log of V's density but for its factor. */
static double log_wait(const struct law *law, double x)
{
    const struct hr_impatient *queue = law->queue;
    if (queue->leaving == HR_LEAVE_NEVER)
        return (queue->lambda - law->drain) * x;
    const double patient_time =
        law->theta > 0 ? -expm1(-law->theta * x) / law->theta : fmin(x, queue->patience_s);
    return queue->lambda * patient_time - law->drain * x;
}

static double log_integrand(const void *ctx, double x)
{
    const struct integrand *integrand = ctx;
    return log_wait(integrand->law, x) + integrand->kernel(integrand->law, x, integrand->at);
}

/* E of the kernel of V over from < V < to. */
static double part(const struct law *law, log_kernel *kernel, double at, double from, double to)
{
    const struct integrand integrand = { law, kernel, at };
    return exp(law->log_norm +
               hr_log_integral(log_integrand, &integrand, from, to, 1 / law->drain));
}

static double log_sum(double a, double b)
{
    return fmax(a, b) + log1p(exp(-fabs(a - b)));
}

/* log of the integral of exp(log_wait), in two where constant patience bends it. */
static double log_wait_integral(const struct law *law)
{
    const struct hr_impatient *queue = law->queue;
    const struct integrand integrand = { law, log_one, 0 };
    const bool bends = law->theta == 0 && queue->leaving != HR_LEAVE_NEVER;
    const double bend = bends ? queue->patience_s : HUGE_VAL;
    const double before = hr_log_integral(log_integrand, &integrand, 0, bend, 1 / law->drain);
    return bends ? log_sum(before, log_wait(law, bend) - log(law->drain)) : before;
}

/* The states with a free server weigh 1 / B(c - 1) against lambda times the integral. */
static struct law law_of(const struct hr_impatient *queue)
{
    struct law law = { .queue = queue, .theta = queue->constant ? 0 : 1 / queue->patience_s };
    const bool cut = queue->leaving == HR_LEAVE_ANY;
    law.drain = queue->servers * (queue->mu + (cut ? law.theta : 0));
    const double load = queue->lambda * queue->servers / law.drain;
    const double log_free = -log(hr_erlang_b(load, queue->servers - 1));
    const double log_busy = log(queue->lambda) + log_wait_integral(&law);
    law.log_norm = log(queue->lambda) - (isinf(log_free) ? log_free : log_sum(log_free, log_busy));
    law.idle = 1 / (1 + exp(log_busy - log_free));
    return law;
}

static bool unstable(const struct hr_impatient *queue)
{
    return queue->leaving == HR_LEAVE_NEVER && queue->lambda >= queue->servers * queue->mu;
}

/* Exponential patience: P(served at all). */
static double served(const struct law *law)
{
    return law->idle + part(law, log_patient, 0, 0, HUGE_VAL);
}

/* P(V + S <= t) */
static double answered(const struct law *law, double t)
{
    return -law->idle * expm1(-law->queue->mu * t) + part(law, log_done, t, 0, t);
}

/* Constant patience: P(V > deadline). */
static double beyond(const struct law *law)
{
    const struct hr_impatient *queue = law->queue;
    const double fall = law->drain - (queue->leaving == HR_LEAVE_NEVER ? queue->lambda : 0);
    return exp(law->log_norm + log_wait(law, queue->patience_s)) / fall;
}

/* What the servers show and how requests end; the rest is the caller's. `begun` is the share that
 * gets into service, `waited` the mean of min(V, patience). */
static struct hr_queue_answer answer_of(const struct law *law, double begun, double waited,
                                        double completed, double lost)
{
    const struct hr_impatient *queue = law->queue;
    struct hr_queue_answer answer = hr_queue_unknown();
    answer.throughput = queue->lambda * completed;
    answer.block_probability = lost;
    answer.utilization = queue->lambda * begun / law->drain;
    answer.queue_mean = queue->lambda * waited;
    if (queue->leaving == HR_LEAVE_NEVER) {
        const struct hr_queue_answer patient = hr_mmc(queue->lambda, queue->mu, queue->servers);
        answer.utilization = patient.utilization;
        answer.queue_mean = patient.queue_mean;
    }
    return answer;
}

/* Of those who get into service a share mu / (mu + theta) stays to its end, which for them is
 * exponential of rate mu + theta. */
static struct hr_queue_answer solve_exponential(const struct law *law)
{
    const struct hr_impatient *queue = law->queue;
    const double begun = served(law), rate = queue->mu + law->theta;
    const double waited = part(law, log_least, 0, 0, HUGE_VAL), inside = waited + begun / rate;
    struct hr_queue_answer answer =
        answer_of(law, begun, waited, begun * queue->mu / rate, law->theta * inside);
    answer.number_mean = queue->lambda * inside;
    answer.wait_probability = (begun - law->idle) / begun;
    answer.wait_s_mean = part(law, log_patient_time, 0, 0, HUGE_VAL) / begun;
    answer.latency_s_mean = answer.wait_s_mean + 1 / rate;
    return answer;
}

/* E min(S, u) = P(S <= u) / mu gives the time in service. */
static struct hr_queue_answer solve_constant(const struct law *law)
{
    const struct hr_impatient *queue = law->queue;
    const double deadline = queue->patience_s, completed = answered(law, deadline);
    const double late = beyond(law), lost = late + law->idle * exp(-queue->mu * deadline) +
                                            part(law, log_not_done, deadline, 0, deadline);
    const double waited = part(law, log_time, 0, 0, deadline) + deadline * late;
    const double inside = waited + completed / queue->mu;
    struct hr_queue_answer answer = answer_of(law, 1 - late, waited, completed, lost);
    answer.number_mean = queue->lambda * inside;
    answer.wait_probability = part(law, log_done, deadline, 0, deadline) / completed;
    answer.wait_s_mean = part(law, log_done_time, deadline, 0, deadline) / completed;
    answer.latency_s_mean = (inside - deadline * lost) / completed;
    return answer;
}

struct hr_queue_answer hr_impatient(const struct hr_impatient *queue)
{
    if (unstable(queue))
        return hr_queue_unstable(queue->servers * queue->mu);
    const struct law law = law_of(queue);
    return queue->constant ? solve_constant(&law) : solve_exponential(&law);
}

/* Survival functions of completed requests. */
static double wait_survival(const void *ctx, double t)
{
    const struct law *law = ctx;
    const double deadline = law->queue->patience_s;
    if (law->theta > 0)
        return part(law, log_patient, 0, t, HUGE_VAL) / served(law);
    return part(law, log_done, deadline, t, deadline) / answered(law, deadline);
}

static double latency_survival(const void *ctx, double t)
{
    const struct law *law = ctx;
    const struct hr_impatient *queue = law->queue;
    if (law->theta == 0)
        return t >= queue->patience_s ? 0 : 1 - answered(law, t) / answered(law, queue->patience_s);
    const double serving =
        law->idle * exp(-(queue->mu + law->theta) * t) + part(law, log_in_service, t, 0, t);
    return (serving + part(law, log_patient, 0, t, HUGE_VAL)) / served(law);
}

double hr_impatient_wait_s_quantile(const struct hr_impatient *queue, double p)
{
    if (unstable(queue))
        return HUGE_VAL;
    const struct law law = law_of(queue);
    return hr_solve_survival(wait_survival, &law, 1 - p, 1 / queue->mu);
}

double hr_impatient_latency_s_quantile(const struct hr_impatient *queue, double p)
{
    if (unstable(queue))
        return HUGE_VAL;
    const struct law law = law_of(queue);
    return hr_solve_survival(latency_survival, &law, 1 - p, 1 / queue->mu);
}
