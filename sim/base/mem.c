/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checked allocation and the arena: a chain of blocks, each filled from its start. */
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE        ((size_t)64)
#define ARENA_BLOCK_BYTES ((size_t)64 * 1024)
#define ARENA_ALIGN       ((size_t)16)

struct hr_arena_block {
    struct hr_arena_block *next;
    size_t used, capacity;
    alignas(16) unsigned char bytes[];
};

struct hr_arena {
    struct hr_arena_block *blocks; /* the one in use is first */
};

static _Noreturn void out_of_memory(void)
{
    fputs("headroom: out of memory\n", stderr);
    _Exit(3);
}

/* n * size, at least 1 so that malloc(0) cannot return NULL; does not return on overflow. */
static size_t checked_bytes(size_t n, size_t size)
{
    if (size != 0 && n > PTRDIFF_MAX / size)
        out_of_memory();
    return n * size != 0 ? n * size : 1;
}

void *hr_alloc(size_t n, size_t size)
{
    void *memory = calloc(1, checked_bytes(n, size));

    if (!memory)
        out_of_memory();
    return memory;
}

void *hr_alloc_lines(size_t n, size_t size)
{
    const size_t bytes = (checked_bytes(n, size) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *memory = aligned_alloc(CACHE_LINE, bytes);
    if (!memory)
        out_of_memory();
    return memset(memory, 0, bytes);
}

void *hr_realloc(void *old, size_t n, size_t size)
{
    void *memory = realloc(old, checked_bytes(n, size));

    if (!memory)
        out_of_memory();
    return memory;
}

char *hr_strdup(const char *text)
{
    return hr_strndup(text, strlen(text));
}

char *hr_strndup(const char *text, size_t n)
{
    const size_t length = strnlen(text, n);
    char *copy = hr_alloc(length + 1, 1);

    memcpy(copy, text, length);
    return copy;
}

struct hr_arena *hr_arena_new(void)
{
    return HR_NEW(struct hr_arena);
}

void hr_arena_free(struct hr_arena *arena)
{
    if (!arena)
        return;
    while (arena->blocks) {
        struct hr_arena_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
    free(arena);
}

static struct hr_arena_block *arena_block_new(size_t capacity)
{
    struct hr_arena_block *block = hr_alloc(1, sizeof(*block) + capacity);

    block->capacity = capacity;
    return block;
}

void *hr_arena_alloc(struct hr_arena *arena, size_t n, size_t size)
{
    const size_t bytes = (checked_bytes(n, size) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    struct hr_arena_block *block = arena->blocks;

    if (block && bytes <= block->capacity - block->used) {
        block->used += bytes;
        return block->bytes + block->used - bytes;
    }
    struct hr_arena_block *fresh =
        arena_block_new(bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES);
    fresh->used = bytes;
    /* A large one goes behind the block in use, whose room would otherwise be lost. */
    if (block && bytes > ARENA_BLOCK_BYTES / 2) {
        fresh->next = block->next;
        block->next = fresh;
    } else {
        fresh->next = block;
        arena->blocks = fresh;
    }
    return fresh->bytes;
}

char *hr_arena_strdup(struct hr_arena *arena, const char *text)
{
    const size_t length = strlen(text);
    char *copy = hr_arena_alloc(arena, length + 1, 1);

    memcpy(copy, text, length);
    return copy;
}
