/* SPDX-License-Identifier: GPL-3.0-or-later */
/* M/M/c without and with a limit: Erlang B and C, waits and latencies (Kleinrock 1975, ch. 3). */
#include "base/mem.h"
#include "queueing/solve.h"
#include "queueing/stages.h"

#include <math.h>
#include <stdlib.h>

double hr_erlang_b(double load, unsigned servers)
{
    double inverse = 1; /* of the blocking with k servers */
    for (unsigned k = 1; k <= servers; k++)
        inverse = 1 + inverse * k / load;
    return 1 / inverse;
}

double hr_erlang_c(double load, unsigned servers)
{
    if (load >= servers)
        return 1;
    const double b = hr_erlang_b(load, servers);
    return b / (1 - load / servers * (1 - b));
}

struct hr_queue_answer hr_mmc(double lambda, double mu, unsigned servers)
{
    const double spare = servers * mu - lambda;
    if (spare <= 0)
        return hr_queue_unstable(servers * mu);
    const double c = hr_erlang_c(lambda / mu, servers);
    struct hr_queue_answer answer = hr_queue_from_wait(lambda, 1 / mu, servers, c / spare);
    answer.wait_probability = c;
    return answer;
}

double hr_mmc_wait_s_quantile(double lambda, double mu, unsigned servers, double p)
{
    const double spare = servers * mu - lambda;
    if (spare <= 0)
        return HUGE_VAL;
    const double c = hr_erlang_c(lambda / mu, servers);
    return fmax(0, log(c / (1 - p)) / spare);
}

struct latency {
    double wait_probability, spare, mu;
};

/* P(wait + service > t), the wait being exponential of rate `spare` with wait_probability, else
 * 0. */
static double latency_survival(const void *ctx, double t)
{
    const struct latency *law = ctx;
    const double gap = law->spare - law->mu;
    const double stretch = gap == 0 ? t : -expm1(-gap * t) / gap;
    return exp(-law->mu * t) * (1 + law->wait_probability * law->mu * stretch);
}

double hr_mmc_latency_s_quantile(double lambda, double mu, unsigned servers, double p)
{
    const double spare = servers * mu - lambda;
    if (spare <= 0)
        return HUGE_VAL;
    const struct latency law = { hr_erlang_c(lambda / mu, servers), spare, mu };
    return hr_solve_survival(latency_survival, &law, 1 - p, 1 / mu);
}

/* Shares of 0 .. capacity requests inside. */
static double *mmck_shares_new(double lambda, double mu, unsigned servers, unsigned capacity)
{
    double *birth = HR_NEW_ARRAY(double, capacity);
    double *death = HR_NEW_ARRAY(double, capacity);
    for (unsigned k = 0; k < capacity; k++) {
        birth[k] = lambda;
        death[k] = mu * (k + 1 < servers ? k + 1 : servers);
    }
    double *share = hr_birth_death_new(birth, death, capacity);
    free(birth);
    free(death);
    return share;
}

struct hr_queue_answer hr_mmck(double lambda, double mu, unsigned servers, unsigned capacity)
{
    double *share = mmck_shares_new(lambda, mu, servers, capacity);
    double queue = 0, waits = 0;
    for (unsigned k = servers; k < capacity; k++) {
        waits += share[k];
        queue += share[k + 1] * (k + 1 - servers);
    }
    const double blocked = share[capacity];
    free(share);
    const double throughput = lambda * (1 - blocked);
    struct hr_queue_answer answer =
        hr_queue_from_wait(throughput, 1 / mu, servers, queue / throughput);
    answer.wait_probability = waits / (1 - blocked);
    answer.block_probability = blocked;
    return answer;
}

void hr_mmck_stages_init(struct hr_stages *stages, double lambda, double mu, unsigned servers,
                         unsigned capacity)
{
    double *share = mmck_shares_new(lambda, mu, servers, capacity);
    hr_stages_init(stages, share, capacity, mu, servers);
    free(share);
}

double hr_mmck_wait_s_quantile(double lambda, double mu, unsigned servers, unsigned capacity,
                               double p)
{
    struct hr_stages stages;
    hr_mmck_stages_init(&stages, lambda, mu, servers, capacity);
    const double t = hr_stages_wait_s_quantile(&stages, p);
    hr_stages_fini(&stages);
    return t;
}
