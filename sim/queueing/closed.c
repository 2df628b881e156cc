/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finite populations: clients that think, units that fail. Both are birth-death chains. */
#include "base/mem.h"
#include "queueing/solve.h"
#include "queueing/stages.h"

#include <math.h>
#include <stdlib.h>

/* Shares of k = 0 .. n members in service, each of the others arriving at rate `arrive`, at most
 * `servers` leaving at once at rate `leave` each. */
static double *population_shares_new(unsigned n, double arrive, double leave, unsigned servers)
{
    double *birth = HR_NEW_ARRAY(double, n);
    double *death = HR_NEW_ARRAY(double, n);
    for (unsigned k = 0; k < n; k++) {
        birth[k] = (n - k) * arrive;
        death[k] = leave * (k + 1 < servers ? k + 1 : servers);
    }
    double *share = hr_birth_death_new(birth, death, n);
    free(birth);
    free(death);
    return share;
}

struct hr_queue_answer hr_closed_mmc(unsigned clients, double think_s, double mu, unsigned servers)
{
    double *share = population_shares_new(clients, 1 / think_s, mu, servers);
    double queue = 0, busy = 0, arrivals = 0, waits = 0;
    for (unsigned k = 0; k <= clients; k++) {
        busy += share[k] * (k < servers ? k : servers);
        queue += k > servers ? share[k] * (k - servers) : 0;
        arrivals += share[k] * (clients - k); /* times 1 / think_s */
        waits += k >= servers ? share[k] * (clients - k) : 0;
    }
    free(share);
    const double throughput = busy * mu;
    struct hr_queue_answer answer =
        hr_queue_from_wait(throughput, 1 / mu, servers, queue / throughput);
    answer.wait_probability = waits / arrivals;
    return answer;
}

void hr_closed_stages_init(struct hr_stages *stages, unsigned clients, double think_s, double mu,
                           unsigned servers)
{
    double *share = population_shares_new(clients - 1, 1 / think_s, mu, servers);
    hr_stages_init(stages, share, clients, mu, servers);
    free(share);
}

double hr_kofn_availability(unsigned n, unsigned k, double fail_rate, double repair_rate,
                            unsigned crews)
{
    double *share = population_shares_new(n, fail_rate, repair_rate, crews);
    double available = 0;
    for (unsigned down = n + 1; down-- > 0;) /* small shares first */
        available += n - down >= k ? share[down] : 0;
    free(share);
    return available;
}

double hr_kofn_mean_up(unsigned n, double fail_rate, double repair_rate, unsigned crews)
{
    double *share = population_shares_new(n, fail_rate, repair_rate, crews);
    double up = 0;
    for (unsigned down = n + 1; down-- > 0;)
        up += share[down] * (n - down);
    free(share);
    return up;
}
