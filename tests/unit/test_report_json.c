/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of a result, read back by another implementation: every key of the schema, in order. */
#include "hr_test.h"

#include "report_result.h"

#include <headroom/report.h>
#include <headroom/version.h>

#include <jansson.h>
#include <string.h>

static void print_line(const struct hr_result *result, FILE *out)
{
    hr_report_json(result, false, out);
}

static void print_indented(const struct hr_result *result, FILE *out)
{
    hr_report_json(result, true, out);
}

static json_t *read_back(const struct hr_result *result)
{
    char *text = sample_print(result, print_line);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s at %d", error.text, error.position);
    free(text);
    return root;
}

/* The value at a path such as "workloads/0/latency_s/p99"; fails when there is none. */
static const json_t *at(const json_t *value, const char *path)
{
    const char *rest = path;
    while (value && *rest != '\0') {
        char key[64];
        const size_t n = strcspn(rest, "/");
        snprintf(key, sizeof(key), "%.*s", (int)n, rest);
        value = json_is_array(value) ? json_array_get(value, (size_t)strtoul(key, NULL, 10))
                                     : json_object_get(value, key);
        rest += n + (rest[n] == '/');
    }
    if (!value)
        fail_msg("%s is missing", path);
    return value;
}

/* The keys of an object, in order, with a space after each. */
static void assert_keys(const json_t *root, const char *path, const char *expected)
{
    char keys[512] = "";
    const json_t *object = at(root, path);
    for (void *i = json_object_iter((json_t *)object); i;
         i = json_object_iter_next((json_t *)object, i)) {
        const size_t n = strlen(keys);
        snprintf(keys + n, sizeof(keys) - n, "%s ", json_object_iter_key(i));
    }
    assert_string_equal(keys, expected);
}

static void test_keys_of_the_schema(void **state)
{
    static const char *const objects[][2] = {
        { "", "schema version scenario run workloads deployments node_pools jobs cluster slos "
              "alerts " },
        { "scenario", "name sha256 resolved " },
        { "run", "seed replications duration_s warmup_s events requests fingerprint wall_s " },
        { "workloads/1",
          "name requests attempts offered_rps throughput_rps concurrency latency_s wait_s "
          "wait_probability latency_parts_s availability availability_time "
          "cost_usd_per_prediction " },
        { "workloads/1/requests", "arrived completed timed_out rejected failed in_flight " },
        { "workloads/1/latency_s", "mean p50 p90 p95 p99 p999 max " },
        { "workloads/1/wait_s", "mean p50 p90 p95 p99 p999 max " },
        { "workloads/1/latency_parts_s", "mean tail tail_from_s " },
        { "workloads/1/latency_parts_s/tail", "network queue cold_start execution retry " },
        { "deployments/1",
          "name replicas utilization utilization_paid offered_load queue_length cpu_cores "
          "throttled memory_bytes cost_usd_per_hour failures memory_kills " },
        { "deployments/1/replicas", "mean min max " },
        { "cluster", "cost_usd_per_hour cost_usd_total carbon_kgco2e " },
        { "slos/2", "workload metric target bound value met certain " },
        { "slos/2/value", "value ci95 n method " },
        { "workloads/0/wait_s/p999", "value ci95 n method why " },
    };
    struct hr_result *result = sample_result();
    json_t *root = read_back(result);
    (void)state;
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
        assert_keys(root, objects[i][0], objects[i][1]);
    assert_int_equal(json_array_size(at(root, "node_pools")), 0);
    assert_int_equal(json_array_size(at(root, "alerts")), 0);
    json_decref(root);
    hr_result_free(result);
}

static void test_keys_of_pods_and_nodes(void **state)
{
    static const char *const objects[][2] = {
        { "deployments/1",
          "name replicas utilization utilization_paid offered_load queue_length cpu_cores "
          "throttled memory_bytes cost_usd_per_hour failures memory_kills pods " },
        { "deployments/1/pods",
          "desired running pending scheduling_s restarts evictions preemptions lost " },
        { "node_pools/1",
          "name nodes idle cpu_utilization memory_utilization gpu_utilization cpu_requested "
          "memory_requested gpu_requested cost_usd_per_hour energy_kwh provisioned "
          "provision_failures lost removed interruptions " },
        { "node_pools/1/nodes", "mean min max ready " },
    };
    struct hr_result *result = sample_result();
    sample_cluster(result);
    json_t *root = read_back(result);
    (void)state;
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
        assert_keys(root, objects[i][0], objects[i][1]);
    assert_int_equal(json_array_size(at(root, "node_pools")), 2);
    assert_string_equal(json_string_value(at(root, "node_pools/1/name")), "gpu");
    assert_int_equal(json_integer_value(at(root, "node_pools/0/nodes/max")), 9);
    assert_int_equal(json_integer_value(at(root, "node_pools/0/removed")), 1198);
    assert_int_equal(json_integer_value(at(root, "deployments/0/pods/evictions")), 3);
    assert_near(json_real_value(at(root, "node_pools/1/gpu_requested/value")), 0.93, 0);
    json_decref(root);
    hr_result_free(result);
}

