/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold in every run, over random small scenarios that mix all features: the integral of
 * the number in system equals the summed stays clipped to the window, to the nanosecond; requests
 * are accounted for exactly; latency parts sum to latencies; levels return to what is really there.
 */
#include "hr_test.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"
#include "stats/rng.h"

#include <stdlib.h>
#include <string.h>

#define SCENARIOS 400

/* What the event log tells, added up apart from the model's own bookkeeping. */
struct ledger {
    hr_time from, to;
    hr_time *arrived; /* by workload * ordinals_max + ordinal; -1: not inside */
    uint64_t counts[2]
                   [5]; /* by workload: arrived and the four outcomes, of requests of the window */
    uint64_t retried[2];
    hr_uint128 stays_ns[2];
};

#define ORDINALS_MAX 200000

static hr_uint128 clipped(const struct ledger *ledger, hr_time from, hr_time to)
{
    from = from < ledger->from ? ledger->from : from;
    to = to > ledger->to ? ledger->to : to;
    return to > from ? (hr_uint128)(to - from) : 0;
}

static bool counts(const struct ledger *ledger, hr_time arrived)
{
    return arrived >= ledger->from && arrived < ledger->to;
}

static void note(void *ctx, const struct hr_event_record *record)
{
    struct ledger *ledger = ctx;
    static const char *const outcomes[] = { "request_arrived", "request_completed",
                                            "request_timed_out", "request_rejected",
                                            "request_failed" };
    if (record->workload == NULL)
        return;
    const size_t w = (size_t)(record->workload[1] - '0');
    assert_true(record->request < ORDINALS_MAX);
    hr_time *arrived = &ledger->arrived[w * ORDINALS_MAX + (size_t)record->request];
    for (size_t i = 0; i < 5; i++) {
        if (strcmp(record->kind, outcomes[i]) != 0)
            continue;
        if (i == 0)
            *arrived = record->time_ns;
        ledger->counts[w][i] += counts(ledger, *arrived);
        if (i > 0) {
            ledger->stays_ns[w] += clipped(ledger, *arrived, record->time_ns);
            *arrived = -1;
        }
        return;
    }
    assert_string_equal(record->kind, "request_retried");
    ledger->retried[w] += counts(ledger, *arrived);
}

static uint32_t pick(struct hr_rng *rng, uint32_t n)
{
    return hr_rng_below(rng, n);
}

static const char *one_of(struct hr_rng *rng, const char *const *choices, uint32_t n)
{
    return choices[pick(rng, n)];
}

static void write_model(struct hr_str *text, struct hr_rng *rng, int m)
{
    static const char *const laws[] = {
        "\"10ms\"", "{ distribution = \"exponential\"; mean = \"10ms\"; }",
        "{ distribution = \"lognormal\"; mean = \"10ms\"; cv = 1.5; }",
        "{ distribution = \"uniform\"; min = \"0s\"; max = \"20ms\"; }"
    };
    hr_str_addf(text, "{ name = \"m%d\"; service_time = %s; ", m, one_of(rng, laws, 4));
    hr_str_addf(text, "concurrency = %u; ", 1 + pick(rng, 4));
    if (pick(rng, 2))
        hr_str_addf(text, "queue_limit = %u; ", pick(rng, 10));
    if (pick(rng, 3) == 0)
        hr_str_add(text, "discipline = \"processor_sharing\"; cores = 1.5; ");
    if (pick(rng, 3) == 0)
        hr_str_add(text, "cpu_idle = \"50m\"; cpu_per_slot = \"400m\"; ");
    if (pick(rng, 3) == 0)
        hr_str_add(
            text,
            "memory = { base = \"100Mi\"; per_request = \"10Mi\"; leak_per_hour = \"20Gi\"; }; ");
    hr_str_add(text, "}");
}

static void write_deployment(struct hr_str *text, struct hr_rng *rng, int d)
{
    static const char *const routings[] = { "least_outstanding", "random", "round_robin",
                                            "power_of_two", "central_queue" };
    hr_str_addf(text,
                "{ name = \"d%d\"; model = \"m%u\"; replicas = %u; load_balancing = \"%s\"; "
                "usd_per_hour = 1.0; ",
                d, pick(rng, 2), 1 + pick(rng, 5), one_of(rng, routings, 5));
    hr_str_add(text, "resources = { limits = { cpu = \"500m\"; memory = \"160Mi\"; }; }; ");
    if (pick(rng, 2))
        hr_str_addf(text, "failures = { mttf = \"%us\"; mttr = \"%ums\"; crews = %u; }; ",
                    1 + pick(rng, 5), 50 + pick(rng, 2000), 1 + pick(rng, 3));
    if (pick(rng, 2))
        hr_str_addf(text, "startup_time = \"%ums\"; ", pick(rng, 800));
    hr_str_add(text, "}");
}

