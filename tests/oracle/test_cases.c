/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every case of the shared oracle (METHODS.md, section 19) that a scenario can express, turned into
 * one and run. Times of a case are told as seconds, whatever their unit. Without the file this test
 * is skipped.
 */
#include "oracle/oracle.h"

#include <jansson.h>

#define CASES_FILE HR_SOURCE_DIR "/../shared/data/oracle/cases.json"
#define REQUESTS   3e6

/* A case on its way to a scenario; the texts back the pointers of `queue`. */
struct subject {
    const json_t *params, *expected;
    struct oracle_queue queue;
    char service[128], model[128], deployment[160], arrivals[192], workload[128];
    double side_by_side; /* the case tells of one of so many servers */
};

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static double param(const struct subject *subject, const char *key)
{
    return number(subject->params, key);
}

static void exponential(struct subject *subject, double mu)
{
    snprintf(subject->service, sizeof subject->service,
             "{ distribution = \"exponential\"; mean = \"%.0fns\"; }", 1e9 / mu);
}

static void poisson(struct subject *subject)
{
    subject->queue.rate = param(subject, "lam");
    subject->queue.duration_s = oracle_duration_s(REQUESTS, subject->queue.rate);
}

static unsigned servers(const struct subject *subject)
{
    const json_t *c = json_object_get(subject->params, "c");
    return c ? (unsigned)json_number_value(c) : 1;
}

static void fill_mmc(struct subject *subject)
{
    poisson(subject);
    exponential(subject, param(subject, "mu"));
    subject->queue.servers = servers(subject);
}

static void fill_mmck(struct subject *subject)
{
    fill_mmc(subject);
    snprintf(subject->model, sizeof subject->model, "queue_limit = %.0f;",
             param(subject, "K") - param(subject, "c"));
}

static void fill_loss(struct subject *subject)
{
    poisson(subject);
    subject->queue.servers = servers(subject);
    snprintf(subject->service, sizeof subject->service,
             "{ distribution = \"lognormal\"; mean = \"%.0fns\"; cv = 1.5; }",
             1e9 * param(subject, "service_mean"));
    snprintf(subject->model, sizeof subject->model, "queue_limit = 0;");
}

static void fill_mgc(struct subject *subject)
{
    poisson(subject);
    subject->queue.servers = servers(subject);
    const char *law = json_string_value(json_object_get(subject->params, "service"));
    const double mean_ns = 1e9 * param(subject, "service_mean");
    if (strcmp(law, "det") == 0)
        snprintf(subject->service, sizeof subject->service, "\"%.0fns\"", mean_ns);
    else if (strcmp(law, "erlang") == 0)
        snprintf(subject->service, sizeof subject->service,
                 "{ distribution = \"erlang\"; mean = \"%.0fns\"; phases = %.0f; }", mean_ns,
                 param(subject, "k"));
    else
        snprintf(subject->service, sizeof subject->service,
                 "{ distribution = \"%s\"; mean = \"%.0fns\"; cv = %.17g; }",
                 strcmp(law, "hyperexp") == 0 ? "hyperexponential" : law, mean_ns,
                 sqrt(param(subject, "scv")));
}

/* Patience also ends in service, which leaves servers and queue as they are (test_clients.c). */
static void fill_patience(struct subject *subject)
{
    fill_mmc(subject);
    snprintf(subject->workload, sizeof subject->workload,
             "timeout = { distribution = \"exponential\"; mean = \"%.0fns\"; };",
             1e9 / param(subject, "theta"));
}

static void fill_sharing(struct subject *subject)
{
    fill_mmc(subject);
    snprintf(subject->model, sizeof subject->model, "discipline = \"processor_sharing\";");
    subject->queue.routing = "random";
}

static void fill_renewal(struct subject *subject)
{
    fill_mmc(subject);
    const char *law = json_string_value(json_object_get(subject->params, "arrivals"));
    const double rate = subject->queue.rate;
    if (strcmp(law, "det") == 0)
        snprintf(subject->arrivals, sizeof subject->arrivals,
                 "{ process = \"deterministic\"; rate = \"%.17g/s\"; }", rate);
    else
        snprintf(subject->arrivals, sizeof subject->arrivals,
                 "{ process = \"gamma\"; rate = \"%.17g/s\"; cv = %.17g; }", rate,
                 strcmp(law, "gamma") == 0 ? param(subject, "cv") : 1 / sqrt(param(subject, "k")));
}

