/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The RESULT folder. */
#include <headroom/report.h>

#include "base/file.h"
#include "report/csv.h"
#include "report/page.h"

#include <stdlib.h>

static void write_json(const struct hr_result *result, FILE *out, struct hr_diag *diag)
{
    (void)diag;
    hr_report_json(result, true, out);
}

static void write_series(const struct hr_result *result, FILE *out, struct hr_diag *diag)
{
    (void)diag;
    hr_csv_series(result, out);
}

static void write_histogram(const struct hr_result *result, FILE *out, struct hr_diag *diag)
{
    (void)diag;
    hr_csv_histogram(result, out);
}

static const struct member {
    const char *name;
    void (*write)(const struct hr_result *result, FILE *out, struct hr_diag *diag);
} members[] = {
    { "result.json", write_json },
    { "timeseries.csv", write_series },
    { "histogram.csv", write_histogram },
    { "report.html", hr_page_write },
};

static enum hr_status write_member(const struct hr_result *result, const char *dir,
                                   const struct member *member, struct hr_diag *diag)
{
    struct hr_file file;
    char *path = hr_file_join(dir, member->name);
    enum hr_status status = hr_file_open(&file, path, diag);
    free(path);
    if (status != HR_OK)
        return status;
    member->write(result, file.out, diag);
    return hr_file_close(&file, true, diag);
}

enum hr_status hr_report_folder(const struct hr_result *result, const char *dir,
                                struct hr_diag *diag)
{
    enum hr_status status = hr_file_make_folder(dir, diag);
    for (size_t i = 0; status == HR_OK && i < sizeof(members) / sizeof(members[0]); i++)
        status = write_member(result, dir, &members[i], diag);
    return status;
}
