/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom instances: the catalog of instance types. */
#include "cli/verb.h"

#include "base/json_writer.h"
#include "base/str.h"

#include <headroom/catalog.h>
#include <string.h>

#define GIB 1073741824.0

enum kind { TEXT, COUNT, NUMBER, OPTIONAL /* 0: not known */ };

/* One field of an entry, as JSON and CSV have it. */
struct cell {
    const char *name;
    enum kind kind;
    const char *text;
    double number;
};

enum { N_CELLS = 14 };

static void cells_of(const struct hr_instance_type *type, struct cell cells[N_CELLS])
{
    const struct cell all[N_CELLS] = {
        { "name", TEXT, type->name, 0 },
        { "cpu", NUMBER, NULL, type->cpu },
        { "memory_gib", NUMBER, NULL, type->memory_bytes / GIB },
        { "gpus", COUNT, NULL, (double)type->gpus },
        { "gpu_model", TEXT, type->gpu_model, 0 },
        { "gpu_memory_gib", OPTIONAL, NULL, type->gpu_memory_bytes / GIB },
        { "usd_per_hour", NUMBER, NULL, type->usd_per_hour },
        { "usd_per_hour_spot", OPTIONAL, NULL, type->usd_per_hour_spot },
        { "watts_idle", OPTIONAL, NULL, type->watts_idle },
        { "watts_max", OPTIONAL, NULL, type->watts_max },
        { "region", TEXT, type->region, 0 },
        { "source", TEXT, type->source, 0 },
        { "date", TEXT, type->date, 0 },
        { "watts_source", TEXT, type->watts_source, 0 },
    };
    memcpy(cells, all, sizeof all);
}

/* Whether there is nothing to say. */
static bool is_empty(const struct cell *cell)
{
    return cell->kind == TEXT ? cell->text[0] == '\0' : cell->kind == OPTIONAL && cell->number == 0;
}

static void print_json(struct hr_json *json, const struct cell *cells)
{
    hr_json_object(json);
    for (size_t i = 0; i < N_CELLS; i++) {
        hr_json_key(json, cells[i].name);
        if (is_empty(&cells[i]))
            hr_json_string(json, NULL);
        else if (cells[i].kind == TEXT)
            hr_json_string(json, cells[i].text);
        else
            hr_json_double(json, cells[i].number);
    }
    hr_json_object_end(json);
}

static void print_csv_header(const struct cell *cells)
{
    for (size_t i = 0; i < N_CELLS; i++)
        printf("%s%s", i ? "," : "", cells[i].name);
    putchar('\n');
}

/* No text of the catalog has a comma or a quote. */
static void print_csv(const struct cell *cells)
{
    for (size_t i = 0; i < N_CELLS; i++) {
        char number[32] = "";
        if (cells[i].kind != TEXT && !is_empty(&cells[i]))
            hr_format_double(number, cells[i].number);
        printf("%s%s", i ? "," : "", cells[i].kind == TEXT ? cells[i].text : number);
    }
    putchar('\n');
}

static void print_known(int width, int digits, double x)
{
    if (x > 0)
        printf("  %*.*f", width, digits, x);
    else
        printf("  %*s", width, "-");
}

static void print_text(const struct hr_instance_type *type)
{
    printf("%-34s  %5g  %8g  %4lld  %-12s", type->name, type->cpu, type->memory_bytes / GIB,
           (long long)type->gpus, type->gpus ? type->gpu_model : "-");
    print_known(9, 4, type->usd_per_hour);
    print_known(9, 4, type->usd_per_hour_spot);
    print_known(6, 0, type->watts_idle);
    print_known(6, 0, type->watts_max);
    putchar('\n');
}

static bool matches(const struct hr_instance_type *type, const char *pattern)
{
    return !pattern || strstr(type->name, pattern) || strstr(type->gpu_model, pattern);
}

static void print_one(enum hr_format format, const struct hr_instance_type *type, bool first,
                      struct hr_json *json)
{
    struct cell cells[N_CELLS];
    cells_of(type, cells);
    switch (format) {
    case HR_FORMAT_TEXT:
        if (first)
            printf("%-34s  %5s  %8s  %4s  %-12s  %9s  %9s  %6s  %6s\n", "instance", "vCPUs", "GiB",
                   "GPUs", "GPU", "USD/h", "spot", "W idle", "W max");
        print_text(type);
        break;
    case HR_FORMAT_CSV:
        if (first)
            print_csv_header(cells);
        print_csv(cells);
        break;
    case HR_FORMAT_JSON:
        print_json(json, cells);
        break;
    }
}

/* The first entry from i on that the pattern admits; the size of the catalog when there is none. */
static size_t next_match(const char *pattern, size_t i)
{
    while (i < hr_catalog_size() && !matches(hr_catalog_at(i), pattern))
        i++;
    return i;
}

int hr_verb_instances(const struct hr_options *options)
{
    const char *pattern = options->operands.n > 0 ? options->operands.items[0] : NULL;
    const enum hr_format format = (enum hr_format)options->format;
    const size_t first = next_match(pattern, 0), end = hr_catalog_size();
    struct hr_json json;
    if (first == end) {
        fprintf(stderr, "headroom instances: no instance or GPU has \"%s\" in its name\n", pattern);
        return hr_status_exit_code(HR_ERR_INPUT);
    }
    hr_json_init(&json, stdout, true);
    if (format == HR_FORMAT_JSON)
        hr_json_array(&json);
    for (size_t i = first; i < end; i = next_match(pattern, i + 1))
        print_one(format, hr_catalog_at(i), i == first, &json);
    if (format == HR_FORMAT_JSON) {
        hr_json_array_end(&json);
        putchar('\n');
    }
    return 0;
}
