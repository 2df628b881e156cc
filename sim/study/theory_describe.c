/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A system in words: arrivals; service; servers; what else matters. */
#include "study/theory.h"

#include "base/str.h"

static void add_batches(struct hr_str *s, const struct hr_batch_spec *batch)
{
    if (batch != NULL && batch->mean > 1)
        hr_str_addf(s, " in %sbatches of %.4g",
                    batch->law == HR_BATCH_GEOMETRIC ? "geometric " : "", batch->mean);
}

static void add_arrivals(struct hr_str *s, const struct hr_system *system)
{
    const struct hr_arrival_spec *arrivals = system->arrivals;
    switch (system->gaps) {
    case HR_GAPS_CLOSED:
        hr_str_addf(s, "%lld clients in a closed loop", (long long)arrivals->clients);
        return;
    case HR_GAPS_POISSON:
        hr_str_add(s, "Poisson arrivals");
        add_batches(s, arrivals->batch);
        break;
    case HR_GAPS_MMPP2:
        hr_str_add(s, "two-state Markov-modulated Poisson arrivals");
        break;
    case HR_GAPS_RENEWAL:
        if (arrivals->process == HR_ARRIVAL_DETERMINISTIC)
            hr_str_add(s, "arrivals at equal gaps");
        else
            hr_str_addf(s, "arrivals at %s gaps of cv %.4g",
                        arrivals->process == HR_ARRIVAL_GAMMA ? "gamma" : "Weibull", arrivals->cv);
        break;
    }
    hr_str_addf(s, ", %.6g /s", system->rate);
}

static void add_service(struct hr_str *s, const struct hr_system *system)
{
    static const char *const names[] = {
        [HR_DIST_CONSTANT] = "constant",
        [HR_DIST_EXPONENTIAL] = "exponential",
        [HR_DIST_UNIFORM] = "uniform",
        [HR_DIST_NORMAL] = "normal",
        [HR_DIST_LOGNORMAL] = "lognormal",
        [HR_DIST_GAMMA] = "gamma",
        [HR_DIST_WEIBULL] = "Weibull",
        [HR_DIST_ERLANG] = "Erlang",
        [HR_DIST_HYPEREXPONENTIAL] = "hyperexponential",
        [HR_DIST_PARETO] = "Pareto",
        [HR_DIST_EMPIRICAL] = "empirical",
        [HR_DIST_MIXTURE] = "mixed",
    };
    const bool plain =
        system->service.kind == HR_DIST_EXPONENTIAL || system->service.kind == HR_DIST_CONSTANT;
    hr_str_addf(s, "; %s service, %.4g s", names[system->service.kind], system->service_s);
    if (!plain)
        hr_str_addf(s, ", squared cv %.4g", system->service_scv);
}

static void add_servers(struct hr_str *s, const struct hr_system *system)
{
    const struct hr_model_spec *model = system->model;
    if (model->discipline == HR_PROCESSOR_SHARING)
        hr_str_addf(s, "; %.4g core%s shared", model->cores, model->cores == 1 ? "" : "s");
    else
        hr_str_addf(s, "; %u server%s", system->servers, system->servers == 1 ? "" : "s");
    if (model->discipline != HR_FIFO || model->queue_limit == HR_UNLIMITED)
        return;
    if (model->queue_limit == 0)
        hr_str_add(s, ", no room to wait");
    else
        hr_str_addf(s, ", room for %lld to wait", (long long)model->queue_limit);
}

char *hr_system_describe_new(const struct hr_system *system)
{
    struct hr_str s;
    hr_str_init(&s);
    add_arrivals(&s, system);
    add_service(&s, system);
    add_servers(&s, system);
    if (system->patience != NULL)
        hr_str_addf(&s, "; clients leave after %s%.4g s",
                    system->patience->kind == HR_DIST_EXPONENTIAL ? "an exponential " : "",
                    (double)system->patience->mean * 1e-9);
    if (system->queues > 1)
        hr_str_addf(&s, "; split %s over %u such queues",
                    hr_system_round_robin(system) ? "in turns" : "at random", system->queues);
    return hr_str_take(&s);
}
