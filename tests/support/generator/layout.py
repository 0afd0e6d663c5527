"""What a finished module looks like: indentation, newlines, encoding, odd lines."""

from __future__ import annotations

import re
from random import Random

_BETWEEN = ("# ---", "\f", "'''A string that says cache_to='x'.'''", "DEBUG = False; VERBOSE = True")
PYTHON2_LINES = (
    "def report(value):\n    print 'value', `value`",
    "def read(name):\n    try:\n        return open(name).read()\n    except IOError, e:\n        raise ValueError, e",
    "MODE = 0644",
    "def differs(a, b):\n    return a <> b",
    "LABEL = ur'f\\xfcr'",
    "def run(code):\n    exec code in {}",
    "def as_text(value):\n    return unicode(value) if isinstance(value, basestring) else long(value)",
)
PYTHON3_LINES = (
    "def report(value):\n    print('value', repr(value), sep=': ')",
    "def label(value):\n    return f'{value!r:>{10}}'",
    "def keyword_only(*, size: int = 3) -> int:\n    return size",
    "GREETING = 'grüß dich'",
    "class Mixin(metaclass=type):\n    pass",
    "def chain(*lists):\n    return [*lists, *lists]",
)


def between(random: Random, python2: bool) -> list[str]:
    """Return some statements that have nothing to do with ImageKit."""
    lines = [*_BETWEEN, *(PYTHON2_LINES if python2 else PYTHON3_LINES)]
    return random.sample(lines, random.choice((0, 0, 1, 1, 2)))


def finish(random: Random, text: str, python2: bool) -> bytes:
    """Return the bytes of a module, in some layout."""
    layout = random.choices(("plain", "tabs", "crlf", "bom", "latin-1", "no newline", "cr"), (12, 2, 2, 1, 1, 1, 0.3))[
        0
    ]
    encoding = "utf-8"
    ascii_only = text.isascii()
    if layout == "latin-1":
        encoding = "latin-1"
        text = f"# -*- coding: {encoding} -*-\n{text}"
    elif python2 and not ascii_only:
        text = f"# -*- coding: utf-8 -*-\n{text}"
    elif random.random() < 0.1:
        text = f"#!/usr/bin/env python\n# coding: utf-8\n{text}"
    if layout == "tabs":
        text = re.sub(r"^(?: {4})+", lambda match: "\t" * (len(match[0]) // 4), text, flags=re.M)
    elif layout == "crlf":
        text = text.replace("\n", "\r\n")
    elif layout == "cr":
        text = text.replace("\n", "\r")
    elif layout == "bom":
        encoding = "utf-8-sig"
    elif layout == "no newline":
        text = text.rstrip("\n")
    return text.encode(encoding)
