/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drills: recovery and rank of losses on made-up results; a lost node worked by hand. */
#include "hr_test.h"

#include "study/drill_damage.h"

#include "temp_folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS  10
#define STEP_S 100.0

/* One deployment and its workload, in ten steps. */
struct made_up {
    double ready[STEPS], desired[STEPS], p99[STEPS];
    struct hr_series_column columns[3];
    struct hr_deployment_result deployment;
    struct hr_workload_result workload;
    struct hr_slo_result slo;
    struct hr_result result;
};

static void make(struct made_up *made)
{
    static char ready[] = "deployments.d.ready", desired[] = "deployments.d.desired",
                p99[] = "workloads.w.latency_s.p99", d[] = "d", w[] = "w", metric[] = "latency_p99";
    for (size_t i = 0; i < STEPS; i++) {
        made->ready[i] = made->desired[i] = 4;
        made->p99[i] = 1;
    }
    made->columns[0] = (struct hr_series_column){ ready, made->ready };
    made->columns[1] = (struct hr_series_column){ desired, made->desired };
    made->columns[2] = (struct hr_series_column){ p99, made->p99 };
    made->deployment = (struct hr_deployment_result){ .name = d };
    made->workload = (struct hr_workload_result){ .name = w };
    made->slo = (struct hr_slo_result){ .workload = w, .metric = metric, .is_max = true };
    made->result = (struct hr_result){
        .replications = 2,
        .n_deployments = 1,
        .deployments = &made->deployment,
        .n_workloads = 1,
        .workloads = &made->workload,
        .series = { .step_s = STEP_S, .n = STEPS, .n_columns = 3, .columns = made->columns },
    };
}

static void make_pair(struct made_up *baseline, struct made_up *hit)
{
    make(baseline);
    make(hit);
}

static double recovery(const struct made_up *baseline, const struct made_up *hit, double at_s)
{
    return hr_drill_recovery_s(&baseline->result, &hit->result, 0, at_s);
}

static void test_ready_pods(void **state)
{
    (void)state;
    struct made_up baseline, hit;
    make_pair(&baseline, &hit);
    assert_near(recovery(&baseline, &hit, 200), 0, 0);
    hit.ready[1] = 0; /* before the loss */
    hit.ready[3] = 3;
    assert_near(recovery(&baseline, &hit, 200), 200, 0); /* the end of step 3 is at 400 s */
    assert_near(recovery(&baseline, &hit, 250), 150, 0);
    hit.ready[6] = 3; /* 200 s later is still of the same trouble, 300 s later is not */
    assert_near(recovery(&baseline, &hit, 200), 500, 0);
    hit.ready[6] = 4;
    hit.ready[7] = 3;
    assert_near(recovery(&baseline, &hit, 200), 200, 0);
    hit.ready[7] = 4;
    hit.ready[9] = 3; /* another trouble, after enough steps without */
    assert_near(recovery(&baseline, &hit, 200), 200, 0);
    assert_true(isnan(recovery(&baseline, &hit, 700))); /* two steps show no recovery */
    for (size_t i = 3; i < STEPS; i++)
        hit.ready[i] = 3;
    assert_true(isnan(recovery(&baseline, &hit, 200)));
    memcpy(baseline.ready, hit.ready, sizeof hit.ready); /* it lacks them without the loss too */
    assert_near(recovery(&baseline, &hit, 200), 0, 0);
}

static void test_latency(void **state)
{
    (void)state;
    struct made_up baseline, hit;
    make_pair(&baseline, &hit);
    hit.p99[2] = 1.19;
    hit.p99[3] = 1.21;
    assert_near(recovery(&baseline, &hit, 200), 200, 0);
    hit.p99[4] = (double)NAN; /* nothing completes */
    assert_near(recovery(&baseline, &hit, 200), 300, 0);
    baseline.p99[4] = (double)NAN;
    assert_near(recovery(&baseline, &hit, 200), 200, 0);
    hit.slo.target = 1.5;
    hit.result.n_slos = 1;
    hit.result.slos = &hit.slo;
    assert_near(recovery(&baseline, &hit, 200), 0, 0);
    hit.p99[3] = 1.51;
    assert_near(recovery(&baseline, &hit, 200), 200, 0);
}

/* Of 100 completed requests a quarter takes 1 to 2 s, the rest less; over 1.6 s are 0.4 of that
 * quarter: 10, in 2 replications. 6 + 3 + 1 are without an answer; the baseline has 2 of them. */
