/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bad inputs, generated from the key tables: every key gets values of the wrong type and beyond its
 * bounds, and its name with a letter dropped; each must be reported at that key.
 */
#include "hr_test.h"

#include "base/quantity.h"
#include "base/str.h"
#include "scenario/keys_visit.h"
#include "scenario/scenario.h"
#include "scenario/table.h"
#include "unit/temp_folder.h"

#include <stdlib.h>
#include <string.h>

enum { COVERED_MAX = 1000 };

/* Scenarios that between them give every key. */
#define TOP                                                                                        \
    "name = \"all\"; title = \"All keys\"; start = \"2026-03-02T00:00:00Z\";\n"                    \
    "duration = \"1h\"; warmup = \"60s\"; series_step = \"10s\";\n"
#define MODEL(name, dist) "{ name = \"" name "\"; service_time = { distribution = " dist "; }; },\n"
#define REST                                                                                       \
    "deployments = ( { name = \"d\"; model = \"m\"; } );\n"                                        \
    "slos = ( { workload = \"w\"; metric = \"latency_p99\"; max = \"100ms\"; },\n"                 \
    "         { workload = \"w\"; metric = \"availability\"; min = \"99.9%\"; precision = "        \
    "\"5%\"; } );\n"
#define REST_ON_NODES                                                                              \
    "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n"                                   \
    "deployments = ( { name = \"d\"; model = \"m\"; node_pool = \"n\"; } );\n"
#define WORKLOAD(more) "workloads = ( { name = \"w\"; deployment = \"d\"; " more " } );\n"

#define PODS(name, more) "{ name = \"" name "\"; model = \"m\"; " more " }"
#define PROBE            "= { initial_delay = \"5s\"; period = \"5s\"; };\n"
#define PROBES                                                                                     \
    "startup_probe " PROBE "readiness_probe " PROBE "liveness_probe " PROBE                        \
    "image_size = \"2Gi\"; model_size = \"5Gi\"; model_load_time = \"9s\"; min_ready_time = "      \
    "\"1s\";\n termination_grace_period = \"60s\"; pre_stop = \"5s\";\n"                           \
    "strategy = { max_surge = \"25%\"; max_unavailable = 1; };\n"                                  \
    "disruption_budget = { max_unavailable = \"25%\"; };\n"
#define RULES(name)                                                                                \
    name " = { stabilization_window = \"60s\"; tolerance = \"5%\";\n"                              \
         "  policies = ( { type = \"pods\"; value = 4; period = \"15s\"; } ); };\n"
#define HPA                                                                                        \
    "resources = { requests = { cpu = \"1\"; }; };\n"                                              \
    "autoscaler = { type = \"hpa\"; max_replicas = 9; behavior = { " RULES("scale_up")             \
        RULES("scale_down") "};\n metrics = ( { type = \"cpu\"; target = \"60%\"; },\n"            \
                            "{ type = \"cpu\"; average_value = \"250m\"; },\n"                     \
                            "{ type = \"memory\"; average_value = \"1Gi\"; },\n"                   \
                            "{ type = \"gpu_utilization\"; target = \"60%\"; },\n"                 \
                            "{ type = \"latency\"; target = \"60ms\"; } ); };\n"
#define PLACED                                                                                     \
    "resources = { requests = { cpu = \"1\"; gpu = 1; }; };\n"                                     \
    "scheduling = { priority = 5; node_selector = ( { key = \"k\"; value = \"v\"; } );\n"          \
    "  tolerations = ( { key = \"k\"; value = \"v\"; effect = \"no_execute\"; toleration = "       \
    "\"60s\"; } );\n"                                                                              \
    "  node_affinity = { required = ( { match_expressions = ( { key = \"k\"; operator = \"in\"; "  \
    "values = ( \"v\" ); } ); } );\n    preferred = ( { weight = 5; match_expressions = ( { key "  \
    "= "                                                                                           \
    "\"k\"; operator = \"exists\"; } ); } ); };\n"                                                 \
    "  topology_spread = ( { max_skew = 2; topology = \"zone\"; when_unsatisfiable = "             \
    "\"do_not_schedule\"; min_domains = 2; } );\n"                                                 \
    "  pod_anti_affinity = { required = ( { topology = \"hostname\"; } ); preferred = ( { weight " \
    "= 5; topology = \"zone\"; } ); }; };\n"
#define CANARY                                                                                     \
    "strategy = { type = \"canary\"; max_latency = \"1s\"; steps = ( { weight = \"10%\"; pause = " \
    "\"1min\"; } ); };\n"
