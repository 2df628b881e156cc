/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress bar. It is drawn once a percent, so that it costs nothing. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30

void hr_progress_init(struct hr_progress *progress, const char *label, bool quiet)
{
    *progress = (struct hr_progress){
        .label = label,
        .shown = !quiet && isatty(STDERR_FILENO),
        .percent = -1,
    };
}

void hr_progress_show(void *ctx, double share)
{
    struct hr_progress *progress = ctx;
    const int percent = (int)(share * 100.0);
    if (!progress->shown || percent == progress->percent)
        return;
    progress->percent = percent;
    const int filled = percent * BAR_WIDTH / 100;
    static const char full[] = "##############################";
    static const char empty[] = "..............................";
    fprintf(stderr, "\r%.24s [%.*s%.*s] %3d%%", progress->label, filled, full, BAR_WIDTH - filled,
            empty, percent);
    fflush(stderr);
}

void hr_progress_fini(struct hr_progress *progress)
{
    if (progress->percent >= 0)
        fputs("\r\033[K", stderr);
}
