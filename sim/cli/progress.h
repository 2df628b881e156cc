/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar on standard error; only a terminal gets one. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

struct hr_progress {
    const char *label; /* borrowed */
    bool shown;
    int percent; /* drawn last; -1: nothing yet */
};

void hr_progress_init(struct hr_progress *progress, const char *label, bool quiet);

/* For hr_run_options.progress; `progress` is a struct hr_progress, share 0..1. */
void hr_progress_show(void *progress, double share);

/* Takes the bar away. */
void hr_progress_fini(struct hr_progress *progress);

#endif
