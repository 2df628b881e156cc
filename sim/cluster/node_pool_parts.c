/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the groups within a node pool. */
#include "cluster/node_pool_parts.h"

#define TIME_S_MAX 1e9

#define DURATION .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = TIME_S_MAX
#define TIMES    .type = HR_KEY_GROUP, .table = &hr_dist_keys
#define LIFETIME .type = HR_KEY_GROUP, .table = &hr_lifetime_keys

/* Defines the table `table` named `title` of the rows in `rows`, each a `type`. */
#define TABLE(table, title, rows, type)                                                            \
    const struct hr_key_table table = {                                                            \
        .name = (title), .size = sizeof(struct type), .keys = (rows), .n_keys = HR_KEY_COUNT(rows) \
    }

#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_reserved_spec, field, ctype)

static const struct hr_key reserved_keys[] = {
    { FIELD(cpu, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .max = 1e6, .def = "auto",
      .word = "auto", .word_value = HR_AUTO,
      .help = "Cores; auto is 6 % of the first, 1 % of the second, 0.5 % of the next two and 0.25 "
              "% of the rest, as GKE has it." },
    { FIELD(memory, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e18,
      .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .help = "Memory; auto is 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 "
              "% of the next 112 and 2 % of the rest, and 100 MiB, as GKE has it." },
};

TABLE(hr_reserved_keys, "what the system keeps", reserved_keys, hr_reserved_spec);

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_outages_spec, field, ctype)

static const struct hr_key outages_keys[] = {
    { FIELD(mttf, struct hr_dist_spec *), LIFETIME, .required = true,
      .help = "Time that one of them works until it fails." },
    { FIELD(mttr, struct hr_dist_spec *), LIFETIME, .required = true,
      .help = "Time from the failure until it works again." },
};

TABLE(hr_outages_keys, "outages", outages_keys, hr_outages_spec);

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_spot_spec, field, ctype)

static const struct hr_key spot_keys[] = {
    { FIELD(mttf, struct hr_dist_spec *), LIFETIME,
      .help = "Time that a node lives until the cloud takes it back; when absent only a spot_trace "
              "and events do." },
    { FIELD(notice, hr_time), DURATION, .def = "120s",
      .help = "Time between the notice and the end of the node; AWS gives 120 s, GCP and Azure 30 "
              "s." },
};

TABLE(hr_spot_keys, "spot interruptions", spot_keys, hr_spot_spec);

struct hr_spot_spec hr_spot_spec_default(void)
{
    return (struct hr_spot_spec){ .notice = 120 * HR_NS_PER_S };
}

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_slow_spec, field, ctype)

static const struct hr_key slow_keys[] = {
    { FIELD(mttf, struct hr_dist_spec *), LIFETIME, .required = true,
      .help = "Time that a node runs at full speed until it slows down." },
    { FIELD(duration, struct hr_dist_spec *), LIFETIME, .required = true,
      .help = "Time that it stays slow." },
    { FIELD(factor, double), .type = HR_KEY_REAL, .min = 1, .min_open = true, .max = 1e6,
      .required = true, .help = "Work takes this many times as long on it." },
};

TABLE(hr_slow_keys, "slow nodes", slow_keys, hr_slow_spec);

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_out_of_capacity_spec, field, ctype)

static const struct hr_key out_of_capacity_keys[] = {
    { FIELD(zone, const char *), .type = HR_KEY_NAME,
      .help = "Zone of the pool; when absent all that have no entry of their own." },
    { FIELD(probability, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .required = true, .help = "Probability that a request for nodes finds no machine left." },
    { FIELD(lead_time, struct hr_dist_spec *), TIMES, .def = "1h",
      .help = "Time from then on until there are machines again." },
};

TABLE(hr_out_of_capacity_keys, "lack of capacity", out_of_capacity_keys, hr_out_of_capacity_spec);

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_billing_spec, field, ctype)

static const struct hr_key billing_keys[] = {
    { FIELD(granularity, hr_time), DURATION, .min_open = true, .def = "1s",
      .help = "The time that a node exists is billed in whole multiples of this." },
    { FIELD(minimum, hr_time), DURATION, .def = "60s",
      .help = "Time that a node is billed for at least." },
};

TABLE(hr_billing_keys, "billing", billing_keys, hr_billing_spec);

struct hr_billing_spec hr_billing_spec_default(void)
{
    return (struct hr_billing_spec){ .granularity = HR_NS_PER_S, .minimum = 60 * HR_NS_PER_S };
}