static void fill_shortest(struct subject *subject)
{
    fill_mmc(subject);
    subject->queue.servers = (unsigned)param(subject, "servers");
    subject->queue.routing = "least_outstanding";
}

static void fill_round_robin(struct subject *subject)
{
    fill_shortest(subject);
    subject->queue.routing = "round_robin";
    subject->side_by_side = param(subject, "servers");
}

static void fill_counts(struct subject *subject)
{
    snprintf(
        subject->arrivals, sizeof subject->arrivals,
        "{ process = \"mmpp\"; states = ( { rate = \"%g/s\"; duration = \"%.9gs\"; }, { rate = "
        "\"%g/s\"; duration = \"%.9gs\"; } ); }",
        param(subject, "rate1"), 1 / param(subject, "r12"), param(subject, "rate2"),
        1 / param(subject, "r21"));
    snprintf(subject->model, sizeof subject->model, "concurrency = 100000;");
    subject->queue.step_s = param(subject, "T");
    subject->queue.duration_s = 100 * subject->queue.step_s;
}

static void fill_batches(struct subject *subject)
{
    const double mean = param(subject, "batch_mean");
    const double rate = mean * param(subject, "lam_batches");
    exponential(subject, param(subject, "mu"));
    snprintf(subject->arrivals, sizeof subject->arrivals,
             "{ rate = \"%.17g/s\"; batch = { law = \"geometric\"; mean = %.9f; }; }", rate, mean);
    subject->queue.duration_s = oracle_duration_s(REQUESTS, rate);
}

static void write_failures(struct subject *subject, double fail_rate, double repair_rate,
                           unsigned crews, unsigned min_ready)
{
    snprintf(subject->deployment, sizeof subject->deployment,
             "min_ready = %u; failures = { mttf = \"%.9fs\"; mttr = \"%.9fs\"; crews = %u; };",
             min_ready, 1 / fail_rate, 1 / repair_rate, crews);
}

static void fill_kofn(struct subject *subject)
{
    const double n = param(subject, "n"), fail_rate = param(subject, "fail_rate");
    write_failures(subject, fail_rate, param(subject, "repair_rate"),
                   (unsigned)param(subject, "crews"), (unsigned)param(subject, "k"));
    subject->queue.servers = (unsigned)n;
    subject->queue.rate = 1e-3;
    subject->queue.duration_s = oracle_duration_s(2e6, n * fail_rate);
}

static void fill_interval(struct subject *subject)
{
    write_failures(subject, 1 / param(subject, "mttf"), 1 / param(subject, "mttr"), 1, 1);
    subject->queue.rate = 1e-3;
    subject->queue.duration_s = param(subject, "T");
    subject->queue.warmup_share = -1;
    subject->queue.replications = 20000;
}

static void fill_breakdowns(struct subject *subject)
{
    fill_mmc(subject);
    write_failures(subject, param(subject, "fail_rate"), param(subject, "repair_rate"),
                   (unsigned)param(subject, "crews"), 1);
}

static void fill_transient(struct subject *subject)
{
    const json_t *times = json_object_get(subject->params, "times");
    fill_mmc(subject);
    subject->queue.duration_s =
        json_number_value(json_array_get(times, json_array_size(times) - 1));
    subject->queue.step_s = 1;
    subject->queue.warmup_share = -1;
    subject->queue.replications = 5000;
}

static void fill_closed(struct subject *subject)
{
    exponential(subject, param(subject, "mu"));
    snprintf(subject->arrivals, sizeof subject->arrivals,
             "{ process = \"closed\"; clients = %.0f; think_time = { distribution = "
             "\"exponential\"; mean = \"%.9fs\"; }; }",
             param(subject, "clients"), param(subject, "think"));
    subject->queue.servers = servers(subject);
    subject->queue.duration_s =
        oracle_duration_s(REQUESTS, number(subject->expected, "throughput"));
}

