/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decodes one character at a time by RFC 3629, section 3. */
#include "base/utf8.h"

size_t hr_utf8_next(const char *text, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 }; /* below it: overlong */
    const unsigned char *bytes = (const unsigned char *)text;
    const size_t n = bytes[0] < 0x80   ? 1
                     : bytes[0] < 0xC0 ? 0
                     : bytes[0] < 0xE0 ? 2
                     : bytes[0] < 0xF0 ? 3
                     : bytes[0] < 0xF8 ? 4
                                       : 0;

    *code = bytes[0];
    if (n <= 1)
        return n;
    uint32_t c = bytes[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) { /* a terminator fails the test, so nothing is read beyond it */
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (bytes[i] & 0x3F);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *code = c;
    return n;
}
