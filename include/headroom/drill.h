/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drills: the scenario loses each node, each zone and each node pool in turn while its load is
 * highest, on common random numbers, and the losses are ranked by the damage that they do.
 */
#ifndef HEADROOM_DRILL_H
#define HEADROOM_DRILL_H

#include <headroom/run.h>

struct hr_drill_options {
    double at_s;   /* simulated time of the losses; NaN: when the most requests arrive */
    double loss_s; /* how long what is lost stays away, > 0 */
    bool each;     /* every node on its own instead of one of those that are alike */
};

enum hr_loss_kind { HR_LOSS_NODE, HR_LOSS_ZONE, HR_LOSS_POOL };

/* "node", "zone", "pool" */
const char *hr_loss_kind_name(enum hr_loss_kind kind);

/* One loss and what it does, against the baseline. */
struct hr_loss {
    enum hr_loss_kind kind;
    const char *pool, *zone; /* of a zone no pool, of a pool no zone: NULL; borrowed */
    char *node;              /* name of the node in replication 0; NULL: not of a single node */
    size_t nodes;            /* that are lost in replication 0 */
    size_t alike;            /* nodes of the pool and zone with pods of the same deployments that
                                it stands for, itself included; 0: not of a single node */
    size_t slos_missed;      /* of the SLOs, those that the loss makes missed or leaves missed */
    double requests_lost;    /* timed out, rejected or failed, more than in the baseline */
    double requests_late;    /* answered, but later than the latency SLO of their workload allows,
                                more than in the baseline; both: mean over replications */
    double recovery_s;       /* from the loss until every deployment has recovered; NaN: not within
                                the run */
    double *recoveries_s;    /* of each deployment, see hr_drill */
    struct hr_estimate *changes; /* of each SLO metric: value - baseline, paired */
    struct hr_result *result;
};

/* Owns everything; the worst loss comes first. */
struct hr_drill {
    struct hr_scenario *scenario;
    struct hr_result *baseline; /* nothing is lost */
    double at_s, loss_s;
    double offered_rps; /* of the baseline in the step of the time series that holds at_s */
    size_t n_losses;
    struct hr_loss *losses;
};

/*
 * Loads the scenario as hr_scenario_load, runs it as it is, and once more for every loss, all with
 * the same seed and warm-up. The peak is the step of the time series of replication 0 (after the
 * warm-up) in which the most requests arrive, of all workloads together; which nodes there are then
 * is taken from replication 0 too. What is lost is back after loss_s, or replaced earlier as the
 * pool has it.
 *
 * A deployment has recovered at the end of the last step of replication 0 in which it lacks more
 * ready pods than in the baseline, or in which the p99 latency of one of its workloads is both
 * above its latency_p99 SLO and above 1.2 times that of the baseline (or nothing completes), before
 * 300 s of steps without either; a run that ends before shows no recovery. 300 s is how long
 * Kubernetes leaves pods on a node that does not answer, so that a lull before they are moved is
 * not taken for recovery.
 *
 * Losses rank by SLOs missed, then by requests lost and late, then by recovery time.
 *
 * HR_OK: *out is the caller's, to be freed with hr_drill_free. HR_ERR_INTERRUPTED: as HR_OK with
 * the losses that were simulated (*out is NULL when there are none). HR_ERR_INPUT, HR_ERR_IO: see
 * diag.
 */
enum hr_status hr_drill(const char *path, const char *const *overrides, size_t n_overrides,
                        const struct hr_drill_options *drill, const struct hr_run_options *options,
                        struct hr_drill **out, struct hr_diag *diag);

void hr_drill_free(struct hr_drill *drill);

#endif
