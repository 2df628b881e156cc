/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * M/D/1: the exact law of the wait as a sum of positive terms (Franx 2001), where the classical
 * series alternates and cancels. With y = lambda (k D - t) and (k - 1) D <= t < k D,
 * P(wait <= t) = sum over j < k of exp(-y) y^j / j! P(at most k - j inside).
 */
#include "base/mem.h"
#include "queueing/solve.h"

#include <math.h>
#include <stdlib.h>

/* Arrivals in one service: a Poisson number, hardly ever more than this at a load below 1. */
#define ARRIVALS_MAX 32

/* Beyond it, too many terms for too little use. */
#define LOAD_MAX (1 - 1e-6)

struct md1 {
    double load;
    double more[ARRIVALS_MAX]; /* P(at least so many arrivals in a service) */
    double *share, *at_most;   /* P(n inside), P(at most n inside) */
    size_t n, capacity;
};

static void init(struct md1 *queue, double load)
{
    *queue = (struct md1){ .load = load };
    double term = exp(-load);
    for (int k = 1; k < 60; k++) { /* P(k arrivals) counts for all j <= k */
        term *= load / k;
        for (int j = 1; j <= k && j < ARRIVALS_MAX; j++)
            queue->more[j] += term;
    }
}

/* The next share, by a recursion without differences (Ramaswami 1988). */
static void add_share(struct md1 *queue)
{
    if (queue->n == queue->capacity) {
        queue->capacity = 2 * queue->capacity + 64;
        queue->share = hr_realloc(queue->share, queue->capacity, sizeof(double));
        queue->at_most = hr_realloc(queue->at_most, queue->capacity, sizeof(double));
    }
    const size_t n = queue->n++;
    double sum = n == 0 ? 1 - queue->load : 0;
    if (n > 0) {
        const size_t first = n < ARRIVALS_MAX ? 1 : n - ARRIVALS_MAX + 2;
        sum = n < ARRIVALS_MAX ? queue->share[0] * queue->more[n] : 0;
        for (size_t j = first; j < n; j++)
            sum += queue->share[j] * queue->more[n - j + 1];
        sum *= exp(queue->load);
    }
    queue->share[n] = sum;
    queue->at_most[n] = sum + (n > 0 ? queue->at_most[n - 1] : 0);
}

/* P(wait > t), (n - 2) D <= t <= (n - 1) D, t in units of D: n shares are known. */
static double survival(const void *ctx, double t)
{
    const struct md1 *queue = ctx;
    const size_t k = queue->n - 1;
    const double y = queue->load * ((double)k - t);
    double term = exp(-y), below = 0;
    for (size_t j = 0; j < k && term > 0x1p-70; j++) { /* y is at most 1 */
        below += term * queue->at_most[k - j];
        term *= y / (double)(j + 1);
    }
    return 1 - below;
}

double hr_md1_wait_s_quantile(double lambda, double service_s, double p)
{
    const double load = lambda * service_s;
    if (load >= 1)
        return HUGE_VAL;
    if (load > LOAD_MAX)
        return (double)NAN;
    if (p <= 1 - load)
        return 0;
    struct md1 queue;
    init(&queue, load);
    add_share(&queue);
    add_share(&queue);
    while (queue.at_most[queue.n - 1] < p)
        add_share(&queue);
    double low = (double)queue.n - 2, high = low + 1;
    while (low < 0.5 * (low + high) && 0.5 * (low + high) < high) {
        const double middle = 0.5 * (low + high);
        *(survival(&queue, middle) > 1 - p ? &low : &high) = middle;
    }
    free(queue.share);
    free(queue.at_most);
    return high * service_s;
}
