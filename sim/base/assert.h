/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asserts: the programmer's errors. HR_ASSERT is always on; HR_DASSERT only without NDEBUG (never
 * in a release build; use it where a check costs time per request). Both print place, condition
 * and, given a context, simulated time, replication, seed and the command that replays it; then
 * abort.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#include "base/time.h"

#include <stddef.h>
#include <stdint.h>

/* Where the simulation stands; the room model fills one in. */
struct hr_replay {
    hr_time now;
    uint64_t seed;
    uint64_t replication;
    const char *scenario; /* file */
};

_Noreturn void hr_assert_failed(const struct hr_replay *replay, const char *file, int line,
                                const char *condition);

#define HR_ASSERT_AT(replay, condition)                                                            \
    ((condition) ? (void)0 : hr_assert_failed((replay), __FILE__, __LINE__, #condition))
#define HR_ASSERT(condition) HR_ASSERT_AT(NULL, condition)

#ifdef NDEBUG
#define HR_DASSERT(condition) ((void)0)
#else
#define HR_DASSERT(condition) HR_ASSERT(condition)
#endif

#endif