#define BLUE_GREEN "strategy = { type = \"blue_green\"; }; kind = \"stateful_set\";\n"
#define KEDA                                                                                       \
    "autoscaler = { type = \"keda\"; min_replicas = 2; idle_replicas = 1; metrics = (\n"           \
    "{ type = \"requests\"; target = \"5/s\"; activation = \"1/s\"; },\n"                          \
    "{ type = \"concurrency\"; target = 5; },\n"                                                   \
    "{ type = \"queue_length\"; target = 5; activation = 1; } ); };\n"
#define KNATIVE                                                                                    \
    "autoscaler = { type = \"knative\"; }; disruption_budget = { min_available = \"50%\"; };"
#define SCHEDULED                                                                                  \
    "autoscaler = { type = \"scheduled\"; schedule = ( { at = \"8h\"; replicas = 5; } ); };"
#define SHARED     "resources = { requests = { gpu_share = \"50%\"; }; };\n"
#define SLICED     "resources = { limits = { mig = \"1g.10gb\"; }; };\n"
#define PREDICTIVE "autoscaler = { type = \"predictive\"; max_replicas = 9; target = \"5/s\"; };"

static const char *const scenarios[] = {
    TOP REST "models = (" MODEL("a", "\"constant\"; mean = \"1ms\"")
        MODEL("b", "\"uniform\"; min = \"1ms\"; max = \"2ms\"")
            MODEL("c", "\"normal\"; mean = \"2ms\"; cv = 0.5; min = \"1ms\"; max = \"3ms\"")
                MODEL("d", "\"erlang\"; mean = \"1ms\"; phases = 3")
                    MODEL("e", "\"pareto\"; mean = \"1ms\"; shape = 2.5")
                        MODEL("f", "\"empirical\"; file = \"samples.csv\"; column = \"t\"")
                            MODEL("g", "\"mixture\"; components = ( { weight = 2; dist = \"1ms\"; "
                                       "} )") "{ name = \"m\"; service_time = \"20ms\"; "
                                              "concurrency = 4; queue_limit = 9;\n"
                                              "  discipline = \"processor_sharing\"; cores = 2; "
                                              "cpu_idle = \"10m\"; cpu_per_slot = \"50m\";\n"
                                              "  memory = { base = \"1Mi\"; per_request = \"1Mi\"; "
                                              "leak_per_hour = \"1Mi\"; }; } );\n" WORKLOAD(
                                                  "arrivals = { rate = \"5/s\"; batch = { law = "
                                                  "\"geometric\"; mean = 2.5; }; };"
                                                  "network_latency = \"1ms\"; timeout = \"1s\"; "
                                                  "attempt_timeout = \"100ms\";"
                                                  "retries = { max_attempts = 3; backoff = "
                                                  "\"1ms\"; multiplier = 2; jitter = \"10%\";"
                                                  "            backoff_max = \"1s\"; }; "
                                                  "cancellation = \"all\";"),
    TOP
    "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n"
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 3; usd_per_hour = 0.5;\n"
    "  load_balancing = \"random\"; startup_time = \"10s\"; min_ready = 2;\n"
    "  resources = { requests = { cpu = \"1\"; memory = \"1Gi\"; };\n"
    "                limits = { cpu = \"2\"; memory = \"2Gi\"; }; };\n"
    "  failures = { mttf = \"2000h\"; mttr = \"10m\"; crews = 1; }; } );\n" WORKLOAD(
        "arrivals = ( { process = \"gamma\"; rate = \"5/s\"; cv = 2; },\n"
        "{ process = \"mmpp\"; states = ( { rate = \"1/s\"; duration = \"1s\"; },\n"
        "                                 { rate = \"2/s\"; duration = \"1s\"; } ); },\n"
        "{ process = \"hawkes\"; rate = \"5/s\"; branching = 0.5; decay_time = \"1s\"; },\n"
        "{ process = \"diurnal\"; rate = \"5/s\"; amplitude = \"40%\"; peak_at = \"13h\";\n"
        "  period = \"12h\"; },\n"
        "{ process = \"piecewise\"; interpolation = \"linear\"; period = \"1h\";\n"
        "  points = ( { at = \"0s\"; rate = \"2/s\"; }, { at = \"1m\"; rate = \"1/s\"; } ); },\n"
        "{ process = \"calendar\"; rate = \"5/s\"; weekday = [ 1, 2 ]; saturday = [ 1 ];\n"
        "  sunday = [ 1 ]; holiday = [ 1 ]; holidays = [ \"2026-12-25\" ]; open = \"8h\";\n"
        "  close = \"20h\"; closed_share = \"10%\"; },\n"
        "{ process = \"trace\"; trace = \"trace.csv\"; column = \"t\"; } );"),
    TOP REST "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n" WORKLOAD(
        "arrivals = { process = \"closed\"; clients = 5; think_time = \"1s\"; };"),
    TOP
    "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n"
    "scheduler = { strategy = \"most_allocated\"; resources = ( { resource = \"gpu\"; weight = 5; "
    "} );\n"
    "percentage_of_nodes_to_score = 50; };\n"
    "deployments = ( " PODS("a", PROBES HPA) "," PODS("b", CANARY KEDA) "," PODS(
        "c",
        BLUE_GREEN
            KNATIVE) "," PODS("d",
                              PLACED
                                  SCHEDULED) "," PODS("e",
                                                      SHARED
                                                          PREDICTIVE) "," PODS("f",
                                                                               SLICED) ");\n"
                                                                                       "workloads "
                                                                                       "= ( { name "
                                                                                       "= "
                                                                                       "\"w\"; "
                                                                                       "deployment "
                                                                                       "= "
                                                                                       "\"a\"; "
                                                                                       "arrivals = "
                                                                                       "{ rate "
                                                                                       "= \"5/s\"; "
                                                                                       "}; } );\n",
    TOP REST_ON_NODES
    "jobs = ( { name = \"j\"; at = \"1min\"; period = \"10min\"; run_time = \"1min\"; deadline = "
    "\"5min\"; node_pool = \"n\"; } );\n"
    "instance_types = ( { name = \"box\"; cpu = \"16\"; memory = \"64Gi\"; gpus = 2;\n"
    "  gpu_model = \"A30\"; gpu_memory = \"24Gi\"; usd_per_hour = 2.5; usd_per_hour_spot = 1;\n"
    "  watts_idle = 100; watts_max = 400; } );\n"
    "node_pools = (\n"
    "{ name = \"n\"; instance = \"box\"; purchase = \"reserved\"; discount = \"30%\"; mig = "
    "\"1g.6gb\";\n"
    "  nodes = 2; min_nodes = 1; max_nodes = 3; zones = [ \"a\", \"b\" ]; max_pods = 50; quota = "
    "9;\n"
    "  reserved = { cpu = \"1\"; memory = \"2Gi\"; }; provision_failure = \"1%\"; priority = 3;\n"
    "  labels = ( { key = \"k\"; value = \"v\"; } ); replace = \"never\";\n"
    "  taints = ( { key = \"k\"; value = \"v\"; effect = \"no_execute\"; } );\n"
    "  failures = { mttf = \"2000h\"; mttr = \"10m\"; };\n"
    "  gpu_failures = { mttf = \"2000h\"; mttr = \"10m\"; };\n"
    "  slow = { mttf = \"100h\"; duration = \"10m\"; factor = 3; };\n"
    "  out_of_capacity = ( { zone = \"a\"; probability = \"10%\"; lead_time = \"2h\"; } );\n"
    "  image_pull_bandwidth = \"1G\"; model_load_bandwidth = \"1G\";\n"
    "  billing = { granularity = \"1h\"; minimum = \"1h\"; }; },\n"
    "{ name = \"s\"; instance = \"box\"; purchase = \"spot\"; gpu_time_slices = 4; usd_per_hour = "
    "1;\n"
    "  spot = { mttf = \"10h\"; notice = \"30s\"; }; spot_trace = \"spot.csv\"; } );\n"
    "node_autoscaler = { type = \"cluster_autoscaler\"; expander = [ \"price\" ]; };\n"
    "cluster = { };\n"
    "events = ( { at = \"10m\"; action = \"scale\"; deployment = \"d\"; replicas = 3; },\n"
    "  { at = \"10m\"; action = \"rollout\"; deployment = \"d\"; version = \"2\"; error_rate = "
    "\"1%\";\n"
    "    service_time_factor = 1.2; startup_time = \"30s\"; },\n"
    "  { at = \"10m\"; action = \"pod_crash\"; deployment = \"d\"; pods = 2; },\n"
    "  { at = \"10m\"; action = \"drain\"; node_pool = \"n\"; node = 1; zone = \"a\"; },\n"
    "  { at = \"10m\"; action = \"node_failure\"; node_pool = \"n\"; node = 1; duration = \"5m\"; "
    "},\n"
    "  { at = \"10m\"; action = \"gpu_failure\"; node_pool = \"n\"; node = 1; gpus = 2; },\n"
    "  { at = \"10m\"; action = \"zone_outage\"; zone = \"a\"; duration = \"20m\"; },\n"
    "  { at = \"10m\"; action = \"spot_interruption\"; node_pool = \"s\"; nodes = 1;\n"
    "    notice = \"30s\"; },\n"
    "  { at = \"10m\"; action = \"slow_node\"; node_pool = \"n\"; factor = 3; duration = \"5m\"; "
    "},\n"
    "  { at = \"10m\"; action = \"resize_pool\"; node_pool = \"n\"; nodes = 3; },\n"
    "  { at = \"10m\"; action = \"spike\"; workload = \"w\"; factor = 3; duration = \"5m\"; } "
    ");\n" WORKLOAD("arrivals = { rate = \"5/s\"; };"),
    TOP REST
    "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n"
    "node_pools = ( { name = \"n\"; instance = \"aws/m6i.2xlarge\"; } );\n"
    "node_autoscaler = { type = \"karpenter\"; };\n" WORKLOAD("arrivals = { rate = \"5/s\"; };"),
};

