/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Autoscalers at work: what they see of their deployments, and what they write. What they decide is
 * in the room autoscale; here is when they look, and at what.
 */
#ifndef MODEL_SCALING_H
#define MODEL_SCALING_H

#include "autoscale/hpa.h"
#include "autoscale/keda.h"
#include "autoscale/knative.h"
#include "autoscale/predictive.h"
#include "model/gauge.h"
#include "model/state.h"

/* The HPA of a deployment, its own or that which KEDA makes. */
struct hr_scaler_hpa {
    struct hr_hpa hpa;
    struct hr_hpa_metric *metrics;
    struct hr_hpa_reading *readings; /* by metric */
    struct hr_hpa_pod *pods;         /* oldest first */
    struct hr_hpa_sample *samples;   /* [metric][pod]; only those of pods are filled */
    uint32_t capacity;               /* pods */
    struct hr_hpa_status told[HR_HPA_N_CONDITIONS];
};

/* The autoscaler of a deployment. */
struct hr_scaler {
    const struct hr_autoscaler_spec *spec; /* NULL: there is none */
    uint32_t station;
    uint32_t n_gauges;
    struct hr_gauge *gauges; /* by metric */
    uint32_t *places;        /* replicas that pods take, by row of the gauges */
    uint32_t n_places, capacity_places;
    struct hr_scaler_hpa hpa; /* hpa, keda */
    struct hr_keda keda;
    struct hr_knative knative;
    bool poked; /* knative: this second was observed early, as a request came at zero replicas */
    struct hr_predictive predictive;
    uint64_t mark; /* of what is observed: at the last observation */
};

struct hr_scaling {
    struct hr_scaler *scalers; /* by deployment */
    struct hr_gauge *gauges;   /* of all */
    uint32_t n_gauges;
    uint32_t *rows; /* of the gauges of its deployment, by replica; HR_REPLICA_NONE: none yet */
    uint32_t n_rows;
};

/* scaling.c. Writes the replicas of the deployment, if they change, and why into the event log. */
void hr_scaler_write(struct hr_model *model, const struct hr_scaler *scaler, int64_t replicas,
                     const char *reason, const char *why);
void hr_scaler_note(const struct hr_model *model, const struct hr_scaler *scaler,
                    const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void hr_scaler_next(struct hr_model *model, const struct hr_scaler *scaler, uint32_t kind,
                    hr_time delay);

/* scaling_hpa.c: hpa and keda. */
void hr_scaler_hpa_init(struct hr_scaler *scaler);
void hr_scaler_hpa_fini(struct hr_scaler *scaler);
void hr_scaler_hpa_sync(struct hr_model *model, struct hr_scaler *scaler);
void hr_scaler_keda_poll(struct hr_model *model, struct hr_scaler *scaler);

/* scaling_knative.c */
void hr_scaler_knative_start(struct hr_model *model, struct hr_scaler *scaler);
void hr_scaler_knative_tick(struct hr_model *model, struct hr_scaler *scaler);
void hr_scaler_knative_poke(struct hr_model *model, struct hr_scaler *scaler);

/* scaling_ahead.c: scheduled and predictive. */
void hr_scaler_scheduled(struct hr_model *model, struct hr_scaler *scaler);
void hr_scaler_predictive_init(struct hr_model *model, struct hr_scaler *scaler);
void hr_scaler_predictive(struct hr_model *model, struct hr_scaler *scaler);

#endif
