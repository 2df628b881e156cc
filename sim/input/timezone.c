/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads TZif files of versions 1 to 4 (RFC 8536, section 3). */
#include "input/timezone.h"

#include "base/file.h"
#include "base/mem.h"
#include "input/zone_rule.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define HEADER_BYTES   ((size_t)44)
#define TYPE_BYTES     ((size_t)6)

struct hr_timezone {
    int64_t *times; /* at which offsets[i + 1] begins; offsets[0] holds before all */
    int64_t *offsets;
    size_t n;
    bool has_rule; /* for what is not before the last time */
    struct hr_zone_rule rule;
};

/* The bytes of a file still to be read. */
struct bytes {
    const unsigned char *at;
    size_t n;
};

/* Counts of a TZif header, in the order of the file. */
struct counts {
    size_t is_ut, is_std, leap, times, types, chars;
};

static const unsigned char *take(struct bytes *bytes, size_t n)
{
    const unsigned char *at = bytes->at;

    if (n > bytes->n)
        return NULL;
    bytes->at += n;
    bytes->n -= n;
    return at;
}

static uint32_t big_endian_32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* A signed number of 4 or 8 bytes. */
static int64_t read_signed(const unsigned char *at, size_t size)
{
    if (size == 4)
        return (int32_t)big_endian_32(at);
    return (int64_t)((uint64_t)big_endian_32(at) << 32 | big_endian_32(at + 4));
}

static bool take_header(struct bytes *bytes, char *version, struct counts *counts)
{
    const unsigned char *at = take(bytes, HEADER_BYTES);

    if (!at || memcmp(at, "TZif", 4) != 0)
        return false;
    *version = (char)at[4];
    *counts =
        (struct counts){ big_endian_32(at + 20), big_endian_32(at + 24), big_endian_32(at + 28),
                         big_endian_32(at + 32), big_endian_32(at + 36), big_endian_32(at + 40) };
    return counts->types > 0;
}

/* Bytes of the data that follow a header, with times of `size` bytes. */
static size_t data_bytes(const struct counts *counts, size_t size)
{
    return counts->times * (size + 1) + counts->types * TYPE_BYTES + counts->chars +
           counts->leap * (size + 4) + counts->is_std + counts->is_ut;
}

static bool read_table(struct hr_timezone *zone, const unsigned char *data,
                       const struct counts *counts, size_t size)
{
    const unsigned char *indexes = data + counts->times * size;
    const unsigned char *types = indexes + counts->times;

    zone->n = counts->times;
    zone->times = HR_NEW_ARRAY(int64_t, zone->n);
    zone->offsets = HR_NEW_ARRAY(int64_t, zone->n + 1);
    zone->offsets[0] = read_signed(types, 4);
    for (size_t i = 0; i < zone->n; i++) {
        if (indexes[i] >= counts->types)
            return false;
        zone->times[i] = read_signed(data + i * size, size);
        zone->offsets[i + 1] = read_signed(types + indexes[i] * TYPE_BYTES, 4);
        if (i > 0 && zone->times[i] <= zone->times[i - 1])
            return false;
    }
    return true;
}

/* The rule between two newlines at the end; an empty one says nothing. */
static bool read_footer(struct hr_timezone *zone, const struct bytes *rest)
{
    if (rest->n < 2 || rest->at[0] != '\n')
        return false;
    const unsigned char *close = memchr(rest->at + 1, '\n', rest->n - 1);
    if (!close)
        return false;
    char *text = hr_strndup((const char *)rest->at + 1, (size_t)(close - rest->at - 1));
    const bool good = *text == '\0' || hr_zone_rule_parse(text, &zone->rule);

    zone->has_rule = *text != '\0';
    free(text);
    return good;
}

static bool read_zone(struct hr_timezone *zone, struct bytes bytes)
{
    struct counts counts;
    size_t size = 4;
    char version;

    if (!take_header(&bytes, &version, &counts))
        return false;
    if (version != '\0') { /* the data are there a second time, with 64 bits */
        size = 8;
        if (!take(&bytes, data_bytes(&counts, 4)) || !take_header(&bytes, &version, &counts))
            return false;
    }
    const unsigned char *data = take(&bytes, data_bytes(&counts, size));
    if (!data || !read_table(zone, data, &counts, size))
        return false;
    return size == 4 || read_footer(zone, &bytes);
}

