/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Status codes: what a function of the library says of its own success, and the exit code that the
 * program gives for it. Answers (an SLO missed, an unstable system) are no errors: they stand in
 * the result, and the program exits with 1 for them.
 */
#ifndef HEADROOM_STATUS_H
#define HEADROOM_STATUS_H

/* X(name, number, exit code, text). Numbers are pinned and in tens. */
#define HR_STATUS_LIST(X)                                                                          \
    X(HR_OK, 0, 0, "done")                                                                         \
    X(HR_ERR_INPUT, 10, 2, "bad input")                                                            \
    X(HR_ERR_IO, 20, 3, "input or output failed")                                                  \
    X(HR_ERR_INTERRUPTED, 30, 130, "interrupted")                                                  \
    X(HR_ERR_INTERNAL, 40, 70, "internal error")

enum hr_status {
#define X(name, number, exit_code, text) name = number,
    HR_STATUS_LIST(X)
#undef X
};

/* The text of a status, such as "bad input"; static storage. */
const char *hr_status_text(enum hr_status status);

/* The process exit code that belongs to a status. */
int hr_status_exit_code(enum hr_status status);

#endif
