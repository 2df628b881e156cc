/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writing side of <headroom/diag.h>. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <headroom/diag.h>
#include <headroom/status.h>

/* Where a mistake is; any member may be NULL (or 0). Strings are copied. */
struct hr_place {
    const char *file;
    int line;
    const char *path;
};

/* Adds an entry. `hint` may be NULL. diag may be NULL: nothing happens. */
void hr_diag_add(struct hr_diag *diag, enum hr_severity severity, const struct hr_place *place,
                 const char *hint, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds an error `file: MESSAGE: strerror(errno_value)` and returns HR_ERR_IO. */
enum hr_status hr_diag_io(struct hr_diag *diag, const char *file, int errno_value,
                          const char *message);

#endif