/* Rows that some scenario gave. */
static const struct hr_key *covered[COVERED_MAX];
static size_t n_covered;

static int setup(void **state)
{
    if (temp_folder_make(state) != 0)
        return -1;
    temp_write("samples.csv", "t\n0.1\n0.2\n", 10);
    temp_write("trace.csv", "t\n1\n2\n", 6);
    temp_write("spot.csv", "0,add,a\n", 8);
    return 0;
}

/* The value of the input at PATH.name; NULL: there is none. */
static const char *value_at(const struct hr_scenario *scenario, const char *path, size_t length,
                            const char *name)
{
    size_t n;
    const struct hr_scenario_input *inputs = hr_scenario_inputs(scenario, &n);
    for (size_t i = 0; i < n; i++) {
        const char *rest = inputs[i].path + length;
        if (strncmp(inputs[i].path, path, length) != 0)
            continue;
        if (strcmp(*rest == '.' ? rest + 1 : rest, name) == 0)
            return inputs[i].value;
    }
    return NULL;
}

static int choice_value(const struct hr_choice *choice, const char *name)
{
    while (strcmp(choice->name, name) != 0)
        choice++;
    return choice->value;
}

/* The row that an input's path leads to. */
static const struct hr_key *row_of(const struct hr_scenario *scenario, const char *path)
{
    const struct hr_key_table *table = &hr_spec_keys;
    const struct hr_key *key = NULL;
    const char *group = path, *at = path;
    size_t group_length = 0;
    char name[64];
    while (*at) {
        int selected = HR_SELECTED_ANY;
        if (table->selector) {
            const struct hr_key *selector = hr_table_find(table, table->selector, HR_SELECTED_ANY);
            selected = choice_value(selector->choices,
                                    value_at(scenario, group, group_length, table->selector));
        }
        const size_t n = strcspn(at, ".[");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        key = hr_table_find(table, name, selected);
        assert_non_null(key);
        at += n;
        if (key->type == HR_KEY_LIST || key->type == HR_KEY_ARRAY) {
            at++; /* to the element's name or index */
            at += strcspn(at, ".[");
        }
        group_length = (size_t)(at - path);
        at += *at == '.';
        table = key->table;
    }
    return key;
}

