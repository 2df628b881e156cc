/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads when nodes came to a spot fleet and were taken from it: CSV without header, a line each of
 * milliseconds, `add` or `remove`, and a name of the node; plain or gzip. */
#ifndef INPUT_SPOT_TRACE_H
#define INPUT_SPOT_TRACE_H

#include "base/diag.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hr_spot_line {
    hr_time at;
    uint32_t node; /* 0, 1 ... in the order of first appearance */
    bool add;
};

/*
 * At least one and at most 1 million lines in the order of time, a node being added only while it
 * is away and removed only while it is there: else HR_ERR_INPUT with file and line. *lines is freed
 * with free(). `sha256` gets the hex hash of the file's bytes.
 */
enum hr_status hr_spot_trace_read(const char *path, struct hr_spot_line **lines, size_t *n,
                                  char sha256[65], struct hr_diag *diag);

#endif