static void fill_planned(struct subject *subject)
{
    fill_mmc(subject);
    subject->queue.servers = (unsigned)number(subject->expected, "servers");
}

/* What a model of the file becomes; fill NULL: nothing, and why. */
struct model {
    const char *name;
    void (*fill)(struct subject *subject);
    const char *why;     /* it is skipped */
    const char *without; /* keys that mean something else here, each between spaces */
};

static const struct model models[] = {
    { .name = "M/M/1", .fill = fill_mmc },
    { .name = "M/M/c", .fill = fill_mmc },
    { .name = "M/M/c/K", .fill = fill_mmck },
    { .name = "M/G/c/c", .fill = fill_loss },
    { .name = "M/E2/1", .fill = fill_mgc },
    { .name = "M/H2/1", .fill = fill_mgc },
    { .name = "M/D/1", .fill = fill_mgc },
    { .name = "M/LN/1", .fill = fill_mgc },
    { .name = "M/D/c", .fill = fill_mgc },
    { .name = "M/E2/c", .fill = fill_mgc },
    { .name = "M/M/c+M", .fill = fill_patience, .without = " p_wait l_mean throughput " },
    { .name = "M/M/1-PS", .fill = fill_sharing },
    { .name = "E2/M/1", .fill = fill_renewal },
    { .name = "D/M/1", .fill = fill_renewal },
    { .name = "Gamma/M/1", .fill = fill_renewal },
    { .name = "JSQ", .fill = fill_shortest },
    { .name = "round robin", .fill = fill_round_robin },
    { .name = "MMPP2 counts", .fill = fill_counts },
    { .name = "M[X]/M/1", .fill = fill_batches },
    { .name = "k-out-of-n", .fill = fill_kofn },
    { .name = "interval availability", .fill = fill_interval, .without = " availability " },
    { .name = "M/M/c breakdowns", .fill = fill_breakdowns },
    { .name = "M/M/c transient", .fill = fill_transient },
    { .name = "M/M/c//N", .fill = fill_closed },
    { .name = "min servers", .fill = fill_planned },
    { .name = "M/M[1,b]/1", .why = "replicas do not serve batches" },
    { .name = "M/D(k)[1,b]/1", .why = "replicas do not serve batches" },
    { .name = "M/D(k)[1,b]/1 timeout", .why = "replicas do not serve batches" },
    { .name = "power of d, n->inf", .why = "holds for infinitely many replicas" },
    { .name = "M/M/c priority", .why = "requests have no priorities" },
    { .name = "M/D/1 setup", .why = "idle replicas are not switched off" },
    { .name = "tandem", .why = "requests have one stage" },
    { .name = "fork-join of 2 M/M/1", .why = "requests have one stage" },
};

/* What a key of the expected values is here. */
struct meaning {
    const char *key;
    enum oracle_metric metric;
    double share;   /* the value is the quantile of this share */
    const char *at; /* the metric's `at` is the value of this key */
    bool adds_up;   /* over servers side by side */
};

static const struct meaning meanings[] = {
    { .key = "util", .metric = ORACLE_UTILIZATION },
    { .key = "p_wait", .metric = ORACLE_WAIT_PROBABILITY },
    { .key = "wq_mean", .metric = ORACLE_WAIT_S },
    { .key = "wq_served_mean", .metric = ORACLE_WAIT_S },
    { .key = "w_mean", .metric = ORACLE_LATENCY_S },
    { .key = "l_mean", .metric = ORACLE_NUMBER, .adds_up = true },
    { .key = "lq_mean", .metric = ORACLE_QUEUE, .adds_up = true },
    { .key = "busy_mean", .metric = ORACLE_BUSY, .adds_up = true },
    { .key = "throughput", .metric = ORACLE_THROUGHPUT, .adds_up = true },
    { .key = "p_block", .metric = ORACLE_REJECTED },
    { .key = "wq_p50", .metric = ORACLE_WAIT_BELOW, .share = 0.5 },
    { .key = "wq_p95", .metric = ORACLE_WAIT_BELOW, .share = 0.95 },
    { .key = "wq_p99", .metric = ORACLE_WAIT_BELOW, .share = 0.99 },
    { .key = "w_p50", .metric = ORACLE_LATENCY_BELOW, .share = 0.5 },
    { .key = "w_p95", .metric = ORACLE_LATENCY_BELOW, .share = 0.95 },
    { .key = "w_p99", .metric = ORACLE_LATENCY_BELOW, .share = 0.99 },
    { .key = "availability", .metric = ORACLE_UPTIME },
    { .key = "time_avail_any", .metric = ORACLE_UPTIME },
    { .key = "mean_from_up", .metric = ORACLE_UPTIME },
    { .key = "var_from_up", .metric = ORACLE_UPTIME_VARIANCE, .at = "mean_from_up" },
    { .key = "mean_up", .metric = ORACLE_READY },
    { .key = "request_avail", .metric = ORACLE_AVAILABILITY },
    { .key = "p_lost", .metric = ORACLE_FAILED },
    { .key = "count_var", .metric = ORACLE_COUNT_VARIANCE, .at = "count_mean" },
};

