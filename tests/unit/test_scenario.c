/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading: the typed spec, the canonical text, its identity, overrides. */
#include "hr_test.h"

#include "scenario/scenario.h"
#include "unit/temp_folder.h"

#include <stdlib.h>
#include <string.h>

#define HEAD                                                                                       \
    "name = \"mmc\"; duration = \"100000s\"; warmup = \"1000s\"; seed = 1; replications = 10;\n"
#define MODEL                                                                                      \
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; "  \
    "}; } );\n"
#define DEPLOYMENT                                                                                 \
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 10;"                                \
    " load_balancing = \"central_queue\"; } );\n"
#define WORKLOAD                                                                                   \
    "workloads = ( { name = \"w\"; deployment = \"d\";"                                            \
    " arrivals = { process = \"poisson\"; rate = \"8/s\"; }; } );\n"
#define MMC HEAD MODEL DEPLOYMENT WORKLOAD

static const char *const mmc_canonical = "name = \"mmc\";\n"
                                         "title = \"\";\n"
                                         "description = \"\";\n"
                                         "start = \"1970-01-01T00:00:00Z\";\n"
                                         "timezone = \"UTC\";\n"
                                         "duration = \"100000s\";\n"
                                         "warmup = \"1000s\";\n"
                                         "seed = 1;\n"
                                         "replications = 10;\n"
                                         "series_step = \"auto\";\n"
                                         "models = (\n"
                                         "    {\n"
                                         "        name = \"m\";\n"
                                         "        service_time = {\n"
                                         "            distribution = \"exponential\";\n"
                                         "            mean = \"1s\";\n"
                                         "        };\n"
                                         "        concurrency = \"auto\";\n"
                                         "        queue_limit = \"unlimited\";\n"
                                         "        discipline = \"fifo\";\n"
                                         "        cpu_idle = \"0\";\n"
                                         "        cpu_per_slot = \"auto\";\n"
                                         "    }\n"
                                         ");\n"
                                         "deployments = (\n"
                                         "    {\n"
                                         "        name = \"d\";\n"
                                         "        model = \"m\";\n"
                                         "        replicas = 10;\n"
                                         "        load_balancing = \"central_queue\";\n"
                                         "        startup_time = {\n"
                                         "            distribution = \"constant\";\n"
                                         "            mean = \"0s\";\n"
                                         "        };\n"
                                         "        usd_per_hour = 0.0;\n"
                                         "        min_ready = 1;\n"
                                         "        kind = \"deployment\";\n"
                                         "        pod_management = \"ordered_ready\";\n"
                                         "        image_size = \"0\";\n"
                                         "        model_size = \"0\";\n"
                                         "        min_ready_time = \"0s\";\n"
                                         "        termination_grace_period = \"30s\";\n"
                                         "        pre_stop = \"0s\";\n"
                                         "    }\n"
                                         ");\n"
                                         "workloads = (\n"
                                         "    {\n"
                                         "        name = \"w\";\n"
                                         "        deployment = \"d\";\n"
                                         "        arrivals = (\n"
                                         "            {\n"
                                         "                process = \"poisson\";\n"
                                         "                rate = \"8/s\";\n"
                                         "            }\n"
                                         "        );\n"
                                         "        network_latency = {\n"
                                         "            distribution = \"constant\";\n"
                                         "            mean = \"0s\";\n"
                                         "        };\n"
                                         "        cancellation = \"queued\";\n"
                                         "    }\n"
                                         ");\n";

