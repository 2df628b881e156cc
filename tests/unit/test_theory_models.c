/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which scenario is which queue; what is no queue, and why. */
#include "hr_test.h"

#include "unit/theory_check.h"

static struct hr_theory *recognize(const char *const *sets)
{
    struct hr_scenario *scenario = scenario_new(sets);
    struct hr_theory *theory = hr_theory_recognize(scenario);
    hr_scenario_free(scenario);
    return theory;
}

static double value_of(const struct hr_theory_model *model, const char *metric)
{
    const struct hr_theory_number *number = number_of(model, metric);
    return number == NULL ? (double)NAN : number->closed_form;
}

/* Models, how many numbers are known of each, and one of them, by the formulas that others test. */
static const struct {
    const char *sets[SETS_MAX];
    const char *model, *formula;
    unsigned queues;
    size_t n_numbers;
    bool approximation;
    const char *metric;
    double value;
} models[] = {
    { { NULL }, "M/M/1", "birth and death", 1, 17, false, "latency_s.mean", 5 },
    { { REPLICAS "10", CENTRAL, RATE "\"8/s\"" },
      "M/M/10",
      "Erlang C",
      1,
      17,
      false,
      "wait_probability",
      0.40918015079644354 },
    { { "models.m.concurrency=10", RATE "\"8/s\"" },
      "M/M/10",
      "Erlang C",
      1,
      17,
      false,
      "concurrency",
      9.636720603185774 },
    { { "models.m.service_time={ distribution = \"erlang\"; mean = \"1s\"; phases = 1; }" },
      "M/M/1",
      "birth and death",
      1,
      17,
      false,
      "latency_s.p50",
      5 * 0.6931471805599453 },
    { { REPLICAS "3", CENTRAL, "models.m.queue_limit=4", RATE "\"4/s\"" },
      "M/M/3/7",
      "birth and death",
      1,
      18,
      false,
      "availability",
      1 },
    { { REPLICAS "17", CENTRAL, "models.m.queue_limit=0", RATE "\"10/s\"", LOGNORMAL },
      "M/G/17/17",
      "Erlang B",
      1,
      5,
      false,
      "availability",
      1 - 0.012948875224726571 },
    { { REPLICAS "17", "deployments.d.load_balancing=\"least_outstanding\"",
        "models.m.queue_limit=0", RATE "\"10/s\"" },
      "M/M/17/17",
      "Erlang B",
      1,
      10,
      false,
      "throughput_rps",
      9.870511247752734 },
    { { CONSTANT }, "M/D/1", "Pollaczek-Khinchine", 1, 17, false, "wait_s.p99", 10.35588679200089 },
    { { LOGNORMAL }, "M/G/1", "Pollaczek-Khinchine", 1, 17, false, "wait_s.mean", 2.72 },
    { { "models.m.service_time={ distribution = \"uniform\"; min = \"500ms\"; max = \"1500ms\"; "
        "}" },
      "M/G/1",
      "Pollaczek-Khinchine",
      1,
      7,
      false,
      "wait_s.mean",
      2 * (1 + 1.0 / 12) },
    { { ARRIVALS "{ process = \"gamma\"; rate = \"0.7/s\"; cv = 4.0; }" },
      "G/M/1",
      "G/M/1 root",
      1,
      17,
      false,
      "wait_s.mean",
      24.521214773036498 },
    { { ARRIVALS "{ process = \"weibull\"; rate = \"0.7/s\"; cv = 1.0; }" },
      "G/M/1",
      "G/M/1 root",
      1,
      17,
      false,
      "latency_s.mean",
      1 / 0.3 },
    { { ARRIVALS "{ process = \"deterministic\"; rate = \"0.9/s\"; }" },
      "D/M/1",
      "G/M/1 root",
      1,
      17,
      false,
      "wait_s.mean",
      4.17865942214984 },
    { { BURSTS }, "MMPP2/M/1", "matrix-geometric", 1, 17, false, "throughput_rps", 0.7 },
    { { ARRIVALS "{ rate = \"0.5/s\"; batch = { law = \"geometric\"; mean = 5.0; }; }" },
      "M[X]/M/1",
      "Pollaczek-Khinchine",
      1,
      17,
      false,
      "wait_s.mean",
      9 },
    { { ARRIVALS "{ rate = \"0.6/s\"; batch = { mean = 3.0; }; }", CONSTANT },
      "M[X]/D/1",
      "Pollaczek-Khinchine",
      1,
      7,
      false,
      "wait_s.mean",
      3 * 0.6 / 0.8 + 1 },
    { { REPLICAS "14", CENTRAL, RATE "\"10/s\"",
        TIMEOUT "{ distribution = \"exponential\"; mean = \"1666666667ns\"; }" },
      "M/M/14+M",
      "Erlang A",
      1,
      18,
      false,
      "utilization",
      0.7042973256268511 },
    { { TIMEOUT "\"4s\"", "workloads.w.cancellation=\"none\"" },
      "M/M/1+D",
      "M/M/c+D",
      1,
      18,
      false,
      "availability",
      1 - 0.4493289641172216 /* exp(-0.8) */ },
    { { "workloads.w.attempt_timeout=\"4s\"", "workloads.w.cancellation=\"none\"" },
      "M/M/1+D",
      "M/M/c+D",
      1,
      18,
      false,
      "availability",
      1 - 0.4493289641172216 },
    { { SHARING },
      "M/M/1-PS",
      "insensitivity of sharing",
      1,
      9,
      false,
      "latency_s.p99",
      36.940989235718554 },
    { { SHARING, LOGNORMAL, "models.m.cores=2.0", RATE "\"1.6/s\"" },
      "M/G/2-PS",
      "insensitivity of sharing",
      1,
      4,
      false,
      "concurrency",
      1.6 / 0.36 },
    { { REPLICAS "4", RATE "\"3.2/s\"" },
      "M/M/1",
      "birth and death",
      4,
      17,
      false,
      "concurrency",
      16 },
    { { REPLICAS "4", RATE "\"3.2/s\"", PATIENCE }, "M/M/1+M", "Erlang A", 4, 18, false, NULL, 0 },
    { { REPLICAS "4", BURSTS },
      "MMPP2/M/1",
      "matrix-geometric",
      4,
      17,
      false,
      "throughput_rps",
      0.7 },
    { { REPLICAS "4", SHARING, RATE "\"3.2/s\"" },
      "M/M/1-PS",
      "insensitivity of sharing",
      4,
      9,
      false,
      "concurrency",
      16 },
    { { REPLICAS "3", TURNS, RATE "\"2.4/s\"" },
      "E3/M/1",
      "G/M/1 root",
      3,
      17,
      false,
      "wait_s.mean",
      2.459422848431958 },
    { { REPLICAS "4", TURNS, ARRIVALS "{ process = \"gamma\"; rate = \"2.8/s\"; cv = 8.0; }" },
      "G/M/1",
      "G/M/1 root",
      4,
      17,
      false,
      "wait_s.mean",
      24.521214773036498 },
    { { REPLICAS "4", TURNS, ARRIVALS "{ process = \"weibull\"; rate = \"3.2/s\"; cv = 1.0; }" },
      "G/M/1",
      "G/M/1 root",
      4,
      17,
      false,
      NULL,
      0 },
    { { REPLICAS "2", CENTRAL, LOOP },
      "M/M/2//20",
      "machine repair",
      1,
      17,
      false,
      "wait_s.mean",
      4.028140941430165 },
    { { LOOP, SHARING, LOGNORMAL }, "M/G/1-PS//20", "machine repair", 1, 4, false, NULL, 0 },
    { { REPLICAS "4", CENTRAL, RATE "\"3.2/s\"", LOGNORMAL },
      "M/G/4",
      "Allen-Cunneen",
      1,
      12,
      true,
      NULL,
      0 },
    { { LOGNORMAL, ARRIVALS "{ process = \"gamma\"; rate = \"0.8/s\"; cv = 2.0; }" },
      "G/G/1",
      "Kraemer-Langenbach-Belz",
      1,
      6,
      true,
      NULL,
      0 },
    { { REPLICAS "2", CENTRAL, ARRIVALS "{ process = \"gamma\"; rate = \"1.6/s\"; cv = 2.0; }" },
      "G/M/2",
      "Allen-Cunneen",
      1,
      6,
      true,
      NULL,
      0 },
    { { REPLICAS "3", TURNS, RATE "\"2.4/s\"", LOGNORMAL },
      "E3/G/1",
      "Kraemer-Langenbach-Belz",
      3,
      6,
      true,
      NULL,
      0 },
};

