/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The moments at which everything is up again cut time into independent cycles; shares of time and
 * rates are ratios of means over cycles. What is rare, the numerator, is taken from cycles of the
 * embedded jump chain in which a failure comes next with probability 1/2 while anything is down,
 * each group with anything up being as likely to fail; they count with their likelihood ratio. Once
 * an outage has begun, the cycle goes on unbiased. Every state stands for its expected holding
 * time.
 */
#include "study/failure_biasing.h"

#include "base/mem.h"
#include "stats/interval.h"
#include "stats/rng.h"

#include <math.h>
#include <stdlib.h>

#define ROUND_CYCLES 20000u
#define OUTAGES_MIN  100u /* cycles with one, below which no interval can be trusted */
#define STEPS_MAX    UINT64_C(50000000) /* events of all cycles: some seconds */
#define Z95          1.959963984540054

/* Where the components of a group are that neither are up nor wait for a crew. */
struct place {
    uint32_t up, repair, start;
};

/* A cycle under way. */
struct cycle {
    const struct hr_biasing_system *system;
    struct hr_rng rng;
    struct place *places; /* by group */
    uint32_t *waiting;    /* ring of groups whose components wait for a crew */
    uint32_t n_waiting, waiting_first, n_down, n_all;
    uint64_t crews_free;
    uint64_t steps; /* of all cycles so far */
    bool biased;
    double weight; /* likelihood ratio */
};

/* What a cycle shows. */
struct sample {
    double length, to_outage; /* time; until the first outage or the end */
    double down, out;         /* rare, so weighted: time in outages; 1 if there was one */
};

/* Sums over cycles. */
struct sums {
    double n;
    double length, length2, to_outage, to_outage2;
    double down, down2, out, out2;
    double outages; /* cycles with one */
};

/* Rates out of the present state. */
struct rates {
    double fail, recover;
    uint32_t may_fail; /* groups with anything up */
};

static double fail_rate(const struct cycle *cycle, size_t g)
{
    return cycle->places[g].up / cycle->system->groups[g].up_s;
}

static double repair_rate(const struct cycle *cycle, size_t g)
{
    return cycle->places[g].repair / cycle->system->groups[g].repair_s;
}

static double start_rate(const struct cycle *cycle, size_t g)
{
    const uint32_t n = cycle->places[g].start;
    return n > 0 ? n / cycle->system->groups[g].startup_s : 0;
}

static struct rates rates_of(const struct cycle *cycle)
{
    struct rates rates = { 0 };
    for (size_t g = 0; g < cycle->system->n_groups; g++) {
        rates.fail += fail_rate(cycle, g);
        rates.recover += repair_rate(cycle, g) + start_rate(cycle, g);
        rates.may_fail += cycle->places[g].up > 0;
    }
    return rates;
}

static bool is_out(const struct cycle *cycle)
{
    for (size_t g = 0; g < cycle->system->n_groups; g++) {
        if (cycle->places[g].up < cycle->system->groups[g].k)
            return true;
    }
    return false;
}

static void fail(struct cycle *cycle, uint32_t group)
{
    cycle->places[group].up--;
    cycle->n_down++;
    if (cycle->crews_free > 0) {
        cycle->crews_free--;
        cycle->places[group].repair++;
    } else {
        cycle->waiting[(cycle->waiting_first + cycle->n_waiting++) % cycle->n_all] = group;
    }
}

static void started(struct cycle *cycle, uint32_t group)
{
    cycle->places[group].up++;
    cycle->n_down--;
}

static void repaired(struct cycle *cycle, uint32_t group)
{
    cycle->places[group].repair--;
    if (cycle->system->groups[group].startup_s > 0)
        cycle->places[group].start++;
    else
        started(cycle, group);
    if (cycle->n_waiting == 0) {
        cycle->crews_free++;
        return;
    }
    cycle->places[cycle->waiting[cycle->waiting_first]].repair++;
    cycle->waiting_first = (cycle->waiting_first + 1) % cycle->n_all;
    cycle->n_waiting--;
}

/* A failure comes next. `left` is uniform below the sum of what the groups weigh: their rates, or 1
 * each when biased. */
static void jump_to_failure(struct cycle *cycle, const struct rates *rates, double left)
{
    uint32_t group = 0;
    for (uint32_t g = 0; g < cycle->system->n_groups && left >= 0; g++) {
        if (cycle->places[g].up == 0)
            continue;
        group = g; /* rounding may leave a hair: the last candidate takes it */
        left -= cycle->biased ? 1 : fail_rate(cycle, g);
    }
    if (cycle->biased)
        cycle->weight *= fail_rate(cycle, group) / rates->fail * rates->may_fail;
    fail(cycle, group);
}

/* A repair or a start-up ends next; `left` is uniform below the sum of their rates. */
static void jump_to_recovery(struct cycle *cycle, double left)
{
    uint32_t group = 0;
    bool starting = false;
    for (uint32_t g = 0; g < cycle->system->n_groups && left >= 0; g++) {
        if (cycle->places[g].repair > 0) {
            group = g;
            starting = false;
            left -= repair_rate(cycle, g);
        }
        if (cycle->places[g].start > 0 && left >= 0) {
            group = g;
            starting = true;
            left -= start_rate(cycle, g);
        }
    }
    if (!starting) {
        repaired(cycle, group);
        return;
    }
    cycle->places[group].start--;
    started(cycle, group);
}