static bool is_left_out(const struct model *model, const char *key)
{
    char spaced[64];
    snprintf(spaced, sizeof spaced, " %s ", key);
    return model->without != NULL && strstr(model->without, spaced) != NULL;
}

static void expect(struct oracle *oracle, const struct model *model, const struct subject *subject)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const struct meaning *meaning = &meanings[i];
        const json_t *value = json_object_get(subject->expected, meaning->key);
        if (value == NULL || is_left_out(model, meaning->key))
            continue;
        const double exact = json_number_value(value);
        if (meaning->share > 0)
            oracle_expect_quantile(oracle, meaning->metric, meaning->share, exact);
        else
            oracle_expect_at(oracle, meaning->metric,
                             meaning->at ? number(subject->expected, meaning->at) : 0,
                             meaning->adds_up ? exact * subject->side_by_side : exact);
    }
    const json_t *averages = json_object_get(subject->expected, "l_avg");
    for (size_t i = 0; i < json_array_size(averages); i++)
        oracle_expect_at(
            oracle, ORACLE_NUMBER_UNTIL,
            json_number_value(json_array_get(json_object_get(subject->params, "times"), i)),
            json_number_value(json_array_get(averages, i)));
}

static void run_case(const struct model *model, const char *id, const json_t *item)
{
    struct subject subject = {
        .params = json_object_get(item, "params"),
        .expected = json_object_get(item, "expected"),
        .side_by_side = 1,
    };
    model->fill(&subject);
    struct oracle_queue *queue = &subject.queue;
    queue->name = model->name;
    queue->formula = "the shared oracle";
    queue->service = *subject.service ? subject.service : NULL;
    queue->model = subject.model;
    queue->deployment = subject.deployment;
    queue->arrivals = *subject.arrivals ? subject.arrivals : NULL;
    queue->workload = subject.workload;
    char name[64];
    snprintf(name, sizeof name, "case %s", id); /* other random numbers than in the other tests */
    struct oracle oracle;
    oracle_init(&oracle, name, queue);
    expect(&oracle, model, &subject);
    oracle_run(&oracle);
}

static const struct model *find_model(const char *name)
{
    static const struct model unknown = { .why = "its model is not known here" };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    }
    return &unknown;
}

static void test_cases(void **state)
{
    const json_t *cases = *state;
    size_t run = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *item = json_array_get(cases, i);
        const char *id = json_string_value(json_object_get(item, "id"));
        const struct model *model = find_model(json_string_value(json_object_get(item, "model")));
        if (model->fill == NULL) {
            print_message("case %-17s skipped: %s\n", id, model->why);
            continue;
        }
        run_case(model, id, item);
        run++;
    }
    print_message("%zu cases run, %zu skipped\n", run, json_array_size(cases) - run);
    assert_true(run > 0);
}

int main(void)
{
    json_error_t error;
    json_t *cases = json_load_file(CASES_FILE, 0, &error);
    if (cases == NULL) {
        printf("skipped: the shared oracle is not here: %s\n", error.text);
        return 77;
    }
    const struct CMUnitTest tests[] = { cmocka_unit_test_prestate(test_cases, cases) };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_decref(cases);
    return failed;
}