/* Everything that is not in mmc, with values off the defaults. */
#define RICH                                                                                       \
    "name = \"rich\"; title = \"Quotes \\\" and \\\\ and\\ttabs\\n\"; seed = 5000000000L;\n"       \
    "start = \"2026-03-02T01:30:00+01:00\"; timezone = \"Europe/Berlin\"; duration = \"90m\";\n"   \
    "series_step = \"500ms\"; replications = 3;\n"                                                 \
    "models = ( { name = \"shared\"; service_time = \"20ms\"; concurrency = 8; cores = 2.5;\n"     \
    "             discipline = \"processor_sharing\"; queue_limit = 0; cpu_idle = \"50m\";\n"      \
    "             cpu_per_slot = \"1\"; memory = { base = \"1Gi\"; leak_per_hour = \"1M\"; }; "    \
    "},\n"                                                                                         \
    "           { name = \"mixed\"; service_time = { distribution = \"mixture\"; components = (\n" \
    "               { weight = 9; dist = \"1ms\"; }, { dist = { distribution = \"normal\";\n"      \
    "                 mean = \"5ms\"; cv = 0.3; }; } ); }; } );\n"                                 \
    "deployments = ( { name = \"a\"; model = \"mixed\"; startup_time = \"1m\";\n"                  \
    "    resources = { limits = { cpu = \"2\"; }; }; usd_per_hour = 1e-3;\n"                       \
    "    failures = { mttf = \"1000h\"; mttr = { distribution = \"gamma\"; mean = \"5m\";\n"       \
    "                 cv = 2; }; crews = 1; }; },\n"                                               \
    "  { name = \"b\"; model = \"shared\"; } );\n"                                                 \
    "workloads = ( { name = \"calls\"; deployment = \"b\"; timeout = \"1s\";\n"                    \
    "    retries = { max_attempts = 2; }; arrivals = (\n"                                          \
    "      { process = \"piecewise\"; interpolation = \"linear\";\n"                               \
    "        points = ( { at = \"0s\"; rate = \"1/s\"; }, { at = \"1h\"; rate = \"30/min\"; } ); " \
    "},\n"                                                                                         \
    "      { process = \"calendar\"; rate = \"7/s\"; weekday = [ 1, 2, 3 ]; sunday = ( 0.5, 1 "    \
    ");\n"                                                                                         \
    "        holidays = [ \"2026-12-25\", \"2026-12-26\" ]; },\n"                                  \
    "      { process = \"diurnal\"; rate = \"9/s\"; } ); },\n"                                     \
    "  { name = \"desks\"; deployment = \"a\"; cancellation = \"none\";\n"                         \
    "    arrivals = { process = \"closed\"; clients = 5;\n"                                        \
    "      think_time = { distribution = \"erlang\"; mean = \"1s\"; phases = 3; }; }; } );\n"      \
    "slos = ( { workload = \"calls\"; metric = \"latency_p99\"; max = \"100ms\"; },\n"             \
    "         { workload = \"calls\"; metric = \"availability\"; min = \"99.95%\"; },\n"           \
    "         { workload = \"desks\"; metric = \"throughput_rps\"; min = \"5/s\"; },\n"            \
    "         { workload = \"desks\"; metric = \"cost_usd_per_prediction\"; max = 1e-6; } );\n"

/* Loads text with overrides; it must be good. */
static struct hr_scenario *load(const char *text, const char *const *overrides, size_t n)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    if (hr_scenario_load_text(text, strlen(text), "text.cfg", overrides, n, &scenario, diag) !=
        HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    hr_diag_free(diag);
    return scenario;
}

