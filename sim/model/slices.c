/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of a replication and of its slices. */
#include "model/slices.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdlib.h>

/* Intervals are hardly narrower with more (docs/statistics.md). */
#define SLICES 4096

/* The classes [from, to) that the values of a histogram are in. */
struct range {
    unsigned from, to;
};

static struct range range_of(const struct hr_hist *hist)
{
    if (hist->max < hist->min)
        return (struct range){ 0, 0 };
    return (struct range){ hr_log_bucket(hist->min, HR_PARTS_BITS),
                           hr_log_bucket(hist->max, HR_PARTS_BITS) + 1 };
}

static void take_workload(const struct hr_workload_metrics *metrics, double *sums)
{
    const struct range range = range_of(&metrics->latency);
    const struct hr_parts_row parts = hr_parts_between(&metrics->parts, range.from, range.to);
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
static void take_classes(const struct hr_slices *slices, size_t w,
                         const struct hr_workload_metrics *metrics)
{
    const struct range latency = range_of(&metrics->latency), wait = range_of(&metrics->wait);
    for (unsigned k = latency.from; k < latency.to; k++)
        set_class(&slices->latency[w], k, metrics->parts.rows[k].n, slices);
    for (unsigned k = wait.from; k < wait.to; k++)
        set_class(&slices->wait[w], k, metrics->waits[k], slices);
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
        take_classes(slices, w, &workloads[w]);
    }
    slices->done++;
}

static void add_up(struct hr_classes *classes, size_t n)
{
    const uint32_t *below = NULL;
    for (unsigned k = 0; k < HR_PARTS_ROWS; k++) {
        uint32_t *counts = classes->counts[k];
        if (counts == NULL)
            continue;
        for (size_t i = 0; below != NULL && i < n; i++)
            counts[i] += below[i];
        below = counts;
    }
}

void hr_slices_close(struct hr_slices *slices)
{
    const size_t size = hr_sums_size(&slices->shape);
    for (size_t i = slices->n * size - 1; i >= size; i--)
        slices->rows[i] -= slices->rows[i - size];
    for (size_t w = 0; w < slices->shape.n_workloads; w++) {
        add_up(&slices->latency[w], slices->n);
        add_up(&slices->wait[w], slices->n);
    }
}
