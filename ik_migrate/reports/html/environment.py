"""The templates of the HTML reports, in which all that is not known to be markup is escaped."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ik_migrate.reports.code_frame import expand
from ik_migrate.reports.escape import escape
from ik_migrate.reports.totals import count
from ik_migrate.source.original_text import split_lines

_CODE = re.compile(r"(`[^`]+`)")


def render(name: str, **values: object) -> str:
    """Return the text of a template, such as ``reports/html/templates/page.html``, with these values."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(resource),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["count"] = count
    environment.filters |= {"code": code, "code_lines": code_lines, "paragraphs": paragraphs, "prose": prose}
    return environment


def resource(name: str) -> str:
    """Return the text of a file of this package, such as ``reports/html/page.css``."""
    return resources.files("ik_migrate").joinpath(*name.split("/")).read_text("ascii")


def digest(source: str) -> str:
    """Return what names a style sheet or a script in a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def _visible(value: object) -> object:
    """Return a value of a template in one line, with what is not plainly visible written as an escape."""
    return escape(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def prose(value: str) -> Markup:
    """One line of ``value``; what stands in backticks is code."""
    pieces = [html.escape(escape(piece)) for piece in _CODE.split(value)]
    pieces[1::2] = [f"<code>{piece[1:-1]}</code>" for piece in pieces[1::2]]
    return Markup("".join(pieces))


def paragraphs(value: str) -> Markup:
    """All of ``value``, one paragraph for each line."""
    return Markup("").join(Markup("<p>{}</p>").format(prose(line)) for line in split_lines(value) if line.strip())


def code(line: str) -> Markup:
    """One line of code, tabs as blanks and control characters as escapes."""
    if line.isascii() and line.isprintable():
        return Markup(html.escape(line, quote=False))
    return Markup(html.escape("".join(expand(line, "utf-8")), quote=False))


def code_lines(source: str) -> Markup:
    """Some lines of code."""
    return Markup("\n").join(map(code, split_lines(source.rstrip("\r\n"))))
