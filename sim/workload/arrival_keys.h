/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key table of an arrival process. */
#ifndef WORKLOAD_ARRIVAL_KEYS_H
#define WORKLOAD_ARRIVAL_KEYS_H

#include "workload/spec.h"

extern const struct hr_key_table hr_arrival_keys;

#endif
