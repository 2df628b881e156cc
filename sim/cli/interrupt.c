/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stopping early. The flags are the program's only mutable state that a signal may touch. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

static atomic_bool stop;
static atomic_bool signaled;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&signaled, true);
    atomic_store(&stop, true);
}

/* A signal that the caller has switched off (nohup) stays so. */
static void catch_signal(int number)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        return;
    action = (struct sigaction){ .sa_handler = on_signal };
    action.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void hr_interrupt_install(void)
{
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    signal(SIGPIPE, SIG_IGN);
}

const atomic_bool *hr_interrupt_flag(void)
{
    return &stop;
}

void hr_interrupt_raise(void)
{
    atomic_store(&stop, true);
}

bool hr_interrupt_signaled(void)
{
    return atomic_load(&signaled);
}
