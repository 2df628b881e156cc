/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold whatever an autoscaler does, over random small scenarios: replicas that it writes
 * are within its bounds, and written when it is due; every request has one outcome, as many as are
 * counted; no run depends on whether it is looked at.
 */
#include "hr_test.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"
#include "stats/rng.h"

#include <stdlib.h>
#include <string.h>

#define SCENARIOS    300
#define ORDINALS_MAX 100000

enum state { ABSENT, INSIDE, ENDED };

struct watch {
    const struct hr_autoscaler_spec *autoscaler;
    unsigned char *states; /* of requests, by ordinal */
    hr_time duration;
    uint64_t arrived;            /* before the end of the run: those with lower ordinals */
    uint64_t ended[HR_OUTCOMES]; /* of these */
    unsigned n_writes;
};

static bool is_due(const struct hr_autoscaler_spec *autoscaler, hr_time at)
{
    switch ((enum hr_autoscaler_type)autoscaler->type) {
    case HR_AUTOSCALER_HPA:
        return at % autoscaler->sync_period == 0;
    case HR_AUTOSCALER_KEDA:
        return at % autoscaler->sync_period == 0 || at % autoscaler->polling_interval == 0;
    case HR_AUTOSCALER_PREDICTIVE:
        return at % autoscaler->interval == 0;
    case HR_AUTOSCALER_KNATIVE: /* and at zero replicas when a request comes */
    case HR_AUTOSCALER_SCHEDULED:
        break;
    }
    return true;
}

static void see_write(struct watch *watch, const struct hr_event_record *record)
{
    const struct hr_autoscaler_spec *autoscaler = watch->autoscaler;
    long long from, to;
    assert_int_equal(sscanf(strstr(record->message, "from "), "from %lld to %lld", &from, &to), 2);
    watch->n_writes++;
    assert_true(is_due(autoscaler, record->time_ns));
    assert_true(to <= autoscaler->max_replicas);
    const bool rests = autoscaler->type == HR_AUTOSCALER_KEDA && autoscaler->idle_replicas >= 0;
    assert_true(to >= (rests ? autoscaler->idle_replicas : autoscaler->min_replicas));
    if (autoscaler->type == HR_AUTOSCALER_KNATIVE && record->time_ns % HR_NS_PER_S != 0)
        assert_int_equal(from, 0);
}

static void see_request(struct watch *watch, const struct hr_event_record *record)
{
    static const char *const outcomes[HR_OUTCOMES] = {
        [HR_COMPLETED] = "request_completed",
        [HR_TIMED_OUT] = "request_timed_out",
        [HR_REJECTED] = "request_rejected",
        [HR_FAILED] = "request_failed",
    };
    assert_true(record->request < ORDINALS_MAX);
    unsigned char *state = &watch->states[record->request];
    if (strcmp(record->kind, "request_arrived") == 0) {
        assert_int_equal(*state, ABSENT);
        *state = INSIDE;
        if (record->time_ns < watch->duration)
            watch->arrived++;
        return;
    }
    assert_int_equal(*state, INSIDE);
    for (size_t i = 0; i < HR_OUTCOMES; i++) {
        if (strcmp(record->kind, outcomes[i]) != 0)
            continue;
        *state = ENDED;
        watch->ended[i] += (uint64_t)record->request < watch->arrived;
    }
}

static void note(void *ctx, const struct hr_event_record *record)
{
    struct watch *watch = ctx;
    if (record->workload != NULL)
        see_request(watch, record);
    else if (strcmp(record->kind, "ScalingReplicaSet") == 0)
        see_write(watch, record);
}

static uint32_t pick(struct hr_rng *rng, uint32_t n)
{
    return hr_rng_below(rng, n);
}

