/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stopping early: SIGINT and SIGTERM ask a run to stop, and what is finished is kept. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

/* The first SIGINT or SIGTERM sets the flag, a second one kills. A broken pipe becomes a failed
 * write, that is exit code 3 with a message. */
void hr_interrupt_install(void);

/* For hr_run_options.interrupt. */
const atomic_bool *hr_interrupt_flag(void);

/* Sets the flag from within: going on has become pointless. */
void hr_interrupt_raise(void);

/* A signal has come. */
bool hr_interrupt_signaled(void);

#endif
