"""What tells that a project is still on Python 2, where ImageKit 5 and later do not run."""

from __future__ import annotations

import ast
import re

from ik_migrate.project.module import Module

_ONLY_IN_PYTHON2 = frozenset(
    {"urllib2", "urlparse", "httplib", "StringIO", "cStringIO", "ConfigParser", "cPickle", "md5", "sha", "sets"}
    | {"HTMLParser", "Cookie", "cookielib", "htmlentitydefs", "commands", "__builtin__", "Queue", "exceptions"}
)
"""Modules of the standard library that are gone or have another name in Python 3."""
_OLD_DJANGO = re.compile(rb"(?<![\w-])django\s*(?:==|<=|<|~=)\s*[\'\"]?(?:0|1)\.\d+", re.IGNORECASE)


def sign_of_python2(module: Module) -> str:
    """What a Python file says that only Python 2 understands; empty where it says nothing of the kind."""
    if module.text.is_python2:
        return "is Python 2"
    for node in module.tree.body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            if name in _ONLY_IN_PYTHON2 and module.project.find(name, module) is None:
                return f"imports {name}, which is Python 2's"
    return sign_of_old_django(module.text.source.text.encode("utf-8", "replace")) if _is_setup(module) else ""


def sign_of_old_django(data: bytes) -> str:
    """The requirement of a Django before 2.0, the first without Python 2, in a file's bytes; empty without."""
    found = _OLD_DJANGO.search(data)
    return f"asks for {found.group().decode('ascii', 'replace')}" if found is not None else ""


def _is_setup(module: Module) -> bool:
    return module.path.name == "setup.py"
