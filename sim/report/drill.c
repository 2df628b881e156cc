/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drill as JSON of schema headroom.drill/1 and as CSV. */
#include <headroom/drill.h>

#include "report/csv.h"
#include "report/json.h"

#include <headroom/report.h>
#include <headroom/version.h>

static void write_change(struct hr_json *json, const struct hr_loss *loss,
                         const struct hr_result *baseline, size_t i)
{
    const struct hr_slo_result *slo = &loss->result->slos[i];
    hr_json_object(json);
    hr_json_text(json, "workload", slo->workload);
    hr_json_text(json, "metric", slo->metric);
    hr_json_number(json, "target", slo->target);
    hr_json_key(json, "baseline");
    hr_json_estimate(json, &baseline->slos[i].value);
    hr_json_key(json, "value");
    hr_json_estimate(json, &slo->value);
    hr_json_key(json, "difference");
    hr_json_estimate(json, &loss->changes[i]);
    hr_json_flag(json, "met", slo->met);
    hr_json_object_end(json);
}

static void write_loss(struct hr_json *json, const struct hr_drill *drill,
                       const struct hr_loss *loss)
{
    hr_json_object(json);
    hr_json_text(json, "loss", hr_loss_kind_name(loss->kind));
    hr_json_text(json, "pool", loss->pool);
    hr_json_text(json, "zone", loss->zone);
    hr_json_text(json, "node", loss->node);
    hr_json_count(json, "nodes", loss->nodes);
    hr_json_count(json, "alike", loss->alike);
    hr_json_count(json, "slos_missed", loss->slos_missed);
    hr_json_number(json, "requests_lost", loss->requests_lost);
    hr_json_number(json, "requests_late", loss->requests_late);
    hr_json_number(json, "recovery_s", loss->recovery_s);
    hr_json_key(json, "slos");
    hr_json_array(json);
    for (size_t i = 0; i < loss->result->n_slos; i++)
        write_change(json, loss, drill->baseline, i);
    hr_json_array_end(json);
    hr_json_key(json, "deployments");
    hr_json_array(json);
    for (size_t d = 0; d < loss->result->n_deployments; d++) {
        hr_json_object(json);
        hr_json_text(json, "name", loss->result->deployments[d].name);
        hr_json_number(json, "recovery_s", loss->recoveries_s[d]);
        hr_json_object_end(json);
    }
    hr_json_array_end(json);
    hr_json_object_end(json);
}

void hr_report_drill_json(const struct hr_drill *drill, FILE *out)
{
    struct hr_json json;
    hr_json_init(&json, out, true);
    hr_json_object(&json);
    hr_json_text(&json, "schema", "headroom.drill/1");
    hr_json_text(&json, "version", HR_VERSION);
    hr_json_number(&json, "at_s", drill->at_s);
    hr_json_number(&json, "loss_s", drill->loss_s);
    hr_json_number(&json, "offered_rps", drill->offered_rps);
    hr_json_key(&json, "losses");
    hr_json_array(&json);
    for (size_t i = 0; i < drill->n_losses; i++)
        write_loss(&json, drill, &drill->losses[i]);
    hr_json_array_end(&json);
    hr_json_key(&json, "baseline");
    hr_json_result(&json, drill->baseline);
    hr_json_object_end(&json);
    fputc('\n', out);
}

static void csv_number(double x, FILE *out)
{
    fputc(',', out);
    hr_csv_double(x, out);
}

static void csv_slos(const struct hr_drill *drill, const struct hr_loss *loss, FILE *out)
{
    for (size_t i = 0; i < loss->result->n_slos; i++) {
        const struct hr_estimate *change = &loss->changes[i];
        csv_number(drill->baseline->slos[i].value.value, out);
        csv_number(loss->result->slos[i].value.value, out);
        csv_number(change->value, out);
        csv_number(change->lo, out);
        csv_number(change->hi, out);
        fputs(loss->result->slos[i].met ? ",true" : ",false", out);
    }
}

static void csv_header(const struct hr_result *baseline, FILE *out)
{
    static const char *const columns[] = { "baseline",           "value",
                                           "difference.value",   "difference.ci95_lo",
                                           "difference.ci95_hi", "met" };
    fputs("rank,loss,pool,zone,node,nodes,alike,slos_missed,requests_lost,requests_late,recovery_s",
          out);
    for (size_t i = 0; i < baseline->n_slos; i++) {
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            fprintf(out, ",slos.%s.%s.%s", baseline->slos[i].workload, baseline->slos[i].metric,
                    columns[c]);
    }
    fputc('\n', out);
}

void hr_report_drill_csv(const struct hr_drill *drill, FILE *out)
{
    csv_header(drill->baseline, out);
    for (size_t i = 0; i < drill->n_losses; i++) {
        const struct hr_loss *loss = &drill->losses[i];
        const char *const names[] = { hr_loss_kind_name(loss->kind), loss->pool, loss->zone,
                                      loss->node };
        fprintf(out, "%zu", i + 1);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            fputc(',', out);
            hr_report_csv_field(names[k] != NULL ? names[k] : "", out);
        }
        fprintf(out, ",%zu,%zu,%zu", loss->nodes, loss->alike, loss->slos_missed);
        csv_number(loss->requests_lost, out);
        csv_number(loss->requests_late, out);
        csv_number(loss->recovery_s, out);
        csv_slos(drill, loss, out);
        fputc('\n', out);
    }
}
