/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Own log and exp: plain double operations in a fixed order, so that the bits are the same for
 * every compiler (without contraction), optimization level and processor, which libm's are not.
 * Error below 1 ulp (measured by tests/unit/test_logexp.c).
 */
#ifndef BASE_LOGEXP_H
#define BASE_LOGEXP_H

double hr_log(double x);           /* natural; x <= 0 or NaN: -inf or NaN as libm */
double hr_exp(double x);           /* overflow: inf, underflow: 0 */
double hr_pow(double x, double y); /* x > 0: exp(y log x), relative error about 1e-15 |y log x| */
double hr_cos(double x);           /* |x| < 1e6 */

#endif
