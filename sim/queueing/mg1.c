/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One server, Poisson arrivals alone or in batches, general service. A batch is a customer of an
 * M/G/1 whose service is that of all its members; a member waits for its batch and then for those
 * of it that are served first (Gross, Harris 1998, section 3.1; Pollaczek-Khinchine).
 */
#include "queueing/solve.h"

#include <math.h>

struct hr_queue_answer hr_mxg1(double lambda_batches, double size_mean, double size_moment2,
                               double service_s, double scv)
{
    const double lambda = lambda_batches * size_mean, load = lambda * service_s;
    if (load >= 1)
        return hr_queue_unstable(1 / service_s);
    const double work_moment2 = service_s * service_s * (size_mean * scv + size_moment2);
    const double batch_wait = lambda_batches * work_moment2 / (2 * (1 - load));
    const double ahead = (size_moment2 / size_mean - 1) / 2;
    struct hr_queue_answer answer =
        hr_queue_from_wait(lambda, service_s, 1, batch_wait + ahead * service_s);
    /* Only the first of a batch that finds the server idle does not wait. */
    answer.wait_probability = 1 - (1 - load) / size_mean;
    return answer;
}

struct hr_queue_answer hr_mg1(double lambda, double service_s, double scv)
{
    return hr_mxg1(lambda, 1, 1, service_s, scv);
}

struct hr_queue_answer hr_mxm1(double lambda_batches, double size_mean, double size_moment2,
                               double mu)
{
    return hr_mxg1(lambda_batches, size_mean, size_moment2, 1 / mu, 1);
}

/* A point of the transforms: of the service B, of the batch's work X(B) and of the wait. */
struct point {
    double complex service, wait;
};

static struct point transform_at(const struct hr_mxg1_queue *queue, double complex s)
{
    const double m = queue->size_mean, load = queue->lambda_batches * m * queue->service_s;
    const double complex b = hr_law_transform(queue->service, s);
    const double complex batch = queue->geometric ? b / (m - (m - 1) * b) : cpow(b, m);
    const double complex batch_wait = (1 - load) * s / (s - queue->lambda_batches * (1 - batch));
    const double complex ahead = m == 1 ? 1 : (1 - batch) / (m * (1 - b));
    return (struct point){ b, batch_wait * ahead };
}

/* Transforms of P(wait > t) and of P(latency > t). */
static double complex wait_transform(const void *ctx, double complex s)
{
    return (1 - transform_at(ctx, s).wait) / s;
}

static double complex latency_transform(const void *ctx, double complex s)
{
    const struct point point = transform_at(ctx, s);
    return (1 - point.wait * point.service) / s;
}

static double wait_survival(const void *ctx, double t)
{
    const struct hr_mxg1_queue *queue = ctx;
    const double load = queue->lambda_batches * queue->size_mean * queue->service_s;
    if (t == 0)
        return 1 - (1 - load) / queue->size_mean;
    return hr_laplace_invert(wait_transform, ctx, t, queue->service->terms);
}

static double latency_survival(const void *ctx, double t)
{
    const struct hr_mxg1_queue *queue = ctx;
    return t > 0 ? hr_laplace_invert(latency_transform, ctx, t, queue->service->terms) : 1;
}

static double quantile(const struct hr_mxg1_queue *queue,
                       double (*survival)(const void *ctx, double t), double p)
{
    if (queue->lambda_batches * queue->size_mean * queue->service_s >= 1)
        return HUGE_VAL;
    return hr_solve_survival(survival, queue, 1 - p, queue->service_s);
}

double hr_mxg1_wait_s_quantile(const struct hr_mxg1_queue *queue, double p)
{
    return quantile(queue, wait_survival, p);
}

double hr_mxg1_latency_s_quantile(const struct hr_mxg1_queue *queue, double p)
{
    return quantile(queue, latency_survival, p);
}
