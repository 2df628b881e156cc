/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user waits for beside the requests: points of a sweep, the start of a process; and what a
 * replica takes of memory. */
#include "bench.h"

#include <headroom/run.h>
#include <headroom/sweep.h>

#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL_SCENARIO HR_SOURCE_DIR "/scenarios/mmc.cfg"
#define SMALL_DURATION "duration=100s"
#define SMALL_WARMUP   "warmup=10s"

/* ---- sweeps: loading and summing up weigh as much as the requests ---- */

#define SWEEP_REPLICAS 20
#define SWEEP_RATES    "workloads.w.arrivals.rate=1/s:10/s:1/s"

static void count(void *ctx, const char *const *values, const struct hr_result *result)
{
    (void)values;
    (void)result;
    ++*(uint64_t *)ctx;
}

static bool run_sweep(const void *ctx, struct bench_sample *sample)
{
    const struct hr_axis *axes = ctx;
    const char *const overrides[] = { SMALL_DURATION, SMALL_WARMUP };
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_diag *diag = hr_diag_new();
    uint64_t points = 0;
    const double start = bench_cpu_s();
    const bool done =
        hr_sweep(SMALL_SCENARIO, overrides, 2, axes, 2, &options, count, &points, diag) == HR_OK;
    const double spent = bench_cpu_s() - start;
    if (!done)
        hr_diag_print(diag, stderr);
    hr_diag_free(diag);
    sample->cost = spent * 1e3 / (double)points;
    sample->rate = (double)points / spent;
    sample->peak_mib = bench_peak_mib();
    return done && points == axes[0].n * axes[1].n;
}

void bench_sweeps(struct bench *bench)
{
    static const struct bench_section section = { "sweep", "sweep: ms of CPU per point", "ms/point",
                                                  "points/s" };
    static const char name[] = "M/M/c, 10 replications of 100 s";
    char replicas[64];
    struct hr_axis axes[2];
    if (!bench_wants(bench, name))
        return;
    snprintf(replicas, sizeof replicas, "deployments.d.replicas=11:%.0f:1",
             10 + ceil(SWEEP_REPLICAS * bench->scale));
    if (hr_axis_parse(replicas, &axes[0], NULL) != HR_OK ||
        hr_axis_parse(SWEEP_RATES, &axes[1], NULL) != HR_OK)
        abort();
    bench_row(bench, &section,
              &(struct bench_row){
                  .name = name, .n_programs = 1, .programs = { { "headroom", run_sweep, axes } } });
    for (size_t i = 0; i < 2; i++)
        hr_axis_fini(&axes[i]);
}

/* ---- start-up ---- */

#define HELP_MS_MAX 5
#define RUN_MS_MAX  10
#define STARTS      30

int bench_spawn(char *const *arguments, FILE *out)
{
    char *const environment[] = { "LC_ALL=C", NULL };
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t pid;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    const bool started =
        posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO) == 0 &&
        posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environment) == 0;
    posix_spawn_file_actions_destroy(&actions);
    if (!started || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static bool run_start(const void *ctx, struct bench_sample *sample)
{
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL)
        return false;
    const double start = bench_clock_s();
    const int code = bench_spawn((char *const *)ctx, nowhere);
    sample->cost = (bench_clock_s() - start) * 1e3;
    fclose(nowhere);
    return code == 0;
}

