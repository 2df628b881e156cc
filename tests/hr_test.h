/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every cmocka program of this project includes, in the order cmocka needs. */
#ifndef TESTS_HR_TEST_H
#define TESTS_HR_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* |a - b| <= tolerance, printing both values and the place. */
#define assert_near(a, b, tolerance)                                                               \
    do {                                                                                           \
        const double near_a = (a), near_b = (b), near_t = (tolerance);                             \
        if (!(fabs(near_a - near_b) <= near_t)) {                                                  \
            print_error("%s = %.17g, expected %.17g within %g\n", #a, near_a, near_b, near_t);     \
            _fail(__FILE__, __LINE__);                                                             \
        }                                                                                          \
    } while (0)

#endif
