/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CSV files of a RESULT folder, and a number as CSV has it. */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include <headroom/result.h>
#include <stdio.h>

/* timeseries.csv: time_s (start of the step), then a column a series; NaN is an empty field. */
void hr_csv_series(const struct hr_result *result, FILE *out);

/* histogram.csv: workload,time_s,le,count with cumulative counts; the last le is +Inf. */
void hr_csv_histogram(const struct hr_result *result, FILE *out);

/* A number; an empty field when it is not finite. */
void hr_csv_double(double x, FILE *out);

#endif
