#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that an HTML page is well-formed and stands alone.

Usage: html_check.py PAGE [--svgs N] [--text TEXT]...

Well-formed: every element is closed in order, ids are unique, headings skip no level. Alone: no
script, no event handler, nothing loaded, links only to ids of the page. With --svgs the page has
so many drawings, with --text a piece of shown text must be there. Prints what is wrong; exit 1.
"""
import argparse
import sys
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
BANNED = {"script", "iframe", "object", "embed", "link", "base", "form", "image", "use"}
REFERENCES = {"href", "src", "xlink:href", "srcset", "action", "data", "poster"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.anchors, self.faults = [], set(), [], []
        self.heading, self.svgs, self.text, self.style = 0, 0, [], []

    def fault(self, message):
        self.faults.append("%d:%d: %s" % (*self.getpos(), message))

    def attribute(self, tag, name, value):
        value = value or ""
        if name.startswith("on"):
            self.fault("event handler %s in <%s>" % (name, tag))
        if name == "style" and ("url(" in value or "expression" in value):
            self.fault("style loads something: " + value)
        if name == "id":
            if value in self.ids:
                self.fault("id %s is used twice" % value)
            self.ids.add(value)
        if name in REFERENCES:
            if value.startswith("#"):
                self.anchors.append((self.getpos(), value[1:]))
            elif not value.startswith("data:"):
                self.fault("reference to the outside: %s=%s" % (name, value))

    def handle_starttag(self, tag, attrs):
        if tag in BANNED:
            self.fault("element <%s>" % tag)
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.fault("an attribute of <%s> is given twice" % tag)
        for name, value in attrs:
            self.attribute(tag, name, value)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            if int(tag[1]) > self.heading + 1:
                self.fault("<%s> after <h%d>" % (tag, self.heading))
            self.heading = int(tag[1])
        self.svgs += tag == "svg"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.fault("</%s> closes <%s>" % (tag, self.open[-1] if self.open else "nothing"))
        else:
            self.open.pop()

    def handle_data(self, data):
        (self.style if self.open[-1:] == ["style"] else self.text).append(data)

    def finish(self):
        self.close()
        if self.open:
            self.fault("never closed: " + " ".join(self.open))
        for position, anchor in self.anchors:
            if anchor not in self.ids:
                self.faults.append("%d:%d: no id %s" % (*position, anchor))
        for word in ("url(", "@import", "http:", "https:"):
            if word in "".join(self.style):
                self.faults.append("the style sheet holds " + word)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page")
    parser.add_argument("--svgs", type=int)
    parser.add_argument("--text", action="append", default=[])
    options = parser.parse_args()
    page = Page()
    with open(options.page, encoding="utf-8", errors="strict") as file:
        page.feed(file.read())
    page.finish()
    if options.svgs is not None and page.svgs != options.svgs:
        page.faults.append("%d drawings instead of %d" % (page.svgs, options.svgs))
    text = "".join(page.text)
    page.faults += ["text is missing: " + t for t in options.text if t not in text]
    print("\n".join(page.faults))
    return 1 if page.faults else 0


sys.exit(main())