struct hr_timezone *hr_timezone_parse(const void *data, size_t n)
{
    struct hr_timezone *zone = HR_NEW(struct hr_timezone);

    if (read_zone(zone, (struct bytes){ data, n }))
        return zone;
    hr_timezone_free(zone);
    return NULL;
}

/* IANA names are letters, digits and a few signs; nothing that leaves the folder. */
static bool is_zone_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_+-/";

    return *name != '\0' && *name != '/' && name[strspn(name, allowed)] == '\0';
}

static bool is_plain_file(FILE *file)
{
    struct stat info;

    return fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
}

static FILE *open_zone(const char *name)
{
    static const char *const folders[] = { "/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                           "/usr/share/lib/zoneinfo" };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char *path = hr_file_join(folders[i], name);
        FILE *file = fopen(path, "rb");

        free(path);
        if (file && is_plain_file(file))
            return file;
        if (file)
            fclose(file);
    }
    return NULL;
}

static struct hr_timezone *read_file(FILE *file)
{
    unsigned char *content = hr_alloc(FILE_BYTES_MAX, 1);
    const size_t n = fread(content, 1, FILE_BYTES_MAX, file);
    struct hr_timezone *zone = ferror(file) ? NULL : hr_timezone_parse(content, n);

    free(content);
    return zone;
}

enum hr_status hr_timezone_load(const char *name, const struct hr_place *place,
                                struct hr_timezone **out, struct hr_diag *diag)
{
    struct hr_timezone *zone;

    if (strcmp(name, "UTC") == 0) {
        zone = HR_NEW(struct hr_timezone);
        zone->offsets = HR_NEW_ARRAY(int64_t, 1);
        *out = zone;
        return HR_OK;
    }
    FILE *file = is_zone_name(name) ? open_zone(name) : NULL;
    if (!file) {
        hr_diag_add(diag, HR_ERROR, place,
                    "names are such as \"Europe/Berlin\" or \"UTC\"; they come with the package "
                    "tzdata",
                    "unknown time zone \"%s\"", name);
        return HR_ERR_INPUT;
    }
    zone = read_file(file);
    fclose(file);
    if (!zone) {
        hr_diag_add(diag, HR_ERROR, place, "reinstall the package tzdata",
                    "the time zone file of \"%s\" is damaged", name);
        return HR_ERR_INPUT;
    }
    *out = zone;
    return HR_OK;
}

void hr_timezone_free(struct hr_timezone *zone)
{
    if (!zone)
        return;
    free(zone->times);
    free(zone->offsets);
    free(zone);
}

/* The number of table times that are not after unix_s. */
static size_t find_period(const struct hr_timezone *zone, int64_t unix_s)
{
    size_t low = 0, high = zone->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (zone->times[middle] <= unix_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The offset, and the next entry of the table or change of the rule (which may change nothing). */
static int64_t look_up(const struct hr_timezone *zone, int64_t unix_s, int64_t *next)
{
    const size_t period = find_period(zone, unix_s);
    const bool by_rule = zone->has_rule && period == zone->n;

    if (period < zone->n)
        *next = zone->times[period];
    else
        *next = by_rule ? hr_zone_rule_next(&zone->rule, unix_s) : INT64_MAX;
    return by_rule ? hr_zone_rule_offset(&zone->rule, unix_s) : zone->offsets[period];
}

int64_t hr_timezone_offset(const struct hr_timezone *zone, int64_t unix_s, int64_t *next)
{
    int64_t at, after;
    const int64_t offset = look_up(zone, unix_s, &at);

    if (!next)
        return offset;
    /*
     * Past what changes nothing. A rule's changes come back every year: when three in a row change
     * nothing, none ever does.
     */
    for (size_t i = 0; i < zone->n + 3 && at != INT64_MAX; i++) {
        if (look_up(zone, at, &after) != offset) {
            *next = at;
            return offset;
        }
        at = after;
    }
    *next = INT64_MAX;
    return offset;
}
