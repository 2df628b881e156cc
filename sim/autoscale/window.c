/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of samples. */
#include "autoscale/window.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_window_init(struct hr_window *window, size_t size)
{
    *window = (struct hr_window){ .samples = HR_NEW_ARRAY(double, size), .size = size };
}

void hr_window_fini(struct hr_window *window)
{
    free(window->samples);
}

void hr_window_put(struct hr_window *window, double sample)
{
    window->samples[window->next] = sample;
    window->next = (window->next + 1) % window->size;
    window->n++;
}

double hr_window_mean(const struct hr_window *window, size_t last)
{
    const size_t n = last < window->n ? last : window->n;
    double sum = 0; /* anew each time, so that no rounding stays behind */
    for (size_t i = 1; i <= n; i++)
        sum += window->samples[(window->next + window->size - i) % window->size];
    return sum / (double)n;
}