static void test_models(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        struct hr_theory *theory = recognize(models[i].sets);
        assert_int_equal(theory->n_models, 1);
        const struct hr_theory_model *model = &theory->models[0];
        if (model->n_why > 0)
            print_error("case %zu: %s\n", i, model->why[0]);
        assert_non_null(model->model);
        assert_string_equal(model->model, models[i].model);
        assert_string_equal(model->formula, models[i].formula);
        assert_int_equal(model->queues, models[i].queues);
        assert_true(model->approximation == models[i].approximation);
        assert_int_equal(model->n_numbers, models[i].n_numbers);
        assert_string_equal(model->workload, "w");
        assert_string_equal(model->deployment, "d");
        assert_true(theory->verdict == HR_THEORY_NOT_JUDGED);
        if (strcmp(models[i].model, "M/M/3/7") == 0) /* lost: Erlang B with the queue's shares */
            assert_near(value_of(model, "throughput_rps"), 4 * value_of(model, "availability"),
                        1e-12);
        else if (models[i].metric != NULL)
            assert_near(value_of(model, models[i].metric), models[i].value, 1e-7 * models[i].value);
        hr_theory_free(theory);
    }
}

/* Several workloads of plain Poisson arrivals meet the same waits. */
static void test_shared_deployment(void **state)
{
    (void)state;
    const char *const sets[SETS_MAX] = {
        "workloads=( { name = \"a\"; deployment = \"d\"; arrivals = { rate = \"0.3/s\"; }; }, "
        "{ name = \"b\"; deployment = \"d\"; arrivals = ( { rate = \"0.2/s\"; }, "
        "{ rate = \"0.3/s\"; } ); } )",
    };
    struct hr_theory *theory = recognize(sets);
    assert_int_equal(theory->n_models, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct hr_theory_model *model = &theory->models[i];
        assert_string_equal(model->model, "M/M/1");
        assert_near(value_of(model, "latency_s.mean"), 5, 1e-12);
        assert_near(value_of(model, "utilization"), 0.8, 1e-12);
        assert_near(value_of(model, "throughput_rps"), i == 0 ? 0.3 : 0.5, 1e-12);
        assert_near(value_of(model, "concurrency"), i == 0 ? 1.5 : 2.5, 1e-12);
    }
    hr_theory_free(theory);
}