/* Loads with one override. It must fail with an error at a key `name` of which `hint` is said. */
static void expect_mistake(const char *file, const char *set, const char *name, const char *hint)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    bool found = false;
    assert_int_equal(hr_scenario_load(file, &set, 1, &scenario, diag), HR_ERR_INPUT);
    for (size_t i = 0; i < hr_diag_count(diag); i++) {
        const struct hr_diag_entry *entry = hr_diag_entry(diag, i);
        if (!entry->path || strncmp(entry->file, "--set ", 6) != 0)
            continue;
        const char *dot = strrchr(entry->path, '.');
        const char *last = dot ? dot + 1 : entry->path;
        found |= strncmp(last, name, strlen(name)) == 0 && entry->message[0] &&
                 (!hint || (entry->hint && strstr(entry->hint, hint)));
    }
    if (!found) {
        hr_diag_print(diag, stderr);
        fail_msg("%s: not reported at %s", set, name);
    }
    hr_diag_free(diag);
}

static void expect_bad_value(const char *file, const char *path, const struct hr_key *key,
                             const char *value)
{
    char set[256];
    snprintf(set, sizeof set, "%s=%s", path, value);
    expect_mistake(file, set, key->name, NULL);
}

static void check_wrong_types(const char *file, const char *path, const struct hr_key *key)
{
    static const char *const wrong[][3] = {
        [HR_KEY_BOOL] = { "5", "\"true\"", "maybe" },
        [HR_KEY_INT] = { "\"5\"", "1.5", "many" },
        [HR_KEY_REAL] = { "\"5\"", "true", "1e999" },
        [HR_KEY_QUANTITY] = { "\"5 parsecs\"", "true", "\"\"" },
        [HR_KEY_MEASURE] = { "soon", "true", "\"5 parsecs\"" },
        [HR_KEY_NAME] = { "Not-A-Name", "\"\"", "\"a.b\"" },
        [HR_KEY_TEXT] = { "{ }", "( )", "[ 1 ]" },
        [HR_KEY_PATH] = { "{ }", "( )", "\"\"" },
        [HR_KEY_ENUM] = { "no-such-choice", "\"\"", "true" },
        [HR_KEY_TIMESTAMP] = { "soon", "( )", "2026-13-01T00:00:00Z" },
        [HR_KEY_REF] = { "nobody", "\"\"", "{ }" },
    };
    const enum hr_key_type type = key->type == HR_KEY_ARRAY ? key->element : key->type;
    for (size_t i = 0; i < 3; i++)
        expect_bad_value(file, path, key, wrong[type][i]);
    expect_bad_value(file, path, key, "{ a = 1; }");
}

