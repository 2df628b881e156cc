/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of service times and gaps as queueing formulas see them: by their Laplace transform. */
#ifndef QUEUEING_LAW_H
#define QUEUEING_LAW_H

#include "stats/dist.h"

#include <complex.h>
#include <stdbool.h>

struct hr_law {
    const struct hr_dist *dist; /* borrowed */
    /* Without a closed transform: points and their shares that stand for the law. */
    size_t n;
    double *at_ns, *share;
    struct hr_law *components; /* of a mixture; owned */
    unsigned terms;            /* of hr_laplace_invert, that show its narrowest part */
};

/* `dist` must outlive the law. False, and nothing to release: its density jumps (constant, uniform,
 * pareto, empirical, a normal with bounds other than 0) or is almost constant (cv below 0.02), and
 * transforms of what follows from it cannot be inverted accurately. */
bool hr_law_init(struct hr_law *law, const struct hr_dist *dist);
void hr_law_fini(struct hr_law *law);

/* E exp(-s X), X in seconds, for Re s >= 0. */
double complex hr_law_transform(const struct hr_law *law, double complex s);

#endif
