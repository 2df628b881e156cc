/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of theory: scenario to system, system to closed forms, closed forms to comparison. */
#ifndef STUDY_THEORY_H
#define STUDY_THEORY_H

#include "queueing/queueing.h"
#include "scenario/scenario.h"

#include <headroom/theory.h>

enum hr_gaps {
    HR_GAPS_POISSON,
    HR_GAPS_RENEWAL, /* gamma, weibull, deterministic */
    HR_GAPS_MMPP2,
    HR_GAPS_CLOSED
};

/* What requests meet at one deployment, as far as formulas care. */
struct hr_system {
    const struct hr_spec *spec;
    size_t d;
    const struct hr_deployment_spec *deployment;
    const struct hr_model_spec *model;
    const struct hr_workload_spec *workload; /* the first that goes there */
    size_t n_workloads;
    enum hr_gaps gaps;
    const struct hr_arrival_spec *arrivals; /* the only process, or one of superposed Poisson */
    double rate;                            /* requests a second, of all workloads */
    struct hr_dist service;
    double service_s, service_scv;
    bool exponential;                    /* service */
    const struct hr_dist_spec *patience; /* NULL: endless */
    unsigned queues, servers;            /* side by side; of each */
};

/*
 * Looks at deployment d. Whatever keeps it from every formula goes to `out`, each by its path; with
 * out->n_why 0 hr_theory_solve knows the system. Free with hr_system_fini in any case.
 */
void hr_system_init(struct hr_system *system, const struct hr_spec *spec, size_t d,
                    struct hr_theory_model *out);
void hr_system_fini(struct hr_system *system);

/* True when arrivals that come in turn to several queues are no longer what they were. */
bool hr_system_round_robin(const struct hr_system *system);

/* Squared coefficient of variation of a law. */
double hr_dist_scv(const struct hr_dist *dist);

/* The service law is exponential, under whatever name. */
bool hr_dist_is_exponential(const struct hr_dist_spec *spec);

/* The system in one line of words; the caller's. */
char *hr_system_describe_new(const struct hr_system *system);

/* Names the model of `workload`, one of the system's, and fills in its closed forms, or that it is
 * unstable. */
void hr_theory_solve(const struct hr_system *system, const struct hr_workload_spec *workload,
                     struct hr_theory_model *out);

/* The same for the replicas of deployment d, which fail; or why there is no closed form. */
void hr_theory_solve_failures(const struct hr_spec *spec, size_t d, struct hr_theory_model *out);

/* Adds a reason why there is no closed form. */
void hr_theory_add_why(struct hr_theory_model *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

struct hr_formula {
    const char *name, *source; /* static */
};

/* Adds a number unless it is NaN; `metric` is a name that theory.c knows. */
void hr_theory_add(struct hr_theory_model *out, const char *metric, double value,
                   bool approximation, const struct hr_formula *formula);

/* Everything but the simulation. Free with hr_theory_free. */
struct hr_theory *hr_theory_recognize(const struct hr_scenario *scenario);

#endif