static void test_mmc_loads_to_its_spec(void **state)
{
    struct hr_scenario *scenario = load(MMC, NULL, 0);
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_model_spec *model = spec->models.items;
    const struct hr_deployment_spec *deployment = spec->deployments.items;
    const struct hr_workload_spec *workload = spec->workloads.items;
    const struct hr_arrival_spec *arrivals = workload->arrivals.items;
    (void)state;
    assert_string_equal(hr_scenario_name(scenario), "mmc");
    assert_string_equal(hr_scenario_file(scenario), "text.cfg");
    assert_int_equal(spec->duration, 100000 * HR_NS_PER_S);
    assert_int_equal(spec->warmup, 1000 * HR_NS_PER_S);
    assert_int_equal(spec->seed, 1);
    assert_int_equal(spec->replications, 10);
    assert_int_equal(spec->series_step, HR_AUTO);
    assert_int_equal(spec->start, 0);
    assert_int_equal(spec->models.n, 1);
    assert_int_equal(model->service_time->kind, HR_DIST_EXPONENTIAL);
    assert_int_equal(model->service_time->mean, HR_NS_PER_S);
    assert_int_equal(model->concurrency, HR_AUTO);
    assert_int_equal(model->queue_limit, HR_UNLIMITED);
    assert_true(model->cpu_per_slot < 0);
    assert_null(model->memory);
    assert_int_equal(deployment->model, 0);
    assert_int_equal(deployment->replicas, 10);
    assert_int_equal(deployment->load_balancing, HR_ROUTE_CENTRAL_QUEUE);
    assert_int_equal(deployment->startup_time->mean, 0);
    assert_null(deployment->resources);
    assert_null(deployment->failures);
    assert_int_equal(deployment->min_ready, 1);
    assert_int_equal(workload->arrivals.n, 1);
    assert_int_equal(arrivals->process, HR_ARRIVAL_POISSON);
    assert_near(arrivals->rate, 8, 0);
    assert_null(arrivals->batch);
    assert_null(workload->timeout);
    assert_null(workload->retries);
    assert_int_equal(workload->cancellation, HR_CANCEL_QUEUED);
    assert_int_equal(spec->slos.n, 0);
    hr_scenario_free(scenario);
}

static void test_rich_loads_to_its_spec(void **state)
{
    struct hr_scenario *scenario = load(RICH, NULL, 0);
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_model_spec *models = spec->models.items;
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    const struct hr_arrival_spec *arrivals = workloads[0].arrivals.items;
    const struct hr_rate_point *points = arrivals[0].points.items;
    const struct hr_dist_component *parts = models[1].service_time->components.items;
    const struct hr_slo_spec *slos = spec->slos.items;
    (void)state;
    assert_string_equal(spec->title, "Quotes \" and \\ and\ttabs\n");
    assert_int_equal(spec->seed, INT64_C(5000000000));
    assert_int_equal(spec->start, INT64_C(1772411400) * HR_NS_PER_S);
    assert_int_equal(models[0].discipline, HR_PROCESSOR_SHARING);
    assert_near(models[0].cores, 2.5, 0);
    assert_near(models[0].memory->base, 1073741824.0, 0);
    assert_near(models[0].memory->per_request, 0, 0);
    assert_near(parts[0].weight, 9, 0);
    assert_near(parts[1].weight, 1, 0);
    assert_int_equal(parts[0].dist->kind, HR_DIST_CONSTANT);
    assert_int_equal(parts[1].dist->max, HR_UNLIMITED);
    assert_int_equal(deployments[0].model, 1);
    assert_int_equal(deployments[1].model, 0);
    assert_null(deployments[0].resources->requests);
    assert_near(deployments[0].resources->limits->memory, 0, 0);
    assert_int_equal(deployments[0].failures->mttf->kind, HR_DIST_EXPONENTIAL);
    assert_int_equal(deployments[0].failures->mttr->kind, HR_DIST_GAMMA);
    assert_int_equal(arrivals[0].period, HR_UNLIMITED);
    assert_near(points[1].rate, 0.5, 0);
    assert_int_equal(arrivals[1].weekday.n, 3);
    assert_near(((const double *)arrivals[1].sunday.items)[0], 0.5, 0);
    assert_string_equal(((const char *const *)arrivals[1].holidays.items)[1], "2026-12-26");
    assert_int_equal(arrivals[2].period, HR_NS_PER_DAY);
    assert_near(slos[1].min.value, 0.9995, 1e-15);
    assert_int_equal(slos[1].min.unit, HR_UNIT_SHARE);
    assert_true(isnan(slos[1].max.value));
    assert_int_equal(slos[3].max.unit, HR_UNIT_NONE);
    assert_int_equal(slos[2].workload, 1);
    hr_scenario_free(scenario);
}

static void test_canonical_text_has_every_default(void **state)
{
    struct hr_scenario *scenario = load(MMC, NULL, 0);
    (void)state;
    assert_string_equal(hr_scenario_canonical(scenario), mmc_canonical);
    hr_scenario_free(scenario);
}