static void write_metric(struct hr_str *text, struct hr_rng *rng)
{
    static const char *const metrics[] = {
        "type = \"cpu\"; target = \"50%\";",
        "type = \"memory\"; target = \"70%\";",
        "type = \"requests\"; target = \"5/s\";",
        "type = \"requests\"; target = \"5/s\"; source = \"object\";",
        "type = \"concurrency\"; target = 0.7;",
        "type = \"concurrency\"; target = 0.7; source = \"object\";",
        "type = \"queue_length\"; target = 2.0;",
        "type = \"queue_length\"; target = 2.0; source = \"object\";",
        "type = \"gpu_utilization\"; target = \"60%\";",
        "type = \"latency\"; target = \"150ms\";",
    };
    hr_str_addf(text, "{ %s scrape_interval = \"%us\"; window = \"%us\"; delay = \"%us\"; }",
                metrics[pick(rng, sizeof metrics / sizeof *metrics)], 1 + pick(rng, 20),
                1 + pick(rng, 60), pick(rng, 3) * pick(rng, 20));
}

static void write_hpa(struct hr_str *text, struct hr_rng *rng, bool keda)
{
    static const char *const behaviors[] = {
        "", "behavior = {};",
        ("behavior = { scale_up = { policies = ( { type = \"pods\"; value = 2; period = \"30s\"; } "
         "); }; scale_down = { stabilization_window = \"30s\"; }; };")
    };
    const uint32_t least = 1 + pick(rng, 3);
    hr_str_addf(text,
                "type = \"%s\"; min_replicas = %u; max_replicas = %u; sync_period = \"%us\"; ",
                keda ? "keda" : "hpa", keda && pick(rng, 2) ? 0 : least, least + pick(rng, 8),
                5 + pick(rng, 15));
    hr_str_addf(text, "downscale_stabilization = \"%us\"; %s ", pick(rng, 60),
                behaviors[pick(rng, 3)]);
    if (keda)
        hr_str_addf(text, "polling_interval = \"%us\"; cooldown_period = \"%us\"; ",
                    5 + pick(rng, 30), pick(rng, 60));
    hr_str_add(text, "metrics = ( ");
    if (keda)
        hr_str_add(text, "{ type = \"requests\"; target = \"5/s\"; }, ");
    write_metric(text, rng);
    if (pick(rng, 2)) {
        hr_str_add(text, ", ");
        write_metric(text, rng);
    }
    hr_str_add(text, " ); ");
}

static void write_autoscaler(struct hr_str *text, struct hr_rng *rng)
{
    hr_str_add(text, "autoscaler = { ");
    switch (pick(rng, 6)) {
    case 0:
        hr_str_addf(text,
                    "type = \"knative\"; max_replicas = %u; container_concurrency_target = %u; "
                    "target_burst_capacity = %u; stable_window = \"%us\"; "
                    "scale_to_zero_grace_period = \"%us\"; ",
                    1 + pick(rng, 8), 1 + pick(rng, 4), pick(rng, 2) * 200, 10 + pick(rng, 50),
                    pick(rng, 30));
        break;
    case 1:
        hr_str_addf(text,
                    "type = \"predictive\"; max_replicas = %u; target = \"7/s\"; interval = "
                    "\"10s\"; season = \"200s\"; predictor = \"%s\"; ",
                    1 + pick(rng, 8), pick(rng, 2) ? "holt_winters" : "seasonal_quantile");
        break;
    case 2:
    case 3:
        write_hpa(text, rng, true);
        break;
    default:
        write_hpa(text, rng, false);
    }
    hr_str_add(text, "}; ");
}

static void write_deployment(struct hr_str *text, struct hr_rng *rng)
{
    static const char *const routings[] = { "least_outstanding", "random", "round_robin",
                                            "power_of_two", "central_queue" };
    hr_str_addf(text, "{ name = \"d\"; model = \"m\"; replicas = %u; load_balancing = \"%s\"; ",
                1 + pick(rng, 3), routings[pick(rng, 5)]);
    hr_str_addf(text,
                "resources = { requests = { cpu = \"%s\"; memory = \"200Mi\"; }; limits = { cpu = "
                "\"%s\"; memory = \"%s\"; }; }; startup_time = \"%us\"; ",
                pick(rng, 2) ? "500m" : "250m", pick(rng, 2) ? "500m" : "2",
                pick(rng, 2) ? "230Mi" : "1Gi", pick(rng, 2) * pick(rng, 30));
    if (pick(rng, 3) == 0)
        hr_str_add(text, "readiness_probe = { period = \"3s\"; }; ");
    if (pick(rng, 4) == 0)
        hr_str_add(text, "failures = { mttf = \"200s\"; mttr = \"1s\"; }; ");
    write_autoscaler(text, rng);
    hr_str_add(text, "}");
}

