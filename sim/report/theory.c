/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Theory as JSON of schema headroom.theory/1 and as CSV. */
#include <headroom/theory.h>

#include "base/str.h"
#include "report/csv.h"
#include "report/json.h"

#include <headroom/report.h>
#include <headroom/version.h>

#include <inttypes.h>

/* As in a result. */
static void write_run(struct hr_json *json, const struct hr_result *result)
{
    char fingerprint[20];
    hr_json_key(json, "run");
    if (result == NULL) {
        hr_json_string(json, NULL);
        return;
    }
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, result->fingerprint);
    hr_json_object(json);
    hr_json_count(json, "seed", result->seed);
    hr_json_count(json, "replications", result->replications);
    hr_json_number(json, "duration_s", result->duration_s);
    hr_json_number(json, "warmup_s", result->warmup_s);
    hr_json_count(json, "events", result->events);
    hr_json_count(json, "requests", result->requests);
    hr_json_text(json, "fingerprint", fingerprint);
    hr_json_number(json, "wall_s", result->wall_s);
    hr_json_object_end(json);
}

static void write_theory_number(struct hr_json *json, const struct hr_theory_number *number)
{
    hr_json_object(json);
    hr_json_text(json, "metric", number->metric);
    hr_json_number(json, "closed_form", number->closed_form);
    hr_json_flag(json, "approximation", number->approximation);
    hr_json_text(json, "formula", number->formula);
    hr_json_text(json, "source", number->source);
    hr_json_key(json, "simulated");
    hr_json_estimate(json, &number->simulated);
    hr_json_number(json, "difference", number->difference);
    hr_json_number(json, "z", number->z);
    hr_json_flag(json, "agrees", number->agrees);
    hr_json_object_end(json);
}

static void write_model(struct hr_json *json, const struct hr_theory_model *model)
{
    hr_json_object(json);
    hr_json_text(json, "workload", model->workload);
    hr_json_text(json, "deployment", model->deployment);
    hr_json_text(json, "model", model->model);
    hr_json_count(json, "queues", model->queues);
    hr_json_text(json, "formula", model->formula);
    hr_json_text(json, "description", model->description);
    hr_json_flag(json, "approximation", model->approximation);
    hr_json_text(json, "unstable", model->unstable);
    hr_json_key(json, "why");
    hr_json_array(json);
    for (size_t i = 0; i < model->n_why; i++)
        hr_json_string(json, model->why[i]);
    hr_json_array_end(json);
    hr_json_key(json, "numbers");
    hr_json_array(json);
    for (size_t i = 0; i < model->n_numbers; i++)
        write_theory_number(json, &model->numbers[i]);
    hr_json_array_end(json);
    hr_json_object_end(json);
}

void hr_report_theory_json(const struct hr_theory *theory, FILE *out)
{
    struct hr_json json;
    hr_json_init(&json, out, true);
    hr_json_object(&json);
    hr_json_text(&json, "schema", "headroom.theory/1");
    hr_json_text(&json, "version", HR_VERSION);
    hr_json_key(&json, "scenario");
    hr_json_object(&json);
    hr_json_text(&json, "name", theory->scenario_name);
    hr_json_text(&json, "sha256", theory->scenario_sha256);
    hr_json_object_end(&json);
    write_run(&json, theory->result);
    hr_json_text(&json, "verdict", hr_theory_verdict_name(theory->verdict));
    hr_json_number(&json, "z_limit", theory->z_limit);
    hr_json_key(&json, "models");
    hr_json_array(&json);
    for (size_t i = 0; i < theory->n_models; i++)
        write_model(&json, &theory->models[i]);
    hr_json_array_end(&json);
    hr_json_object_end(&json);
    fputc('\n', out);
}

static void field(const char *text, FILE *out)
{
    if (text != NULL)
        hr_report_csv_field(text, out);
    fputc(',', out);
}

static void number_field(double x, FILE *out)
{
    hr_csv_double(x, out);
    fputc(',', out);
}

static void csv_model(const struct hr_theory *theory, const struct hr_theory_model *model,
                      FILE *out)
{
    field(theory->scenario_name, out);
    field(model->workload, out);
    field(model->deployment, out);
    field(model->model, out);
    number_field(model->queues, out);
}

static void csv_number(const struct hr_theory_number *number, FILE *out)
{
    const struct hr_estimate *e = &number->simulated;
    field(number->metric, out);
    number_field(number->closed_form, out);
    field(number->approximation ? "true" : "false", out);
    number_field(e->value, out);
    number_field(e->lo, out);
    number_field(e->hi, out);
    number_field(number->difference, out);
    number_field(number->z, out);
    field(number->agrees ? "true" : "false", out);
    field(number->formula, out);
    field(number->source, out);
    fputc('\n', out);
}

/* What stands in for the numbers of a model that has none. */
static void csv_note(const struct hr_theory_model *model, FILE *out)
{
    struct hr_str note;
    hr_str_init(&note);
    hr_str_add(&note, model->unstable != NULL ? model->unstable : "");
    for (size_t i = 0; i < model->n_why; i++)
        hr_str_addf(&note, "%s%s", i > 0 ? "; " : "", model->why[i]);
    fputs(",,,,,,,,,,,", out);
    hr_report_csv_field(note.text, out);
    fputc('\n', out);
    hr_str_fini(&note);
}

void hr_report_theory_csv(const struct hr_theory *theory, FILE *out)
{
    fputs("scenario,workload,deployment,model,queues,metric,closed_form,approximation,"
          "simulated.value,simulated.ci95_lo,simulated.ci95_hi,difference,z,agrees,formula,source,"
          "note\n",
          out);
    for (size_t i = 0; i < theory->n_models; i++) {
        const struct hr_theory_model *model = &theory->models[i];
        for (size_t k = 0; k < model->n_numbers; k++) {
            csv_model(theory, model, out);
            csv_number(&model->numbers[k], out);
        }
        if (model->n_numbers == 0) {
            csv_model(theory, model, out);
            csv_note(model, out);
        }
    }
}
