/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The idle stack: last in, first out, and a replica that fails leaves it wherever it stands. */
#include "hr_test.h"

#include "serving/idle_stack.h"

static void test_last_in_first_out(void **state)
{
    (void)state;
    uint32_t room[4];
    struct hr_idle_stack idle = { .replicas = room };
    for (uint32_t i = 0; i < 4; i++)
        hr_idle_stack_push(&idle, 10 + i);
    assert_int_equal(hr_idle_stack_pop(&idle), 13);
    hr_idle_stack_push(&idle, 20);
    hr_idle_stack_remove(&idle, 11);
    hr_idle_stack_remove(&idle, 13); /* not there: it is busy */
    assert_int_equal(idle.n, 3);
    assert_int_equal(hr_idle_stack_pop(&idle), 20);
    assert_int_equal(hr_idle_stack_pop(&idle), 12);
    assert_int_equal(hr_idle_stack_pop(&idle), 10);
    assert_int_equal(idle.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_last_in_first_out) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
