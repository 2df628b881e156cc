/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MSER-5: the deletion that minimizes the standard error of what is left, on means of five. */
#include "stats/warmup.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdlib.h>

#define BATCH 5

/* Batch means less their overall mean: small numbers, whose squares do not cancel below. */
static double *batch_means_new(const double *x, size_t batches)
{
    double *z = HR_NEW_ARRAY(double, batches);
    double mean = 0;
    for (size_t j = 0; j < batches; j++) {
        for (size_t i = 0; i < BATCH; i++)
            z[j] += (x[BATCH * j + i] - x[0]) / BATCH;
        mean += z[j] / (double)batches;
    }
    for (size_t j = 0; j < batches; j++)
        z[j] -= mean;
    return z;
}

bool hr_mser5(const double *x, size_t n, size_t *deleted)
{
    HR_ASSERT(n >= 2 * BATCH);
    const size_t batches = n / BATCH, last = batches / 2;
    double *z = batch_means_new(x, batches);
    double sum = 0, squares = 0, least = 0;
    size_t best = last;
    for (size_t d = batches; d-- > 0;) { /* batches d.. are kept */
        const double kept = (double)(batches - d);
        sum += z[d];
        squares += z[d] * z[d];
        const double v = (squares - sum * sum / kept) / (kept * kept);
        if (d == last || (d < last && v <= least)) {
            least = v;
            best = d;
        }
    }
    free(z);
    *deleted = best == last ? n / 2 : best * BATCH;
    return best != last;
}
