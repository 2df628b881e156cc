/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A system's model: its name in Kendall's notation and its closed forms. */
#include "study/theory.h"

#include "base/str.h"
#include "model/facts.h"

#include <math.h>

#define QUANTILES 5

static const struct {
    double p;
    const char *latency, *wait;
} quantiles[QUANTILES] = {
    { 0.5, "latency_s.p50", "wait_s.p50" },     { 0.9, "latency_s.p90", "wait_s.p90" },
    { 0.95, "latency_s.p95", "wait_s.p95" },    { 0.99, "latency_s.p99", "wait_s.p99" },
    { 0.999, "latency_s.p999", "wait_s.p999" },
};

static const struct hr_formula little = { "Little's law", "Little 1961" };
static const struct hr_formula flow = { "what arrives leaves", "Little 1961" };
static const struct hr_formula inversion = { "transform inverted", "Abate, Whitt 1995" };

/* What is known of one of the system's queues; NaN: unknown. */
struct answer {
    struct hr_str kendall; /* such as "M/M/10" */
    struct hr_queue_answer mean;
    double latency_s[QUANTILES], wait_s[QUANTILES];
    struct hr_formula formula, quantile_formula;
    bool approximation;
};

static void answer_init(struct answer *answer)
{
    *answer = (struct answer){ .approximation = false };
    hr_str_init(&answer->kendall);
    for (int i = 0; i < QUANTILES; i++)
        answer->latency_s[i] = answer->wait_s[i] = (double)NAN;
}

static void set_formula(struct answer *answer, const char *name, const char *source)
{
    answer->formula = answer->quantile_formula = (struct hr_formula){ name, source };
}

/* Arrivals of one queue a second. */
static double rate_each(const struct hr_system *system)
{
    return system->rate / system->queues;
}

static const char *service_letter(const struct hr_system *system)
{
    if (system->exponential)
        return "M";
    return system->service.kind == HR_DIST_CONSTANT ? "D" : "G";
}

static void take_stages(struct hr_stages *stages, struct answer *answer)
{
    for (int i = 0; i < QUANTILES; i++) {
        answer->wait_s[i] = hr_stages_wait_s_quantile(stages, quantiles[i].p);
        answer->latency_s[i] = hr_stages_latency_s_quantile(stages, quantiles[i].p);
    }
    hr_stages_fini(stages);
}

static void solve_closed(const struct hr_system *system, struct answer *answer)
{
    const struct hr_arrival_spec *loop = system->arrivals;
    const bool sharing = system->model->discipline == HR_PROCESSOR_SHARING;
    const unsigned clients = (unsigned)loop->clients;
    const unsigned servers = sharing ? (unsigned)system->model->cores : system->servers;
    const double mu = 1 / system->service_s;
    struct hr_dist think;
    hr_dist_init(&think, loop->think_time);
    const double think_s = hr_dist_mean_ns(&think) * 1e-9;
    hr_str_addf(&answer->kendall, "%s/%s/%u%s//%u",
                loop->think_time->kind == HR_DIST_EXPONENTIAL ? "M" : "G", service_letter(system),
                servers, sharing ? "-PS" : "", clients);
    hr_dist_fini(&think);
    set_formula(answer, "machine repair", "Baskett, Chandy, Muntz, Palacios 1975");
    answer->mean = hr_closed_mmc(clients, think_s, mu, servers);
    if (sharing) {
        answer->mean.wait_s_mean = answer->mean.wait_probability = answer->mean.queue_mean =
            (double)NAN;
        return;
    }
    answer->quantile_formula = (struct hr_formula){ "arrival theorem", "Lavenberg, Reiser 1980" };
    struct hr_stages stages;
    hr_closed_stages_init(&stages, clients, think_s, mu, servers);
    take_stages(&stages, answer);
}