static void test_replicas(void **state)
{
    (void)state;
    static const struct {
        const char *sets[SETS_MAX];
        double available, ready;
    } cases[] = {
        /* Oracle case kofn-1. */
        { { REPLICAS "3", "deployments.d.min_ready=2",
            FAILURES "{ mttf = \"500s\"; mttr = \"10s\"; crews = 1; }" },
          0.9976958872340105,
          2.9388732436787497 },
        /* Up 100 s, down 25 s with the start, each for itself. */
        { { REPLICAS "2", "deployments.d.min_ready=2", "deployments.d.startup_time=\"5s\"",
            FAILURES "{ mttf = { distribution = \"weibull\"; mean = \"100s\"; cv = 0.5; }; "
                     "mttr = { distribution = \"lognormal\"; mean = \"20s\"; cv = 1.0; }; }" },
          0.64,
          1.6 },
    };
    for (size_t i = 0; i < 2; i++) {
        struct hr_theory *theory = recognize(cases[i].sets);
        assert_int_equal(theory->n_models, 2);
        assert_int_equal(theory->models[0].n_why, 1);
        const struct hr_theory_model *model = &theory->models[1];
        assert_null(model->workload);
        assert_string_equal(model->model, i == 0 ? "2-out-of-3" : "2-out-of-2");
        assert_near(value_of(model, "availability_time"), cases[i].available, 1e-12);
        assert_near(value_of(model, "replicas.mean"), cases[i].ready, 1e-12);
        hr_theory_free(theory);
    }
}

