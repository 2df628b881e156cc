/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Script and output go through unnamed temporary files: no name can clash or be left behind, and
 * no pipe can fill up. The environment is fixed, so that no locale changes how numbers look.
 */
#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS 20000
#define POLL_MS  2

static int spawn(FILE *in, FILE *out, pid_t *pid)
{
    char program[] = "gnuplot", defaults[] = "-d", locale[] = "LC_ALL=C";
    char *const arguments[] = { program, defaults, NULL };
    char *const environment[] = { locale, NULL };
    posix_spawn_file_actions_t actions;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure)
        return failure;
    failure = posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
    if (!failure)
        failure = posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    if (!failure)
        failure =
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!failure)
        failure = posix_spawnp(pid, program, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

/* Waits for the child, at most LIMIT_MS; NULL when it ended well. */
static const char *await(pid_t pid)
{
    const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
    int status = 0;
    pid_t done = 0;
    for (int waited = 0; waited < LIMIT_MS && done == 0; waited += POLL_MS) {
        done = waitpid(pid, &status, WNOHANG);
        if (done == 0)
            nanosleep(&pause, NULL);
    }
    if (done == 0) {
        kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        return "gnuplot took too long";
    }
    if (done < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return "gnuplot failed";
    return NULL;
}

static const char *run(const char *script, FILE *in, FILE *out, struct hr_str *output)
{
    char block[4096];
    pid_t pid;
    if (fputs(script, in) == EOF || fflush(in) != 0 || fseek(in, 0, SEEK_SET) != 0)
        return "no room for temporary files";
    const int failure = spawn(in, out, &pid);
    if (failure)
        return failure == ENOENT ? "gnuplot was not found" : "gnuplot could not be started";
    const char *why = await(pid);
    rewind(out);
    for (size_t n; !why && (n = fread(block, 1, sizeof(block), out)) > 0;)
        hr_str_add_n(output, block, n);
    return why;
}

const char *hr_gnuplot_run(const char *script, struct hr_str *output)
{
    const char *why = "no room for temporary files";
    FILE *in = tmpfile();
    FILE *out = tmpfile();
    if (in && out)
        why = run(script, in, out, output);
    if (in)
        fclose(in);
    if (out)
        fclose(out);
    return why;
}