static void test_values(void **state)
{
    struct hr_result *result = sample_result();
    json_t *root = read_back(result);
    (void)state;
    assert_string_equal(json_string_value(at(root, "schema")), "headroom.result/1");
    assert_string_equal(json_string_value(at(root, "version")), HR_VERSION);
    assert_string_equal(json_string_value(at(root, "run/fingerprint")), "00c0ffee12345678");
    assert_string_equal(json_string_value(at(root, "scenario/resolved/duration")), "24h");
    assert_int_equal(json_integer_value(at(root, "run/events")), 5203441122);
    assert_int_equal(json_integer_value(at(root, "workloads/0/requests/timed_out")), 40321);
    const struct hr_estimate *throughput = &result->workloads[0].throughput_rps;
    const json_t *shown = at(root, "workloads/0/throughput_rps");
    assert_near(json_real_value(at(shown, "value")), throughput->value, 0);
    assert_near(json_real_value(at(shown, "ci95/0")), throughput->lo, 0);
    assert_near(json_real_value(at(shown, "ci95/1")), throughput->hi, 0);
    assert_int_equal(json_integer_value(at(root, "workloads/0/throughput_rps/n")), 10);
    assert_string_equal(json_string_value(at(root, "slos/0/value/method")), "inversion");
    assert_string_equal(json_string_value(at(root, "slos/0/bound")), "max");
    assert_string_equal(json_string_value(at(root, "slos/1/bound")), "min");
    assert_true(json_is_true(at(root, "slos/1/met")));
    assert_true(json_is_false(at(root, "slos/1/certain")));
    json_decref(root);
    hr_result_free(result);
}

static void test_what_is_unknown_is_null(void **state)
{
    struct hr_result *result = sample_result();
    result->workloads[0].tail_from_s = (double)NAN;
    result->workloads[0].latency_s.p90.method = NULL;
    result->workloads[0].latency_s.p90.why = "too short";
    json_t *root = read_back(result);
    (void)state;
    assert_true(json_is_null(at(root, "workloads/0/latency_parts_s/tail_from_s")));
    /* no value: the reason */
    assert_true(json_is_null(at(root, "workloads/0/wait_s/p999/value")));
    assert_true(json_is_null(at(root, "workloads/0/wait_s/p999/ci95")));
    assert_string_equal(json_string_value(at(root, "workloads/0/wait_s/p999/why")),
                        "fewer than 200 requests are slower");
    /* a value without a method: no interval */
    assert_true(json_is_number(at(root, "cluster/cost_usd_total/value")));
    assert_true(json_is_null(at(root, "cluster/cost_usd_total/ci95")));
    assert_true(json_is_null(at(root, "cluster/cost_usd_total/method")));
    /* nor was one to be had: the reason */
    assert_true(json_is_number(at(root, "workloads/0/latency_s/p90/value")));
    assert_true(json_is_null(at(root, "workloads/0/latency_s/p90/ci95")));
    assert_string_equal(json_string_value(at(root, "workloads/0/latency_s/p90/why")), "too short");
    /* an end that the sample does not bound */
    assert_true(json_is_real(at(root, "workloads/0/latency_s/p999/ci95/0")));
    assert_true(json_is_null(at(root, "workloads/0/latency_s/p999/ci95/1")));
    json_decref(root);
    hr_result_free(result);
}

static void test_unstable_only_when_it_is(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->deployments[1].unstable = hr_strdup("unstable: offered load 1.08");
    json_t *root = read_back(result);
    assert_null(json_object_get(at(root, "deployments/0"), "unstable"));
    assert_string_equal(json_string_value(at(root, "deployments/1/unstable")),
                        "unstable: offered load 1.08");
    json_decref(root);
    hr_result_free(result);
}

static void test_one_line_or_indented_is_the_same(void **state)
{
    struct hr_result *result = sample_result();
    char *line = sample_print(result, print_line), *pretty = sample_print(result, print_indented);
    (void)state;
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_non_null(strstr(pretty, "\n  \"run\": {\n    \"seed\": 1,"));
    json_t *a = json_loads(line, 0, NULL), *b = json_loads(pretty, 0, NULL);
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
    free(line);
    free(pretty);
    hr_result_free(result);
}

/* Two runs of the same differ in wall_s only, and it comes last in "run". */
static void test_only_wall_time_differs(void **state)
{
    struct hr_result *result = sample_result();
    char *first = sample_print(result, print_line);
    result->wall_s = 1.25;
    char *second = sample_print(result, print_line);
    const char *a = strstr(first, ",\"wall_s\":41.7}"), *b = strstr(second, ",\"wall_s\":1.25}");
    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(a - first, b - second);
    assert_memory_equal(first, second, (size_t)(a - first));
    assert_string_equal(a + strlen(",\"wall_s\":41.7}"), b + strlen(",\"wall_s\":1.25}"));
    free(first);
    free(second);
    hr_result_free(result);
}

static void test_hostile_names(void **state)
{
    static const char *const names[] = { "<script>alert(1)</script>", "\"; rm -rf ~; \"", "=cmd()",
                                         "a\nb\x1b[31m", "\\" };
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct hr_result *result = sample_result();
        sample_replace(&result->scenario_name, names[i]);
        sample_replace(&result->workloads[0].name, names[i]);
        json_t *root = read_back(result);
        assert_string_equal(json_string_value(at(root, "scenario/name")), names[i]);
        assert_string_equal(json_string_value(at(root, "workloads/0/name")), names[i]);
        json_decref(root);
        hr_result_free(result);
    }
}

static void test_invalid_utf8(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    sample_replace(&result->scenario_name, "a\xff\xc0z");
    json_t *root = read_back(result);
    assert_string_equal(json_string_value(at(root, "scenario/name")), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
    json_decref(root);
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_the_schema),
        cmocka_unit_test(test_keys_of_pods_and_nodes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_is_unknown_is_null),
        cmocka_unit_test(test_unstable_only_when_it_is),
        cmocka_unit_test(test_one_line_or_indented_is_the_same),
        cmocka_unit_test(test_only_wall_time_differs),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_invalid_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
