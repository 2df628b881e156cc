/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cluster with one deployment d (of model m, 100 ms a request one by one, and 20 s of start-up,
 * unless it says otherwise; slow takes 4 s, ten at once), told in a few words, and the journal of
 * what befell it. Leases are renewed each millisecond unless it says otherwise, so that the last
 * renewal before a death at a multiple of 5 s is seen to be 40 s old exactly 40 s later.
 */
#ifndef TESTS_CLUSTER_PLOT_H
#define TESTS_CLUSTER_PLOT_H

#include "temp_folder.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"

#include <string.h>

struct plot {
    const char *duration, *rate, *cluster, *pools, *deployment, *events;
    const char *kinds; /* that are looked at, each in spaces */
    const char *log;   /* "140 NodeNotReady p-0": seconds, kind, pod or else node */
};

struct journal {
    const char *kinds;
    struct hr_str text;
};

static inline void note(void *ctx, const struct hr_event_record *record)
{
    struct journal *journal = ctx;
    char kind[64];
    snprintf(kind, sizeof kind, " %s ", record->kind);
    if (strstr(journal->kinds, kind) == NULL)
        return;
    const char *what = record->pod != NULL ? record->pod : record->node;
    hr_str_addf(&journal->text, "%g %s %s\n", (double)record->time_ns / 1e9, record->kind,
                what == NULL ? "-" : what);
}

/* A scenario, `text`, and those of its events that are looked at. */
static inline void run_text(const struct hr_str *text, const char *kinds,
                            struct hr_replication *run, struct hr_str *log)
{
    struct journal journal = { .kinds = kinds };
    hr_str_init(&journal.text);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load(temp_write("plot.cfg", text->text, text->length), NULL, 0, &scenario,
                         diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_model_options options = {
        .seed = 1, .step = spec->duration, .event = note, .event_ctx = &journal
    };
    hr_model_run(spec, &options, run);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
    *log = journal.text;
}

/* The plot, and more keys of the scenario itself. */
static inline void run_with(const struct plot *plot, const char *more, struct hr_replication *run,
                            struct hr_str *log)
{
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(
        &text,
        "name = \"plot\"; duration = \"%s\"; warmup = \"0s\"; models = ( { name = \"m\"; "
        "service_time = \"100ms\"; }, { name = \"slow\"; service_time = \"4s\"; "
        "concurrency = 10; } ); instance_types = ( { name = \"t\"; cpu = \"4\"; "
        "memory = \"16Gi\"; usd_per_hour = 1.0; usd_per_hour_spot = 0.5; }, { name = "
        "\"g\"; cpu = \"8\"; memory = \"16Gi\"; gpus = 2; usd_per_hour = 2.0; } ); "
        "cluster = { %s%s }; node_pools = ( %s ); "
        "deployments = ( { name = \"d\"; %s %s %s } ); "
        "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { process = "
        "\"deterministic\"; rate = \"%s\"; }; timeout = \"5s\"; } ); events = ( %s ); %s",
        plot->duration, strstr(plot->cluster, "lease") ? "" : "lease_renew_interval = \"1ms\";",
        plot->cluster, plot->pools, strstr(plot->deployment, "model =") ? "" : "model = \"m\";",
        strstr(plot->deployment, "startup_time") ? "" : "startup_time = \"20s\";", plot->deployment,
        plot->rate, plot->events, more);
    run_text(&text, plot->kinds, run, log);
    hr_str_fini(&text);
}

static inline void run(const struct plot *plot, struct hr_replication *run, struct hr_str *log)
{
    run_with(plot, "", run, log);
}

static inline void check(const struct plot *plot)
{
    struct hr_replication out;
    struct hr_str log;
    run(plot, &out, &log);
    assert_string_equal(log.text, plot->log);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* The log with lines of one time and kind that follow one another made one, "100 Ready 3". */
static inline void count_lines(const struct hr_str *log, struct hr_str *counts)
{
    hr_str_init(counts);
    for (const char *at = log->text; at != NULL && *at != '\0';) {
        const size_t length = (size_t)(strchr(strchr(at, ' ') + 1, ' ') + 1 - at);
        const char *line = at;
        int n = 0;
        for (; at != NULL && strncmp(at, line, length) == 0; n++) {
            at = strchr(at, '\n');
            at = at == NULL ? NULL : at + 1;
        }
        hr_str_addf(counts, "%.*s%d\n", (int)length, line, n);
    }
}

/* As check, of pods that it does not matter which they are. */
static inline void check_counts(const struct plot *plot)
{
    struct hr_replication out;
    struct hr_str log, counts;
    run(plot, &out, &log);
    count_lines(&log, &counts);
    assert_string_equal(counts.text, plot->log);
    hr_replication_fini(&out);
    hr_str_fini(&log);
    hr_str_fini(&counts);
}

#endif