static void write_scenario(struct hr_str *text, struct hr_rng *rng)
{
    hr_str_addf(text, "name = \"random\"; duration = \"%us\"; ", 200 + pick(rng, 600));
    hr_str_addf(text,
                "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean "
                "= \"100ms\"; }; concurrency = %u; %s %s cpu_idle = \"20m\"; cpu_per_slot = "
                "\"300m\"; memory = { base = \"150Mi\"; per_request = \"5Mi\"; leak_per_hour = "
                "\"%uMi\"; }; } ); ",
                1 + pick(rng, 3), pick(rng, 2) ? "queue_limit = 10;" : "",
                pick(rng, 3) == 0 ? "discipline = \"processor_sharing\"; cores = 1.5;" : "",
                pick(rng, 2) * 500);
    hr_str_add(text, "deployments = ( ");
    write_deployment(text, rng);
    hr_str_addf(text,
                " ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { process = "
                "\"piecewise\"; points = ( { at = \"0s\"; rate = \"%u/s\"; }, { at = \"60s\"; rate "
                "= \"%u/s\"; }, { at = \"200s\"; rate = \"%u/s\"; } ); }; ",
                pick(rng, 20), pick(rng, 60), pick(rng, 2) * pick(rng, 10) + 1);
    if (pick(rng, 2))
        hr_str_add(text, "timeout = \"2s\"; cancellation = \"all\"; ");
    if (pick(rng, 3) == 0)
        hr_str_add(text, "attempt_timeout = \"1s\"; retries = { max_attempts = 3; }; ");
    hr_str_add(text, "} );");
}

static unsigned check_run(const struct hr_spec *spec, const char *text)
{
    const struct hr_deployment_spec *deployment = spec->deployments.items;
    struct hr_replication watched, quiet;
    struct watch watch = {
        .autoscaler = deployment->autoscaler,
        .states = calloc(ORDINALS_MAX, 1),
        .duration = spec->duration,
    };
    struct hr_model_options options = { .seed = 1,
                                        .step = spec->duration,
                                        .event = note,
                                        .event_ctx = &watch,
                                        .event_requests = true,
                                        .scenario = text };
    hr_model_run(spec, &options, &watched);
    const struct hr_workload_metrics *metrics = &watched.workloads[0];
    uint64_t ended = 0;
    assert_int_equal(metrics->arrived, watch.arrived);
    for (size_t i = 0; i < HR_OUTCOMES; i++) {
        assert_int_equal(metrics->outcomes[i], watch.ended[i]);
        ended += watch.ended[i];
    }
    assert_int_equal(metrics->in_flight, watch.arrived - ended);
    options.event = NULL;
    options.event_requests = false;
    hr_model_run(spec, &options, &quiet);
    assert_true(quiet.fingerprint == watched.fingerprint);
    hr_replication_fini(&watched);
    hr_replication_fini(&quiet);
    free(watch.states);
    return watch.n_writes;
}

static void test_bounds_and_accounts(void **state)
{
    (void)state;
    unsigned n_scaled = 0;
    for (uint64_t i = 0; i < SCENARIOS; i++) {
        struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 7, .entity = i });
        struct hr_str text;
        struct hr_diag *diag = hr_diag_new();
        struct hr_scenario *scenario = NULL;
        hr_str_init(&text);
        write_scenario(&text, &rng);
        if (hr_scenario_load_text(text.text, text.length, "random", NULL, 0, &scenario, diag) !=
            HR_OK) {
            hr_diag_print(diag, stderr);
            fail_msg("%s", text.text);
        }
        n_scaled += check_run(hr_scenario_spec(scenario), text.text) > 0;
        hr_scenario_free(scenario);
        hr_diag_free(diag);
        hr_str_fini(&text);
    }
    assert_true(n_scaled > SCENARIOS / 2); /* it is no test of nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_and_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
