/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Queueing theory beside simulation: what a scenario reduces to, its closed form, and how far the
 * simulation is from it. Everything is owned by the hr_theory and goes with hr_theory_free.
 */
#ifndef HEADROOM_THEORY_H
#define HEADROOM_THEORY_H

#include <headroom/run.h>
#include <stdio.h>

/* One number that theory knows. */
struct hr_theory_number {
    const char *metric; /* as in the result, below its workload or deployment: latency_s.p99 */
    enum hr_unit_shown unit;
    double closed_form;
    bool approximation;           /* closed_form is not exact */
    const char *formula, *source; /* "Erlang C", "Kleinrock 1975, ch. 3"; static */
    struct hr_estimate simulated; /* value NaN: not simulated, or null there */
    double difference;            /* simulated / closed_form - 1; NaN without both */
    /* (simulated - closed form) / standard error; NaN when it is not to be judged: an
     * approximation, no interval, a number that does not vary. */
    double z;
    bool agrees; /* false: z is at z_limit or beyond */
};

/* What a workload meets at its deployment, or how a deployment's replicas fail. */
struct hr_theory_model {
    char *workload; /* NULL: of the deployment alone */
    char *deployment;
    char *model;         /* Kendall's notation, such as "M/M/10"; NULL: none, see why */
    unsigned queues;     /* as many of these side by side */
    const char *formula; /* the chief one, such as "Erlang C"; static */
    char *description;   /* one line; NULL with model */
    bool approximation;
    char *unstable; /* NULL, or "unstable: offered load 1.08": then there are no numbers */
    size_t n_why;
    char **why; /* each feature of the scenario that no formula covers, with its path */
    size_t n_numbers;
    struct hr_theory_number *numbers;
};

enum hr_theory_verdict {
    HR_THEORY_AGREES,        /* every number that can be judged */
    HR_THEORY_NOT_JUDGED,    /* approximations only, or no interval to judge by */
    HR_THEORY_DISAGREES,     /* some |z| at or beyond the limit */
    HR_THEORY_UNSTABLE,      /* a queue has no steady state */
    HR_THEORY_NO_CLOSED_FORM /* of nothing in the scenario */
};

struct hr_theory {
    char *scenario_name;
    char *scenario_sha256;
    struct hr_result *result; /* the simulation; NULL: there was nothing to compare */
    /* |z| from which on a number disagrees: Student's t has it as rarely as the normal has 4.5. */
    double z_limit;
    size_t n_models;
    struct hr_theory_model *models; /* by workload, then those of deployments */
    enum hr_theory_verdict verdict;
};

/*
 * Recognizes the scenario's queues, simulates it as hr_run does when there is a closed form to
 * compare with, and compares. HR_OK: *out is the caller's. HR_ERR_INTERRUPTED: as HR_OK with the
 * replications done, or NULL when there are none. HR_ERR_IO: see diag; NULL.
 */
enum hr_status hr_theory(const struct hr_scenario *scenario, const struct hr_run_options *options,
                         struct hr_theory **out, struct hr_diag *diag);
void hr_theory_free(struct hr_theory *theory);

/* True for a closed form that nothing speaks against (exit code 0 instead of 1). */
bool hr_theory_good(const struct hr_theory *theory);

/* "agrees", "not_judged", "disagrees", "unstable", "no_closed_form" */
const char *hr_theory_verdict_name(enum hr_theory_verdict verdict);

/* Reports: tables for a terminal; one indented JSON object of schema headroom.theory/1; CSV with a
 * header and a row a number. */
void hr_report_theory_text(const struct hr_theory *theory, FILE *out);
void hr_report_theory_json(const struct hr_theory *theory, FILE *out);
void hr_report_theory_csv(const struct hr_theory *theory, FILE *out);

#endif