static void solve_sharing(const struct hr_system *system, struct answer *answer)
{
    const double lambda = rate_each(system), cores = system->model->cores;
    hr_str_addf(&answer->kendall, "M/%s/%g-PS", service_letter(system), cores);
    set_formula(answer, "insensitivity of sharing", "Kelly 1979");
    answer->mean = hr_mgc_ps(lambda, system->service_s, cores);
    if (cores != 1 || !system->exponential)
        return;
    answer->quantile_formula =
        (struct hr_formula){ "wait of random order", "Cohen 1984, Flatto 1997" };
    for (int i = 0; i < QUANTILES; i++)
        answer->latency_s[i] =
            hr_mm1_ps_latency_s_quantile(lambda, system->service_s, quantiles[i].p);
}

static void solve_impatient(const struct hr_system *system, struct answer *answer)
{
    static const enum hr_leaving leaving[] = { [HR_CANCEL_NONE] = HR_LEAVE_NEVER,
                                               [HR_CANCEL_QUEUED] = HR_LEAVE_QUEUE,
                                               [HR_CANCEL_ALL] = HR_LEAVE_ANY };
    const struct hr_impatient queue = {
        .lambda = rate_each(system),
        .mu = 1 / system->service_s,
        .servers = system->servers,
        .patience_s = (double)system->patience->mean * 1e-9,
        .constant = system->patience->kind == HR_DIST_CONSTANT,
        .leaving = leaving[system->workload->cancellation],
    };
    hr_str_addf(&answer->kendall, "M/M/%u+%s", queue.servers, queue.constant ? "D" : "M");
    set_formula(answer, queue.constant ? "M/M/c+D" : "Erlang A",
                queue.constant ? "Baccelli, Hebuterne 1981" : "Palm 1957");
    answer->mean = hr_impatient(&queue);
    for (int i = 0; i < QUANTILES; i++) {
        answer->wait_s[i] = hr_impatient_wait_s_quantile(&queue, quantiles[i].p);
        answer->latency_s[i] = hr_impatient_latency_s_quantile(&queue, quantiles[i].p);
    }
}

/* Without room to wait the law of service does not matter. */
static void solve_limited(const struct hr_system *system, struct answer *answer)
{
    const double lambda = rate_each(system), mu = 1 / system->service_s;
    const unsigned servers = system->servers;
    const unsigned capacity = servers + (unsigned)system->model->queue_limit;
    hr_str_addf(&answer->kendall, "M/%s/%u/%u", service_letter(system), servers, capacity);
    answer->mean = hr_mmck(lambda, mu, servers, capacity);
    if (capacity == servers) {
        set_formula(answer, "Erlang B", "Sevastyanov 1957");
        answer->mean.wait_s_mean = answer->mean.wait_probability = answer->mean.queue_mean =
            (double)NAN;
    } else {
        set_formula(answer, "birth and death", "Kleinrock 1975, ch. 3");
    }
    if (!system->exponential)
        return;
    struct hr_stages stages;
    hr_mmck_stages_init(&stages, lambda, mu, servers, capacity);
    take_stages(&stages, answer);
}

static void solve_mmc(const struct hr_system *system, struct answer *answer)
{
    const double lambda = rate_each(system), mu = 1 / system->service_s;
    hr_str_addf(&answer->kendall, "M/M/%u", system->servers);
    set_formula(answer, system->servers == 1 ? "birth and death" : "Erlang C",
                "Kleinrock 1975, ch. 3");
    answer->mean = hr_mmc(lambda, mu, system->servers);
    for (int i = 0; i < QUANTILES; i++) {
        const double p = quantiles[i].p;
        answer->wait_s[i] = hr_mmc_wait_s_quantile(lambda, mu, system->servers, p);
        answer->latency_s[i] = hr_mmc_latency_s_quantile(lambda, mu, system->servers, p);
    }
}