/* What keeps a scenario from every formula, and how it is told. */
static const struct {
    const char *sets[SETS_MAX];
    const char *why; /* one of the reasons begins so */
} reasons[] = {
    { { FAILURES "{ mttf = \"500s\"; mttr = \"10s\"; }" }, "deployments.d.failures: " },
    { { "models.m.memory={ base = \"1Gi\"; }",
        "deployments.d.resources={ limits = { memory = \"2Gi\"; }; }" },
      "deployments.d.resources.limits.memory: " },
    { { "models.m.cpu_per_slot=\"2\"", "deployments.d.resources={ limits = { cpu = \"1\"; }; }" },
      "deployments.d.resources.limits.cpu: " },
    { { SHARING, "models.m.concurrency=4" }, "models.m.concurrency: " },
    { { REPLICAS "4", "deployments.d.load_balancing=\"least_outstanding\"" },
      "deployments.d.load_balancing: least_outstanding over 4 replicas" },
    { { REPLICAS "4", "deployments.d.load_balancing=\"power_of_two\"" },
      "deployments.d.load_balancing: power_of_two over 4 replicas" },
    { { REPLICAS "100000", CENTRAL, "models.m.concurrency=1000" }, "deployments.d.replicas: " },
    { { "workloads.w.network_latency=\"10ms\"" }, "workloads.w.network_latency: " },
    { { "models.m.queue_limit=4", "workloads.w.retries={ max_attempts = 2; }" },
      "workloads.w.retries: " },
    { { PATIENCE, "workloads.w.attempt_timeout=\"1s\"" },
      "workloads.w.attempt_timeout: is a second limit" },
    { { TIMEOUT "{ distribution = \"gamma\"; mean = \"3s\"; cv = 2.0; }" },
      "workloads.w.timeout: is neither" },
    { { TIMEOUT "\"3s\"", "workloads.w.cancellation=\"all\"" }, "workloads.w.cancellation: all" },
    { { PATIENCE, LOGNORMAL }, "workloads.w.timeout: is solved for exponential service" },
    { { PATIENCE, "models.m.queue_limit=4" }, "models.m.queue_limit: is not solved together" },
    { { PATIENCE, BURSTS }, "workloads.w.arrivals: timeouts are solved for poisson" },
    { { PATIENCE, "workloads=( { name = \"a\"; deployment = \"d\"; timeout = \"3s\"; arrivals = "
                  "{ rate = \"0.3/s\"; }; }, { name = \"w\"; deployment = \"d\"; arrivals = "
                  "{ rate = \"0.3/s\"; }; } )" },
      "workloads.a.timeout: workloads with limits share" },
    { { ARRIVALS
        "{ process = \"hawkes\"; rate = \"0.5/s\"; branching = 0.5; decay_time = \"1s\"; }" },
      "workloads.w.arrivals: hawkes" },
    { { ARRIVALS "{ process = \"diurnal\"; rate = \"0.5/s\"; }" },
      "workloads.w.arrivals: the rate changes with time" },
    { { ARRIVALS "{ process = \"calendar\"; rate = \"0.5/s\"; }",
        "start=\"2026-03-02T00:00:00Z\"" },
      "workloads.w.arrivals: the rate changes with time" },
    { { ARRIVALS "{ process = \"piecewise\"; points = ( { at = \"0s\"; rate = \"0.5/s\"; } ); }" },
      "workloads.w.arrivals: the rate changes with time" },
    { { ARRIVALS
        "{ process = \"mmpp\"; states = ( { rate = \"1/s\"; duration = \"1s\"; }, "
        "{ rate = \"0/s\"; duration = \"1s\"; }, { rate = \"2/s\"; duration = \"1s\"; } ); }" },
      "workloads.w.arrivals: an mmpp of more than 2 states" },
    { { ARRIVALS
        "( { rate = \"0.3/s\"; }, { process = \"gamma\"; rate = \"0.3/s\"; cv = 2.0; } )" },
      "workloads.w.arrivals[1]: is mixed with other arrivals" },
    { { ARRIVALS "{ process = \"gamma\"; rate = \"0.3/s\"; cv = 2.0; batch = { mean = 2.0; }; }" },
      "workloads.w.arrivals.batch: " },
    { { REPLICAS "2", LOOP }, "workloads.w.arrivals: a closed loop is solved over one queue" },
    { { REPLICAS "2", TURNS, BURSTS }, "workloads.w.arrivals: an mmpp taken in turns" },
    { { REPLICAS "2", ARRIVALS "{ process = \"gamma\"; rate = \"0.3/s\"; cv = 2.0; }" },
      "workloads.w.arrivals: is split at random" },
    { { REPLICAS "2", ARRIVALS "{ rate = \"0.3/s\"; batch = { mean = 2.0; }; }" },
      "workloads.w.arrivals.batch: the split" },
    { { REPLICAS "2", TURNS, PATIENCE },
      "workloads.w.arrivals: taken in turns is not solved with t" },
    { { REPLICAS "2", TURNS, "models.m.queue_limit=4" },
      "workloads.w.arrivals: taken in turns is not solved with a queue_limit" },
    { { REPLICAS "2", TURNS, SHARING },
      "workloads.w.arrivals: taken in turns is not solved with processor sharing" },
    { { "models.m.queue_limit=4", BURSTS }, "models.m.queue_limit: is solved for poisson" },
    { { "models.m.queue_limit=4", LOGNORMAL }, "models.m.queue_limit: is solved for exponential" },
    { { "models.m.queue_limit=2000000" }, "models.m.queue_limit: more than 1000000" },
    { { SHARING, BURSTS }, "workloads.w.arrivals: processor sharing is solved for poisson" },
    { { LOOP, LOGNORMAL }, "models.m.service_time: a closed loop is solved for exponential" },
    { { LOOP, SHARING, "models.m.cores=1.5" }, "models.m.cores: " },
    { { ARRIVALS "{ process = \"closed\"; clients = 2000000; think_time = \"5s\"; }" },
      "workloads.w.arrivals.clients: more than 1000000" },
    { { BURSTS, LOGNORMAL }, "workloads.w.arrivals: an mmpp is solved for one exponential" },
    { { BURSTS, "models.m.concurrency=2" }, "workloads.w.arrivals: an mmpp is solved for one" },
    { { ARRIVALS "{ rate = \"0.3/s\"; batch = { mean = 2.0; }; }", "models.m.concurrency=2" },
      "workloads.w.arrivals.batch: batches are solved for one server" },
    { { "models.m.service_time={ distribution = \"pareto\"; mean = \"1s\"; shape = 1.5; }" },
      "models.m.service_time: its variance is infinite" },
    { { CONSTANT, ARRIVALS "{ process = \"deterministic\"; rate = \"0.5/s\"; }" },
      "models.m.service_time: nothing is random" },
    { { "models.m.service_time=\"0s\"" }, "models.m.service_time: is 0" },
    /* Of replicas that fail. */
    { { FAILURES "{ mttf = { distribution = \"gamma\"; mean = \"5s\"; cv = 2.0; }; mttr = \"1s\"; "
                 "crews = 1; }",
        REPLICAS "2" },
      "deployments.d.failures.mttf: crews" },
    { { FAILURES
        "{ mttf = \"5s\"; mttr = { distribution = \"constant\"; mean = \"1s\"; }; crews = 1; }",
        REPLICAS "2" },
      "deployments.d.failures.mttr: crews" },
    { { FAILURES "{ mttf = \"5s\"; mttr = \"1s\"; crews = 1; }", REPLICAS "2",
        "deployments.d.startup_time=\"1s\"" },
      "deployments.d.startup_time: crews" },
    { { FAILURES "{ mttf = { distribution = \"constant\"; mean = \"5s\"; }; mttr = \"1s\"; }",
        REPLICAS "2" },
      "deployments.d.failures.mttf: is constant" },
    { { FAILURES "{ mttf = \"5s\"; mttr = { distribution = \"constant\"; mean = \"0s\"; }; }" },
      "deployments.d.failures: a time is 0" },
    { { FAILURES "{ mttf = \"5s\"; mttr = \"1s\"; }", "models.m.memory={ base = \"1Gi\"; }",
        "deployments.d.resources={ limits = { memory = \"2Gi\"; }; }" },
      "deployments.d.resources.limits.memory: " },
};

