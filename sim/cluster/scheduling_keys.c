/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of placement: labels, taints, what a deployment asks of nodes, how nodes are scored. */
#include "cluster/scheduling_spec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LIST(struct_tag, field, its_table)                                                         \
    .name = #field, .offset = HR_FIELD(struct struct_tag, field, struct hr_list),                  \
    .type = HR_KEY_LIST, .table = (its_table), .n_max = 1000
#define TEXT(struct_tag, field)                                                                    \
    .name = #field, .offset = HR_FIELD(struct struct_tag, field, const char *), .type = HR_KEY_TEXT
#define CHOICE(struct_tag, field, its_choices)                                                     \
    .name = #field, .offset = HR_FIELD(struct struct_tag, field, int), .type = HR_KEY_ENUM,        \
    .choices = (its_choices)
#define NUMBER(struct_tag, field)                                                                  \
    .name = #field, .offset = HR_FIELD(struct struct_tag, field, int64_t), .type = HR_KEY_INT
#define TABLE(struct_tag, its_keys)                                                                \
    .size = sizeof(struct struct_tag), .keys = (its_keys), .n_keys = HR_KEY_COUNT(its_keys)

enum { NAME_MAX_CHARS = 63, PREFIX_MAX_CHARS = 253 };

/* Letters, digits, '-', '_' and '.', the first and last a letter or digit. */
static bool is_qualified(const char *text, size_t n, size_t n_max)
{
    if (n == 0 || n > n_max)
        return false;
    for (size_t i = 0; i < n; i++) {
        const bool inside = i > 0 && i + 1 < n;
        if (!isalnum((unsigned char)text[i]) && !(inside && strchr("-_.", text[i])))
            return false;
    }
    return true;
}

static void check_label_key(const char *text, const char *key, struct hr_key_check *check)
{
    const char *slash = strchr(text, '/');
    const char *name = slash ? slash + 1 : text;
    const bool good_prefix = !slash || is_qualified(text, (size_t)(slash - text), PREFIX_MAX_CHARS);
    if (!good_prefix || !is_qualified(name, strlen(name), NAME_MAX_CHARS))
        check->fail(check, key, "is not the key of a label or taint",
                    "such as \"gpu\" or \"nvidia.com/gpu\"");
}

static void check_label_value(const char *text, const char *key, struct hr_key_check *check)
{
    if (*text && !is_qualified(text, strlen(text), NAME_MAX_CHARS))
        check->fail(check, key, "is not the value of a label or taint",
                    "at most 63 letters, digits, \"-\", \"_\" and \".\"");
}

static const struct hr_key label_keys[] = {
    { TEXT(hr_label_spec, key), .required = true, .help = "Key of the label." },
    { TEXT(hr_label_spec, value), .required = true, .help = "Value of the label." },
};

static void check_label(const void *group, struct hr_key_check *check)
{
    const struct hr_label_spec *label = group;
    check_label_key(label->key, "key", check);
    check_label_value(label->value, "value", check);
}

const struct hr_key_table hr_label_keys = {
    .name = "label",
    TABLE(hr_label_spec, label_keys),
    .check = check_label,
};

static const struct hr_choice effect_choices[] = {
    { "any", HR_TAINT_ANY, "All effects." },
    { "no_schedule", HR_TAINT_NO_SCHEDULE, "Pods that do not tolerate it are not put there." },
    { "prefer_no_schedule", HR_TAINT_PREFER_NO_SCHEDULE,
      "Pods that do not tolerate it are put there last." },
    { "no_execute", HR_TAINT_NO_EXECUTE,
      "Pods that do not tolerate it are not put there and do not stay." },
    { NULL, 0, NULL },
};

static const struct hr_key taint_keys[] = {
    { TEXT(hr_taint_spec, key), .required = true, .help = "Key of the taint." },
    { TEXT(hr_taint_spec, value), .def = "", .help = "Value of the taint; may be empty." },
    { CHOICE(hr_taint_spec, effect, effect_choices + 1), .def = "no_schedule",
      .help = "What it does to pods that do not tolerate it." },
};

static void check_taint(const void *group, struct hr_key_check *check)
{
    const struct hr_taint_spec *taint = group;
    check_label_key(taint->key, "key", check);
    check_label_value(taint->value, "value", check);
}

const struct hr_key_table hr_taint_keys = {
    .name = "taint",
    TABLE(hr_taint_spec, taint_keys),
    .check = check_taint,
};

static const struct hr_choice toleration_choices[] = {
    { "equal", HR_TOLERATION_EQUAL, "Taints with this key and value." },
    { "exists", HR_TOLERATION_EXISTS, "Taints with this key, whatever the value." },
    { NULL, 0, NULL },
};

