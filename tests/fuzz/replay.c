/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the fuzz entry on files, without libFuzzer: replay FILE... */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { FILE_BYTES_MAX = 1 << 20 };

int main(int argc, char **argv)
{
    uint8_t *data = malloc(FILE_BYTES_MAX);
    if (!data || argc < 2)
        return 2;
    for (int i = 1; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        if (!in) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            free(data);
            return 2;
        }
        const size_t n = fread(data, 1, FILE_BYTES_MAX, in);
        fclose(in);
        printf("%s\n", argv[i]);
        fflush(stdout); /* the last line names the file that failed */
        LLVMFuzzerTestOneInput(data, n);
    }
    free(data);
    return 0;
}
