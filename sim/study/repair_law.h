/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment whose replicas fail as a repair loop with a closed form. */
#ifndef STUDY_REPAIR_LAW_H
#define STUDY_REPAIR_LAW_H

#include "queueing/repair.h"
#include "scenario/scenario.h"

#include <stdbool.h>

struct hr_repair_law {
    struct hr_repair_loop loop;
    bool markov;        /* all laws are exponential */
    const char *method; /* "ctmc", "renewal" or "product_form"; static. NULL: no closed form ... */
    const char *why;    /* ... and why not; static */
};

/* Of deployment d, which has failures. */
struct hr_repair_law hr_repair_law(const struct hr_spec *spec, size_t d);

#endif
