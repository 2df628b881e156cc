/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last samples of a series taken at equal steps, and their mean. */
#ifndef AUTOSCALE_WINDOW_H
#define AUTOSCALE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct hr_window {
    double *samples; /* a ring */
    size_t size;
    size_t next;
    size_t n; /* samples so far */
};

/* Holds `size` >= 1 samples. */
void hr_window_init(struct hr_window *window, size_t size);
void hr_window_fini(struct hr_window *window);
void hr_window_put(struct hr_window *window, double sample);

/* Mean of the last `last` samples, of those there are; 1 <= last <= size, at least one sample. */
double hr_window_mean(const struct hr_window *window, size_t last);

#endif
