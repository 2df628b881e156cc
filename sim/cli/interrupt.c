/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stopping early. The flags are the program's only mutable state that a signal may touch. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

static atomic_bool stop;
static atomic_bool signaled;

/* Wrappers such as timeout(1) signal a process and its group: what comes this soon is the same
 * wish. */
#define SAME_WISH_NS 300000000

static _Atomic int64_t first_ns;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* safe in a handler (POSIX) */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The first signal asks for a good end, another one later for a quick one. */
static void on_signal(int number)
{
    int64_t first = 0;
    const int64_t now = now_ns();
    const bool again = !atomic_compare_exchange_strong(&first_ns, &first, now);
    if (again && now - first > SAME_WISH_NS) {
        signal(number, SIG_DFL);
        raise(number);
    }
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
    action.sa_flags = SA_RESTART;
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