static const struct hr_key toleration_keys[] = {
    { TEXT(hr_toleration_spec, key), .def = "",
      .help = "Key of the tolerated taints; empty with exists means all." },
    { .name = "operator",
      .offset = HR_FIELD(struct hr_toleration_spec, op, int),
      .type = HR_KEY_ENUM,
      .choices = toleration_choices,
      .def = "equal",
      .help = "Which taints match." },
    { TEXT(hr_toleration_spec, value), .def = "", .help = "Value of the tolerated taints." },
    { CHOICE(hr_toleration_spec, effect, effect_choices), .def = "any",
      .help = "Effect of the tolerated taints." },
    { .name = "toleration",
      .offset = HR_FIELD(struct hr_toleration_spec, toleration, hr_time),
      .type = HR_KEY_QUANTITY,
      .unit = HR_UNIT_DURATION,
      .max = 3.15576e9,
      .def = "unlimited",
      .word = "unlimited",
      .word_value = HR_UNLIMITED,
      .help = "Time that the pod stays on a node with such a taint of effect no_execute." },
};

static void check_toleration(const void *group, struct hr_key_check *check)
{
    const struct hr_toleration_spec *toleration = group;
    if (*toleration->key)
        check_label_key(toleration->key, "key", check);
    else if (toleration->op == HR_TOLERATION_EQUAL)
        check->fail(check, "key", "is empty", "operator = \"exists\" tolerates every taint");
    check_label_value(toleration->value, "value", check);
    if (*toleration->value && toleration->op == HR_TOLERATION_EXISTS)
        check->fail(check, "value", "has no meaning with the operator exists", NULL);
    if (toleration->toleration != HR_UNLIMITED && toleration->effect != HR_TAINT_NO_EXECUTE)
        check->fail(check, "toleration", "has a meaning with effect = \"no_execute\" only", NULL);
}

static const struct hr_key_table toleration_table = {
    .name = "toleration",
    TABLE(hr_toleration_spec, toleration_keys),
    .check = check_toleration,
};

static const struct hr_choice match_choices[] = {
    { "in", HR_MATCH_IN, "The value of the label is one of these." },
    { "not_in", HR_MATCH_NOT_IN, "The value is none of these, or there is no such label." },
    { "exists", HR_MATCH_EXISTS, "There is such a label." },
    { "does_not_exist", HR_MATCH_DOES_NOT_EXIST, "There is no such label." },
    { "gt", HR_MATCH_GT, "The value is a whole number above this." },
    { "lt", HR_MATCH_LT, "The value is a whole number below this." },
    { NULL, 0, NULL },
};

static const struct hr_key match_keys[] = {
    { TEXT(hr_match_spec, key), .required = true, .help = "Key of the label." },
    { .name = "operator",
      .offset = HR_FIELD(struct hr_match_spec, op, int),
      .type = HR_KEY_ENUM,
      .choices = match_choices,
      .def = "in",
      .help = "What is asked of the label." },
    { .name = "values",
      .offset = HR_FIELD(struct hr_match_spec, values, struct hr_list),
      .type = HR_KEY_ARRAY,
      .element = HR_KEY_TEXT,
      .n_max = 1000,
      .help = "Values that the label is compared with." },
};

static bool is_whole_number(const char *text)
{
    char *end;
    strtoll(text, &end, 10);
    return *text && !isspace((unsigned char)*text) && *end == '\0';
}

static void check_match(const void *group, struct hr_key_check *check)
{
    const struct hr_match_spec *match = group;
    const char *const *values = match->values.items;
    const int op = match->op;
    check_label_key(match->key, "key", check);
    for (size_t i = 0; i < match->values.n; i++)
        check_label_value(values[i], "values", check);
    if (op == HR_MATCH_IN || op == HR_MATCH_NOT_IN) {
        if (match->values.n == 0)
            check->fail(check, "values", "is empty", "such as [ \"a\", \"b\" ]");
    } else if (op == HR_MATCH_GT || op == HR_MATCH_LT) {
        if (match->values.n != 1 || !is_whole_number(values[0]))
            check->fail(check, "values", "must be one whole number", "such as [ \"4\" ]");
    } else if (match->values.n > 0) {
        check->fail(check, "values", "has no meaning with this operator", NULL);
    }
}

static const struct hr_key_table match_table = {
    .name = "match expression",
    TABLE(hr_match_spec, match_keys),
    .check = check_match,
};

#define EXPRESSIONS                                                                                \
    {                                                                                              \
        LIST(hr_node_term_spec, match_expressions, &match_table),                                  \
            .required = true, .n_min = 1, .single_ok = true,                                       \
            .help = "Expressions that must all hold."                                              \
    }
