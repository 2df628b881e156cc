/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One metric of an autoscaler on its way through the metrics pipeline. It is sampled every
 * scrape_interval; a sample is the mean over the window that ends then, and is seen `delay` later.
 *
 * What is kept are marks: values of integrals (busy slots x ns), or counts, at the ends of windows
 * and at their beginnings. A sample is a difference of two marks over the time between them: exact,
 * and its price does not grow with what happened meanwhile.
 */
#ifndef MODEL_GAUGE_H
#define MODEL_GAUGE_H

#include "autoscale/hpa_metric.h"
#include "autoscale/spec.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct hr_model;
struct hr_pod_status;

struct hr_gauge {
    const struct hr_scaling_metric_spec *spec;
    uint32_t station;
    bool per_pod;  /* a row a place of a pod; else one, or for latency one a class of latencies */
    hr_time begin; /* windows begin so long after a scrape; 0: at scrapes */
    uint32_t ring; /* marks that a row keeps of either kind */
    uint32_t n_rows;
    uint64_t *marks; /* [row][ends, beginnings][ring] */
    uint64_t *slow;  /* latency: requests by class since time 0; borrowed */
};

void hr_gauge_init(struct hr_gauge *gauge, const struct hr_scaling_metric_spec *spec,
                   uint32_t station, bool per_pod);
void hr_gauge_fini(struct hr_gauge *gauge);

/* Makes the gauge have `n` rows at least. */
void hr_gauge_widen(struct hr_gauge *gauge, uint32_t n);

/* A pod takes the place of a row: what was there before is not its doing. */
void hr_gauge_reset(struct hr_gauge *gauge, struct hr_model *model, uint32_t row, uint32_t replica);

/* Takes the marks that are due now; rows of pods are those of the replicas `places`. */
void hr_gauge_mark(struct hr_gauge *gauge, struct hr_model *model, const uint32_t *places,
                   uint32_t n_places);

/* When marks are due next, after now. */
hr_time hr_gauge_next(const struct hr_gauge *gauge, hr_time now);

/* What is seen now of the pod in a row; of the deployment as a whole, in thousandths. False: there
 * is nothing to be seen. */
struct hr_hpa_sample hr_gauge_sample(const struct hr_gauge *gauge, const struct hr_model *model,
                                     uint32_t row, uint32_t replica,
                                     const struct hr_pod_status *pod);
bool hr_gauge_total(const struct hr_gauge *gauge, const struct hr_model *model, int64_t *milli);

#endif
