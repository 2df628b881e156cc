/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects the lines, and numbers the nodes by a hash table of their names. */
#include "input/spot_trace.h"

#include "base/decimal.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/lines.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 1000000

struct node {
    char *name;    /* NULL: a free place of the table */
    uint32_t node; /* its number */
    bool there;
};

struct reader {
    struct hr_lines lines;
    struct hr_spot_line *spots;
    size_t n, capacity;
    struct node *table; /* open addressing; a power of two, at most half full */
    size_t table_size;
    uint32_t n_nodes;
};

static struct node *place_of(const struct reader *reader, const char *name)
{
    size_t i = hr_hash_name(name) & (reader->table_size - 1);
    while (reader->table[i].name && strcmp(reader->table[i].name, name) != 0)
        i = (i + 1) & (reader->table_size - 1);
    return &reader->table[i];
}

static void grow(struct reader *reader)
{
    const struct reader old = *reader;
    reader->table_size = 2 * old.table_size;
    reader->table = HR_NEW_ARRAY(struct node, reader->table_size);
    for (size_t i = 0; i < old.table_size; i++)
        if (old.table[i].name)
            *place_of(reader, old.table[i].name) = old.table[i];
    free(old.table);
}

static struct node *node_of(struct reader *reader, const char *name)
{
    if (2 * (size_t)reader->n_nodes >= reader->table_size)
        grow(reader);
    struct node *node = place_of(reader, name);
    if (!node->name)
        *node = (struct node){ .name = hr_strdup(name), .node = reader->n_nodes++ };
    return node;
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t", text[n - 1]))
        text[--n] = '\0';
    return text;
}

/* Cuts the line into its three cells. */
static bool split(char *line, char *cells[3])
{
    for (size_t i = 0; i < 3; i++) {
        char *comma = strchr(line, ',');
        if ((comma != NULL) != (i < 2))
            return false;
        if (comma)
            *comma = '\0';
        cells[i] = trim(line);
        if (comma)
            line = comma + 1;
    }
    return true;
}

static bool read_time(const char *text, hr_time *at)
{
    struct hr_decimal decimal;
    const size_t n = strlen(text);
    if (n == 0 || hr_decimal_parse(text, n, &decimal) != n)
        return false;
    *at = hr_decimal_scale(&decimal, HR_NS_PER_S / 1000);
    return *at >= 0 && *at != HR_TIME_NEVER;
}

static void push(struct reader *reader, struct hr_spot_line line)
{
    if (reader->n == reader->capacity) {
        reader->capacity = 2 * reader->capacity + 256;
        reader->spots = hr_realloc(reader->spots, reader->capacity, sizeof *reader->spots);
    }
    reader->spots[reader->n++] = line;
}

static enum hr_status take_line(struct reader *reader, char *text, struct hr_diag *diag)
{
    const char *hint = "write lines such as 480000,add,node1";
    const struct hr_lines *lines = &reader->lines;
    struct hr_spot_line line;
    char *cells[3];
    if (!split(text, cells))
        return hr_lines_error(lines, diag, hint, "is not milliseconds, add or remove, and a node");
    if (!read_time(cells[0], &line.at))
        return hr_lines_error(lines, diag, hint, "\"%.60s\" is no time in milliseconds", cells[0]);
    line.add = strcmp(cells[1], "add") == 0;
    if (!line.add && strcmp(cells[1], "remove") != 0)
        return hr_lines_error(lines, diag, hint, "\"%.60s\" is neither add nor remove", cells[1]);
    if (reader->n > 0 && line.at < reader->spots[reader->n - 1].at)
        return hr_lines_error(lines, diag, NULL, "is earlier than the line before");
    if (reader->n == LINES_MAX)
        return hr_lines_error(lines, diag, NULL, "more than %d lines", LINES_MAX);
    struct node *node = node_of(reader, cells[2]);
    if (node->there == line.add)
        return hr_lines_error(lines, diag, NULL, "the node \"%.60s\" %s", cells[2],
                              line.add ? "is there already" : "is not there");
    node->there = line.add;
    line.node = node->node;
    push(reader, line);
    return HR_OK;
}

static enum hr_status read_lines(struct reader *reader, struct hr_diag *diag)
{
    for (;;) {
        struct hr_text text;
        enum hr_status status = hr_lines_next(&reader->lines, &text, diag);
        if (status != HR_OK)
            return status;
        if (!text.at)
            break;
        text.at[text.n] = '\0';
        status = take_line(reader, text.at, diag);
        if (status != HR_OK)
            return status;
    }
    return reader->n > 0 ? HR_OK
                         : hr_lines_error(&reader->lines, diag, NULL, "the file holds no nodes");
}

enum hr_status hr_spot_trace_read(const char *path, struct hr_spot_line **lines, size_t *n,
                                  char sha256[65], struct hr_diag *diag)
{
    struct reader reader = { .table_size = 64 };
    enum hr_status status = hr_lines_open(&reader.lines, path, diag);
    if (status != HR_OK)
        return status;
    reader.table = HR_NEW_ARRAY(struct node, reader.table_size);
    status = read_lines(&reader, diag);
    hr_lines_close(&reader.lines);
    for (size_t i = 0; i < reader.table_size; i++)
        free(reader.table[i].name);
    free(reader.table);
    if (status == HR_OK)
        status = hr_file_sha256(path, sha256, diag);
    if (status != HR_OK) {
        free(reader.spots);
        return status;
    }
    *lines = reader.spots;
    *n = reader.n;
    return HR_OK;
}
