"""What shows that a project is still on Python 2, where ImageKit 5 and later do not run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ik_migrate.files.python_files import SETUP_FILES, is_for_pip, is_left_out, python_files
from ik_migrate.files.reading import file_content
from ik_migrate.model.options import Options
from ik_migrate.model.targets import Evidence
from ik_migrate.project.module import Module
from ik_migrate.source.python2.signs import Sign, find_sign, has_sign, sign_at

_ONLY_IN_PYTHON2 = frozenset(
    {"urllib2", "urlparse", "httplib", "StringIO", "cStringIO", "ConfigParser", "cPickle", "md5", "sha", "sets"}
    | {"HTMLParser", "Cookie", "cookielib", "htmlentitydefs", "commands", "__builtin__", "Queue", "exceptions"}
)
"""Modules of the standard library that were removed or renamed in Python 3."""
_CLAUSE = r"(==|<=|>=|~=|!=|<|>)\s*['\"]?(\d+(?:\.\d+)*)(?:\.\*)?['\"]?"
_DJANGO = re.compile(rf"(?<![\w-])django\s*(?:{_CLAUSE}\s*,?\s*)+".encode(), re.IGNORECASE)
_CLAUSES = re.compile(_CLAUSE.encode())
_SHEBANG = re.compile(rb"#![^\r\n]*\bpython2[\d.]*\b")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: 2\b[^\"'\r\n]*")
_CLASSIFIER_OF_PYTHON3 = "Programming Language :: Python :: 3"
_REQUIRES = re.compile(r"""(?:python_requires|requires-python|(?m:^python))\s*=[^\r\n#]*<\s*["']?3(?:\.0)?(?![\d.])""")
# Bytes. What comes after that in a file is not looked into.
_AT_MOST = 512 * 1024


def find_evidence(folder: Path, options: Options) -> Evidence | None:
    """Return the first sure sign of Python 2 in the Python and set-up files of a project, None where there is none.

    Args:
        folder: the folder of the project, absolute.
        options: what to skip.
    """
    for name in python_files(folder, options):
        path = folder / name
        try:
            data = file_content(path, _AT_MOST)
        except OSError:
            # If it concerns ImageKit, its own result says so.
            continue
        if is_for_pip(name):
            shown = evidence_of_old_django(path, data)
            if shown is not None and not is_left_out(folder, path, options):
                return shown
            continue
        sign = _sign_in(path.name, data)
        if sign is not None and not is_left_out(folder, path, options):
            return Evidence(path, sign.line, sign.text)
    return None


def _sign_in(name: str, data: bytes) -> Sign | None:
    """The sign of Python 2 in a file, by its content and, of set-up files, by what they declare."""
    text = data.decode("latin-1")
    if _SHEBANG.match(data):
        return sign_at(text, 0)
    if name in SETUP_FILES:
        declared = _REQUIRES.search(text)
        if declared is None and _CLASSIFIER_OF_PYTHON3 not in text:
            declared = _CLASSIFIER.search(text)
        if declared is not None:
            return sign_at(text, text.count("\n", 0, declared.end()))
    return find_sign(text) if name.endswith(".py") else None


def evidence_in(module: Module) -> Evidence | None:
    """Return the first code of a file that only Python 2 understands; None if there is none."""
    text = module.text
    if text.is_python2:
        sign = find_sign(text.source.text)
        if sign is None and not has_sign(text.source.text):
            sign = sign_at(text.source.text, max(text.refused_line, 1) - 1)
        return sign and Evidence(module.path, sign.line, sign.text)
    for node in text.tree.body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            if name in _ONLY_IN_PYTHON2 and module.project.find(name, module) is None:
                line = text.place(node).line
                sign = sign_at(text.source.text, line - 1)
                return Evidence(module.path, line, sign.text, f"imports {name}, which only Python 2 has")
    data = text.source.text.encode("utf-8", "replace")
    return evidence_of_old_django(module.path, data) if module.path.name == "setup.py" else None


def evidence_of_old_django(path: Path, data: bytes) -> Evidence | None:
    """The requirement of a Django before 2.0, the first without Python 2, in a file's bytes; None without."""
    for found in _DJANGO.finditer(data):
        if any(_is_before_2(clause[1], clause[2]) for clause in _CLAUSES.finditer(found.group())):
            asked = found.group().decode("ascii", "replace").rstrip(", \t\r\n")
            return Evidence(path, data.count(b"\n", 0, found.start()) + 1, asked, "requires a Django before 2.0")
    return None


def _is_before_2(operator: bytes, version: bytes) -> bool:
    """Whether a clause like ``<1.6`` leaves no Django from 2.0 on."""
    number = tuple(int(part) for part in version.split(b"."))
    if operator == b"<":
        return number <= (2, 0)
    return operator in (b"==", b"<=", b"~=") and number < (2,)
