/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed loops: clients that think, ask and wait (machine repair). Case closed-1 and others. */
#include "oracle/oracle.h"

#include <stdio.h>

/* Thinking is service by a server of one's own, so only its mean matters (Baskett, Chandy, Muntz,
 * Palacios 1975). */
struct loop {
    const char *id, *think;
    unsigned clients, servers;
    double think_s;
};

static const struct loop loops[] = {
    { "closed-1", "{ distribution = \"exponential\"; mean = \"5s\"; }", 20, 2, 5 },
    { "closed-constant", "\"5s\"", 20, 2, 5 },
    { "closed-lognormal", "{ distribution = \"lognormal\"; mean = \"5s\"; cv = 1.5; }", 20, 4, 5 },
    { "closed-idle", "{ distribution = \"exponential\"; mean = \"9s\"; }", 10, 1, 9 },
};

static void test_closed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        const struct loop *loop = &loops[i];
        const struct hr_queue_answer answer =
            hr_closed_mmc(loop->clients, loop->think_s, 1, loop->servers);
        char arrivals[160];
        snprintf(arrivals, sizeof arrivals,
                 "{ process = \"closed\"; clients = %u; think_time = %s; }", loop->clients,
                 loop->think);
        struct oracle oracle;
        oracle_init(
            &oracle, loop->id,
            &(struct oracle_queue){ .name = "closed loop",
                                    .formula = "machine repair, birth-death",
                                    .servers = loop->servers,
                                    .arrivals = arrivals,
                                    .duration_s = oracle_duration_s(3e6, answer.throughput) });
        oracle_expect_answer(&oracle, answer);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_closed) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
