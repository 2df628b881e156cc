/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reporting a mistake at its place: file and line, or the --set that it came from; and key path. */
#include "base/file.h"
#include "base/str.h"
#include "scenario/load.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void add_path(struct hr_str *out, const config_setting_t *setting)
{
    const config_setting_t *parent = config_setting_parent(setting);
    if (!parent)
        return;
    add_path(out, parent);
    if (config_setting_name(setting))
        hr_str_addf(out, "%s%s", out->length ? "." : "", config_setting_name(setting));
    else
        hr_str_addf(out, "[%d]", config_setting_index(setting));
}

__attribute__((format(printf, 5, 0))) static void
report(struct hr_loader *loader, enum hr_severity severity, const struct hr_place *place,
       const char *hint, const char *format, va_list args)
{
    char message[1024];
    vsnprintf(message, sizeof message, format, args);
    if (severity == HR_ERROR)
        loader->n_errors++;
    hr_diag_add(loader->diag, severity, place, hint, "%s", message);
}

struct hr_place hr_load_place(const struct hr_loader *loader, const config_setting_t *setting,
                              const char *key, struct hr_str *path)
{
    const config_setting_t *member =
        key && config_setting_is_group(setting) ? config_setting_get_member(setting, key) : NULL;
    const config_setting_t *at = member ? member : setting;
    const struct hr_override *override = config_setting_get_hook(at);
    const char *included = config_setting_source_file(at);
    const unsigned line = config_setting_source_line(at);
    add_path(path, at);
    if (key && !member)
        hr_str_addf(path, "%s%s", path->length ? "." : "", key);
    struct hr_place place = { .path = path->length ? path->text : NULL };
    if (override) {
        place.file = override->label;
    } else {
        place.file = included ? hr_load_resolve(loader, included) : loader->file;
        place.line = line > 0 ? (int)line : 1; /* the root has no line of its own */
    }
    return place;
}

void hr_load_report(struct hr_loader *loader, enum hr_severity severity,
                    const config_setting_t *setting, const char *key, const char *hint,
                    const char *format, ...)
{
    if (loader->n_errors >= HR_DIAG_MAX) { /* the place would be looked up for nothing */
        loader->n_errors += severity == HR_ERROR;
        hr_diag_add(loader->diag, severity, NULL, NULL, "further mistake");
        return;
    }
    struct hr_str path;
    hr_str_init(&path);
    const struct hr_place place = hr_load_place(loader, setting, key, &path);
    va_list args;
    va_start(args, format);
    report(loader, severity, &place, hint, format, args);
    va_end(args);
    hr_str_fini(&path);
}

void hr_load_report_line(struct hr_loader *loader, const char *file, int line, const char *hint,
                         const char *format, ...)
{
    const struct hr_place place = { .file = file, .line = line };
    va_list args;
    va_start(args, format);
    report(loader, HR_ERROR, &place, hint, format, args);
    va_end(args);
}

const config_setting_t *hr_load_origin(const struct hr_loader *loader, const void *group)
{
    for (size_t i = 0; i < loader->n_origins; i++)
        if (loader->origins[i].group == group)
            return loader->origins[i].setting;
    return config_root_setting(&loader->config);
}

const char *hr_load_resolve(const struct hr_loader *loader, const char *name)
{
    char *joined = hr_file_join(loader->folder, name);
    const char *kept = hr_arena_strdup(loader->scenario->arena, joined);
    free(joined);
    return kept;
}
