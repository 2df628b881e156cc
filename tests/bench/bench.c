/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hr-bench: measures speed and memory (docs/performance.md, "What the benchmark measures"). Prints
 * a table and, with --json FILE, writes it as JSON too. */
#include "bench.h"

#include "base/file.h"

#include <headroom/version.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS       5
#define ROUNDS_QUICK 2
#define SCALE_QUICK  0.01

static const char usage[] =
    "Usage: hr-bench [--quick] [--long] [--peers] [--json FILE] [PATTERN]\n"
    "\n"
    "  --quick      a hundredth of the requests: shows that all runs, measures nothing well\n"
    "  --long       also a billion requests, for their memory\n"
    "  --peers      also other simulators, where they are installed\n"
    "  --json FILE  writes the table as JSON, too\n"
    "  PATTERN      only rows whose name holds it\n";

static bool parse(struct bench *bench, int argc, char **argv, const char **json)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            bench->quick = true;
        else if (strcmp(argv[i], "--long") == 0)
            bench->long_run = true;
        else if (strcmp(argv[i], "--peers") == 0)
            bench->peers = true;
        else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            *json = argv[++i];
        else if (argv[i][0] != '-' && bench->pattern[0] == '\0')
            bench->pattern = argv[i];
        else
            return false;
    }
    bench->rounds = bench->quick ? ROUNDS_QUICK : ROUNDS;
    bench->scale = bench->quick ? SCALE_QUICK : 1;
    return true;
}

/* ---- the folder ---- */

static bool make_folder(struct bench *bench)
{
    const char *parent = getenv("TMPDIR");
    snprintf(bench->folder, sizeof bench->folder, "%s/headroom-bench-XXXXXX",
             parent != NULL ? parent : "/tmp");
    if (mkdtemp(bench->folder) != NULL) /* refuses a name that was cut off */
        return true;
    perror(bench->folder);
    return false;
}

static void remove_folder(const struct bench *bench)
{
    DIR *folder = opendir(bench->folder);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char *path = bench_path_new(bench, entry->d_name);
        if (entry->d_name[0] != '.')
            remove(path);
        free(path);
    }
    if (folder != NULL)
        closedir(folder);
    rmdir(bench->folder);
}

/* ---- JSON ---- */

static void write_cpu(struct hr_json *json)
{
    char line[256], name[256];
    const char *found = NULL;
    FILE *in = fopen("/proc/cpuinfo", "r");
    while (in != NULL && found == NULL && fgets(line, sizeof line, in) != NULL)
        if (sscanf(line, "model name : %255[^\n]", name) == 1)
            found = name;
    if (in != NULL)
        fclose(in);
    hr_json_key(json, "cpu");
    hr_json_string(json, found);
}

static void write_head(const struct bench *bench, struct hr_json *json)
{
    hr_json_object(json);
    hr_json_key(json, "schema");
    hr_json_string(json, "headroom.bench/1");
    hr_json_key(json, "version");
    hr_json_string(json, HR_VERSION);
    hr_json_key(json, "compiler");
    hr_json_string(json, HR_COMPILER);
    write_cpu(json);
    hr_json_key(json, "quick");
    hr_json_bool(json, bench->quick);
    hr_json_key(json, "rounds");
    hr_json_uint(json, bench->rounds);
    hr_json_key(json, "rows");
    hr_json_array(json);
}

static void write_end(struct hr_json *json)
{
    hr_json_array_end(json);
    hr_json_object_end(json);
}

/* ---- the whole ---- */

static void run_sections(struct bench *bench)
{
    static void (*const sections[])(
        struct bench *) = { bench_simulation, bench_traces,    bench_sweeps, bench_starts,
                            bench_memory,     bench_scheduler, bench_peers };
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        sections[i](bench);
    if (bench->rows == 0)
        fprintf(stderr, "no row's name holds \"%s\"\n", bench->pattern);
}

static enum hr_status run_to_json(struct bench *bench, const char *path)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_file file;
    struct hr_json json;
    enum hr_status status = hr_file_open(&file, path, diag);
    if (status == HR_OK) {
        hr_json_init(&json, file.out, true);
        write_head(bench, &json);
        bench->json = &json;
        run_sections(bench);
        write_end(&json);
        status = hr_file_close(&file, true, diag);
    }
    hr_diag_print(diag, stderr);
    hr_diag_free(diag);
    return status;
}

int main(int argc, char **argv)
{
    struct bench bench = { .pattern = "" };
    const char *json = NULL;
    enum hr_status status = HR_OK;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (!parse(&bench, argc, argv, &json)) {
        fputs(usage, stderr);
        return hr_status_exit_code(HR_ERR_INPUT);
    }
    if (!make_folder(&bench))
        return hr_status_exit_code(HR_ERR_IO);
    if (json != NULL)
        status = run_to_json(&bench, json);
    else
        run_sections(&bench);
    remove_folder(&bench);
    if (status == HR_OK && bench.rows == 0)
        status = HR_ERR_INPUT;
    return status == HR_OK && bench.failures > 0 ? 1 : hr_status_exit_code(status);
}