static void solve_md1(const struct hr_system *system, struct answer *answer)
{
    const double lambda = rate_each(system), service_s = system->service_s;
    hr_str_add(&answer->kendall, "M/D/1");
    set_formula(answer, "Pollaczek-Khinchine", "Kleinrock 1975, ch. 5");
    answer->quantile_formula = (struct hr_formula){ "Franx's sum", "Franx 2001" };
    answer->mean = hr_mg1(lambda, service_s, 0);
    for (int i = 0; i < QUANTILES; i++) {
        answer->wait_s[i] = hr_md1_wait_s_quantile(lambda, service_s, quantiles[i].p);
        answer->latency_s[i] = answer->wait_s[i] + service_s;
    }
}

/* One server, any service, batches or not. */
static void solve_mg1(const struct hr_system *system, struct answer *answer)
{
    const struct hr_batch_spec *batch = system->arrivals->batch;
    const double m = batch == NULL ? 1 : batch->mean;
    const bool geometric = batch != NULL && batch->law == HR_BATCH_GEOMETRIC;
    const double moment2 = geometric ? 2 * m * m - m : m * m;
    hr_str_addf(&answer->kendall, "M%s/%s/1", m > 1 ? "[X]" : "", service_letter(system));
    set_formula(answer, "Pollaczek-Khinchine",
                m > 1 ? "Gross, Harris 1998, sec. 3.1" : "Kleinrock 1975, ch. 5");
    answer->quantile_formula = inversion;
    answer->mean =
        hr_mxg1(rate_each(system) / m, m, moment2, system->service_s, system->service_scv);
    struct hr_law law;
    if (!hr_law_init(&law, &system->service))
        return;
    const struct hr_mxg1_queue queue = { rate_each(system) / m, m, geometric, &law,
                                         system->service_s };
    for (int i = 0; i < QUANTILES; i++) {
        answer->wait_s[i] = hr_mxg1_wait_s_quantile(&queue, quantiles[i].p);
        answer->latency_s[i] = hr_mxg1_latency_s_quantile(&queue, quantiles[i].p);
    }
    hr_law_fini(&law);
}

static void solve_mmpp(const struct hr_system *system, struct answer *answer)
{
    const struct hr_mmpp_state *states = system->arrivals->states.items;
    const double mu = 1 / system->service_s;
    struct hr_mmpp2 mmpp;
    for (int i = 0; i < 2; i++) { /* a part taken at random is an mmpp too */
        mmpp.rate[i] = states[i].rate / system->queues;
        mmpp.leave[i] = 1e9 / (double)states[i].duration_mean;
    }
    hr_str_add(&answer->kendall, "MMPP2/M/1");
    set_formula(answer, "matrix-geometric", "Neuts 1981");
    answer->mean = hr_mmpp2_m1(&mmpp, mu);
    for (int i = 0; i < QUANTILES; i++) {
        answer->wait_s[i] = hr_mmpp2_m1_wait_s_quantile(&mmpp, mu, quantiles[i].p);
        answer->latency_s[i] = hr_mmpp2_m1_latency_s_quantile(&mmpp, mu, quantiles[i].p);
    }
}

/* Gaps of a renewal process of which a queue gets every n-th arrival. */
struct gaps {
    double rate;         /* of the process, /s */
    unsigned nth;        /* 1: all */
    struct hr_dist unit; /* gap of mean 1 s */
    struct hr_law law;
};

static void gaps_init(struct gaps *gaps, const struct hr_system *system, struct hr_dist_spec *spec)
{
    const int process = system->arrivals->process;
    *gaps = (struct gaps){ .rate = system->rate, .nth = system->queues };
    *spec = (struct hr_dist_spec){
        .kind = process == HR_ARRIVAL_POISSON         ? HR_DIST_EXPONENTIAL
                : process == HR_ARRIVAL_DETERMINISTIC ? HR_DIST_CONSTANT
                : process == HR_ARRIVAL_GAMMA         ? HR_DIST_GAMMA
                                                      : HR_DIST_WEIBULL,
        .mean = HR_NS_PER_S,
        .cv = system->arrivals->cv,
    };
    hr_dist_init(&gaps->unit, spec);
}

