/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts and exit codes of the status list. */
#include <headroom/status.h>

const char *hr_status_text(enum hr_status status)
{
    switch (status) {
#define X(name, number, exit_code, text)                                                           \
    case name:                                                                                     \
        return text;
        HR_STATUS_LIST(X)
#undef X
    }
    return "unknown status";
}

int hr_status_exit_code(enum hr_status status)
{
    switch (status) {
#define X(name, number, exit_code, text)                                                           \
    case name:                                                                                     \
        return exit_code;
        HR_STATUS_LIST(X)
#undef X
    }
    return hr_status_exit_code(HR_ERR_INTERNAL);
}
