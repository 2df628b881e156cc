/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that the build puts into the program (cmake/embed.cmake). */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

struct hr_embedded {
    const char *name; /* without folder; NULL closes the array */
    const char *text;
};

/* plots/ *.gp: the gnuplot scripts. */
extern const struct hr_embedded hr_plot_scripts[];

#endif