static void test_damage(void **state)
{
    (void)state;
    struct made_up baseline, hit;
    make_pair(&baseline, &hit);
    double latencies[] = { 1, 2 }, shares[] = { 0.75, 1 };
    hit.workload.latency_curve = (struct hr_curve){ 2, latencies, shares };
    hit.workload.requests = (struct hr_request_counts){
        .arrived = 110, .completed = 100, .timed_out = 6, .rejected = 3, .failed = 1
    };
    baseline.workload.requests.failed = 2;
    hit.slo.target = 1.6;
    hit.slo.value = (struct hr_estimate){ .value = 1.9 };
    baseline.slo = hit.slo;
    baseline.slo.value.value = 1.5;
    hit.result.n_slos = baseline.result.n_slos = 1;
    hit.result.slos = &hit.slo;
    baseline.result.slos = &baseline.slo;
    hit.ready[3] = 3;
    struct hr_loss loss = { .result = &hit.result };
    hr_drill_assess(&baseline.result, &loss, 200);
    assert_int_equal(loss.slos_missed, 1);
    assert_near(loss.requests_lost, 4, 1e-12);
    assert_near(loss.requests_late, 5, 1e-12);
    assert_near(loss.changes[0].value, 0.4, 1e-12);
    assert_near(loss.recovery_s, 200, 0);
    free(loss.changes);
    free(loss.recoveries_s);
}

/* In order of damage; turned around before they are sorted. */
static void test_rank(void **state)
{
    (void)state;
    static char first[] = "p-0", second[] = "p-1";
    const struct hr_loss ranked[] = {
        { .slos_missed = 2, .requests_lost = 1 },
        { .slos_missed = 1, .requests_lost = 5, .requests_late = 6, .recovery_s = 1 },
        { .slos_missed = 1, .requests_lost = 10, .recovery_s = (double)NAN },
        { .slos_missed = 1, .requests_lost = 10, .recovery_s = 400 },
        { .slos_missed = 1, .requests_lost = 10, .recovery_s = 300, .kind = HR_LOSS_ZONE },
        { .slos_missed = 1, .requests_lost = 10, .recovery_s = 300, .node = first },
        { .slos_missed = 1, .requests_lost = 10, .recovery_s = 300, .node = second },
        { .requests_lost = -3 },
    };
    enum { N = sizeof ranked / sizeof *ranked };
    struct hr_loss losses[N];
    for (size_t i = 0; i < N; i++)
        losses[i] = ranked[N - 1 - i];
    qsort(losses, N, sizeof *losses, hr_drill_compare);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(hr_drill_compare(&losses[i], &ranked[i]), 0);
}

/*
 * The only replica of a deployment, and its node is lost. The last heartbeat was at most 1 s
 * before, it is missed for 40 s and looked at every second: detection after 39 to 41 s. The pod is
 * left there for 300 s more, and the next one starts up for 30 s: 369 to 371 s. Requests that wait
 * for it are slow in the first steps of 1 s, but give up after 2 s.
 */
static const char one[] =
    "name = \"one\"; duration = \"20min\"; warmup = \"1min\"; series_step = \"1s\";"
    "replications = 1;"
    "cluster = { lease_renew_interval = \"1s\"; node_monitor_period = \"1s\";"
    "            node_monitor_grace_period = \"40s\"; };"
    "models = ( { name = \"m\"; service_time = { distribution = \"constant\"; mean = \"20ms\"; };"
    "  } );"
    "node_pools = ( { name = \"p\"; instance = \"aws/m6i.large\"; nodes = 2; } );"
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 1; startup_time = \"30s\";"
    "  resources = { requests = { cpu = \"500m\"; memory = \"512Mi\"; }; }; } );"
    "workloads = ( { name = \"w\"; deployment = \"d\"; timeout = \"2s\";"
    "  arrivals = { process = \"deterministic\"; rate = \"5/s\"; }; } );"
    "slos = ( { workload = \"w\"; metric = \"latency_p99\"; max = \"100ms\"; } );";

static void test_lost_node(void **state)
{
    (void)state;
    const struct hr_drill_options asked = { .at_s = 300, .loss_s = 500 };
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_drill *drill;
    size_t held = 0;
    const char *path = temp_write("one.cfg", one, strlen(one));
    assert_int_equal(hr_drill(path, NULL, 0, &asked, &options, &drill, NULL), HR_OK);
    assert_int_equal(drill->n_losses, 4);
    for (size_t i = 0; i < drill->n_losses; i++) {
        const struct hr_loss *loss = &drill->losses[i];
        if (loss->kind != HR_LOSS_NODE) { /* both nodes: until they are back */
            assert_int_equal(loss->nodes, 2);
            assert_true(loss->recovery_s >= 500);
            continue;
        }
        assert_int_equal(loss->alike, 1);
        if (loss->recovery_s == 0) { /* the node without the pod */
            assert_near(loss->requests_lost, 0, 0);
            continue;
        }
        held++;
        assert_true(loss->recovery_s >= 369 && loss->recovery_s <= 374);
        assert_near(loss->requests_lost, 5 * 370, 5 * 3); /* 5 a second find no server */
    }
    assert_int_equal(held, 1);
    hr_drill_free(drill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ready_pods), cmocka_unit_test(test_latency),
        cmocka_unit_test(test_damage),     cmocka_unit_test(test_rank),
        cmocka_unit_test(test_lost_node),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