static void jump(struct cycle *cycle, const struct rates *rates)
{
    const double fails = rates->fail / (rates->fail + rates->recover);
    const double used = cycle->biased && rates->fail > 0 && rates->recover > 0 ? 0.5 : fails;
    const double u = hr_rng_uniform(&cycle->rng);
    cycle->steps++;
    if (u < used) {
        cycle->weight *= fails / used;
        jump_to_failure(cycle, rates, u / used * (cycle->biased ? rates->may_fail : rates->fail));
    } else {
        cycle->weight *= rates->recover / (rates->fail + rates->recover) / (1 - used);
        jump_to_recovery(cycle, (u - used) / (1 - used) * rates->recover);
    }
}

/* From all up to all up again. */
static struct sample run_cycle(struct cycle *cycle, uint64_t ordinal, bool biased)
{
    const struct hr_biasing_system *system = cycle->system;
    cycle->rng = hr_rng_at((struct hr_address){ .seed = system->seed,
                                                .replication = biased,
                                                .purpose = HR_PURPOSE_CYCLE,
                                                .entity = system->entity,
                                                .ordinal = ordinal });
    cycle->weight = 1;
    cycle->biased = biased && !system->naive;
    struct sample sample = { 0 };
    bool was_out = false;
    do {
        const struct rates rates = rates_of(cycle);
        const double time = 1 / (rates.fail + rates.recover);
        const bool out = is_out(cycle);
        if (out && !was_out) {
            was_out = true;
            cycle->biased = false;
            sample.out = cycle->weight;
        }
        sample.down += out ? time * cycle->weight : 0;
        sample.length += time;
        sample.to_outage += was_out ? 0 : time;
        jump(cycle, &rates);
    } while (cycle->n_down > 0 && cycle->steps < STEPS_MAX);
    return sample;
}

static void add(struct sums *sums, const struct sample *sample)
{
    sums->n++;
    sums->length += sample->length;
    sums->length2 += sample->length * sample->length;
    sums->to_outage += sample->to_outage;
    sums->to_outage2 += sample->to_outage * sample->to_outage;
    sums->down += sample->down;
    sums->down2 += sample->down * sample->down;
    sums->out += sample->out;
    sums->out2 += sample->out * sample->out;
    sums->outages += sample->out > 0;
}

/* Relative variance of the mean of n values with this sum and sum of squares. */
static double variance(double n, double sum, double squares)
{
    return (squares / (sum * sum) * n - 1) / (n - 1);
}

/* A ratio of means whose logarithm has the variance given. */
static struct hr_estimate ratio(double value, double relative_variance)
{
    const double half = Z95 * value * sqrt(fmax(0, relative_variance));
    return (struct hr_estimate){
        .value = value, .lo = fmax(0, value - half), .hi = value + half, .method = "failure_biasing"
    };
}

static void estimate(const struct sums *rare, const struct sums *usual,
                     struct hr_biasing_answer *answer)
{
    const double n = rare->n, m = usual->n;
    answer->unavailability =
        ratio(rare->down / n / (usual->length / m),
              variance(n, rare->down, rare->down2) + variance(m, usual->length, usual->length2));
    answer->unavailability.hi = fmin(1, answer->unavailability.hi);
    answer->mttf_s = ratio(usual->to_outage / m / (rare->out / n),
                           variance(n, rare->out, rare->out2) +
                               variance(m, usual->to_outage, usual->to_outage2));
}

static bool precise(const struct hr_estimate *estimate, double precision)
{
    return estimate->hi - estimate->value <= precision * estimate->value;
}

static struct hr_biasing_answer nothing(const char *why)
{
    return (struct hr_biasing_answer){ hr_estimate_none(why), hr_estimate_none(why) };
}

static void init(struct cycle *cycle, const struct hr_biasing_system *system)
{
    *cycle = (struct cycle){ .system = system, .crews_free = system->crews };
    cycle->places = HR_NEW_ARRAY(struct place, system->n_groups);
    for (size_t g = 0; g < system->n_groups; g++)
        cycle->n_all += cycle->places[g].up = system->groups[g].n;
    cycle->waiting = HR_NEW_ARRAY(uint32_t, cycle->n_all);
}

/* One round of cycles, a quarter as many for what is not rare. False: they take too many events. */
static bool run_round(struct cycle *cycle, struct sums *rare, struct sums *usual)
{
    for (unsigned i = 0; i < ROUND_CYCLES; i++) {
        const struct sample biased = run_cycle(cycle, (uint64_t)rare->n, true);
        add(rare, &biased);
        if (i % 4 == 0) {
            const struct sample plain = run_cycle(cycle, (uint64_t)usual->n, false);
            add(usual, &plain);
        }
        if (cycle->steps >= STEPS_MAX)
            return false;
    }
    return true;
}

struct hr_biasing_answer hr_failure_biasing(const struct hr_biasing_system *system)
{
    struct cycle cycle;
    struct sums rare = { 0 }, usual = { 0 };
    struct hr_biasing_answer answer =
        nothing("hardly ever is everything up at once, so there are no cycles to sample");
    init(&cycle, system);
    while (run_round(&cycle, &rare, &usual)) {
        if (rare.outages >= OUTAGES_MIN)
            estimate(&rare, &usual, &answer);
        else
            answer = nothing("too few cycles showed an outage");
        answer.unavailability.n = answer.mttf_s.n = (unsigned)rare.n;
        if (rare.n >= (double)system->cycles_max ||
            (precise(&answer.unavailability, system->precision) &&
             precise(&answer.mttf_s, system->precision)))
            break;
    }
    free(cycle.places);
    free(cycle.waiting);
    return answer;
}