static bool told(const struct hr_theory *theory, const char *why)
{
    for (size_t m = 0; m < theory->n_models; m++)
        for (size_t i = 0; i < theory->models[m].n_why; i++)
            if (strncmp(theory->models[m].why[i], why, strlen(why)) == 0)
                return true;
    return false;
}

static void test_reasons(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        struct hr_theory *theory = recognize(reasons[i].sets);
        if (!told(theory, reasons[i].why)) {
            for (size_t k = 0; k < theory->models[0].n_why; k++)
                print_error("told: %s\n", theory->models[0].why[k]);
            fail_msg("not told: %s", reasons[i].why);
        }
        assert_null(theory->models[0].model);
        assert_int_equal(theory->models[0].n_numbers, 0);
        hr_theory_free(theory);
    }
}

/* Nothing is told that does not matter. */
static void test_harmless_features(void **state)
{
    (void)state;
    static const char *const sets[][SETS_MAX] = {
        { "workloads.w.retries={ max_attempts = 3; }" }, /* nothing fails */
        { "models.m.memory={ base = \"1Gi\"; }" },       /* without a limit */
        { "deployments.d.resources={ limits = { cpu = \"1\"; memory = \"1Gi\"; }; }" },
        { "deployments.d.startup_time=\"20s\"" }, /* nothing starts */
        { "deployments.d.usd_per_hour=3.0" },
        { "deployments.d.load_balancing=\"least_outstanding\"" }, /* to the only one */
        { "workloads.w.arrivals={ rate = \"0.8/s\"; batch = { mean = 1.0; }; }" },
        { SHARING, "models.m.queue_limit=3" }, /* nobody queues */
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct hr_theory *theory = recognize(sets[i]);
        assert_int_equal(theory->models[0].n_why, 0);
        assert_near(value_of(&theory->models[0], "concurrency"), 4, 1e-12);
        hr_theory_free(theory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_shared_deployment),
        cmocka_unit_test(test_replicas),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_harmless_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
