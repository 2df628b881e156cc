/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs timed by turns, in a process of their own. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_cpu_s(void)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_clock_s(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double bench_peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static bool receive(int in, char *answer, size_t size)
{
    size_t n = 0;
    ssize_t got = 1;
    while (n < size && (got = read(in, answer + n, size - n)) > 0)
        n += (size_t)got;
    return n == size;
}

bool bench_in_child(bool (*work)(const void *ctx, void *answer), const void *ctx, void *answer,
                    size_t size)
{
    int ends[2], status = -1;
    if (pipe(ends) != 0)
        return false;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        const bool done = work(ctx, answer) && write(ends[1], answer, size) == (ssize_t)size;
        _exit(done ? 0 : 1);
    }
    close(ends[1]);
    const bool received = child > 0 && receive(ends[0], answer, size);
    close(ends[0]);
    if (child > 0)
        waitpid(child, &status, 0);
    return received && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- the race ---- */

struct race {
    const struct bench_row *row;
    unsigned rounds;
};

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, unsigned n)
{
    double sorted[BENCH_ROUNDS_MAX];
    for (unsigned i = 0; i < n; i++)
        sorted[i] = values[i];
    qsort(sorted, n, sizeof *sorted, compare);
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

static double least(const double *values, unsigned n)
{
    double x = values[0];
    for (unsigned i = 1; i < n; i++)
        x = fmin(x, values[i]);
    return x;
}

static bool race(const void *ctx, void *answer)
{
    const struct race *race = ctx;
    const unsigned n = race->row->n_programs, rounds = race->rounds;
    struct bench_figures *figures = answer;
    double costs[BENCH_PROGRAMS_MAX][BENCH_ROUNDS_MAX], rates[BENCH_PROGRAMS_MAX][BENCH_ROUNDS_MAX];
    double ratios[BENCH_ROUNDS_MAX];
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < n; i++) {
            const struct bench_program *program = &race->row->programs[i];
            struct bench_sample sample = { 0 };
            if (!program->run(program->ctx, &sample))
                return false;
            costs[i][round] = sample.cost;
            rates[i][round] = sample.rate;
            figures->programs[i].requests = sample.requests;
            figures->programs[i].latency_s_mean = sample.latency_s_mean;
            if (round == 0 && i == 0)
                figures->peak_mib = sample.peak_mib;
        }
    }
    for (unsigned i = 0; i < n; i++) {
        struct bench_figure *figure = &figures->programs[i];
        figure->median = median(costs[i], rounds);
        figure->least = least(costs[i], rounds);
        figure->rate = median(rates[i], rounds);
        if (i == 1 || (i > 1 && figure->median < figures->programs[figures->against].median))
            figures->against = i;
    }
    for (unsigned round = 0; round < rounds; round++)
        ratios[round] = costs[0][round] / costs[figures->against][round];
    figures->ratio = median(ratios, rounds);
    return true;
}

bool bench_race(const struct bench_row *row, unsigned rounds, struct bench_figures *figures)
{
    const struct race ctx = { row, rounds };
    *figures = (struct bench_figures){ 0 };
    return bench_in_child(race, &ctx, figures, sizeof *figures);
}
