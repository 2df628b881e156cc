/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimates of a job. */
#include "base/mem.h"
#include "base/minmax.h"
#include "run/summary.h"

#include <math.h>

void hr_summarize_job(const struct hr_summary *summary, size_t j)
{
    struct hr_job_result *out = &summary->result->jobs[j];
    hr_time longest = 0;
    out->name = hr_strdup(((const struct hr_job_spec *)summary->spec->jobs.items)[j].name);
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_job_metrics *metrics = &summary->replications[r].jobs[j];
        out->begun += metrics->begun;
        out->completed += metrics->completed;
        out->failed += metrics->failed;
        out->missed += metrics->missed;
        out->replaced += metrics->replaced;
        out->left_out += metrics->left_out;
        longest = hr_max(longest, metrics->turnaround_ns_max);
        summary->x[r] = (double)metrics->turnaround_ns / 1e9;
        summary->y[r] = (double)metrics->completed;
    }
    out->turnaround_s_mean = hr_summary_ratio(summary, "no run was completed in the window");
    out->turnaround_s_max = out->completed > 0 ? hr_time_to_s(longest) : (double)NAN;
}
