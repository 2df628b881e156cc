/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event log: JSON Lines, one event a line; what does not apply to an event is left out. */
#include <headroom/report.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"

#include <stdlib.h>

struct hr_event_log {
    struct hr_file file;
};

enum hr_status hr_event_log_open(const char *path, struct hr_event_log **out, struct hr_diag *diag)
{
    struct hr_event_log *log = HR_NEW(struct hr_event_log);
    const enum hr_status status = hr_file_open(&log->file, path, diag);
    *out = NULL;
    if (status == HR_OK)
        *out = log;
    else
        free(log);
    return status;
}

static void write_text(struct hr_json *json, const char *key, const char *text)
{
    if (!text)
        return;
    hr_json_key(json, key);
    hr_json_string(json, text);
}

static void write_int(struct hr_json *json, const char *key, int64_t value)
{
    if (value < 0)
        return;
    hr_json_key(json, key);
    hr_json_int(json, value);
}

void hr_event_log_write(void *log, const struct hr_event_record *record)
{
    FILE *out = ((struct hr_event_log *)log)->file.out;
    struct hr_json json;
    hr_json_init(&json, out, false);
    hr_json_object(&json);
    hr_json_key(&json, "t_s");
    hr_json_double(&json, (double)record->time_ns / 1e9);
    hr_json_key(&json, "time_ns");
    hr_json_int(&json, record->time_ns);
    write_text(&json, "kind", record->kind);
    write_text(&json, "workload", record->workload);
    write_text(&json, "deployment", record->deployment);
    write_int(&json, "replica", record->replica);
    write_int(&json, "request", record->request);
    write_int(&json, "attempt", record->attempt);
    write_int(&json, "latency_ns", record->latency_ns);
    write_text(&json, "pod", record->pod);
    write_text(&json, "node", record->node);
    write_text(&json, "message", record->message);
    hr_json_object_end(&json);
    fputc('\n', out);
}

enum hr_status hr_event_log_close(struct hr_event_log *log, bool commit, struct hr_diag *diag)
{
    const enum hr_status status = hr_file_close(&log->file, commit, diag);
    free(log);
    return status;
}