static void write_workload(struct hr_str *text, struct hr_rng *rng, int w)
{
    static const char *const cancellations[] = { "none", "queued", "all" };
    static const char *const timeouts[] = {
        "\"60ms\"", "{ distribution = \"exponential\"; mean = \"80ms\"; }"
    };
    hr_str_addf(text, "{ name = \"w%d\"; deployment = \"d%u\"; cancellation = \"%s\"; ", w,
                pick(rng, 2), one_of(rng, cancellations, 3));
    if (pick(rng, 4) == 0)
        hr_str_addf(text,
                    "arrivals = { process = \"closed\"; clients = %u; think_time = { distribution "
                    "= \"exponential\"; "
                    "mean = \"40ms\"; }; }; ",
                    1 + pick(rng, 12));
    else
        hr_str_addf(text,
                    "arrivals = ( { rate = \"%u/s\"; }, { process = \"gamma\"; rate = \"%u/s\"; cv "
                    "= 2.0; } ); ",
                    10 + pick(rng, 150), 10 + pick(rng, 150));
    if (pick(rng, 2))
        hr_str_addf(text, "timeout = %s; ", one_of(rng, timeouts, 2));
    if (pick(rng, 2))
        hr_str_add(text, "attempt_timeout = \"25ms\"; ");
    if (pick(rng, 2))
        hr_str_addf(text,
                    "retries = { max_attempts = %u; backoff = \"%ums\"; jitter = \"50%%\"; }; ",
                    2 + pick(rng, 3), pick(rng, 10));
    if (pick(rng, 3) == 0)
        hr_str_add(text, "network_latency = { distribution = \"exponential\"; mean = \"3ms\"; }; ");
    hr_str_add(text, "}");
}

static struct hr_scenario *random_scenario(uint64_t seed, struct hr_rng *rng)
{
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text,
                "name = \"random\"; duration = \"%us\"; warmup = \"2s\"; seed = %u; models = (",
                5 + pick(rng, 20), (unsigned)seed);
    write_model(&text, rng, 0);
    hr_str_add(&text, ", ");
    write_model(&text, rng, 1);
    hr_str_add(&text, "); deployments = (");
    write_deployment(&text, rng, 0);
    hr_str_add(&text, ", ");
    write_deployment(&text, rng, 1);
    hr_str_add(&text, "); workloads = (");
    write_workload(&text, rng, 0);
    hr_str_add(&text, ", ");
    write_workload(&text, rng, 1);
    hr_str_add(&text, ");");
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text.text, text.length, "random", NULL, 0, &scenario, diag) !=
        HR_OK) {
        hr_diag_print(diag, stderr);
        print_error("%s\n", text.text);
        fail();
    }
    hr_diag_free(diag);
    hr_str_fini(&text);
    return scenario;
}

static void check_workload(const struct hr_replication *run, const struct ledger *ledger, size_t w)
{
    const struct hr_workload_metrics *metrics = &run->workloads[w];
    hr_uint128 inside = ledger->stays_ns[w];
    uint64_t in_flight = 0;
    for (size_t i = 0; i < ORDINALS_MAX; i++) {
        const hr_time arrived = ledger->arrived[w * ORDINALS_MAX + i];
        if (arrived >= 0) {
            inside += clipped(ledger, arrived, HR_TIME_NEVER);
            in_flight += counts(ledger, arrived);
        }
    }
    assert_true(metrics->inside_area.total == inside);
    assert_int_equal(metrics->arrived, ledger->counts[w][0]);
    for (size_t outcome = 0; outcome < HR_OUTCOMES; outcome++)
        assert_int_equal(metrics->outcomes[outcome], ledger->counts[w][outcome + 1]);
    assert_int_equal(metrics->in_flight, in_flight);
    assert_int_equal(metrics->attempts, ledger->counts[w][0] + ledger->retried[w]);
    assert_int_equal(metrics->arrived, metrics->outcomes[0] + metrics->outcomes[1] +
                                           metrics->outcomes[2] + metrics->outcomes[3] +
                                           metrics->in_flight);
    const struct hr_parts_row parts = hr_parts_total(&metrics->parts, 0);
    hr_uint128 sum = 0;
    for (int part = 0; part < HR_PARTS; part++)
        sum += parts.sum_ns[part];
    assert_true(sum == metrics->latency.sum);
    assert_int_equal(parts.n, metrics->latency.n);
    assert_true(parts.sum_ns[HR_PART_QUEUE] + parts.sum_ns[HR_PART_COLD_START] ==
                metrics->wait.sum);
}

