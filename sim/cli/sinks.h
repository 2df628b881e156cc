/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the events of a run go: a RESULT folder, the file of --events, both or neither. */
#ifndef CLI_SINKS_H
#define CLI_SINKS_H

#include <headroom/report.h>
#include <headroom/run.h>

struct hr_sinks {
    struct hr_event_log *folder; /* events.jsonl of a RESULT folder, without single requests */
    struct hr_event_log *file;   /* of --events, with them */
};

/* Opens what is asked for (NULL: not asked for) and enters it in `run`. The folder must exist. On
 * failure nothing is open. */
enum hr_status hr_sinks_open(struct hr_sinks *sinks, const char *folder, const char *file,
                             struct hr_run_options *run, struct hr_diag *diag);

/* Closes them and puts the files in place (commit true) or removes them. */
enum hr_status hr_sinks_close(struct hr_sinks *sinks, bool commit, struct hr_diag *diag);

#endif
