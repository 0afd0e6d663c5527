"""Which parts of a file that is not Python are comments, by the syntax that its name stands for."""

from __future__ import annotations

import re
from bisect import bisect_right
from fnmatch import fnmatch
from functools import lru_cache

from ik_migrate.source.enclosed import enclosed

_MARKUP = ("*.html", "*.htm", "*.xhtml", "*.xml", "*.svg", "*.djhtml", "*.jinja", "*.jinja2", "*.j2", "*.vue")
_SLASHES = ("*.js", "*.ts", "*.jsx", "*.tsx", "*.css", "*.scss", "*.less", "*.groovy", "Jenkinsfile", "*.php", "*.go")
_BATCH = ("*.bat", "*.cmd")
_SEMICOLON = ("*.ini", "*.cfg", "*.conf")
_IN_MARKUP = (("<!--", "-->"), (r"\{#", r"#\}"), (r"\{%-?\s*comment\b", r"endcomment\s*-?%\}"))
_BETWEEN_SLASHES = ((r"/\*", r"\*/"),)
_WHOLE_LINE_SLASHES = re.compile(r"\s*//")
_WHOLE_LINE_BATCH = re.compile(r"\s*@?(?:rem\b|::)", re.I)
_WHOLE_LINE_HASH = re.compile(r"\s*#")
_QUOTED_OR_HASH = re.compile(r"""(?:^|(?<=\s))#|"[^"]*"?|'[^']*'?""")
_WHOLE_LINE_SEMICOLON = re.compile(r"\s*[#;]")


def is_markup(name: str) -> bool:
    """Whether a file of that name is a page or a template for one."""
    return _is(name, _MARKUP)


def is_script(name: str) -> bool:
    """Whether a file of that name is for the browser: a script or a style sheet."""
    return _is(name, _SLASHES)


def in_comment(name: str, text: str, offset: int) -> bool:
    """Whether the character at ``offset`` of a file called ``name`` is in a comment."""
    if is_markup(name):
        return _in_one_of(_IN_MARKUP, text, offset)
    start = line_start(text, offset)
    before = text[start:offset]
    if is_script(name):
        return _WHOLE_LINE_SLASHES.match(before) is not None or _in_one_of(_BETWEEN_SLASHES, text, offset)
    if _is(name, _BATCH):
        return _WHOLE_LINE_BATCH.match(before) is not None
    whole_line = _WHOLE_LINE_SEMICOLON if _is(name, _SEMICOLON) else _WHOLE_LINE_HASH
    return whole_line.match(before) is not None or _hash_in(text[start : line_end(text, offset)]) < offset - start


def line_start(text: str, offset: int) -> int:
    """Where the line of ``offset`` starts."""
    start = text.rfind("\n", 0, offset) + 1
    return max(start, text.rfind("\r", start, offset) + 1)


def line_end(text: str, offset: int) -> int:
    """Return the end of the line of ``offset``, without its newline."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    early = text.find("\r", offset, end)
    return end if early < 0 else early


@lru_cache(maxsize=32)
def _is(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name.lower(), pattern.lower()) for pattern in patterns)


def _in_one_of(forms: tuple[tuple[str, str], ...], text: str, offset: int) -> bool:
    stretches = _stretches(forms, text)
    last = bisect_right(stretches, (offset, len(text))) - 1
    return last >= 0 and offset < stretches[last][1]


@lru_cache(maxsize=2)
def _stretches(forms: tuple[tuple[str, str], ...], text: str) -> list[tuple[int, int]]:
    return list(enclosed(text, forms))


@lru_cache(maxsize=8)
def _hash_in(line: str) -> int:
    """Where a ``#`` outside of quotes, after a blank, begins a comment; the length of the line where none does."""
    starts = (match.start() for match in _QUOTED_OR_HASH.finditer(line) if match.group() == "#")
    return next(starts, len(line))
