/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of a run, handed to up to two logs. */
#include "cli/sinks.h"

#include "base/file.h"

#include <stdlib.h>

static void write_event(void *ctx, const struct hr_event_record *record)
{
    const struct hr_sinks *sinks = ctx;
    if (sinks->file)
        hr_event_log_write(sinks->file, record);
    const bool of_request = record->request >= 0;
    if (sinks->folder && !of_request)
        hr_event_log_write(sinks->folder, record);
}

enum hr_status hr_sinks_open(struct hr_sinks *sinks, const char *folder, const char *file,
                             struct hr_run_options *run, struct hr_diag *diag)
{
    *sinks = (struct hr_sinks){ NULL, NULL };
    enum hr_status status = HR_OK;
    if (folder) {
        char *path = hr_file_join(folder, "events.jsonl");
        status = hr_event_log_open(path, &sinks->folder, diag);
        free(path);
    }
    if (file && status == HR_OK)
        status = hr_event_log_open(file, &sinks->file, diag);
    if (status != HR_OK) {
        hr_sinks_close(sinks, false, diag);
        return status;
    }
    if (folder || file) {
        run->event = write_event;
        run->event_ctx = sinks;
        run->event_requests = file != NULL;
    }
    return HR_OK;
}

enum hr_status hr_sinks_close(struct hr_sinks *sinks, bool commit, struct hr_diag *diag)
{
    enum hr_status status = HR_OK;
    if (sinks->folder)
        status = hr_event_log_close(sinks->folder, commit, diag);
    if (sinks->file) {
        const enum hr_status of_file = hr_event_log_close(sinks->file, commit, diag);
        status = status != HR_OK ? status : of_file;
    }
    *sinks = (struct hr_sinks){ NULL, NULL };
    return status;
}
