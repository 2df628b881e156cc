/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From JSON to what an HPA is given: pods, samples, rules, logs. */
#ifndef TESTS_K8S_HPA_INPUT_H
#define TESTS_K8S_HPA_INPUT_H

#include "vectors.h"

#include "autoscale/hpa.h"

/* Pods, with room for `n_gone` more that are gone. Free with free(). */
struct hr_hpa_pod *read_pods(const struct vectors *v, const json_t *pods, size_t n_gone);

/* "Utilization", "AverageValue", "Value". */
enum hr_hpa_target read_target(const struct vectors *v, const char *type);

/* "Resource", "Pods" ...; any other name: unsupported. */
enum hr_hpa_source read_source(const char *type);

/* Where `params` say otherwise than `settings`; NULL: nowhere. */
void read_settings(struct hr_hpa_settings *settings, const json_t *params);

/* One direction of behavior; its policies are freed by rules_fini. Null or absent: all default. */
void rules_init(struct hr_hpa_rules_spec *rules, const struct vectors *v, const json_t *given);
void rules_fini(struct hr_hpa_rules_spec *rules);

struct hr_hpa_rules rules_of(const struct hr_hpa_rules_spec *spec);

/* Entries of { age_s, KEY }, in their order. */
void read_log(struct hr_count_log *log, const struct vectors *v, const json_t *entries,
              const char *key);

/* What an HPA with one direction or both of behavior needs; NULL behavior: none. */
struct behavior {
    struct hr_hpa_rules_spec up, down;
    struct hr_hpa_behavior_spec spec;
};

void behavior_init(struct behavior *behavior, const struct vectors *v, const json_t *given);
void behavior_fini(struct behavior *behavior);

/* Whether the text is that of the failure. */
bool is_failure(const char *text, enum hr_hpa_failure failure);

#endif
