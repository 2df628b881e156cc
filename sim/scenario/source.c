/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a file to libconfig's tree of settings. */
#include "base/file.h"
#include "scenario/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_BYTES_MAX = 16 << 20 };

static bool read_all(struct hr_source *source, FILE *in)
{
    size_t capacity = 1 << 16;
    source->text = hr_alloc(capacity, 1);
    source->n = 0;
    for (;;) {
        source->n += fread(source->text + source->n, 1, capacity - source->n - 1, in);
        if (ferror(in) || source->n > SOURCE_BYTES_MAX)
            break;
        if (feof(in)) {
            source->text[source->n] = '\0';
            return true;
        }
        capacity *= 2;
        source->text = hr_realloc(source->text, capacity, 1);
    }
    source->errno_value = ferror(in) ? errno : EFBIG;
    free(source->text);
    return false;
}

bool hr_source_read(struct hr_source *source, const char *path)
{
    *source = (struct hr_source){ .path = path };
    FILE *in = fopen(path, "rb");
    if (!in) {
        source->errno_value = errno;
        return false;
    }
    const bool done = read_all(source, in);
    fclose(in);
    return done;
}

static void report_parse_error(struct hr_loader *loader)
{
    const char *included = config_error_file(&loader->config);
    const char *text = config_error_text(&loader->config);
    hr_load_report_line(loader, included ? hr_load_resolve(loader, included) : loader->file,
                        config_error_line(&loader->config),
                        strstr(text, "in array") ? "write ( 1, 2.5 ) to mix them" : NULL, "%s",
                        text);
}

void hr_load_parse(struct hr_loader *loader, const struct hr_source *source)
{
    config_set_include_dir(&loader->config, loader->folder[0] ? loader->folder : ".");
    if (hr_scan(loader, source, 0) && !config_read_string(&loader->config, source->text))
        report_parse_error(loader);
}
