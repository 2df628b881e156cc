/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard output: results go there whole, or the program says that they did not. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>

/* Fills closed standard descriptors, so that no file that is opened later takes their place. */
void hr_output_guard(void);

/* Sends on what is buffered. False: standard output has failed, now or before. */
bool hr_output_flush(void);

/* Notes that something could not be printed. */
void hr_output_fail(int errno_value);

/* Flushes; returns `code`, or after a failure says so on standard error and returns the exit code
 * of an I/O error. */
int hr_output_finish(int code);

/* The code that wins when a command has several: interrupted over I/O over bad input over a
 * missed SLO over success, which is their numerical order. */
int hr_exit_code_worst(int a, int b);

#endif