static void expect_bad_number(const char *file, const char *path, const struct hr_key *key,
                              double x)
{
    char text[48];
    if (key->unit == HR_UNIT_NONE)
        hr_format_double(text, x);
    else
        hr_quantity_format(text, x, key->unit);
    expect_bad_value(file, path, key, text);
}

static void check_bounds(const char *file, const char *path, const struct hr_key *key)
{
    if (key->max <= key->min)
        return;
    expect_bad_number(file, path, key, key->min_open ? key->min : key->min - 1);
    expect_bad_number(file, path, key, key->max_open ? key->max : 2 * key->max);
}

/* The name without its second letter is unknown, and the name is suggested. */
static void check_dropped_letter(const char *file, const char *path, const struct hr_key *key)
{
    char set[256], name[64], hint[80];
    const size_t length = strlen(path) - strlen(key->name);
    if (key->type == HR_KEY_ARRAY || strcmp(path + length, key->name) != 0)
        return;
    snprintf(name, sizeof name, "%c%s", key->name[0], key->name + 2);
    snprintf(set, sizeof set, "%.*s%s=1", (int)length, path, name);
    snprintf(hint, sizeof hint, "did you mean \"%s\"?", key->name);
    expect_mistake(file, set, name, hint);
}

static void cover(const struct hr_key *key)
{
    assert_true(n_covered < COVERED_MAX);
    covered[n_covered++] = key;
}

static void check_scenario(const char *text)
{
    char file[128];
    struct hr_scenario *scenario;
    struct hr_diag *diag = hr_diag_new();
    size_t n;
    snprintf(file, sizeof file, "%s", temp_write("all.cfg", text, strlen(text)));
    if (hr_scenario_load(file, NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    const struct hr_scenario_input *inputs = hr_scenario_inputs(scenario, &n);
    for (size_t i = 0; i < n; i++) {
        const struct hr_key *key = row_of(scenario, inputs[i].path);
        check_wrong_types(file, inputs[i].path, key);
        check_bounds(file, inputs[i].path, key);
        check_dropped_letter(file, inputs[i].path, key);
        cover(key);
    }
    hr_scenario_free(scenario);
    hr_diag_free(diag);
}

static void test_bad_values_are_reported_at_their_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        check_scenario(scenarios[i]);
}

/* The tables of time and lifetime distributions have rows of equal text. */
static void check_covered(void *ctx, const struct hr_key_visit *at)
{
    (void)ctx;
    if (at->key->type == HR_KEY_GROUP || at->key->type == HR_KEY_LIST)
        return;
    for (size_t i = 0; i < n_covered; i++)
        if (strcmp(covered[i]->name, at->key->name) == 0 &&
            strcmp(covered[i]->help, at->key->help) == 0)
            return;
    fail_msg("%s was not tried", at->path);
}

static void test_every_key_was_tried(void **state)
{
    (void)state;
    hr_keys_visit(true, check_covered, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_values_are_reported_at_their_key),
        cmocka_unit_test(test_every_key_was_tried),
    };
    return cmocka_run_group_tests(tests, setup, temp_folder_remove);
}
