/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios of the benchmark as programs. */
#include "bench.h"

#include "base/file.h"

#include <headroom/run.h>

#include <stdlib.h>
#include <string.h>

char *bench_path_new(const struct bench *bench, const char *name)
{
    return hr_file_join(bench->folder, name);
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

/* Which of the keys the line sets; the number of keys: none. */
static unsigned key_of(const char *line, const char *const *keys)
{
    const char *key = line + strspn(line, " ");
    const size_t length = strcspn(key, " =");
    unsigned i = 0;
    while (keys[i] != NULL && (strlen(keys[i]) != length || memcmp(keys[i], key, length) != 0))
        i++;
    return i;
}

/* The shipped scenario without some keys. */
static bool write_without(const char *path, const struct bench_case *c)
{
    char *file = hr_file_join(HR_SOURCE_DIR, c->file);
    FILE *in = fopen(file, "r"), *out = in != NULL ? fopen(path, "w") : NULL;
    char line[1024];
    unsigned found = 0; /* a bit a key */
    while (out != NULL && fgets(line, sizeof line, in) != NULL) {
        const unsigned key = key_of(line, c->without);
        found |= 1u << key;
        if (c->without[key] == NULL)
            fputs(line, out);
    }
    if (in != NULL)
        fclose(in);
    free(file);
    const unsigned all = (2u << key_of("", c->without)) - 1; /* and a line that sets none */
    return out != NULL && fclose(out) == 0 && found == all;
}

static bool write_text(const char *path, const struct bench_case *c)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return false;
    fprintf(out, "name = \"bench\"; warmup = \"0s\"; replications = 1; %s\n", or_else(c->top, ""));
    fprintf(
        out, "models = ( { name = \"m\"; %s } );\n",
        or_else(c->model, "service_time = { distribution = \"exponential\"; mean = \"1s\"; };"));
    fprintf(out,
            "deployments = ( { name = \"d\"; model = \"m\"; replicas = %u; load_balancing = "
            "\"%s\"; %s } );\n",
            c->replicas, or_else(c->routing, "central_queue"), or_else(c->deployment, ""));
    fprintf(out, "workloads = ( { name = \"w\"; deployment = \"d\"; %s ", or_else(c->workload, ""));
    if (c->arrivals != NULL)
        fprintf(out, "arrivals = { %s }; } );\n", c->arrivals);
    else
        fprintf(out, "arrivals = { process = \"poisson\"; rate = \"%g/s\"; }; } );\n", c->rate);
    return fclose(out) == 0;
}

struct hr_scenario *bench_case_load(const struct bench *bench, const struct bench_case *c)
{
    char duration[64], step[64];
    const char *const overrides[] = { duration, "replications=1", step };
    const double seconds = c->requests * bench->scale / c->rate;
    const bool shipped = c->file != NULL && c->without == NULL;
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    char *path =
        shipped ? hr_file_join(HR_SOURCE_DIR, c->file) : bench_path_new(bench, "scenario.cfg");
    snprintf(duration, sizeof duration, "duration=%.6fs", seconds);
    snprintf(step, sizeof step, "series_step=%.6fs", seconds / c->steps);
    if (!shipped && !(c->file != NULL ? write_without(path, c) : write_text(path, c))) {
        fprintf(stderr, "%s: %s: cannot be written\n", c->name, path);
    } else if (hr_scenario_load(path, overrides, c->steps > 0 ? 3 : 2, &scenario, diag) != HR_OK) {
        fprintf(stderr, "%s: does not load\n", c->name);
        hr_diag_print(diag, stderr);
    }
    free(path);
    hr_diag_free(diag);
    return scenario;
}

static bool run(const void *ctx, struct bench_sample *sample)
{
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_diag *diag = hr_diag_new();
    struct hr_result *result = NULL;
    const double start = bench_cpu_s();
    const bool done = hr_run(ctx, &options, &result, diag) == HR_OK;
    const double spent = bench_cpu_s() - start;
    if (done)
        *sample = (struct bench_sample){
            .cost = spent * 1e9 / (double)result->requests,
            .rate = (double)result->events / spent / 1e6,
            .peak_mib = bench_peak_mib(),
            .requests = result->requests,
            .latency_s_mean = result->workloads[0].latency_s.mean.value,
        };
    else
        hr_diag_print(diag, stderr);
    hr_result_free(result);
    hr_diag_free(diag);
    return done;
}

struct bench_program bench_headroom(const char *name, const struct hr_scenario *scenario)
{
    return (struct bench_program){ name, run, scenario };
}

void bench_measure(struct bench *bench, const struct bench_section *section,
                   const struct bench_case *c, const struct bench_terms *terms)
{
    if (!bench_wants(bench, c->name))
        return;
    struct hr_scenario *scenario = bench_case_load(bench, c), *partner = NULL;
    struct bench_row row = {
        .name = c->name,
        .n_programs = 1 + terms->n_programs,
        .programs = { bench_headroom("headroom", scenario) },
        .rounds = terms->rounds,
        .goal = terms->goal,
        .theory = terms->theory,
    };
    for (unsigned i = 0; i < terms->n_programs; i++)
        row.programs[1 + i] = terms->programs[i];
    if (terms->partner != NULL) {
        partner = bench_case_load(bench, terms->partner);
        row.programs[row.n_programs++] = bench_headroom(terms->partner_name, partner);
    }
    if (scenario != NULL && (terms->partner == NULL || partner != NULL))
        bench_row(bench, section, &row);
    else
        bench->failures++;
    hr_scenario_free(scenario);
    hr_scenario_free(partner);
}
