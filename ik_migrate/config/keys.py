"""The keys of the configuration file, and how the value of each is checked and read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ik_migrate.model.path_patterns import anchored

_CODE = r"[A-Z]{2,10}\d{0,3}"
_DOTTED = r"[^\W\d]\w*(\.[^\W\d]\w*)+"


class BadValue(ValueError):
    """A value that its key does not take; the message says what it takes."""


class Key(NamedTuple):
    """One key.

    Args:
        name: as it stands in the file.
        field: the field of `Options` that it sets.
        read: makes the field's value of the key's, given the folder of the file.
        option: the option of the command line that sets the same.
    """

    name: str
    field: str
    read: Callable[[object, Path], object]
    option: str


def shown(value: object) -> str:
    """Return a value much as TOML writes it, for a message."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(key)} = {shown(item)}" for key, item in value.items()) + "}"
    return str(value)


def read_codes(value: object, _folder: Path | None = None) -> tuple[str, ...]:
    """Codes of rules, or their beginnings.

    Raises:
        BadValue: when one has not the form of a code; whether there is such a rule is not looked up.
    """
    codes = tuple(code.strip().upper() for code in _texts(value, '["IK1", "IK201"]'))
    for code in codes:
        if not re.fullmatch(_CODE, code):
            raise BadValue(f"{shown(code)} is not a rule code or prefix. See: ik-migrate rules")
    return codes


def _read_flag(value: object, _folder: Path) -> bool:
    if not isinstance(value, bool):
        raise BadValue(f"must be true or false, not {shown(value)}")
    return value


def _read_patterns(value: object, folder: Path) -> tuple[str, ...]:
    return tuple(anchored(pattern, folder) for pattern in _texts(value, '["legacy", "*/migrations/*"]'))


def _read_ignores(value: object, folder: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise BadValue(f'must be a table of patterns and codes, {{"tests/*" = ["IK5"]}}, not {shown(value)}')
    if not all(pattern.strip() for pattern in value):
        raise BadValue(f"a pattern is empty in {shown(value)}")
    return tuple((anchored(pattern, folder), read_codes(codes)) for pattern, codes in value.items())


def _read_folders(value: object, folder: Path) -> tuple[Path, ...]:
    folders = tuple(Path(os.path.abspath(folder / name)) for name in _texts(value, '["src"]'))
    for path in folders:
        if not path.is_dir():
            raise BadValue(f"no such folder: {path.as_posix()}")
    return folders


def _read_names(value: object, _folder: Path) -> tuple[str, ...]:
    names = _texts(value, '["theirs.fields.ThumbnailField"]')
    for name in names:
        if not re.fullmatch(_DOTTED, name):
            raise BadValue(f"{shown(name)} is not a dotted name like theirs.fields.ThumbnailField")
    return names


def _read_target(value: object, _folder: Path) -> str:
    from ik_migrate.model.targets import TARGETS, target_like

    # A version without quotes is a number in TOML; none of the targets changes by that.
    version = str(value) if isinstance(value, float) else value
    if not isinstance(version, str):
        raise BadValue(f'must be a version, "{next(reversed(TARGETS))}", not {shown(value)}')
    if version not in TARGETS:
        hint = f" Did you mean {target_like(version)!r}?" if target_like(version) else ""
        raise BadValue(f"{shown(version)} is not a target.{hint} Targets: {', '.join(TARGETS)}.")
    return version


def _read_file(value: object, folder: Path) -> Path:
    if not isinstance(value, str) or not value:
        raise BadValue(f"must be a path, not {shown(value)}")
    return folder / value


def _read_number(value: object, _folder: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadValue(f"must be a number of processes, 1 or more, not {shown(value)}")
    return value


def _read_module(value: object, folder: Path) -> str:
    if not isinstance(value, str) or not all(part.isidentifier() for part in value.split(".")):
        raise BadValue(f"must be the dotted name of a module, like 'mysite.imagekit_support', not {shown(value)}")
    return value


def _texts(value: object, example: str) -> tuple[str, ...]:
    """Return a list of strings, none of them empty."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise BadValue(f"must be a list of strings, {example}, not {shown(value)}")
    return tuple(value)


KEYS = {
    key.name: key
    for key in (
        Key("target", "target", _read_target, "--target"),
        Key("select", "select", read_codes, "--select"),
        Key("ignore", "ignore", read_codes, "--ignore"),
        Key("per-file-ignores", "per_file_ignores", _read_ignores, "--per-file-ignores"),
        Key("exclude", "exclude", _read_patterns, "--exclude"),
        Key("include", "include", _read_patterns, "--include"),
        Key("respect-gitignore", "respect_gitignore", _read_flag, "--respect-gitignore"),
        Key("source-roots", "source_roots", _read_folders, "--source-root"),
        Key("spec-field-classes", "spec_field_classes", _read_names, "--spec-field-class"),
        Key("unsafe-fixes", "unsafe_fixes", _read_flag, "--unsafe-fixes"),
        Key("keep-cache-names", "keep_cache_names", _read_flag, "--keep-cache-names"),
        Key("faithful", "faithful", _read_flag, "--faithful"),
        Key("support-module", "support_module", _read_module, "--support-module"),
        Key("todo", "todo", _read_flag, "--todo"),
        Key("baseline", "baseline", _read_file, "--baseline"),
        Key("jobs", "jobs", _read_number, "--jobs"),
    )
}
"""All keys, in the order in which they are shown."""
