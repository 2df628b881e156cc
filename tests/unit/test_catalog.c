/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalog of instance types: that every row is sound, and some against their source. */
#include "hr_test.h"

#include <headroom/catalog.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GIB         1073741824.0
#define SOURCE_FILE HR_SOURCE_DIR "/../shared/data/catalog/instances_normalised.csv"

static void test_rows_are_sorted_and_found(void **state)
{
    (void)state;
    assert_true(hr_catalog_size() > 300);
    for (size_t i = 0; i < hr_catalog_size(); i++) {
        const struct hr_instance_type *type = hr_catalog_at(i);
        if (i > 0)
            assert_true(strcmp(hr_catalog_at(i - 1)->name, type->name) < 0);
        assert_ptr_equal(hr_catalog_find(type->name), type);
    }
    assert_null(hr_catalog_find("aws/m6i"));
    assert_null(hr_catalog_find("m6i.2xlarge"));
    assert_null(hr_catalog_find(""));
}

static void require(const struct hr_instance_type *type, bool good, const char *what)
{
    if (!good)
        fail_msg("%s: %s", type->name, what);
}

/* As YYYY-MM or YYYY-MM-DD. */
static bool is_date(const char *text)
{
    int year, month, day = 1, end = 0;
    sscanf(text, "%4d-%2d%n-%2d%n", &year, &month, &end, &day, &end);
    return text[0] && text[end] == '\0' && year >= 2020 && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31;
}

static void test_rows_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < hr_catalog_size(); i++) {
        const struct hr_instance_type *type = hr_catalog_at(i);
        const bool has_gpus = type->gpus > 0;
        require(type, strchr(type->name, '/') != NULL, "no cloud");
        require(type, strchr(type->source, '@') && is_date(type->date), "no source and date");
        require(type, type->region[0] != '\0', "no region");
        require(type, type->cpu >= 1 && type->memory_bytes >= GIB, "no machine");
        require(type, type->usd_per_hour > 0 && type->usd_per_hour < 200, "no price");
        require(type, type->usd_per_hour_spot < type->usd_per_hour, "spot above on demand");
        require(type, has_gpus == (type->gpu_model[0] != '\0'), "GPUs and their model");
        require(type, has_gpus == (type->gpu_memory_bytes >= GIB), "GPUs and their memory");
        require(type, (type->watts_max > 0) == (type->watts_source[0] != '\0'), "source of power");
        require(type, (type->watts_max > 0) == (type->watts_idle > 0), "half of the power");
        require(type, type->watts_max == 0 || type->watts_idle < type->watts_max, "idle power");
        /* No source that may be copied has spot prices of AWS or Azure. */
        require(type, strncmp(type->name, "gcp/", 4) == 0 || type->usd_per_hour_spot == 0, "spot");
    }
}

/*
 * From the files of the sources, by hand. Power of m6i and p4d is measured; that of g5.12xlarge is
 * 48 vCPUs of 0.47426 W (EPYC 2nd Gen) idle and 1.69296 W busy, 192 GiB of 0.392 W, and 4 GPUs of
 * 18 W and 153 W; of p5.48xlarge 192 vCPUs of 0.45562 W and 1.95733 W (EPYC 3rd Gen), 2048 GiB, and
 * 8 GPUs of 0.116 and 1.018 times 700 W.
 */
static void test_rows_of_the_sources(void **state)
{
    static const struct {
        const char *name;
        double cpu, gib;
        const char *gpu_model;
        int64_t gpus;
        double gpu_gib, usd, spot, watts_idle, watts_max;
    } rows[] = {
        { "aws/m6i.2xlarge", 8, 32, "", 0, 0, 0.384, 0, 18.3, 64.9 },
        { "aws/g5.12xlarge", 48, 192, "A10G", 4, 24, 5.672, 0, 170, 768.5 },
        { "aws/p4d.24xlarge", 96, 1152, "A100-40GB", 8, 40, 21.957642, 0, 744.8, 5245 },
        { "aws/p5.48xlarge", 192, 2048, "H100", 8, 80, 55.04, 0, 1539.9, 6879.4 },
        { "gcp/e2-standard-4", 4, 16, "", 0, 0, 0.13402, 0.04021, 0, 0 },
        { "gcp/a2-ultragpu-8g", 96, 1360, "A100-80GB", 8, 80, 40.5504, 12.8, 0, 0 },
        { "gcp/n1-standard-4+1xt4", 4, 15, "T4", 1, 16, 0.54, 0.15, 0, 0 },
        { "azure/Standard_D8s_v5", 8, 32, "", 0, 0, 0.384, 0, 0, 0 },
        { "azure/Standard_ND96isr_H100_v5", 96, 1900, "H100", 8, 80, 98.32, 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct hr_instance_type *type = hr_catalog_find(rows[i].name);
        assert_non_null(type);
        require(type, type->cpu == rows[i].cpu && type->memory_bytes == rows[i].gib * GIB, "size");
        require(type, strcmp(type->gpu_model, rows[i].gpu_model) == 0, "GPU model");
        require(type, type->gpus == rows[i].gpus, "GPUs");
        require(type, type->gpu_memory_bytes == rows[i].gpu_gib * GIB, "GPU memory");
        require(type, type->usd_per_hour == rows[i].usd, "price");
        require(type, type->usd_per_hour_spot == rows[i].spot, "spot price");
        if (rows[i].watts_max > 0)
            require(type,
                    type->watts_idle == rows[i].watts_idle && type->watts_max == rows[i].watts_max,
                    "power");
    }
}

/* cloud,instance,vcpus,mem_gib,gpu_type,gpu_count,gpu_mem_gib,usd_per_hour_on_demand,... */
static void check_line(char *line)
{
    char *cells[8], name[2100];
    for (size_t i = 0; i < 8; i++) {
        cells[i] = line;
        line += strcspn(line, ",");
        *line++ = '\0';
    }
    const char *plus = strstr(cells[1], " + 1x nvidia-tesla-t4");
    if (plus)
        snprintf(name, sizeof name, "%s/%.*s+1xt4", cells[0], (int)(plus - cells[1]), cells[1]);
    else
        snprintf(name, sizeof name, "%s/%s", cells[0], cells[1]);
    const struct hr_instance_type *type = hr_catalog_find(name);
    if (!type)
        fail_msg("%s is not in the catalog", name);
    require(type, type->cpu == atof(cells[2]) && type->memory_bytes == atof(cells[3]) * GIB,
            "size");
    require(type, strcmp(type->gpu_model, cells[4]) == 0, "GPU model");
    require(type, type->gpus == atoi(cells[5]), "GPUs");
    require(type, type->gpu_memory_bytes == atof(cells[6]) * GIB, "GPU memory");
    require(type, type->usd_per_hour == atof(cells[7]), "price");
}

static void test_all_of_the_source_file(void **state)
{
    char line[1024];
    int n = 0;
    (void)state;
    FILE *in = fopen(SOURCE_FILE, "r");
    if (!in) {
        print_message("skipped: %s is not there\n", SOURCE_FILE);
        return;
    }
    assert_non_null(fgets(line, sizeof line, in));
    while (fgets(line, sizeof line, in)) {
        check_line(line);
        n++;
    }
    fclose(in);
    assert_int_equal(n, 51);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_sorted_and_found),
        cmocka_unit_test(test_rows_are_sound),
        cmocka_unit_test(test_rows_of_the_sources),
        cmocka_unit_test(test_all_of_the_source_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
