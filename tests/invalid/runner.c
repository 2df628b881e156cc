/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads CASE/in.cfg from within the folder CASE, with the overrides in CASE/set (one a line) if
 * there is such a file, and compares what is reported with CASE/diag to the byte. With HR_UPDATE=1
 * in the environment the file is written anew instead, to be read before it is kept.
 */
#include <headroom/scenario.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OVERRIDES_MAX = 16, TEXT_MAX = 1 << 16 };

/* The whole file, terminated; false: there is none. */
static bool read_text(const char *path, char text[TEXT_MAX])
{
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    text[fread(text, 1, TEXT_MAX - 1, in)] = '\0';
    fclose(in);
    return true;
}

/* Cuts the text into its lines. */
static size_t split(char *text, const char *lines[OVERRIDES_MAX])
{
    size_t n = 0;
    for (char *line = strtok(text, "\n"); line && n < OVERRIDES_MAX; line = strtok(NULL, "\n"))
        lines[n++] = line;
    return n;
}

/* What loading reports, and the status in a last line. */
static char *load(void)
{
    static char set[TEXT_MAX];
    const char *overrides[OVERRIDES_MAX];
    const size_t n = read_text("set", set) ? split(set, overrides) : 0;
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    char *text = NULL;
    size_t length;
    const enum hr_status status = hr_scenario_load("in.cfg", overrides, n, &scenario, diag);
    FILE *out = open_memstream(&text, &length);
    hr_diag_print(diag, out);
    fprintf(out, "=> %s\n", hr_status_text(status));
    fclose(out);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
    return text;
}

static int update(const char *text)
{
    FILE *out = fopen("diag", "w");
    if (!out)
        return 1;
    fputs(text, out);
    return fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static char expected[TEXT_MAX];
    if (argc != 2 || chdir(argv[1]) != 0) {
        fprintf(stderr, "usage: runner CASE\n");
        return 2;
    }
    char *text = load();
    int failed = 0;
    if (getenv("HR_UPDATE")) {
        failed = update(text);
    } else if (!read_text("diag", expected) || strcmp(expected, text) != 0) {
        printf("expected:\n%s\nreported:\n%s", expected, text);
        failed = 1;
    }
    free(text);
    return failed;
}
