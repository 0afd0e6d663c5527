"""Requirements of django-imagekit, in all the ways that Python projects have of writing them down.

The forms: PEP 508 in requirements files, setup.py, setup.cfg, tox.ini and pyproject.toml; tables of Poetry and
Pipenv; versions of zc.buildout; environments of conda; command lines of pip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatch
from functools import cache

from ik_migrate.source.comments import in_comment, is_markup, is_script, line_end, line_start

NAME = r"django[-_.]imagekit"
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|<|>)\s*[\w.*+!]+(?:-[\w.]+)*"
_CLAUSES = rf"{_CLAUSE}(?:\s*,\s*{_CLAUSE})*"
_PEP508 = re.compile(
    rf"(?<![\w./@-])(?<!egg=)(?P<name>{NAME})(?P<extras>[ \t]*\[[\w\s,-]*\])?[ \t]*(?:\([ \t]*)?"
    rf"(?P<spec>{_CLAUSES})",
    re.I,
)
_KEY = re.compile(rf"^[ \t]*[\"']?(?P<name>{NAME})[\"']?[ \t]*=(?!=)[ \t]*(?P<value>[^\r\n]+)", re.I | re.M)
_QUOTED = re.compile(r"([\"'])(?P<spec>[^\"']*)\1")
_VERSION_KEY = re.compile(r"\bversion\s*=\s*([\"'])(?P<spec>[^\"']*)\1")
_BARE = re.compile(r"(?P<spec>\d[\w.]*)\s*(?:$|[#;])")
_TABLE = re.compile(
    rf"^\[[\w.-]+\.[\"']?(?P<name>{NAME})[\"']?\][^\[]*?^version[ \t]*=[ \t]*([\"'])(?P<spec>[^\"'\r\n]*)\2",
    re.I | re.M,
)
_CONDA = re.compile(
    rf"^[ \t]*-[ \t]*[\"']?(?:[\w.-]+::)?(?P<name>{NAME})[ \t]*(?P<spec>=(?!=)[ \t]*\d[\w.*]*(?:=\w+)?)", re.I | re.M
)
_BEFORE_ADDRESS = re.compile(r"(?:.*[\s\"'<>])?", re.S)
_ADDRESS = re.compile(r"[^\s\"'<>]{0,500}")
_IS_CODE = re.compile(r"\b(?:git|hg|bzr|svn)\+|^git://|\.(?:tar\.\w+|tgz|zip|whl)\b|/(?:archive|tarball|zipball)/")
_REFERENCE = re.compile(rf"(?:{NAME}(?:\.git)?@v?|{NAME}-|/v?)(?P<version>\d{{1,9}})\.\d", re.I)
_ANSIBLE = re.compile(rf"\bname[=:]\s*[\"']?(?P<name>{NAME})[\"']?\s+version[=:]\s*[\"']?(?P<spec>[\d.]+)", re.I)
_LOCKED = re.compile(
    rf"[\"']?(?P<name>{NAME})[\"']?(?:\s*:\s*\{{[^{{}}]*?\"version\":|\s+version\s*=)\s*\"(?P<spec>[^\"]+)\"", re.I
)
_LOCK_FILES = ("pipfile.lock", "poetry.lock", "pdm.lock", "uv.lock")
_OF_A_PACKAGE = frozenset({"PKG-INFO", "METADATA"})
"""What an installer writes about a package, from its own requirements."""
_LONGEST = 500
_LONGEST_AROUND = 2_000
_HEADER = 1000
_GENERATED = re.compile(
    r"^#.*\b(?:auto-?generated|generated|compiled)\b.*?\b(pip-compile|uv|pip-tools|pipenv|poetry)\b", re.I | re.M
)
_SHELL = re.compile(r"\b(?:pip[\d.]*\s+(?:install|wheel|download)|easy_install|uv\s+(?:pip|add)|conda\s+install)\b")
_LINE_BEGINNING = re.compile(r"^\s*(?:[-*]\s+)?(?:[\w.-]+\s*=\s*)?[\[(]?$")
_LINE_REST = re.compile(r"\s*\)?\s*(?:$|[\"'\]),;#\\]|--)")
_FACTOR = re.compile(r"^\s*[\w{},.!-]+:\s+$")


class Form(Enum):
    """How a version has to be written."""

    SPECIFIER = "specifier"
    SHELL = "shell"
    EXACT = "exact"
    BY_HAND = "by hand"


@dataclass(frozen=True)
class Requirement:
    """One requirement that asks for ImageKit 2, or may do so.

    Args:
        start: first character of the whole.
        end: one past the last.
        text: the whole.
        spec: the range that says which version.
        form: how the version is written there.
        reason: for `Form.BY_HAND`: why it cannot be rewritten.
        is_certain: whether it is known to be ImageKit 2.
    """

    start: int
    end: int
    text: str
    spec: tuple[int, int]
    form: Form
    reason: str = ""
    is_certain: bool = True


def requirements(name: str, text: str) -> Iterator[Requirement]:
    """The requirements of ImageKit 2 in a file called ``name``, without comments."""
    if any(fnmatch(name.lower(), pattern) for pattern in _LOCK_FILES):
        yield from _locked(text)
        return
    if name in _OF_A_PACKAGE:
        return
    taken: set[int] = set()
    for find in (_pep508, _keyed, _conda, _located):
        for found in find(name, text):
            line = line_start(text, found.start)
            if not in_comment(name, text, found.start) and not (find is _located and line in taken):
                taken.add(line)
                yield found


def generation_of(requirement: str) -> str:
    """The first number of the version that a requirement names; 2 where it names none."""
    version = re.search(r"[=<>~^\s](?:v)?(\d+)(?:\.[\d*]|\b)", requirement)
    return version.group(1) if version is not None and version.group(1) in {"0", "1"} else "2"


def asks_for_ik2(spec: str) -> bool:
    """Whether a version specifier keeps to ImageKit 2, or starts from it."""
    return any(_clause_asks_for_ik2(clause) for clause in spec.split(","))


def _clause_asks_for_ik2(clause: str) -> bool:
    from packaging.version import Version

    match = _clause_pattern().match(clause)
    if match is None:
        return False
    try:
        version = Version(match["version"])
    except ValueError:  # a number of thousands of digits
        return False
    if match["operator"] == "<":
        return version <= Version("3.0")
    return match["operator"] != "!=" and version.major < 3


@cache
def _clause_pattern() -> re.Pattern[str]:
    """Return the pattern for an operator of pip, Poetry or conda with a version, whatever follows: ``=2.0=py27_0``."""
    # Few projects have a requirement to look at, and the import takes 7 ms.
    from packaging.version import VERSION_PATTERN

    operator = r"\s*(?P<operator>===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*"
    return re.compile(rf"{operator}(?P<version>{VERSION_PATTERN})", re.VERBOSE | re.IGNORECASE)


def _pep508(name: str, text: str) -> Iterator[Requirement]:
    for match in _PEP508.finditer(text):
        start, end = line_start(text, match.start()), line_end(text, match.end())
        before = text[max(start, match.start() - _LONGEST_AROUND) : match.start()]
        rest = text[match.end() : min(end, match.end() + _LONGEST_AROUND)]
        shell = _SHELL.search(text, start, match.start()) is not None
        quote = before[-1:] if before[-1:] in {'"', "'"} else ""
        beginning = before[:-1] if quote else before
        factor = _FACTOR.match(before) is not None and fnmatch(name, "tox.ini")
        if not shell and (is_markup(name) or is_script(name)):
            continue
        if not (shell or quote or factor or _LINE_BEGINNING.match(beginning)):
            continue
        if not shell and not _LINE_REST.match(rest):
            continue
        if not asks_for_ik2(match["spec"]):
            continue
        reason = _obstacle(text, match.end(), rest, factor) or _generator_of(text)
        # Where several packages follow a quote, as in sh -c "pip install a b", it is not the requirement's own.
        own_quote = bool(quote) and rest.lstrip().startswith(quote)
        form = Form.BY_HAND if reason else Form.SHELL if shell and not own_quote else Form.SPECIFIER
        yield Requirement(match.start(), match.end(), match.group(), match.span("spec"), form, reason)


def _generator_of(text: str) -> str:
    """Why a file that a tool writes is not to be changed by hand; empty for another file."""
    tool = _GENERATED.search(text[:_HEADER])
    return f"The file is generated by {tool.group(1)}: change its source, and generate it again." if tool else ""


def _obstacle(text: str, end: int, rest: str, factor: bool) -> str:
    """Why a requirement cannot be rewritten; empty if it can."""
    logical = rest
    while logical.rstrip().endswith("\\") and end < len(text):
        end = line_end(text, end)
        following = re.compile(r"\r?\n[^\r\n]*").match(text, end)
        if following is None:
            break
        end = following.end()
        logical += following.group()
    if "--hash" in logical:
        return (
            "It is pinned by hash, and the hashes of another version are not known: change its source"
            " (requirements.in), and generate the file again."
        )
    if factor:
        return "It holds for some environments only, and these may stay on an older Python."
    if re.match(r"\s*[\"']?\s*;", logical) and "python" in logical:
        return "It holds for some Python versions only, and these may be too old for the new one."
    return ""


def _keyed(name: str, text: str) -> Iterator[Requirement]:
    """``django-imagekit = "2.0.4"``: tables of Poetry and Pipenv, versions of buildout."""
    if not (fnmatch(name, "*.toml") or fnmatch(name, "Pipfile*") or fnmatch(name, "*.cfg")):
        return
    for match in [*_KEY.finditer(text), *_TABLE.finditer(text)]:
        if "value" not in match.groupdict():
            yield from _versioned(match, match["spec"], match.span("spec"), Form.SPECIFIER)
            continue
        value, offset = match["value"], match.start("value")
        if value.startswith("{"):
            found, form = _VERSION_KEY.search(value), Form.SPECIFIER
        elif value.startswith(("'", '"')):
            found, form = _QUOTED.match(value), Form.SPECIFIER
        else:
            found, form = _BARE.match(value), Form.EXACT
        if found is None:
            if re.search(r"\b(git|path|url|file)\s*=", value) or value.startswith("["):
                reason = "It does not name a version here."
                place = (match.start("name"), match.end())
                yield Requirement(*place, text[slice(*place)].strip(), (0, 0), Form.BY_HAND, reason, is_certain=False)
            continue
        span = (offset + found.start("spec"), offset + found.end("spec"))
        conditional = re.search(r"\b(python|markers)\s*=", value) is not None
        yield from _versioned(match, found["spec"], span, form, conditional)


def _versioned(
    match: re.Match[str], spec: str, span: tuple[int, int], form: Form, conditional: bool = False
) -> Iterator[Requirement]:
    if not asks_for_ik2(spec):
        return
    reason = "It holds for some Python versions only, and these may be too old for the new one." if conditional else ""
    start, end = match.start("name"), max(span[1], match.end("name"))
    yield Requirement(start, end, f"{match['name']} {spec}", span, Form.BY_HAND if reason else form, reason)


def _conda(name: str, text: str) -> Iterator[Requirement]:
    if fnmatch(name, "*.y*ml"):
        for match in _CONDA.finditer(text):
            yield from _versioned(match, match["spec"].lstrip("= "), match.span("spec"), Form.SPECIFIER)


def _located(name: str, text: str) -> Iterator[Requirement]:
    """Repositories, archives and the like, from which another version has to be named by hand."""
    reason = "It names a place and not a version."
    for match in _ANSIBLE.finditer(text):
        if asks_for_ik2(match["spec"]):
            yield Requirement(match.start("name"), match.end(), match.group(), (0, 0), Form.BY_HAND, reason)
    if is_markup(name) or is_script(name):
        return
    for match in re.finditer(NAME, text, re.I):
        before = max(line_start(text, match.start()), match.start() - _LONGEST)
        head = _BEFORE_ADDRESS.match(text, before, match.start())
        tail = _ADDRESS.match(text, match.end())
        start = head.end() if head else before
        end = tail.end() if tail else match.end()
        address = text[start:end]
        if not _IS_CODE.search(address):
            continue
        reference = _REFERENCE.search(address)
        if reference is None or int(reference["version"]) < 3:
            is_certain = reference is not None
            yield Requirement(start, end, address, (0, 0), Form.BY_HAND, reason, is_certain)


def _locked(text: str) -> Iterator[Requirement]:
    reason = "The file is made from other files, where the requirement has to be changed."
    for match in _LOCKED.finditer(text):
        if asks_for_ik2(match["spec"]):
            shown = f"{match['name']} {match['spec']}"
            yield Requirement(match.start("name"), match.end("name"), shown, match.span("spec"), Form.BY_HAND, reason)
