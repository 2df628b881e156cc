/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of one load, shared by the steps that scenario.c lists in order, and the ways to
 * report a mistake. Only files that include this header know libconfig.
 */
#ifndef SCENARIO_LOAD_H
#define SCENARIO_LOAD_H

#include "base/diag.h"
#include "base/mem.h"
#include "base/str.h"
#include "scenario/private.h"

#include <libconfig.h>

/* One --set. It is the hook of every setting that it made. */
struct hr_override {
    const char *label; /* "--set PATH=VALUE", named as the file of its mistakes */
    const char *path, *value;
    const config_setting_t *target; /* the setting that holds `value` */
};

/* Where a spec struct came from. */
struct hr_origin {
    void *group;
    const struct hr_key_table *table;
    const config_setting_t *setting; /* of the group; of its parent when it is a default */
    bool good;                       /* it was read without a mistake */
};

/* A reference to be resolved once all names are known. */
struct hr_reference {
    const config_setting_t *setting;
    const struct hr_key *key;
    const char *name;
    int64_t *field;
};

struct hr_loader {
    const char *file;   /* as the user named it */
    const char *folder; /* of the scenario file; "": the working directory */
    bool may_read;      /* other files than the scenario itself */
    struct hr_diag *diag;
    size_t n_errors;
    unsigned depth; /* of nested groups */
    struct hr_scenario *scenario;
    config_t config;
    struct hr_override *overrides;
    size_t n_overrides;
    struct hr_origin *origins;
    size_t n_origins, capacity_origins;
    struct hr_reference *references;
    size_t n_references, capacity_references;
};

/*
 * Reports a mistake in `setting`, or in its member `key` when that is not NULL. The place is that
 * of the member if it exists, else of the setting.
 */
void hr_load_report(struct hr_loader *loader, enum hr_severity severity,
                    const config_setting_t *setting, const char *key, const char *hint,
                    const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The place that hr_load_report would name. `path` (initialized by the caller) gets the key path,
 * to which the result points. */
struct hr_place hr_load_place(const struct hr_loader *loader, const config_setting_t *setting,
                              const char *key, struct hr_str *path);

/* Reports a mistake at a line of a file, before there are settings. */
void hr_load_report_line(struct hr_loader *loader, const char *file, int line, const char *hint,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The setting that a spec struct was read from; never NULL for a struct of the scenario. */
const config_setting_t *hr_load_origin(const struct hr_loader *loader, const void *group);

/* A file named in the scenario, as the working directory sees it; in the arena. */
const char *hr_load_resolve(const struct hr_loader *loader, const char *name);

/* A text to be read, in memory. */
struct hr_source {
    const char *path; /* borrowed */
    char *text;       /* terminated; free with free() */
    size_t n;
    int errno_value;
};

/* Reads a file of at most 16 MiB. False: errno_value says why; there is no text. */
bool hr_source_read(struct hr_source *source, const char *path);

/* Looks the text over for what libconfig misses, in included files as well. False: mistakes were
 * reported, and it must not be parsed. `depth` counts includes. */
bool hr_scan(struct hr_loader *loader, const struct hr_source *source, unsigned depth);

/* Reports a member of a group of `table` that no row admits: unknown (with a suggestion), or not
 * for this value of the selector. */
void hr_report_unknown(struct hr_loader *loader, const struct hr_key_table *table, int selected,
                       const config_setting_t *setting);

/* Reports elements of a list that have the name of an earlier one. */
void hr_check_names(struct hr_loader *loader, const struct hr_key *key,
                    const config_setting_t *setting, const struct hr_list *list);

/* The steps of a load, in order; what is wrong is reported, and counted in n_errors. */
void hr_load_parse(struct hr_loader *loader, const struct hr_source *source);  /* source.c */
void hr_load_override(struct hr_loader *loader, struct hr_override *override); /* override.c */
void hr_load_walk(struct hr_loader *loader);                                   /* walk.c */
void hr_load_references(struct hr_loader *loader);                             /* reference.c */
void hr_load_node_pools(struct hr_loader *loader);                             /* node_pools.c */
void hr_load_events(struct hr_loader *loader);                                 /* events.c */
void hr_load_check(struct hr_loader *loader);                                  /* check.c */
void hr_load_check_autoscaler(struct hr_loader *loader, const struct hr_deployment_spec *deployment,
                              const struct hr_model_spec *model); /* check_autoscaler.c */
void hr_load_data(struct hr_loader *loader);                      /* data.c */
void hr_load_calendar(struct hr_loader *loader);                  /* calendar.c */

#endif
