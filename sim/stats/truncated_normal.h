/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard normal on [low, high], low < high; an end may be infinite. */
#ifndef STATS_TRUNCATED_NORMAL_H
#define STATS_TRUNCATED_NORMAL_H

#include "stats/rng.h"

/* A draw; at least about half of the candidates are accepted, however far out the bounds are. */
double hr_truncated_normal_draw(double low, double high, struct hr_rng *rng);

void hr_truncated_normal_moments(double low, double high, double *mean, double *variance);

#endif
