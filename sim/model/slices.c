/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of a replication and of its slices. */
#include "model/slices.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdlib.h>

/* Intervals are hardly narrower with more (docs/statistics.md), and each takes a look at the
 * histograms. */
#define SLICES 4096

#define CLASS_SIZE (HR_HIST_SIZE >> HR_PARTS_BITS) /* in buckets of a histogram */

static void take_workload(const struct hr_workload_metrics *metrics, double *sums)
{
    const struct hr_parts_row parts = hr_parts_total(&metrics->parts, 0);
    hr_uint128 latency_ns = 0;
    for (int part = 0; part < HR_PARTS; part++) {
        latency_ns += parts.sum_ns[part];
        sums[HR_SUM_PART_NS + part] = (double)parts.sum_ns[part];
    }
    sums[HR_SUM_LATENCY_NS] = (double)latency_ns;
    sums[HR_SUM_WAIT_NS] = (double)(parts.sum_ns[HR_PART_QUEUE] + parts.sum_ns[HR_PART_COLD_START]);
    uint64_t ended = 0;
    for (int outcome = 0; outcome < HR_OUTCOMES; outcome++)
        ended += metrics->outcomes[outcome];
    sums[HR_SUM_ARRIVED] = (double)metrics->arrived;
    sums[HR_SUM_ENDED] = (double)ended;
    sums[HR_SUM_COMPLETED] = (double)metrics->outcomes[HR_COMPLETED];
    sums[HR_SUM_COMPLETED_INSIDE] = (double)metrics->completed_in_window;
    sums[HR_SUM_AT_ONCE] = (double)hr_hist_count(&metrics->wait, 0, 0);
    sums[HR_SUM_INSIDE_NS] = (double)metrics->inside_area.total;
    sums[HR_SUM_BUSY_NS] = (double)metrics->busy_area.total;
}

void hr_sums_take(const struct hr_sums_shape *shape, const struct hr_workload_metrics *workloads,
                  const struct hr_deployment_metrics *deployments, double *row)
{
    for (size_t w = 0; w < shape->n_workloads; w++)
        take_workload(&workloads[w], &row[w * HR_WORKLOAD_SUMS]);
    for (size_t d = 0; d < shape->n_deployments; d++) {
        double *sums = &row[hr_sums_of_deployment(shape, d)];
        for (int level = 0; level < HR_DEPLOYMENT_LEVELS; level++)
            sums[level] = (double)deployments[d].areas[level].total;
        sums[HR_SUM_OFFERED_NS] = (double)deployments[d].offered_ns;
        sums[HR_SUM_EXECUTED_NS] = deployments[d].executed_ns;
        sums[HR_SUM_LEAK_BYTE_NS] = deployments[d].leak_byte_ns;
    }
}

struct hr_slices *hr_slices_new(const struct hr_sums_shape *shape, hr_time window)
{
    if (window < SLICES)
        return NULL;
    struct hr_slices *slices = HR_NEW(struct hr_slices);
    *slices = (struct hr_slices){
        .shape = *shape,
        .n = SLICES,
        .length = window / SLICES,
        .rows = HR_NEW_ARRAY(double, SLICES *hr_sums_size(shape)),
        .latency = HR_NEW_ARRAY(struct hr_classes, shape->n_workloads),
        .wait = HR_NEW_ARRAY(struct hr_classes, shape->n_workloads),
    };
    return slices;
}

void hr_slices_free(struct hr_slices *slices)
{
    if (slices == NULL)
        return;
    for (size_t w = 0; w < slices->shape.n_workloads; w++) {
        for (unsigned k = 0; k < HR_PARTS_ROWS; k++) {
            free(slices->latency[w].counts[k]);
            free(slices->wait[w].counts[k]);
        }
    }
    free(slices->latency);
    free(slices->wait);
    free(slices->rows);
    free(slices);
}

/* Of a whole class of a page above the first; a loop of known length is done by vectors. */
static uint64_t sum_of_class(const uint64_t counts[CLASS_SIZE])
{
    uint64_t sum = 0;
    for (size_t i = 0; i < CLASS_SIZE; i++)
        sum += counts[i];
    return sum;
}

static uint64_t sum_of(const uint64_t *counts, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += counts[i];
    return sum;
}

/* The histogram has n values in the class by now. */
static void set_class(struct hr_classes *classes, unsigned k, uint64_t n,
                      const struct hr_slices *slices)
{
    if (n == classes->seen[k])
        return;
    if (classes->counts[k] == NULL)
        classes->counts[k] = HR_NEW_ARRAY(uint32_t, slices->n);
    classes->counts[k][slices->done] = (uint32_t)(n - classes->seen[k]);
    classes->seen[k] = n;
}

/* Latencies are kept by class with their parts. */
static void take_latencies(struct hr_classes *classes, const struct hr_parts *parts,
                           const struct hr_slices *slices)
{
    for (unsigned k = 0; k < HR_PARTS_ROWS; k++)
        set_class(classes, k, parts->rows[k].n, slices);
}

/* A class is a range of buckets within one page of the histogram. */
static void take_waits(struct hr_classes *classes, const struct hr_hist *hist,
                       const struct hr_slices *slices)
{
    for (unsigned k = 0; k < HR_PARTS_ROWS; k++) {
        const unsigned from = hr_log_bucket(hr_log_bucket_from(k, HR_PARTS_BITS), HR_HIST_BITS);
        const uint64_t *counts = hist->pages[from >> HR_HIST_BITS];
        if (counts == NULL)
            continue;
        const uint64_t *first = &counts[from & (HR_HIST_SIZE - 1)];
        const uint64_t n =
            from < HR_HIST_SIZE
                ? sum_of(first, (size_t)hr_log_bucket_from(k + 1, HR_PARTS_BITS) - from)
                : sum_of_class(first);
        set_class(classes, k, n, slices);
    }
}

void hr_slices_end(struct hr_slices *slices, hr_time since,
                   const struct hr_workload_metrics *workloads,
                   const struct hr_deployment_metrics *deployments)
{
    HR_ASSERT(slices->done < slices->n);
    double *row = hr_slices_row(slices, slices->done);
    hr_sums_take(&slices->shape, workloads, deployments, row);
    row[hr_sums_time(&slices->shape)] = (double)since;
    const double *before = slices->done > 0 ? row - hr_sums_size(&slices->shape) : NULL;
    for (size_t w = 0; w < slices->shape.n_workloads; w++) {
        const size_t completed = w * HR_WORKLOAD_SUMS + HR_SUM_COMPLETED;
        if (row[completed] == (before == NULL ? 0 : before[completed]))
            continue; /* nothing new in the histograms */
        take_latencies(&slices->latency[w], &workloads[w].parts, slices);
        take_waits(&slices->wait[w], &workloads[w].wait, slices);
    }
    slices->done++;
}

void hr_slices_close(struct hr_slices *slices)
{
    const size_t size = hr_sums_size(&slices->shape);
    for (size_t i = slices->n * size - 1; i >= size; i--)
        slices->rows[i] -= slices->rows[i - size];
}