#define WEIGHT(struct_tag)                                                                         \
    {                                                                                              \
        NUMBER(struct_tag, weight), .min = 1, .max = 100, .required = true,                        \
                                    .help = "Weight among the preferences."                        \
    }

static const struct hr_key required_term_keys[] = { EXPRESSIONS };
static const struct hr_key preferred_term_keys[] = { WEIGHT(hr_node_term_spec), EXPRESSIONS };

static const struct hr_key_table required_term_table = {
    .name = "node selector term",
    TABLE(hr_node_term_spec, required_term_keys),
};
static const struct hr_key_table preferred_term_table = {
    .name = "preferred node selector term",
    TABLE(hr_node_term_spec, preferred_term_keys),
};

static const struct hr_key node_affinity_keys[] = {
    { LIST(hr_node_affinity_spec, required, &required_term_table), .single_ok = true,
      .help = "Terms of which one must hold for a node." },
    { LIST(hr_node_affinity_spec, preferred, &preferred_term_table), .single_ok = true,
      .help = "Terms that make a node better." },
};

static const struct hr_key_table node_affinity_table = {
    .name = "node affinity",
    TABLE(hr_node_affinity_spec, node_affinity_keys),
};

static const struct hr_choice topology_choices[] = {
    { "zone", HR_TOPOLOGY_ZONE, "Zones: each is a domain." },
    { "hostname", HR_TOPOLOGY_HOSTNAME, "Nodes: each is a domain." },
    { NULL, 0, NULL },
};

static const struct hr_choice unsatisfiable_choices[] = {
    { "do_not_schedule", HR_DO_NOT_SCHEDULE, "The pod is not put where the skew would be larger." },
    { "schedule_anyway", HR_SCHEDULE_ANYWAY, "Nodes are better the smaller the skew." },
    { NULL, 0, NULL },
};

static const struct hr_key spread_keys[] = {
    { NUMBER(hr_topology_spread_spec, max_skew), .min = 1, .max = 1e6, .def = "1",
      .help = "Pods that a domain may have more than the one with the fewest." },
    { CHOICE(hr_topology_spread_spec, topology, topology_choices), .required = true,
      .help = "Domains that pods are spread over." },
    { CHOICE(hr_topology_spread_spec, when_unsatisfiable, unsatisfiable_choices),
      .def = "do_not_schedule", .help = "What the skew is to the scheduler." },
    { NUMBER(hr_topology_spread_spec, min_domains), .min = 1, .max = 1e6, .def = "1",
      .help = "Domains below which the fewest pods of a domain count as none." },
};

static void check_spread(const void *group, struct hr_key_check *check)
{
    const struct hr_topology_spread_spec *spread = group;
    if (spread->min_domains > 1 && spread->when_unsatisfiable != HR_DO_NOT_SCHEDULE)
        check->fail(check, "min_domains",
                    "has a meaning with when_unsatisfiable = \"do_not_schedule\" only", NULL);
}

static const struct hr_key_table spread_table = {
    .name = "topology spread constraint",
    TABLE(hr_topology_spread_spec, spread_keys),
    .check = check_spread,
};

#define APART                                                                                      \
    {                                                                                              \
        CHOICE(hr_anti_affinity_term_spec, topology, topology_choices),                            \
            .required = true, .help = "Domains that hold one pod of the deployment each."          \
    }

static const struct hr_key required_apart_keys[] = { APART };
static const struct hr_key preferred_apart_keys[] = { WEIGHT(hr_anti_affinity_term_spec), APART };

static const struct hr_key_table required_apart_table = {
    .name = "pod anti-affinity term",
    TABLE(hr_anti_affinity_term_spec, required_apart_keys),
};
static const struct hr_key_table preferred_apart_table = {
    .name = "preferred pod anti-affinity term",
    TABLE(hr_anti_affinity_term_spec, preferred_apart_keys),
};

static const struct hr_key anti_affinity_keys[] = {
    { LIST(hr_pod_anti_affinity_spec, required, &required_apart_table), .single_ok = true,
      .help = "Domains that take no second pod of the deployment." },
    { LIST(hr_pod_anti_affinity_spec, preferred, &preferred_apart_table), .single_ok = true,
      .help = "Domains that are worse the more pods of the deployment they hold." },
};

static const struct hr_key_table anti_affinity_table = {
    .name = "pod anti-affinity",
    TABLE(hr_pod_anti_affinity_spec, anti_affinity_keys),
};

static const struct hr_choice preemption_choices[] = {
    { "preempt_lower_priority", HR_PREEMPT_LOWER_PRIORITY,
      "Pods of lower priority are evicted when there is no other room." },
    { "never", HR_PREEMPT_NEVER, "The pod waits for room." },
    { NULL, 0, NULL },
};