void bench_starts(struct bench *bench)
{
    static const struct bench_section section = { "start", "start-up: ms from start to exit",
                                                  "ms/process", "" };
    static char *const nothing[] = { "true", NULL };
    static char *const help[] = { HR_PROGRAM, "--help", NULL };
    static char *const run[] = { HR_PROGRAM, "run",        SMALL_SCENARIO,   "--quiet",
                                 "--jobs",   "1",          "--set",          SMALL_DURATION,
                                 "--set",    SMALL_WARMUP, "--replications", "1",
                                 NULL };
    static const struct {
        const char *name;
        char *const *arguments;
        double ms_max;
    } starts[] = {
        { "headroom --help", help, HELP_MS_MAX },
        { "headroom run, 800 requests", run, RUN_MS_MAX },
    };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        const struct bench_row row = {
            .name = starts[i].name,
            .n_programs = 2,
            .programs = { { "headroom", run_start, starts[i].arguments },
                          { "true", run_start, nothing } },
            .rounds = bench->quick ? 0 : STARTS,
            .goal = { BENCH_GOAL_MEDIAN, starts[i].ms_max },
        };
        if (bench_wants(bench, row.name))
            bench_row(bench, &section, &row);
    }
}

/* ---- memory of a replica, of a pod ---- */

#define FEW       10000
#define MANY      100000
#define BYTES_MAX 512
#define CROWD_S   3 /* until all are as busy as they get, --quick or not */
#define ON_A_NODE 100
#define POD       "resources = { requests = { cpu = \"500m\"; }; }; "

struct crowd {
    const char *name;
    const char *pods; /* keys of pods on nodes; NULL: replicas without nodes */
    double load;      /* of a replica */
    double bytes_max; /* the goal; 0: none */
    const struct bench *bench;
    unsigned n;
};

static bool run_crowd(const void *ctx, void *answer)
{
    const struct crowd *crowd = ctx;
    const double rate = crowd->load * crowd->n;
    char nodes[160];
    snprintf(nodes, sizeof nodes,
             "node_pools = ( { name = \"p\"; instance = \"aws/m6i.24xlarge\"; nodes = %u; } );",
             crowd->n / ON_A_NODE);
    struct bench_case c = { .name = crowd->name,
                            .routing = "least_outstanding",
                            .replicas = crowd->n,
                            .rate = rate,
                            .requests = rate * CROWD_S / crowd->bench->scale };
    if (crowd->pods != NULL) {
        c.top = nodes;
        c.deployment = crowd->pods;
    }
    struct hr_scenario *scenario = bench_case_load(crowd->bench, &c);
    const struct bench_program program = bench_headroom(c.name, scenario);
    struct bench_sample sample = { 0 };
    const bool done = scenario != NULL && program.run(program.ctx, &sample);
    hr_scenario_free(scenario);
    *(double *)answer = sample.peak_mib;
    return done;
}

static bool run_crowds(const void *ctx, struct bench_sample *sample)
{
    struct crowd few = *(const struct crowd *)ctx, many = few;
    double few_mib, many_mib;
    few.n = FEW;
    many.n = MANY;
    if (!bench_in_child(run_crowd, &few, &few_mib, sizeof few_mib) ||
        !bench_in_child(run_crowd, &many, &many_mib, sizeof many_mib))
        return false;
    sample->cost = (many_mib - few_mib) * 1024 * 1024 / (MANY - FEW);
    sample->peak_mib = many_mib;
    return true;
}

void bench_memory(struct bench *bench)
{
    static const struct bench_section section = { "memory", "memory: bytes each", "bytes", "" };
    const struct crowd crowds[] = {
        { .name = "100000 replicas, 90 % busy", .load = 0.9, .bytes_max = BYTES_MAX },
        { .name = "100000 pods, 1 % busy", .pods = POD, .load = 0.01, .bytes_max = BYTES_MAX },
        { .name = "100000 pods, 1 % busy, probed",
          .pods = POD "readiness_probe = { };",
          .load = 0.01 },
    };
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        struct crowd crowd = crowds[i];
        crowd.bench = bench;
        const struct bench_row row = {
            .name = crowd.name,
            .n_programs = 1,
            .programs = { { "headroom", run_crowds, &crowd } },
            .rounds = 1,
            .goal = { crowd.bytes_max > 0 ? BENCH_GOAL_MEDIAN : BENCH_GOAL_NONE, crowd.bytes_max },
        };
        if (bench_wants(bench, row.name))
            bench_row(bench, &section, &row);
    }
}
