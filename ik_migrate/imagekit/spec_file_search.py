"""Find files that use spec files and do not mention ImageKit, by their text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ik_migrate.files.discovery import search
from ik_migrate.files.multi_pattern import any_of
from ik_migrate.files.reading import file_content
from ik_migrate.imagekit.spec_files import MEMBERS
from ik_migrate.model.options import Options

_MEMBER = re.compile(rb"\.(?:" + b"|".join(sorted(name.encode() for name in MEMBERS)) + rb")\b")
# An attribute whose name is put together, or comes from elsewhere.
_NAME = rb"(?:[^'\"\s]|u?'[^'\n]*'\s*[%.+]|u?\"[^\"\n]*\"\s*[%.+])"
_COMPUTED = re.compile(rb"(?:(\w+)[ \t]*=[ \t]*)?\bgetattr\([^,\n]+,\s*" + _NAME + rb"[^\n]*")


def users_of_spec_files(folder: Path, attnames: Iterable[str], options: Options) -> set[Path]:
    """Yield Python files that assign a spec file to a name and use that, or access it with ``getattr``.

    Those that say ``.thumbnail.`` are found without.

    Args:
        folder: the folder of the project, absolute.
        attnames: the spec attributes of the project.
        options: what to skip.
    """
    names = sorted(set(attnames))
    if not names:
        return set()
    triggers = [form.encode() for name in names for form in (f".{name}", f"'{name}'", f'"{name}"')]
    one = any_of(name.encode() for name in names)
    alias = re.compile(rb"\.%b[ \t]*(?:#.*)?\r?$|\bin\b.*\.%b\b|getattr\(" % (one, one), re.MULTILINE)
    test = re.compile(rb"isinstance\(.*\.%b\b|\._ik\." % one)
    found = set()
    for path in search(folder, [*triggers, b"._ik.", b"getattr("], options, counted=()).files:
        if path.suffix == ".py":
            try:
                data = file_content(path)
            except OSError:
                continue
            if test.search(data) or (_MEMBER.search(data) and (alias.search(data) or _uses_computed(data))):
                found.add(path)
    return found


def _uses_computed(data: bytes) -> bool:
    """Whether a file uses a member of what ``getattr`` gives for a computed name, at once or by a name for it."""
    for match in _COMPUTED.finditer(data):
        if _MEMBER.search(match.group()):
            return True
        if match[1] and any(data.endswith(match[1], 0, use.start()) for use in _MEMBER.finditer(data)):
            return True
    return False