static void test_canonical_text_loads_to_itself(void **state)
{
    static const char *const texts[] = { MMC, RICH };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct hr_scenario *once = load(texts[i], NULL, 0);
        struct hr_scenario *twice = load(hr_scenario_canonical(once), NULL, 0);
        assert_string_equal(hr_scenario_canonical(once), hr_scenario_canonical(twice));
        assert_string_equal(hr_scenario_json(once), hr_scenario_json(twice));
        assert_string_equal(hr_scenario_sha256(once), hr_scenario_sha256(twice));
        hr_scenario_free(once);
        hr_scenario_free(twice);
    }
}

static void test_json_is_the_canonical_scenario(void **state)
{
    struct hr_scenario *scenario = load(MMC, NULL, 0);
    (void)state;
    assert_string_equal(
        hr_scenario_json(scenario),
        "{\"name\":\"mmc\",\"title\":\"\",\"description\":\"\",\"start\":\"1970-01-01T00:00:00Z\","
        "\"timezone\":\"UTC\",\"duration\":\"100000s\",\"warmup\":\"1000s\",\"seed\":1,"
        "\"replications\":10,\"series_step\":\"auto\",\"models\":[{\"name\":\"m\",\"service_time\":"
        "{\"distribution\":\"exponential\",\"mean\":\"1s\"},\"concurrency\":\"auto\","
        "\"queue_limit\":\"unlimited\",\"discipline\":\"fifo\",\"cpu_idle\":\"0\","
        "\"cpu_per_slot\":\"auto\"}],\"deployments\":[{\"name\":\"d\",\"model\":\"m\","
        "\"replicas\":10,\"load_balancing\":\"central_queue\",\"startup_time\":{\"distribution\":"
        "\"constant\",\"mean\":\"0s\"},\"usd_per_hour\":0,\"min_ready\":1,\"kind\":\"deployment\","
        "\"pod_management\":\"ordered_ready\",\"image_size\":\"0\","
        "\"model_size\":\"0\",\"min_ready_time\":\"0s\",\"termination_grace_period\":\"30s\",\"pre_"
        "stop\":\"0s\"}],\"workloads\":"
        "[{\"name\":\"w\",\"deployment\":\"d\",\"arrivals\":[{\"process\":\"poisson\",\"rate\":"
        "\"8/s\"}],\"network_latency\":{\"distribution\":\"constant\",\"mean\":\"0s\"},"
        "\"cancellation\":\"queued\"}]}");
    hr_scenario_free(scenario);
}

/* The value of the input at that path; NULL: there is none. */
static const char *input(const struct hr_scenario *scenario, const char *path)
{
    size_t n;
    const struct hr_scenario_input *inputs = hr_scenario_inputs(scenario, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(inputs[i].path, path) == 0)
            return inputs[i].value;
    return NULL;
}

static void test_inputs_have_paths_by_name(void **state)
{
    static const char *const expected[][2] = {
        { "seed", "5000000000" },
        { "models.shared.memory.base", "1Gi" },
        { "models.mixed.service_time.components[1].dist.cv", "0.3" },
        { "deployments.a.failures.mttr.mean", "5m" },
        { "workloads.calls.arrivals[1].weekday[2]", "3" },
        { "workloads.calls.arrivals[0].points[1].rate", "0.5/s" },
        { "workloads.desks.deployment", "a" },
        { "slos[3].max", "1e-06" },
    };
    struct hr_scenario *scenario = load(RICH, NULL, 0);
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *value = input(scenario, expected[i][0]);
        assert_non_null(value);
        assert_string_equal(value, expected[i][1]);
    }
    assert_null(input(scenario, "slos[3].min"));
    assert_null(input(scenario, "deployments.a.resources.limits.memory"));
    hr_scenario_free(scenario);
}