static double gaps_scv(const struct gaps *gaps)
{
    return hr_dist_scv(&gaps->unit) / gaps->nth;
}

static double gaps_transform(const void *ctx, double s)
{
    const struct gaps *gaps = ctx;
    return pow(creal(hr_law_transform(&gaps->law, s / gaps->rate)), gaps->nth);
}

/* The sum of n gamma gaps is gamma; of others only the transform is known, if that. */
static double gaps_sigma(struct gaps *gaps, double lambda, double mu)
{
    if (gaps->unit.kind != HR_DIST_WEIBULL)
        return hr_gm1_sigma_gamma(lambda, sqrt(gaps_scv(gaps)), mu);
    if (!hr_law_init(&gaps->law, &gaps->unit))
        return (double)NAN;
    const double sigma = hr_gm1_sigma(gaps_transform, gaps, lambda, mu);
    hr_law_fini(&gaps->law);
    return sigma;
}

static void name_gaps(const struct gaps *gaps, const struct hr_system *system,
                      struct answer *answer)
{
    if (gaps->unit.kind == HR_DIST_EXPONENTIAL)
        hr_str_addf(&answer->kendall, "E%u", gaps->nth);
    else
        hr_str_add(&answer->kendall, gaps->unit.kind == HR_DIST_CONSTANT ? "D" : "G");
    hr_str_addf(&answer->kendall, "/%s/%u", service_letter(system), system->servers);
}

static void solve_gm1(double sigma, double lambda, double mu, struct answer *answer)
{
    set_formula(answer, "G/M/1 root", "Kleinrock 1975, ch. 6");
    answer->mean = hr_gm1(lambda, sigma, mu);
    for (int i = 0; i < QUANTILES; i++) {
        answer->wait_s[i] = hr_gm1_wait_s_quantile(sigma, mu, quantiles[i].p);
        answer->latency_s[i] = hr_gm1_latency_s_quantile(sigma, mu, quantiles[i].p);
    }
}

static void solve_approximately(const struct hr_system *system, double gap_scv,
                                struct answer *answer)
{
    const bool one = system->servers == 1;
    answer->approximation = true;
    set_formula(answer, one ? "Kraemer-Langenbach-Belz" : "Allen-Cunneen",
                one ? "Kraemer, Langenbach-Belz 1976" : "Allen 1990");
    answer->mean =
        hr_ggc(rate_each(system), gap_scv, system->service_s, system->service_scv, system->servers);
    if (gap_scv != 1) { /* the share that waits is Erlang C's, which is for Poisson arrivals */
        answer->mean.wait_probability = (double)NAN;
        return;
    }
    for (int i = 0; i < QUANTILES; i++)
        answer->wait_s[i] = hr_ggc_wait_s_quantile(&answer->mean, quantiles[i].p);
}

static void solve_renewal(const struct hr_system *system, struct answer *answer)
{
    struct gaps gaps;
    struct hr_dist_spec spec;
    gaps_init(&gaps, system, &spec);
    name_gaps(&gaps, system, answer);
    double sigma = (double)NAN;
    if (system->servers == 1 && system->exponential)
        sigma = gaps_sigma(&gaps, rate_each(system), 1 / system->service_s);
    if (!isnan(sigma))
        solve_gm1(sigma, rate_each(system), 1 / system->service_s, answer);
    else
        solve_approximately(system, gaps_scv(&gaps), answer);
    hr_dist_fini(&gaps.unit);
}

static void solve_poisson(const struct hr_system *system, struct answer *answer)
{
    const bool batches = system->arrivals->batch != NULL && system->arrivals->batch->mean > 1;
    if (system->exponential && !batches) {
        solve_mmc(system, answer);
    } else if (system->servers > 1) {
        hr_str_addf(&answer->kendall, "M/%s/%u", service_letter(system), system->servers);
        solve_approximately(system, 1, answer);
    } else if (system->service.kind == HR_DIST_CONSTANT && !batches) {
        solve_md1(system, answer);
    } else {
        solve_mg1(system, answer);
    }
}

