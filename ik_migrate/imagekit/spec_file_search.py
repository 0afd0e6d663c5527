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
    for path in search(folder, [*triggers, b"._ik."], options, counted=()).files:
        if path.suffix == ".py":
            try:
                data = file_content(path)
            except OSError:
                continue
            if test.search(data) or (alias.search(data) and _MEMBER.search(data)):
                found.add(path)
    return found