static const struct hr_key scheduling_keys[] = {
    { LIST(hr_scheduling_spec, node_selector, &hr_label_keys), .single_ok = true,
      .help = "Labels that a node must have." },
    { LIST(hr_scheduling_spec, tolerations, &toleration_table), .single_ok = true,
      .help = "Taints of nodes that the pods put up with." },
    { .name = "node_affinity",
      .offset = HR_FIELD(struct hr_scheduling_spec, node_affinity, struct hr_node_affinity_spec *),
      .type = HR_KEY_GROUP,
      .table = &node_affinity_table,
      .help = "Nodes that the pods need or like, by label." },
    { LIST(hr_scheduling_spec, topology_spread, &spread_table), .single_ok = true,
      .help =
          "How evenly the pods are spread; by default over nodes and zones, as far as it goes." },
    { .name = "pod_anti_affinity",
      .offset = HR_FIELD(struct hr_scheduling_spec, pod_anti_affinity,
                         struct hr_pod_anti_affinity_spec *),
      .type = HR_KEY_GROUP,
      .table = &anti_affinity_table,
      .help = "Keeps the pods of the deployment apart." },
    { NUMBER(hr_scheduling_spec, priority), .min = -2147483648.0, .max = 1e9, .def = "0",
      .help = "Pods of higher priority are placed first, and may evict others." },
    { CHOICE(hr_scheduling_spec, preemption_policy, preemption_choices),
      .def = "preempt_lower_priority", .help = "Whether the pods evict others." },
};

static void check_scheduling(const void *group, struct hr_key_check *check)
{
    const struct hr_scheduling_spec *spec = group;
    const struct hr_topology_spread_spec *spreads = spec->topology_spread.items;
    for (size_t i = 1; i < spec->topology_spread.n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (spreads[i].topology == spreads[j].topology &&
                spreads[i].when_unsatisfiable == spreads[j].when_unsatisfiable)
                check->fail(check, "topology_spread",
                            "has two constraints of the same topology and when_unsatisfiable",
                            NULL);
        }
    }
}

const struct hr_key_table hr_scheduling_keys = {
    .name = "scheduling",
    TABLE(hr_scheduling_spec, scheduling_keys),
    .check = check_scheduling,
};

static const struct hr_choice strategy_choices[] = {
    { "least_allocated", HR_LEAST_ALLOCATED, "Nodes are better the more would be left: spreads." },
    { "most_allocated", HR_MOST_ALLOCATED, "Nodes are better the less would be left: packs." },
    { NULL, 0, NULL },
};

static const struct hr_choice resource_choices[] = {
    { "cpu", HR_SCORED_CPU, "Requests of CPU." },
    { "memory", HR_SCORED_MEMORY, "Requests of memory." },
    { "gpu", HR_SCORED_GPU, "Requests of GPUs or of MIG slices, of pods that have one." },
    { NULL, 0, NULL },
};

static const struct hr_key scored_keys[] = {
    { CHOICE(hr_scored_resource_spec, resource, resource_choices), .required = true,
      .help = "Resource that is scored." },
    { NUMBER(hr_scored_resource_spec, weight), .min = 1, .max = 100, .def = "1",
      .help = "Weight of the resource in the score." },
};

static const struct hr_key_table scored_table = {
    .name = "scored resource",
    TABLE(hr_scored_resource_spec, scored_keys),
};

static const struct hr_key scheduler_keys[] = {
    { CHOICE(hr_scheduler_spec, strategy, strategy_choices), .def = "least_allocated",
      .help = "Which nodes are better, of those that have room." },
    { LIST(hr_scheduler_spec, resources, &scored_table), .single_ok = true,
      .help = "Resources that the strategy looks at; CPU and memory alike when none are given." },
    { NUMBER(hr_scheduler_spec, percentage_of_nodes_to_score), .min = 1, .max = 100, .def = "auto",
      .word = "auto", .word_value = HR_AUTO,
      .help = "Share of the nodes, in percent, that is searched for room in clusters of 100 nodes "
              "and more." },
};

static void check_scheduler(const void *group, struct hr_key_check *check)
{
    const struct hr_scheduler_spec *spec = group;
    const struct hr_scored_resource_spec *resources = spec->resources.items;
    for (size_t i = 1; i < spec->resources.n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (resources[i].resource == resources[j].resource)
                check->fail(check, "resources", "names a resource twice", NULL);
        }
    }
}

const struct hr_key_table hr_scheduler_keys = {
    .name = "scheduler",
    TABLE(hr_scheduler_spec, scheduler_keys),
    .check = check_scheduler,
};
