/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checked allocation, the arena, and what a failed assert leaves behind. */
#include "hr_test.h"

#include "base/assert.h"
#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `action` in a child; returns its wait status and what it wrote to stderr. */
static int run_child(void (*action)(void), char *text, size_t capacity)
{
    int ends[2], status;
    size_t used = 0;
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        action();
        _exit(0);
    }
    close(ends[1]);
    while ((n = read(ends[0], text + used, capacity - 1 - used)) > 0)
        used += (size_t)n;
    text[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void ask_for_more_than_fits(void)
{
    volatile size_t n = SIZE_MAX / 4;

    free(hr_alloc(n, 8));
}

static void running_out_of_memory_exits_with_3(void **state)
{
    char text[512];
    const int status = run_child(ask_for_more_than_fits, text, sizeof(text));

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_string_equal(text, "headroom: out of memory\n");
}

static void memory_is_zeroed_and_copies_are_whole(void **state)
{
    int *numbers = HR_NEW_ARRAY(int, 100);
    char *copy = hr_strdup("text"), *part = hr_strndup("text", 2), *all = hr_strndup("text", 99);

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(numbers[i], 0);
    numbers[99] = 7;
    numbers = hr_realloc(numbers, 100000, sizeof(*numbers));
    assert_int_equal(numbers[99], 7);
    assert_string_equal(copy, "text");
    assert_string_equal(part, "te");
    assert_string_equal(all, "text");
    free(all);
    free(part);
    free(copy);
    free(numbers);
    free(HR_NEW_ARRAY(int, 0));
}

static void arena_pieces_are_apart_aligned_and_zeroed(void **state)
{
    struct hr_arena *arena = hr_arena_new();
    unsigned char *pieces[2000];

    (void)state;
    for (size_t i = 0; i < 2000; i++) {
        const size_t size = i % 50 == 0 ? 100000 : i % 97; /* also larger than a block, and 0 */

        pieces[i] = hr_arena_alloc(arena, size, 1);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t b = 0; b < size; b++)
            assert_int_equal(pieces[i][b], 0);
        memset(pieces[i], (int)(i % 251) + 1, size);
    }
    for (size_t i = 0; i < 2000; i++) {
        const size_t size = i % 50 == 0 ? 100000 : i % 97;

        for (size_t b = 0; b < size; b++)
            assert_int_equal(pieces[i][b], i % 251 + 1);
    }
    assert_string_equal(hr_arena_strdup(arena, "kept"), "kept");
    hr_arena_free(arena);
    hr_arena_free(NULL);
}

static void break_a_promise(void)
{
    const struct hr_replay replay = { 1500000000, 7, 2, "shop.cfg" };

    HR_ASSERT_AT(&replay, 1 + 1 == 3);
}

static void a_failed_assert_tells_how_to_replay(void **state)
{
    char text[1024];
    const int status = run_child(break_a_promise, text, sizeof(text));

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(text, "test_mem.c:"));
    assert_non_null(strstr(text, "1 + 1 == 3"));
    assert_non_null(strstr(text, "at 1.500000000 s of replication 2, seed 7"));
    assert_non_null(strstr(text, "headroom run 'shop.cfg' --seed 7 --replications 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_out_of_memory_exits_with_3),
        cmocka_unit_test(memory_is_zeroed_and_copies_are_whole),
        cmocka_unit_test(arena_pieces_are_apart_aligned_and_zeroed),
        cmocka_unit_test(a_failed_assert_tells_how_to_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
