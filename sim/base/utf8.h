/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 (RFC 3629): where text from outside is well-formed and where not. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The character at the start of the terminated text: its code point in *code and its length in
 * bytes. 0: no valid character stands there (overlong forms, surrogates and codes above U+10FFFF
 * are none), *code is the byte; the text's end counts as a character of length 1 and code 0.
 */
size_t hr_utf8_next(const char *text, uint32_t *code);

#endif
