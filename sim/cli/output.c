/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard output and the exit code. */
#include "cli/output.h"

#include <headroom/status.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int failure; /* errno of the first failed write; 0: none */

void hr_output_guard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* Standard output is opened for reading: writes go on to fail, as the caller asked. */
        const int got = open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
        if (got >= 0 && got != fd)
            close(got);
    }
}

void hr_output_fail(int errno_value)
{
    if (failure == 0)
        failure = errno_value;
}

bool hr_output_flush(void)
{
    if (fflush(stdout) != 0)
        hr_output_fail(errno);
    else if (ferror(stdout))
        hr_output_fail(EIO);
    return failure == 0;
}

int hr_output_finish(int code)
{
    if (hr_output_flush())
        return code;
    fprintf(stderr, "headroom: standard output: %s\n", strerror(failure));
    return hr_status_exit_code(HR_ERR_IO);
}

int hr_exit_code_worst(int a, int b)
{
    return a > b ? a : b;
}
