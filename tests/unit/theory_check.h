/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios for the tests of theory: an M/M/1, and the keys that make something else of it. */
#ifndef TESTS_THEORY_CHECK_H
#define TESTS_THEORY_CHECK_H

#include "study/theory.h"

#include <string.h>

static const char plain[] =
    "name = \"t\"; duration = \"20000s\"; warmup = \"500s\"; replications = 10;"
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; }; "
    "} );"
    "deployments = ( { name = \"d\"; model = \"m\"; load_balancing = \"random\"; } );"
    "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { rate = \"0.8/s\"; }; } );";

#define SETS_MAX 5

/* The plain M/M/1 with these keys set. */
static inline struct hr_scenario *scenario_new(const char *const *sets)
{
    struct hr_scenario *scenario = NULL;
    struct hr_diag *diag = hr_diag_new();
    size_t n = 0;
    while (n < SETS_MAX && sets[n] != NULL)
        n++;
    if (hr_scenario_load_text(plain, strlen(plain), "t.cfg", sets, n, &scenario, diag) != HR_OK)
        hr_diag_print(diag, stderr);
    assert_non_null(scenario);
    hr_diag_free(diag);
    return scenario;
}

static inline const struct hr_theory_number *number_of(const struct hr_theory_model *model,
                                                       const char *metric)
{
    for (size_t i = 0; i < model->n_numbers; i++)
        if (strcmp(model->numbers[i].metric, metric) == 0)
            return &model->numbers[i];
    return NULL;
}

#define LOGNORMAL "models.m.service_time={ distribution = \"lognormal\"; mean = \"1s\"; cv = 0.6; }"
#define CONSTANT  "models.m.service_time=\"1s\""
#define CENTRAL   "deployments.d.load_balancing=\"central_queue\""
#define TURNS     "deployments.d.load_balancing=\"round_robin\""
#define SHARING   "models.m.discipline=\"processor_sharing\""
#define REPLICAS  "deployments.d.replicas="
#define ARRIVALS  "workloads.w.arrivals="
#define TIMEOUT   "workloads.w.timeout="
#define RATE      "workloads.w.arrivals[0].rate="
#define BURSTS                                                                                     \
    ARRIVALS "{ process = \"mmpp\"; states = ( { rate = \"0.3/s\"; duration = \"20s\"; }, "        \
             "{ rate = \"1.5/s\"; duration = \"10s\"; } ); }"
#define LOOP                                                                                       \
    ARRIVALS "{ process = \"closed\"; clients = 20; think_time = { distribution = "                \
             "\"exponential\"; mean = \"5s\"; }; }"
#define PATIENCE TIMEOUT "{ distribution = \"exponential\"; mean = \"3s\"; }"
#define FAILURES "deployments.d.failures="

#endif