static void check_deployment(const struct hr_spec *spec, const struct hr_replication *run, size_t d)
{
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)spec->deployments.items)[d];
    const struct hr_deployment_metrics *metrics = &run->deployments[d];
    const hr_uint128 window = (hr_uint128)run->window;
    assert_true(metrics->areas[HR_LEVEL_READY].total <= metrics->areas[HR_LEVEL_BILLED].total);
    assert_true(metrics->areas[HR_LEVEL_BILLED].total == window * (uint64_t)deployment->replicas);
    assert_true(metrics->areas[HR_LEVEL_AVAILABLE].total <= window);
    assert_true(metrics->areas[HR_LEVEL_THROTTLED].total <= metrics->areas[HR_LEVEL_READY].total);
    assert_true(metrics->levels[HR_LEVEL_READY].n <= (uint64_t)deployment->replicas);
    assert_true((double)metrics->areas[HR_LEVEL_BUSY].total <=
                (double)metrics->areas[HR_LEVEL_READY].total * 4); /* concurrency is at most 4 */
    assert_true(metrics->ready_min <= metrics->ready_max);
}

/* What happened over all scenarios: a feature that never came up would have proved nothing. */
struct seen {
    uint64_t outcomes[HR_OUTCOMES], retried, in_flight, failures, memory_kills, throttled, cold,
        network;
};

static void add_up(struct seen *seen, const struct hr_replication *run, const struct ledger *ledger)
{
    for (size_t w = 0; w < 2; w++) {
        const struct hr_parts_row parts = hr_parts_total(&run->workloads[w].parts, 0);
        for (size_t outcome = 0; outcome < HR_OUTCOMES; outcome++)
            seen->outcomes[outcome] += run->workloads[w].outcomes[outcome];
        seen->retried += ledger->retried[w];
        seen->in_flight += run->workloads[w].in_flight;
        seen->cold += parts.sum_ns[HR_PART_COLD_START] > 0;
        seen->network += parts.sum_ns[HR_PART_NETWORK] > 0;
    }
    for (size_t d = 0; d < 2; d++) {
        seen->failures += run->deployments[d].failures;
        seen->memory_kills += run->deployments[d].memory_kills;
        seen->throttled += run->deployments[d].areas[HR_LEVEL_THROTTLED].total > 0;
    }
}

static void check_scenario(uint64_t seed, struct ledger *ledger, struct seen *seen)
{
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_GAP });
    struct hr_scenario *scenario = random_scenario(seed, &rng);
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    hr_time *arrived = ledger->arrived;
    *ledger = (struct ledger){ .from = spec->warmup, .to = spec->duration, .arrived = arrived };
    memset(arrived, -1, 2 * ORDINALS_MAX * sizeof *arrived);
    const struct hr_model_options options = {
        .seed = seed,
        .warmup = spec->warmup,
        .step = HR_NS_PER_S,
        .series = seed % 2 == 0,
        .event = note,
        .event_ctx = ledger,
        .event_requests = true,
    };
    struct hr_replication run;
    hr_model_run(spec, &options, &run);
    assert_int_equal(run.status, HR_OK);
    for (size_t w = 0; w < 2; w++)
        check_workload(&run, ledger, w);
    for (size_t d = 0; d < 2; d++)
        check_deployment(spec, &run, d);
    add_up(seen, &run, ledger);
    hr_replication_fini(&run);
    hr_scenario_free(scenario);
}

static void test_invariants_hold(void **state)
{
    (void)state;
    struct seen seen = { 0 };
    struct ledger ledger = { .arrived = malloc(2 * ORDINALS_MAX * sizeof(hr_time)) };
    for (uint64_t seed = 1; seed <= SCENARIOS; seed++)
        check_scenario(seed, &ledger, &seen);
    free(ledger.arrived);
    for (size_t outcome = 0; outcome < HR_OUTCOMES; outcome++)
        assert_true(seen.outcomes[outcome] > 1000);
    assert_true(seen.retried > 1000 && seen.in_flight > 0);
    assert_true(seen.failures > 100 && seen.memory_kills > 100);
    assert_true(seen.throttled > 10 && seen.cold > 10 && seen.network > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_invariants_hold) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
