/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run loop is compiled for sets of features, and a run takes the first that covers it:
 * whichever it takes, not a bit of what comes out may differ. The request log asks for a loop with
 * everything; a second deployment, to which no request comes, for one that knows of several.
 */
#include "hr_test.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"
#include "stats/rng.h"

#include <string.h>

#define SCENARIOS 200

/* One each, or not at all, so that every set of features comes up. */
static const char *const models[] = { "queue_limit = 3; ",
                                      "discipline = \"processor_sharing\"; cores = 1.5; ",
                                      "memory = { base = \"100Mi\"; per_request = \"10Mi\"; }; " };
static const char *const deployments[] = {
    "failures = { mttf = \"2s\"; mttr = \"300ms\"; }; startup_time = \"100ms\"; ",
    "resources = { limits = { memory = \"125Mi\"; }; }; ",
    "autoscaler = { type = \"hpa\"; max_replicas = 6; metrics = { type = \"concurrency\"; target = "
    "1; }; }; "
};
static const char *const workloads[] = { "timeout = \"60ms\"; ", "attempt_timeout = \"25ms\"; ",
                                         "retries = { max_attempts = 3; backoff = \"5ms\"; }; ",
                                         "network_latency = \"3ms\"; " };
static const char *const routings[] = { "least_outstanding", "random", "round_robin",
                                        "power_of_two", "central_queue" };

#define N(list) (sizeof(list) / sizeof(list)[0])

static void add_some(struct hr_str *text, struct hr_rng *rng, const char *const *list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (hr_rng_below(rng, 4) == 0)
            hr_str_add(text, list[i]);
    }
}

static void write_scenario(struct hr_str *text, uint64_t seed, bool several)
{
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_GAP });
    hr_str_addf(
        text,
        "name = \"loops\"; duration = \"20s\"; warmup = \"2s\"; models = ( { name = \"m\"; "
        "service_time = { distribution = \"exponential\"; mean = \"10ms\"; }; concurrency = %u; ",
        1 + hr_rng_below(&rng, 3));
    add_some(text, &rng, models, N(models));
    const char *routing = routings[hr_rng_below(&rng, N(routings))];
    hr_str_addf(text,
                "} ); deployments = ( { name = \"d\"; model = \"m\"; replicas = %u; "
                "load_balancing = \"%s\"; ",
                1 + hr_rng_below(&rng, 4), routing);
    add_some(text, &rng, deployments, N(deployments));
    hr_str_addf(text,
                "}%s ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { rate = "
                "\"%u/s\"; }; ",
                several ? ", { name = \"e\"; model = \"m\"; }" : "", 50 + hr_rng_below(&rng, 300));
    add_some(text, &rng, workloads, N(workloads));
    hr_str_addf(text, "}%s );",
                several ? ", { name = \"v\"; deployment = \"e\"; arrivals = { process "
                          "= \"deterministic\"; rate = \"1/h\"; }; }"
                        : "");
}

static void ignore(void *ctx, const struct hr_event_record *record)
{
    (void)record;
    ++*(uint64_t *)ctx;
}

static void run(uint64_t seed, bool several, bool logged, struct hr_replication *out)
{
    struct hr_str text;
    hr_str_init(&text);
    write_scenario(&text, seed, several);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text.text, text.length, "loops", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail_msg("%s", text.text);
    }
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    uint64_t records = 0;
    const struct hr_model_options options = {
        .seed = seed,
        .warmup = spec->warmup,
        .step = HR_NS_PER_S,
        .event = logged ? ignore : NULL,
        .event_ctx = &records,
        .event_requests = logged,
    };
    hr_model_run(spec, &options, out);
    assert_int_equal(out->status, HR_OK);
    assert_true((records > 0) == logged);
    hr_diag_free(diag);
    hr_scenario_free(scenario);
    hr_str_fini(&text);
}

static void check_same(const struct hr_replication *a, const struct hr_replication *b)
{
    const struct hr_workload_metrics *x = &a->workloads[0], *y = &b->workloads[0];
    assert_memory_equal(x->outcomes, y->outcomes, sizeof x->outcomes);
    assert_int_equal(x->arrived, y->arrived);
    assert_int_equal(x->attempts, y->attempts);
    assert_int_equal(x->in_flight, y->in_flight);
    assert_true(x->inside_area.total == y->inside_area.total);
    assert_true(x->latency.max == y->latency.max && x->wait.max == y->wait.max);
    for (unsigned row = 0; row < HR_PARTS_ROWS; row += 8) {
        const struct hr_parts_row p = hr_parts_between(&x->parts, row, row + 8);
        const struct hr_parts_row q = hr_parts_between(&y->parts, row, row + 8);
        assert_int_equal(p.n, q.n);
        for (int part = 0; part < HR_PARTS; part++)
            assert_true(p.sum_ns[part] == q.sum_ns[part]);
    }
    for (size_t l = 0; l < HR_DEPLOYMENT_LEVELS; l++)
        assert_true(a->deployments[0].areas[l].total == b->deployments[0].areas[l].total);
    assert_true(a->deployments[0].offered_ns == b->deployments[0].offered_ns);
}

enum { SEVERAL = 1, LOGGED = 2 };

/* The fingerprint of several names pods by other numbers. */
static void test_loops_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SCENARIOS; seed++) {
        struct hr_replication runs[4];
        for (int i = 0; i < 4; i++) {
            run(seed, i & SEVERAL, i & LOGGED, &runs[i]);
            check_same(&runs[0], &runs[i]);
            assert_true(runs[i].fingerprint == runs[i & SEVERAL].fingerprint);
            assert_int_equal(runs[i].events, runs[i & SEVERAL].events);
        }
        for (int i = 0; i < 4; i++)
            hr_replication_fini(&runs[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_loops_agree) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