static void test_identity_is_of_meaning(void **state)
{
    static const struct {
        const char *text, *set;
        bool same;
    } cases[] = {
        { "# a comment\n" MMC, NULL, true },
        { WORKLOAD DEPLOYMENT MODEL HEAD, NULL, true },
        { MMC "timezone = \"UTC\"; series_step = \"auto\";", NULL, true },
        { MMC, "seed=7", true },
        { MMC, "replications=3", true },
        { MMC, "duration=100001s", false },
        { MMC, "title=other", false },
        { MMC, "deployments.d.replicas=11", false },
        { MMC, "models.m.memory.base=1Gi", false },
    };
    struct hr_scenario *base = load(MMC, NULL, 0);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_scenario *scenario = load(cases[i].text, &cases[i].set, cases[i].set != NULL);
        assert_int_equal(strlen(hr_scenario_sha256(scenario)), 64);
        assert_int_equal(strcmp(hr_scenario_sha256(scenario), hr_scenario_sha256(base)) == 0,
                         cases[i].same);
        hr_scenario_free(scenario);
    }
    hr_scenario_free(base);
}

static void test_overrides_change_the_scenario(void **state)
{
    static const char *const cases[][3] = {
        /* override, path, value */
        { "seed=42", "seed", "42" },
        { "seed=4200000000", "seed", "4200000000" },
        { "title=Two words, 5 % \"quoted\" \\", "title", "Two words, 5 % \"quoted\" \\" },
        { "title=", "title", "" },
        { "title=5", "title", "5" },
        { "title=\"5\\t\"", "title", "5\t" },
        { "deployments[0].replicas=5", "deployments.d.replicas", "5" },
        { "deployments.d.replicas=5", "deployments.d.replicas", "5" },
        { "deployments.d.usd_per_hour=.5", "deployments.d.usd_per_hour", "0.5" },
        { "deployments.d.usd_per_hour=2", "deployments.d.usd_per_hour", "2" },
        { "deployments.d.load_balancing=random", "deployments.d.load_balancing", "random" },
        { "deployments.d.resources.limits.cpu=2", "deployments.d.resources.limits.cpu", "2" },
        { "deployments.d.resources={ limits = { cpu = \"250m\"; }; }",
          "deployments.d.resources.limits.cpu", "250m" },
        { "models.m.service_time=3s", "models.m.service_time.mean", "3s" },
        { "models.m.service_time.mean=3s", "models.m.service_time.mean", "3s" },
        { "models.m.concurrency=auto", "models.m.concurrency", "auto" },
        { "models[0].memory.base=1Gi", "models.m.memory.base", "1Gi" },
        { "workloads.w.arrivals.rate=9/s", "workloads.w.arrivals[0].rate", "9/s" },
        { "workloads.w.arrivals[0].rate=9/s", "workloads.w.arrivals[0].rate", "9/s" },
        { "workloads.w.arrivals=({ rate = \"1/s\"; }, { rate = \"2/s\"; })",
          "workloads.w.arrivals[1].rate", "2/s" },
        { "workloads[0].arrivals={ process = \"calendar\"; rate = \"1/s\"; weekday = (1, 2.5); }",
          "workloads.w.arrivals[0].weekday[1]", "2.5" },
        { "workloads.w.timeout=100ms", "workloads.w.timeout.mean", "100ms" },
        { "workloads.w.network_latency.mean=1ms", "workloads.w.network_latency.mean", "1ms" },
        { "slos=({ workload = \"w\"; metric = \"availability\"; min = \"99%\"; })", "slos[0].min",
          "99%" },
    };
    static const char text[] = "start = \"2026-03-02T00:00:00Z\";\n" MMC;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_scenario *scenario = load(text, &cases[i][0], 1);
        const char *value = input(scenario, cases[i][1]);
        if (!value || strcmp(value, cases[i][2]) != 0)
            fail_msg("--set %s: %s = %s", cases[i][0], cases[i][1], value ? value : "(none)");
        hr_scenario_free(scenario);
    }
}

