/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a failed assert prints: enough to run the very same replication again. */
#include "base/assert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void hr_assert_failed(const struct hr_replay *replay, const char *file, int line,
                                const char *condition)
{
    fprintf(stderr, "headroom: internal error at %s:%d: assertion failed: %s\n", file, line,
            condition);
    if (replay) {
        fprintf(stderr, "  at %.9f s of replication %" PRIu64 ", seed %" PRIu64 "\n",
                hr_time_to_s(replay->now), replay->replication, replay->seed);
        fprintf(stderr,
                "  replay: headroom run '%s' --seed %" PRIu64 " --replications %" PRIu64 "\n",
                replay->scenario ? replay->scenario : "SCENARIO", replay->seed,
                replay->replication + 1);
    }
    fflush(stderr);
    abort();
}
