/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checked allocation. Sizes are bounded when input is validated, so running out of memory is not
 * an error to handle: these functions print one line and exit with 3 (see docs/ARCHITECTURE.md).
 * None returns NULL; a count of 0 gives a pointer that may only be freed.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *hr_alloc(size_t n, size_t size);              /* zeroed */
void *hr_realloc(void *old, size_t n, size_t size); /* what is new is not zeroed */
char *hr_strdup(const char *text);
char *hr_strndup(const char *text, size_t n);

/* As hr_alloc, aligned to a cache line of 64 bytes; free with free(). */
void *hr_alloc_lines(size_t n, size_t size);

#define HR_NEW(type)          ((type *)hr_alloc(1, sizeof(type)))
#define HR_NEW_ARRAY(type, n) ((type *)hr_alloc((n), sizeof(type)))

/* An arena: what is taken from it is freed with it, all at once. */
struct hr_arena;
struct hr_arena *hr_arena_new(void);
void hr_arena_free(struct hr_arena *arena);
void *hr_arena_alloc(struct hr_arena *arena, size_t n, size_t size); /* zeroed, aligned to 16 */
char *hr_arena_strdup(struct hr_arena *arena, const char *text);

#endif
