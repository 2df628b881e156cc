/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits that are a random number of completions of c busy exponential servers, and the latency that
 * follows with the request's own service. */
#ifndef QUEUEING_STAGES_H
#define QUEUEING_STAGES_H

struct hr_stages {
    double mu;
    unsigned servers, n;
    double *waiting; /* [i]: P(more than i completions are needed) */
    double *served;  /* [i]: P(in service after i further completions of the c servers) */
};

/* The requests see the birth-death shares share[0 .. n_seen - 1] of as many inside, up to a factor;
 * one that finds k >= c inside waits for k - c + 1 completions. */
void hr_stages_init(struct hr_stages *stages, const double *share, unsigned n_seen, double mu,
                    unsigned servers);
void hr_stages_fini(struct hr_stages *stages);

double hr_stages_wait_s_quantile(const struct hr_stages *stages, double p);
double hr_stages_latency_s_quantile(const struct hr_stages *stages, double p);

#endif
