/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time available, and what becomes of requests by the number of ready replicas. */
#include "base/mem.h"
#include "run/crashes.h"
#include "run/summary.h"
#include "stats/dist.h"
#include "stats/interval.h"
#include "stats/uptime.h"

#include <math.h>

/* From so many outages a replication on, their number is normal enough for Student's t. */
#define OUTAGES_MANY 10u

/* From so many visits on, what a level showed includes its share of what happens on changes. */
#define VISITS_MIN 100u

static const struct hr_deployment_spec *spec_of(const struct hr_summary *summary, size_t d)
{
    return &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
}

/*
 * Mean length of an outage at most: the replica whose failure begins it is repaired at once, or,
 * when it has to wait for a crew, one that is under repair comes back after the rest of that, which
 * for a widely spread law is longer than the whole on average.
 */
static double outage_s(const struct hr_deployment_spec *spec)
{
    double scv, repair_s = 0;
    const double startup_s = hr_dist_spec_mean_s(spec->startup_time, NULL);
    if (spec->failures != NULL) {
        repair_s = hr_dist_spec_mean_s(spec->failures->mttr, &scv);
        if (spec->failures->crews < spec->replicas)
            repair_s *= fmax(1, (1 + scv) / 2);
    }
    return repair_s + startup_s;
}

static bool may_be_out(const struct hr_summary *summary, size_t d)
{
    const struct hr_deployment_spec *spec = spec_of(summary, d);
    const struct hr_model_spec *model =
        &((const struct hr_model_spec *)summary->spec->models.items)[spec->model];
    const struct hr_amounts *limits = spec->resources == NULL ? NULL : spec->resources->limits;
    const bool killed = model->memory != NULL && limits != NULL && limits->memory > 0;
    return spec->min_ready <= spec->replicas && (spec->failures != NULL || killed);
}

struct hr_estimate hr_summary_uptime(const struct hr_summary *summary, size_t d)
{
    struct hr_uptime seen = { .outage_s = outage_s(spec_of(summary, d)), .n = summary->n };
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = hr_summary_deployment(summary, r, d)[HR_LEVEL_AVAILABLE] /
                        hr_summary_time_ns(summary, r);
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_deployment_metrics *metrics = &summary->replications[r].deployments[d];
        const double window_ns = (double)summary->replications[r].window;
        const double up_ns = (double)metrics->areas[HR_LEVEL_AVAILABLE].total;
        seen.up_s += up_ns * 1e-9;
        seen.down_s += (window_ns - up_ns) * 1e-9;
        seen.down_s2 += metrics->ready.outages_s2;
        seen.outages += metrics->ready.outages;
    }
    const struct hr_estimate mean = hr_estimate_within_1(hr_summary_mean(summary));
    const bool many = summary->n > 1 && seen.outages >= OUTAGES_MANY * (uint64_t)summary->n;
    if (many || !may_be_out(summary, d))
        return mean;
    struct hr_estimate e = hr_estimate_uptime(&seen);
    e.value = mean.value;
    return e;
}

/* Times that the level was seen, and for how long. */
struct seen {
    uint64_t visits;
    double time_s;
};

static struct seen seen_at(const struct hr_summary *summary, size_t d, unsigned ready)
{
    struct seen seen = { 0, 0 };
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_ready_level *level =
            &summary->replications[r].deployments[d].ready.levels[ready];
        seen.visits += level->visits;
        seen.time_s += hr_time_to_s(level->time);
    }
    return seen;
}

/* Share of the requests that find so many replicas ready that is answered. `held`: leave out those
 * lost with replicas that fail. */
static void estimate_answered(const struct hr_summary *summary, size_t w, bool held,
                              struct hr_ready_share *share)
{
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_ready_requests *requests =
            &summary->replications[r].workloads[w].by_ready[share->ready];
        const uint64_t lost = requests->unanswered - (held ? requests->failed : 0);
        summary->x[r] = (double)(requests->arrived - lost);
        summary->y[r] = (double)requests->arrived;
        share->arrivals_per_s += summary->y[r];
    }
    const struct hr_summary whole = hr_summary_unsliced(summary);
    share->answered = hr_summary_share(&whole, "no request arrived");
}

void hr_summarize_ready(const struct hr_summary *summary, size_t w)
{
    struct hr_workload_result *out = &summary->result->workloads[w];
    const struct hr_workload_spec *workload =
        &((const struct hr_workload_spec *)summary->spec->workloads.items)[w];
    const size_t d = (size_t)workload->deployment;
    const struct hr_deployment_spec *spec = spec_of(summary, d);
    if (spec->failures == NULL)
        return;
    const unsigned n_levels = summary->replications[0].deployments[d].ready.n_levels;
    out->by_ready = HR_NEW_ARRAY(struct hr_ready_share, n_levels);
    for (unsigned ready = n_levels; ready-- > 0;) {
        const struct seen seen = seen_at(summary, d, ready);
        const bool held = seen.visits < VISITS_MIN;
        if (held && seen.time_s < 0.5 * hr_summary_time_s(summary, 0) * summary->n)
            continue;
        struct hr_ready_share *share = &out->by_ready[out->n_by_ready++];
        *share = (struct hr_ready_share){ .ready = ready,
                                          .time_share = (double)NAN,
                                          .source = held ? "held" : "run" };
        estimate_answered(summary, w, held, share);
        share->arrivals_per_s /= seen.time_s;
        const struct hr_crashes crashes = { summary->spec, summary->replications, summary->n, d,
                                            spec->failures };
        if (held)
            hr_add_crashes(&share->answered, workload, hr_crash_share(&crashes));
    }
}
