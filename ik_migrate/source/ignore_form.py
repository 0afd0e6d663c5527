"""How a comment that ignores findings is written in a file, by the name of the file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatch

from ik_migrate.source.comments import is_markup, is_script

_TEMPLATES = ("*.html", "*.htm", "*.xhtml", "*.djhtml", "*.jinja", "*.jinja2", "*.j2")
_BATCH = ("*.bat", "*.cmd")
_WITHOUT_COMMENTS = ("*.json", "*.lock", "*.ipynb", "*.csv", "*.md", "*.rst")


def ignore_comment(path: str, codes: Iterable[str]) -> str:
    """Return the comment that makes the tool ignore these rules in a line.

    Args:
        path: the file that it is for.
        codes: the codes of the rules.

    Returns:
        The comment, or an empty string where the file can hold none.
    """
    name = posixpath.basename(path).lower()
    text = f"ik-migrate: ignore[{','.join(codes)}]"
    if _is(name, _WITHOUT_COMMENTS):
        return ""
    if _is(name, _TEMPLATES):
        return f"{{# {text} #}}"
    if is_markup(name):
        return f"<!-- {text} -->"
    if is_script(name):
        return f"/* {text} */"
    return f"rem {text}" if _is(name, _BATCH) else f"# {text}"


def _is(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)
