/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs gnuplot: the one outside program that reports need, and can do without. */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include "base/str.h"

/*
 * Feeds `script` to gnuplot (found through PATH, without a shell, without the user's settings) and
 * adds what it prints to `output`. Gives up after 20 s. NULL: done; else why not, static text.
 */
const char *hr_gnuplot_run(const char *script, struct hr_str *output);

#endif
