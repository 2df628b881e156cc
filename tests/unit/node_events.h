/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a scenario and lists what the cluster said, for timelines of node autoscalers. */
#ifndef TESTS_NODE_EVENTS_H
#define TESTS_NODE_EVENTS_H

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"

#include <string.h>

/* Machines of 4 cores and 16 GiB, of which the system keeps nothing, 90 s from the request until
 * they are ready. */
#define TYPES                                                                                      \
    "instance_types = ("                                                                           \
    "{ name = \"four\"; cpu = \"4\"; memory = \"16Gi\"; usd_per_hour = 0.2; },"                    \
    "{ name = \"eight\"; cpu = \"8\"; memory = \"16Gi\"; usd_per_hour = 0.36; },"                  \
    "{ name = \"two\"; cpu = \"2\"; memory = \"8Gi\"; usd_per_hour = 0.11;"                        \
    "  usd_per_hour_spot = 0.04; },"                                                               \
    "{ name = \"gpu\"; cpu = \"32\"; memory = \"64Gi\"; gpus = 4; usd_per_hour = 4.0; } );"

#define COMING                                                                                     \
    "reserved = { cpu = \"0\"; memory = \"0\"; }; provision_time = \"60s\"; boot_time = \"30s\";"  \
    "image_pull_bandwidth = \"100Mi\";"

#define NONE_LEFT "out_of_capacity = ( { probability = \"100%\"; lead_time = \"1h\"; } );"

#define POOL(name, instance, keys)                                                                 \
    "{ name = \"" name "\"; instance = \"" instance "\"; " COMING keys " }"

/* Pods of `cpu` cores and 1 GiB that pull an image of 1000 MiB in 10 s and start in 5 s. */
#define PODS(name, n, cpu, keys)                                                                   \
    "{ name = \"" name "\"; model = \"m\"; replicas = " n "; startup_time = \"5s\";"               \
    "image_size = \"1000Mi\"; resources = { requests = { cpu = \"" cpu "\"; memory = \"1Gi\"; };"  \
    "}; " keys " }"

struct plot {
    const char *duration, *autoscaler, *pools, *deployments, *events;
    const char *kinds; /* that are listed: " A B C " */
    const char *log;
};

struct node_events {
    const char *kinds;
    struct hr_str text;
    char last[512];
    unsigned n;
};

static void flush(struct node_events *events)
{
    if (events->n > 0)
        hr_str_add(&events->text, events->last);
    if (events->n > 1)
        hr_str_addf(&events->text, " x%u", events->n);
    if (events->n > 0)
        hr_str_add(&events->text, "\n");
    events->n = 0;
}

/* "10 TriggeredScaleUp [{a 1->2}] x6": seconds, reason, the node or what follows the first colon of
 * a message in brackets, and how many alike in a row. */
static void note(void *ctx, const struct hr_event_record *record)
{
    struct node_events *events = ctx;
    char kind[64], line[sizeof events->last];
    snprintf(kind, sizeof kind, " %s ", record->kind);
    if (strstr(events->kinds, kind) == NULL)
        return;
    const char *what = record->node == NULL ? "" : record->node;
    if (record->node == NULL && record->message != NULL && strchr(record->message, ':') != NULL)
        what = strchr(record->message, ':') + 2;
    snprintf(line, sizeof line, "%g %s%s%s", (double)record->time_ns / 1e9, record->kind,
             what[0] ? " " : "", what);
    if (strcmp(line, events->last) != 0 || events->n == 0)
        flush(events);
    strcpy(events->last, line);
    events->n++;
}

static inline void check(const struct plot *plot)
{
    struct node_events events = { .kinds = plot->kinds };
    struct hr_str text;
    hr_str_init(&events.text);
    hr_str_init(&text);
    hr_str_addf(&text,
                "name = \"plot\"; duration = \"%s\"; warmup = \"0s\"; " TYPES
                "node_autoscaler = { %s }; node_pools = ( %s ); models = ( { name = \"m\"; "
                "service_time = \"1ms\"; } ); deployments = ( %s ); events = ( %s ); workloads = "
                "( { name = \"w\"; deployment = \"d\"; arrivals = { process = \"deterministic\"; "
                "rate = \"1/h\"; }; } );",
                plot->duration, plot->autoscaler, plot->pools, plot->deployments, plot->events);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text.text, text.length, "plot", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_model_options options = {
        .seed = 1, .step = spec->duration, .event = note, .event_ctx = &events
    };
    struct hr_replication run;
    hr_model_run(spec, &options, &run);
    flush(&events);
    assert_string_equal(events.text.text == NULL ? "" : events.text.text, plot->log);
    hr_replication_fini(&run);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
    hr_str_fini(&text);
    hr_str_fini(&events.text);
}

#endif
