# SPDX-License-Identifier: GPL-3.0-or-later
"""The lints themselves: each finds what it is there for in a small bad tree, and nothing in a good
one.

Usage: test_lint.py COMPILER
"""
import pathlib
import sys
import tempfile
import unittest

import banned
import compiled
import layers
import size
import words

COMPILER = sys.argv.pop()

ARCHITECTURE = """
| room | its job | may include |
|---|---|---|
| base | words | |
| stats | numbers | base |
| model | cluster | base, stats/spec.h |

| library | headers | lives in | why |
|---|---|---|---|
| GSL | `gsl/` | stats | functions |
"""

GOOD = {
    "docs/ARCHITECTURE.md": ARCHITECTURE,
    "include/headroom/run.h": "#ifndef A\n#define A\n#include <stdint.h>\nint64_t hr_run(void);\n#endif\n",
    "sim/base/str.h": "#ifndef B\n#define B\nint hr_str(void);\n#endif\n",
    "sim/base/str.c": '#include "base/str.h"\n\nstatic const char *const names[] = { "a" };\n\n'
    "int hr_str(void)\n{\n    return names[0][0]; /* no printf( here */\n}\n",
    "sim/stats/spec.h": '#ifndef C\n#define C\n#include "base/str.h"\n#endif\n',
    "sim/stats/hist.h": "#ifndef D\n#define D\n#include <headroom/run.h>\n#endif\n",
    "sim/stats/hist.c": '#include "stats/hist.h"\n',
    "sim/model/model.h": '#ifndef E\n#define E\n#include "stats/spec.h"\n#endif\n',
}


class Lint(unittest.TestCase):
    def found(self, check, path=None, content=""):
        """What `check` says of the good tree with one file more."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**GOOD, **({path: content} if path else {})}.items():
                target = pathlib.Path(root) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            return "\n".join(check(root))

    def finds(self, check, path, content, expected):
        self.assertIn(expected, self.found(check, path, content))

    def test_good_tree(self):
        for check in (layers.check, size.check, banned.check):
            self.assertEqual(self.found(check), "")
        for check in (compiled.check_headers, compiled.check_globals):
            self.assertEqual(self.found(lambda root, check=check: check(root, COMPILER)), "")

    def test_layers(self):
        for path, content, expected in (
            ("sim/base/x.c", '\n#include "stats/hist.h"\n', "sim/base/x.c:2: includes stats/hist.h: base may not"),
            ("sim/model/x.c", '#include "stats/hist.h"\n', "model may not include stats"),
            ("sim/stats/x.c", '#  include "model/model.h"\n', "stats may not include model"),
            ("sim/base/x.c", '#include "str.h"\n', "name it from sim/ on"),
            ("sim/base/x.c", '#include "../stats/hist.h"\n', "name it from sim/ on"),
            ("sim/base/x.c", "#include <gsl/gsl_math.h>\n", "GSL lives in stats, not in base"),
            ("sim/base/x.c", "#include <sqlite3.h>\n", "does not name"),
            ("sim/attic/x.c", "", "attic is no room"),
            ("sim/base/x.c", '#include "attic/x.h"\n', "attic is no room"),
            ("include/headroom/x.h", '#include "base/str.h"\n', "public headers include nothing of sim/"),
        ):
            self.finds(layers.check, path, content, expected)

    def test_layer_cycles(self):
        self.finds(
            layers.check,
            "sim/base/str.h",
            '#include "base/str2.h"\n#include "base/str.h"\n',
            "cycle among headers: base/str.h -> base/str.h",
        )
        table = ARCHITECTURE.replace("| words | |", "| words | model |")
        self.finds(layers.check, "docs/ARCHITECTURE.md", table, "cycle in the table: base -> model -> base")
        table = ARCHITECTURE + "| more | x | y | z |\n"
        self.assertEqual(self.found(layers.check, "docs/ARCHITECTURE.md", table), "")
        table = ARCHITECTURE.replace("| base |", "| ghost | none | |\n| base |", 1)
        self.finds(layers.check, "docs/ARCHITECTURE.md", table, "there is no room ghost")

    def test_size(self):
        function = "int f(void)\n{\n" + "    f();\n" * 67 + "}\n"
        self.assertEqual(self.found(size.check, "sim/base/x.c", function), "")
        longer = function.replace("    f();\n", "    f();\n" * 2, 1)
        self.finds(size.check, "sim/base/x.c", "\n" + longer, "sim/base/x.c:2: function of 71 lines")
        self.finds(size.check, "sim/base/x.c", "\n" * 601, "601 lines")
        self.finds(size.check, "tests/x.c", f"int {'x' * 96};\n", "tests/x.c:1: 101 columns")
        self.finds(size.check, "tests/x.c", "int f(void) {\n}\n", "brace")

    def test_banned(self):
        for content, expected in (
            ("int x = atoi(text);", "sim/base/x.c:1: atoi is banned; use strtol"),
            ("/* fine */ strcpy (a, b);", "strcpy is banned"),
            ('printf("x");', "printf is banned"),
            ('fputs("x", stdout);', "stdout is banned"),
            ("exit(1);", "exit is banned"),
            ("now = time(NULL);", "time is banned"),
            ("extern int x;", "extern belongs in a header"),
        ):
            self.finds(banned.check, "sim/base/x.c", content, expected)
        for content in ('fprintf(out, "system(x)");', "x->time(y);", "// gets(x)\nhr_time(x);"):
            self.assertEqual(self.found(banned.check, "sim/base/x.c", content), "")
        self.assertEqual(self.found(banned.check, "sim/cli/x.c", 'puts("x");'), "")
        self.assertEqual(self.found(banned.check, "sim/run/x.c", "clock_gettime(a, &b);"), "")

    def test_words(self):
        spdx = "/* " + words.LICENCE + " */\n"
        for path, content, expected in (
            ("sim/base/x.c", "int x;\n" + spdx, "x.c:1: begin with SPDX"),
            ("cmake/x.cmake", "set(x 1)\n", "begin with SPDX"),
            ("sim/base/x.c", spdx + "/* TO" + "DO: more */\n", "x.c:2: a loose end"),
            ("README.md", "see /ho" + "me/me/x", "README.md:1: a path"),
            ("quickstart", "#!/bin/sh\n# " + words.LICENCE + "\nx=p" + "ypi.org", "quickstart:3: the address"),
        ):
            self.finds(words.check, path, content, expected)
        for content in ("https://x.org/home/", "request/s x response", "the work/home line"):
            self.assertNotIn("README", self.found(words.check, "README.md", content))

    def test_headers(self):
        def check(root):
            return compiled.check_headers(root, COMPILER)

        self.finds(check, "sim/base/x.h", "size_t hr_x(void);\n", "sim/base/x.h:1: does not compile alone")
        self.finds(check, "sim/base/x.h", "struct hr_x {\n    int x;\n};\n", "redefinition")
        self.finds(check, "include/headroom/x.h", '#include "base/str.h"\n', "does not compile alone")

    def test_globals(self):
        def check(root):
            return compiled.check_globals(root, COMPILER)

        for content in ("int x;\n", "static int x = 1;\nint *f(void);\nint *f(void)\n{\n    return &x;\n}\n"):
            self.finds(check, "sim/base/x.c", content, "x can be written to")
        self.finds(check, "sim/base/x.c", "int f(void);\nint f(void)\n{\n    static int n;\n    return n++;\n}\n", "can be written to")
        self.assertEqual(self.found(check, "sim/cli/x.c", "int x;\n"), "")


if __name__ == "__main__":
    unittest.main()
