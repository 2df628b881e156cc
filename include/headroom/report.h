/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results to text, JSON, CSV and HTML. Nothing here computes a result.
 */
#ifndef HEADROOM_REPORT_H
#define HEADROOM_REPORT_H

#include <headroom/compare.h>
#include <headroom/diag.h>
#include <headroom/drill.h>
#include <headroom/result.h>
#include <headroom/run.h>
#include <headroom/status.h>
#include <stdio.h>

/* One JSON object of schema headroom.result/1; `indent` false puts it on a single line. Ends with a
 * newline. */
void hr_report_json(const struct hr_result *result, bool indent, FILE *out);

/* Summary for a terminal, at most 100 columns wide. */
void hr_report_text(const struct hr_result *result, FILE *out);

/* The result as CSV: a header of flat names (workloads.shoppers.latency_s.p99.value, ...ci95_lo,
 * ...ci95_hi) and one row. The two parts stand alone so that a sweep can put columns before
 * them: each writes its fields without a newline, `lead` adding a leading comma. */
void hr_report_csv_header(const struct hr_result *result, bool lead, FILE *out);
void hr_report_csv_row(const struct hr_result *result, bool lead, FILE *out);

/* Writes one CSV field, quoted when it must be; text that a spreadsheet would take for a formula
 * (leading = + - @) gets a leading apostrophe. */
void hr_report_csv_field(const char *text, FILE *out);

/* A comparison as one indented JSON object of schema headroom.compare/1, as a summary for a
 * terminal, and as CSV: a header and a row a metric. */
void hr_report_compare_json(const struct hr_comparison *comparison, FILE *out);
void hr_report_compare_text(const struct hr_comparison *comparison, FILE *out);
void hr_report_compare_csv(const struct hr_comparison *comparison, FILE *out);

/* A drill as one indented JSON object of schema headroom.drill/1, as a table for a terminal, and as
 * CSV: a header and a row a loss. */
void hr_report_drill_json(const struct hr_drill *drill, FILE *out);
void hr_report_drill_text(const struct hr_drill *drill, FILE *out);
void hr_report_drill_csv(const struct hr_drill *drill, FILE *out);

/* Writes the RESULT folder `dir` (made if need be): result.json, timeseries.csv, histogram.csv,
 * report.html. Each file is written whole or not at all. events.jsonl is written by the sink below.
 * HR_ERR_IO: diag says what failed. gnuplot missing: a warning in diag, the report has no plots. */
enum hr_status hr_report_folder(const struct hr_result *result, const char *dir,
                                struct hr_diag *diag);

/* A sink for hr_run_options.event that writes JSON Lines to `path`, whole or not at all. */
struct hr_event_log;
enum hr_status hr_event_log_open(const char *path, struct hr_event_log **out, struct hr_diag *diag);
void hr_event_log_write(void *log, const struct hr_event_record *record);
/* Closes and puts the file in place (commit true) or removes it. */
enum hr_status hr_event_log_close(struct hr_event_log *log, bool commit, struct hr_diag *diag);

#endif
