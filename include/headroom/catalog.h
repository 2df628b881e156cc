/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalog of instance types that headroom ships (catalog/instances.csv), sorted by name. */
#ifndef HEADROOM_CATALOG_H
#define HEADROOM_CATALOG_H

#include <stddef.h>
#include <stdint.h>

/* A machine to be rented. Texts are static in the catalog, "" where there is nothing to say. */
struct hr_instance_type {
    const char *name;        /* "aws/m6i.2xlarge" */
    double cpu;              /* virtual CPUs */
    double memory_bytes;     /* of the machine, before what the system keeps */
    int64_t gpus;            /* whole ones */
    const char *gpu_model;   /* "A100-40GB" */
    double gpu_memory_bytes; /* of one GPU */
    double usd_per_hour;
    double usd_per_hour_spot;     /* 0: not known */
    double watts_idle, watts_max; /* GPUs included; 0: not known */
    const char *region;           /* of the prices */
    const char *source, *date;    /* of sizes and prices */
    const char *watts_source;     /* "" when not known */
};

size_t hr_catalog_size(void);

/* Entry i; entries are in the order of their names' bytes. */
const struct hr_instance_type *hr_catalog_at(size_t i);

/* The entry of this name; NULL: none. */
const struct hr_instance_type *hr_catalog_find(const char *name);

#endif