/* The most special feature decides. */
static void solve(const struct hr_system *system, struct answer *answer)
{
    if (system->gaps == HR_GAPS_CLOSED)
        solve_closed(system, answer);
    else if (system->model->discipline == HR_PROCESSOR_SHARING)
        solve_sharing(system, answer);
    else if (system->patience != NULL)
        solve_impatient(system, answer);
    else if (system->model->queue_limit != HR_UNLIMITED)
        solve_limited(system, answer);
    else if (system->gaps == HR_GAPS_MMPP2)
        solve_mmpp(system, answer);
    else if (system->gaps == HR_GAPS_RENEWAL || hr_system_round_robin(system))
        solve_renewal(system, answer);
    else
        solve_poisson(system, answer);
}

static bool known(const struct answer *answer)
{
    return isfinite(answer->mean.number_mean);
}

/* `share` of the system's requests are the workload's, `queues` like the answer's make it up. */
static void add_means(const struct answer *answer, double share, double queues, bool closed,
                      struct hr_theory_model *out)
{
    const struct hr_queue_answer *mean = &answer->mean;
    const struct hr_formula *own = &answer->formula;
    const bool lossless = mean->block_probability == 0, rough = answer->approximation;
    hr_theory_add(out, "throughput_rps", mean->throughput * queues * share, false,
                  lossless && !closed ? &flow : own);
    hr_theory_add(out, "concurrency", mean->number_mean * queues * share, rough, &little);
    if (!lossless)
        hr_theory_add(out, "availability", 1 - mean->block_probability, rough, own);
    hr_theory_add(out, "utilization", mean->utilization, false, &little);
    hr_theory_add(out, "queue_length", mean->queue_mean * queues, rough, &little);
    hr_theory_add(out, "wait_probability", mean->wait_probability, rough, own);
}

static void add_times(const struct answer *answer, struct hr_theory_model *out)
{
    const struct hr_formula *quantile = &answer->quantile_formula;
    hr_theory_add(out, "latency_s.mean", answer->mean.latency_s_mean, answer->approximation,
                  &answer->formula);
    for (int i = 0; i < QUANTILES; i++)
        hr_theory_add(out, quantiles[i].latency, answer->latency_s[i], answer->approximation,
                      quantile);
    hr_theory_add(out, "wait_s.mean", answer->mean.wait_s_mean, answer->approximation,
                  &answer->formula);
    for (int i = 0; i < QUANTILES && !isnan(answer->mean.wait_s_mean); i++)
        hr_theory_add(out, quantiles[i].wait, answer->wait_s[i], answer->approximation, quantile);
}

static double workload_rate(const struct hr_workload_spec *workload)
{
    const struct hr_arrival_spec *arrivals = workload->arrivals.items;
    double rate = 0;
    for (size_t i = 0; i < workload->arrivals.n; i++)
        rate += arrivals[i].rate;
    return rate;
}

void hr_theory_solve(const struct hr_system *system, const struct hr_workload_spec *workload,
                     struct hr_theory_model *out)
{
    struct answer answer;
    answer_init(&answer);
    solve(system, &answer);
    out->queues = system->queues;
    out->formula = answer.formula.name;
    out->approximation = answer.approximation;
    out->model = hr_str_take(&answer.kendall);
    out->description = hr_system_describe_new(system);
    if (known(&answer)) {
        const bool alone = system->n_workloads == 1;
        add_means(&answer, alone ? 1 : workload_rate(workload) / system->rate, system->queues,
                  system->gaps == HR_GAPS_CLOSED, out);
        add_times(&answer, out);
        return;
    }
    const struct hr_cpu_facts cpu = hr_spec_cpu(system->spec, system->d);
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text, "unstable: offered load %.2f",
                hr_spec_offered_load(system->spec, system->d, cpu.slots_paid));
    out->unstable = hr_str_take(&text);
}