static void test_overrides_apply_in_order(void **state)
{
    static const char *const overrides[] = {
        "workloads.w.arrivals=({ rate = \"1/s\"; })",
        "workloads.w.arrivals.rate=9/s",
        "workloads.w.arrivals.batch.mean=2",
        "workloads.w.arrivals[1]={ rate = \"2/s\"; }",
        "workloads.w.arrivals[0]={ process = \"deterministic\"; rate = \"3/s\"; }",
        "models.m.service_time=20ms",
        "models.m.service_time.distribution=exponential",
        "models.m.service_time.mean=30ms",
        "deployments.d.replicas=7",
        "deployments.d.replicas=8",
    };
    struct hr_scenario *scenario = load(MMC, overrides, sizeof overrides / sizeof overrides[0]);
    (void)state;
    assert_string_equal(input(scenario, "workloads.w.arrivals[0].process"), "deterministic");
    assert_string_equal(input(scenario, "workloads.w.arrivals[0].rate"), "3/s");
    assert_string_equal(input(scenario, "workloads.w.arrivals[1].rate"), "2/s");
    assert_string_equal(input(scenario, "models.m.service_time.distribution"), "exponential");
    assert_string_equal(input(scenario, "models.m.service_time.mean"), "30ms");
    assert_string_equal(input(scenario, "deployments.d.replicas"), "8");
    hr_scenario_free(scenario);
}

static void test_included_files_are_relative_to_the_scenario(void **state)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    static const char part[] = MODEL DEPLOYMENT WORKLOAD;
    static const char text[] = HEAD "@include \"part.cfg\"\n";
    (void)state;
    temp_write("part.cfg", part, sizeof part - 1);
    const char *path = temp_write("main.cfg", text, sizeof text - 1);
    assert_int_equal(hr_scenario_load(path, NULL, 0, &scenario, diag), HR_OK);
    assert_string_equal(hr_scenario_canonical(scenario), mmc_canonical);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
}

static void test_missing_file_is_an_io_error(void **state)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    (void)state;
    assert_int_equal(hr_scenario_load(temp_path("none.cfg"), NULL, 0, &scenario, diag), HR_ERR_IO);
    assert_null(scenario);
    assert_string_equal(temp_message(diag),
                        "none.cfg: cannot read the scenario: No such file or directory");
    hr_diag_free(diag);
}

static void test_text_from_memory_reads_no_file(void **state)
{
    static const char *const texts[] = {
        MMC "@include \"/dev/null\"\n",
        HEAD DEPLOYMENT WORKLOAD "models = ( { name = \"m\"; service_time = { distribution = "
                                 "\"empirical\"; file = \"/dev/null\"; }; } );",
        HEAD MODEL DEPLOYMENT "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { "
                              "process = \"trace\"; trace = \"/dev/null\"; }; } );",
        MMC "\0x = 1;",
    };
    const size_t lengths[] = { strlen(texts[0]), strlen(texts[1]), strlen(texts[2]),
                               strlen(texts[3]) + 8 };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct hr_scenario *scenario;
        struct hr_diag *diag = hr_diag_new();
        assert_int_equal(
            hr_scenario_load_text(texts[i], lengths[i], "text", NULL, 0, &scenario, diag),
            HR_ERR_INPUT);
        assert_int_equal(hr_diag_errors(diag), 1);
        hr_diag_free(diag);
    }
}

static void test_diag_may_be_null(void **state)
{
    struct hr_scenario *scenario;
    (void)state;
    assert_int_equal(hr_scenario_load_text("x = 1;", 6, "text", NULL, 0, &scenario, NULL),
                     HR_ERR_INPUT);
    assert_null(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mmc_loads_to_its_spec),
        cmocka_unit_test(test_rich_loads_to_its_spec),
        cmocka_unit_test(test_canonical_text_has_every_default),
        cmocka_unit_test(test_canonical_text_loads_to_itself),
        cmocka_unit_test(test_json_is_the_canonical_scenario),
        cmocka_unit_test(test_inputs_have_paths_by_name),
        cmocka_unit_test(test_identity_is_of_meaning),
        cmocka_unit_test(test_overrides_change_the_scenario),
        cmocka_unit_test(test_overrides_apply_in_order),
        cmocka_unit_test(test_included_files_are_relative_to_the_scenario),
        cmocka_unit_test(test_missing_file_is_an_io_error),
        cmocka_unit_test(test_text_from_memory_reads_no_file),
        cmocka_unit_test(test_diag_may_be_null),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
