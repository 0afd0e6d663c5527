"""``ik-migrate.toml``, or ``[tool.ik-migrate]`` in ``pyproject.toml``: found, read and checked.

TOML is parsed only if the file mentions ik-migrate: parsing would slow down every run in every project.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ik_migrate.config.keys import KEYS, BadValue, Key
from ik_migrate.files.reading import file_content
from ik_migrate.model.did_you_mean import nearest
from ik_migrate.model.errors import ConfigError
from ik_migrate.model.options import Options

OWN_FILE = "ik-migrate.toml"
SHARED_FILE = "pyproject.toml"
# Not compiled here, which would cost every run; few need them.
_HEADER = r"""(?m)^[ \t]*\[[ \t]*["']?tool["']?[ \t]*\.[ \t]*["']?ik-migrate["']?[ \t]*[\].]"""
_OUR_NAME = rb"(?i)ik[-_]?migrate"
_LARGEST = 16 * 1024 * 1024
# Of processor time. What people write is read in a few thousandths.
_SECONDS = 2


class Setting(NamedTuple):
    """One key that is set.

    Args:
        key: the key.
        written: its value as it was written.
        value: the same as `Options` has it.
        origin: where it is set: ``pyproject.toml:12``, or the option of the command line.
    """

    key: Key
    written: object
    value: object
    origin: str


class Configuration(NamedTuple):
    """What is set, and where.

    Args:
        file: the configuration file; None where there is none.
        settings: what is set, by the names of the keys.
    """

    file: Path | None = None
    settings: Mapping[str, Setting] = MappingProxyType({})

    def options(self, **given: Any) -> Options:
        """The options: those that are ``given``, then those that are set, then the defaults."""
        values: dict[str, Any] = {setting.key.field: setting.value for setting in self.settings.values()}
        return Options(**{"said_in": str(self.file or ""), **values, **given})


def options_for(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], config: Path | None = None, **given: Any
) -> Options:
    """The options that the command line would take for ``paths``.

    Args:
        paths: the files and folders to look at, or a single one.
        config: a configuration file; None to look for one, see `find_configuration`.
        given: fields of `Options` that matter more than what the file says.

    Raises:
        ConfigError: when the file cannot be used.
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return configuration_for([Path(path) for path in several], config).options(**given)


def configuration_for(paths: Sequence[Path], config: Path | None = None) -> Configuration:
    """What the configuration file for ``paths`` says; see `options_for`."""
    if config is None:
        return find_configuration(paths)
    found = _read(config)
    if found is None:
        raise ConfigError(f"{config} has no table [tool.ik-migrate]")
    return found


def find_configuration(paths: Sequence[Path]) -> Configuration:
    """The configuration that is nearest: in the folder that holds all ``paths``, or in one above it.

    ``ik-migrate.toml`` goes before ``pyproject.toml``, which counts where it has a table ``[tool.ik-migrate]``.

    Raises:
        ConfigError: when the file cannot be used.
    """
    folder = _common_folder(paths)
    for candidate in (folder, *folder.parents):
        for name in (OWN_FILE, SHARED_FILE):
            file = candidate / name
            if os.path.isfile(file):
                found = _read(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
                if found is not None:
                    return found
    return Configuration()


def passed_over(paths: Sequence[Path]) -> list[Path]:
    """Return configuration files that are ignored: nearer to one of ``paths`` than the file for all of them."""
    common = _common_folder(paths)
    folders: set[Path] = set()
    for path in paths:
        absolute = Path(os.path.abspath(path))
        folder = absolute if absolute.is_dir() else absolute.parent
        folders.update(above for above in (folder, *folder.parents) if common in above.parents)
    files = [folder / name for folder in sorted(folders) for name in (OWN_FILE, SHARED_FILE)]
    return [file for file in files if os.path.isfile(file) and _is_about_us(file)]


def _is_about_us(file: Path) -> bool:
    try:
        text = file_content(file, _LARGEST).decode("utf-8", "replace")
    except OSError:
        return False
    return file.name == OWN_FILE or re.search(_HEADER, text) is not None


def _common_folder(paths: Sequence[Path]) -> Path:
    absolute = [os.path.abspath(path) for path in paths] or [os.getcwd()]
    try:
        common = Path(os.path.commonpath(absolute))
    except ValueError:
        # On Windows, on different drives.
        common = Path(absolute[0])
    return common if common.is_dir() else common.parent


def _read(file: Path) -> Configuration | None:
    """Read a file; return None for a ``pyproject.toml`` without a table for ik-migrate.

    Raises:
        ConfigError: when it cannot be used.
    """
    is_shared = file.name == SHARED_FILE
    try:
        data = file_content(file, _LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror or error}") from None
    if is_shared and not re.search(_OUR_NAME, data):
        return None
    if len(data) > _LARGEST:
        raise ConfigError(f"{file} is larger than {_LARGEST // 1024 // 1024} MB")
    content = _parsed(file, data)
    if content is None:
        return None
    tool = content.get("tool")
    table = tool.get("ik-migrate") if isinstance(tool, dict) else None
    if table is None:
        for name in tool if isinstance(tool, dict) else ():
            if re.fullmatch(_OUR_NAME, name.encode()):
                raise ConfigError(f"{file}: unknown table [tool.{name}]. Did you mean [tool.ik-migrate]?")
        if is_shared:
            return None
        table = content
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.ik-migrate] must be a table")
    text = data.decode("utf-8", "replace")
    header = re.search(_HEADER, text) if table is not content else None
    return _checked(file, table, text, header.start() if header else 0)


def _parsed(file: Path, data: bytes) -> dict[str, Any] | None:
    """The content of a file; None for a ``pyproject.toml`` that is not TOML and has no table for us.

    Raises:
        ConfigError: when it is not valid TOML.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    from ik_migrate.engine.time_limit import TakesTooLong, time_limit

    try:
        with time_limit(len(data), seconds=_SECONDS):
            return tomllib.loads(data.decode("utf-8-sig"))
    except TakesTooLong:
        raise ConfigError(f"{file} takes too long to read") from None
    except (ValueError, RecursionError) as error:
        if file.name == SHARED_FILE and not re.search(_HEADER, data.decode("utf-8", "replace")):
            return None
        if isinstance(error, RecursionError):
            raise ConfigError(f"{file}: values are nested too deeply") from None
        raise ConfigError(f"{file} is not valid TOML: {error}") from None


def _checked(file: Path, table: Mapping[str, Any], text: str, start: int) -> Configuration:
    """The settings of a table.

    Args:
        file: the file.
        table: keys and values.
        text: the content of the file.
        start: the offset in it at which the keys of the table begin.

    Raises:
        ConfigError: when there is no such key, or it does not take the value.
    """
    settings = {}
    folder = Path(os.path.abspath(file)).parent
    for name, value in table.items():
        line = _line_of(name, text, start)
        origin = f"{file}:{line}" if line else str(file)
        key = KEYS.get(name)
        if key is None:
            hint = nearest(name, KEYS) or f" Keys: {', '.join(KEYS)}."
            if name == "tool" or re.fullmatch(_OUR_NAME, name.encode()):
                hint = f" In {OWN_FILE}, keys are at the top or below [tool.ik-migrate]."
            raise ConfigError(f"{origin}: unknown key {name!r}.{hint}")
        try:
            settings[name] = Setting(key, value, key.read(value, folder), origin)
        except BadValue as error:
            raise ConfigError(f"{origin}: {name}: {error}") from None
    return Configuration(file, settings)


def _line_of(name: str, text: str, start: int) -> int:
    """Return the line of a key or of the table of that name; 0 where it cannot be determined."""
    pattern = rf"""^[ \t]*(?:\[[ \t]*(?:.*\.[ \t]*)?)?["']?{re.escape(name)}["']?[ \t]*[\].=]"""
    match = re.compile(pattern, re.M).search(text, start)
    return text.count("\n", 0, match.start()) + 1 if match else 0
