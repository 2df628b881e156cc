/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The traces of arrival processes, on files. */
#ifndef SCENARIO_TRACE_FILE_H
#define SCENARIO_TRACE_FILE_H

#include "base/diag.h"
#include "workload/trace.h"

/* What reading a trace through has found. Times in ns, as in the file. */
struct hr_trace_scan {
    uint64_t n_rows, n_requests;
    hr_time first, last; /* first row, last row; counts: 0, end of the last bin */
    bool iso;            /* timestamps are dates */
};

/* Reads the whole trace that spec names. Not HR_OK: diag says what is wrong, with the line. */
enum hr_status hr_trace_file_scan(const struct hr_arrival_spec *spec, struct hr_trace_scan *scan,
                                  struct hr_diag *diag);

/* hr_trace_opener.open: a reader of its own for each call. */
enum hr_status hr_trace_file_open(void *ctx, const struct hr_arrival_spec *spec,
                                  struct hr_trace_source *out);

#endif
