"""The fixture runner: reads before/after cases, makes variants of them, and runs the migrated models.

A case is a folder ``tests/fixtures/rules/<name of a rule>/<case>/`` and a table of its name in the ``cases.toml``
beside it. In the folder are:

``before.py`` and ``after.py``
    one file, ``models.py`` of a project that has no other; or
``before/`` and ``after/``
    a small project; files that ``after/`` does not have stay as they were.
``findings.json``
    the findings that ``apply`` leaves, as ``[path, line, code, applicability]``. No file: it leaves none.

The table has:

``why``
    what the case is about;
``unsafe_fixes``
    true: as the option of the command;
``option``
    the other option of the command, as ``--faithful``;
``run``
    true: the migrated models are loaded and their images generated;
``tabs``
    false where the columns matter, so that it cannot be tried with tabs.

A case without ``after`` must stay byte for byte as it is.
``KNOWN_FAILING.txt`` names cases that fail today, one a line: ``rule/case`` or ``rule/case check``,
with a comment after ``#``.
"""

from __future__ import annotations

import ast
import codecs
import io
import json
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ik_migrate.model.options import Options

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
SUPPORT_FILE = "imagekit_support.py"
REWRITE = "rewrite"
RUN = "run"


@dataclass(frozen=True)
class Case:
    """One case.

    Args:
        rule: the name of the rule that it belongs to.
        name: its own name.
        before: the files of the project, by their paths.
        after: the same files after ``apply``.
        left: the findings that stay: path, line, code, applicability.
        unsafe_fixes: whether unsafe rewrites are asked for.
        runs: whether the result is a complete application.
        why: what it is about.
        is_sample: whether it is the sample that a rule has itself.
        option: the other option of the command that is given.
        tabs: whether it means the same with tabs for indentation.
    """

    rule: str
    name: str
    before: dict[str, bytes]
    after: dict[str, bytes]
    left: list[list[Any]] = field(default_factory=list)
    unsafe_fixes: bool = False
    runs: bool = False
    why: str = ""
    is_sample: bool = False
    tabs: bool = True
    option: str = ""

    @property
    def options(self) -> Options:
        return Options(unsafe_fixes=self.unsafe_fixes, faithful=self.option == "--faithful")

    @property
    def id(self) -> str:
        return f"{self.rule}/{self.name}"

    @property
    def changes(self) -> bool:
        return self.before != self.after


def load_cases() -> list[Case]:
    """All cases of the fixtures folder.

    Raises:
        ValueError: when folders and tables do not match.
    """
    return [case for table in sorted(FIXTURES.glob("*/cases.toml")) for case in _cases_of(table)]


def _cases_of(table: Path) -> Iterator[Case]:
    notes = tomllib.loads(table.read_text("utf-8"))
    folders = {path.name: path for path in table.parent.iterdir() if path.is_dir()}
    if folders.keys() != notes.keys():
        raise ValueError(f"{table}: without a folder or a table: {sorted(folders.keys() ^ notes.keys())}")
    for name in sorted(folders):
        yield _load(folders[name], notes[name])


def _load(folder: Path, notes: dict[str, Any]) -> Case:
    unknown = notes.keys() - {"why", "unsafe_fixes", "option", "run", "tabs"}
    if unknown or not notes.get("why"):
        raise ValueError(f"{folder}: unknown keys {sorted(unknown)}, or no why")
    before = _tree(folder, "before")
    after = {**before, **_tree(folder, "after")}
    return Case(
        folder.parent.name,
        folder.name,
        before,
        after,
        _json(folder / "findings.json", []),
        notes.get("unsafe_fixes", False),
        notes.get("run", False),
        notes.get("why", ""),
        tabs=notes.get("tabs", True),
        option=notes.get("option", ""),
    )


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else default


def _tree(folder: Path, name: str) -> dict[str, bytes]:
    single = folder / f"{name}.py"
    if single.exists():
        return {"models.py": single.read_bytes()}
    top = folder / name
    files = sorted(path for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in files}


def known_failing() -> dict[str, set[str]]:
    """The checks that fail today, by case."""
    known: dict[str, set[str]] = {}
    listing = FIXTURES / "KNOWN_FAILING.txt"
    lines = listing.read_text("utf-8").splitlines() if listing.exists() else []
    for line in lines:
        words = line.partition("#")[0].split()
        if words:
            known.setdefault(words[0], set()).update(words[1:] or [REWRITE])
    return known


def write_tree(files: dict[str, bytes], folder: Path) -> None:
    """Write the files of a project."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def read_tree(folder: Path) -> dict[str, bytes]:
    """Read them again, but for the support module: it has tests of its own."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUPPORT_FILE)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def variants(case: Case) -> Iterator[tuple[str, Case]]:
    """The same case in other clothes: the same edits are expected."""
    for name, change in _VARIANTS.items():
        if name == "tabs" and not case.tabs:
            continue
        pairs = {path: change(path, data, case.after[path]) for path, data in case.before.items()}
        if any(pair is None for pair in pairs.values()):
            continue
        before = {path: pair[0] for path, pair in pairs.items() if pair}
        after = {path: pair[1] for path, pair in pairs.items() if pair}
        if before != case.before:
            left = [[path, _moved_line(before[path], line), *rest] for path, line, *rest in case.left]
            yield name, replace(case, before=before, after=after, left=left)


Pair = tuple[bytes, bytes]


def _crlf(path: str, before: bytes, after: bytes) -> Pair | None:
    if b"\r" in before:
        return None
    return before.replace(b"\n", b"\r\n"), after.replace(b"\n", b"\r\n")


def _bom(path: str, before: bytes, after: bytes) -> Pair | None:
    cookie = re.match(rb"(?:.*\n)?#.*coding[:=][ \t]*(?!utf-8)", before)
    if cookie or before.startswith(codecs.BOM_UTF8) or not path.endswith(".py"):
        return None if cookie else (before, after)
    return codecs.BOM_UTF8 + before, codecs.BOM_UTF8 + after


def _no_final_newline(path: str, before: bytes, after: bytes) -> Pair | None:
    if before.splitlines()[-1:] != after.splitlines()[-1:]:
        return None
    return before.removesuffix(b"\n"), after.removesuffix(b"\n")


def _tabs(path: str, before: bytes, after: bytes) -> Pair | None:
    if not path.endswith(".py") or before == after:
        return before, after
    if b"\t" in before or b"\f" in before:
        return None
    tabbed = _tabbed(before), _tabbed(after)
    return None if None in tabbed else tabbed  # type: ignore[return-value]


def _tabbed(data: bytes) -> bytes | None:
    """Every four leading spaces as one tab, but for lines that start inside a string; None for Python 2."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
        ast.parse(data)
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return None
    inside = {
        line
        for token in tokens
        if token.type == tokenize.STRING
        for line in range(token.start[0] + 1, token.end[0] + 1)
    }
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if number not in inside:
            spaces = len(line) - len(line.lstrip(b" "))
            lines[number - 1] = b"\t" * (spaces // 4) + line[spaces - spaces % 4 :]
    return b"".join(lines)


def _form_feeds(path: str, before: bytes, after: bytes) -> Pair | None:
    """A line with a form feed above each top-level class and function that was there before."""
    if not path.endswith(".py"):
        return before, after
    body = _body(before)
    if b"\f" in before or body is None or _body(after) is None:
        return None
    names = {node.name for node in body if isinstance(node, _DEFINITIONS)}
    return _with_form_feeds(before, names), _with_form_feeds(after, names)


_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _body(data: bytes) -> list[ast.stmt] | None:
    try:
        return ast.parse(data).body
    except (SyntaxError, ValueError):
        return None


def _with_form_feeds(data: bytes, names: set[str]) -> bytes:
    """The form feeds stand above the comments of a definition, and above what was generated for it."""
    lines = data.splitlines(keepends=True)
    body = _body(data) or []
    places = []
    for index, node in enumerate(body):
        if not isinstance(node, _DEFINITIONS) or node.name not in names:
            continue
        while index and isinstance(body[index - 1], _DEFINITIONS) and body[index - 1].name not in names:
            index -= 1
        first = body[index]
        line = min([first.lineno, *(item.lineno for item in first.decorator_list)]) - 1
        while line and lines[line - 1].startswith(b"#") and not lines[line - 1].startswith(b"#!"):
            line -= 1
        places.append(line)
    for line in reversed(places):
        lines.insert(line, b"\f\n")
    return b"".join(lines)


def _moved_line(data: bytes, line: int) -> int:
    """Where a line is after form feeds came in above it."""
    kept = [number for number, text in enumerate(data.splitlines(), 1) if text != b"\f"]
    return kept[line - 1] if data.count(b"\f") else line


_VARIANTS = {
    "crlf": _crlf,
    "bom": _bom,
    "no-final-newline": _no_final_newline,
    "tabs": _tabs,
    "form-feeds": _form_feeds,
}


def place_text(data: bytes, line: int, column: int, end_line: int, end_column: int) -> str:
    """What stands at a place, lines and columns as editors count them.

    Raises:
        IndexError: when the place is outside of the text.
    """
    text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    lines = re.split(r"\r\n|\r|\n", text)
    if not (1 <= line <= end_line <= len(lines)):
        raise IndexError(f"lines {line} to {end_line} of {len(lines)}")
    if not (1 <= column <= len(lines[line - 1]) + 1) or not (1 <= end_column <= len(lines[end_line - 1]) + 1):
        raise IndexError(f"columns {column} to {end_column}")
    if line == end_line:
        return lines[line - 1][column - 1 : end_column - 1]
    return "\n".join(
        [lines[line - 1][column - 1 :], *lines[line : end_line - 1], lines[end_line - 1][: end_column - 1]]
    )


# From here on: run by `python case_runner.py FOLDER` with one application a folder, prints JSON.


def run_applications(folder: Path) -> dict[str, str]:
    """Load each application, save an instance of each of its models and make all of its pictures.

    Returns:
        What went wrong, by application; empty where nothing did.
    """
    import django
    from django.conf import settings
    from django.core.cache import cache
    from django.test.utils import override_settings

    settings.configure(
        SECRET_KEY="x",
        INSTALLED_APPS=["django.contrib.contenttypes", "imagekit"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MEDIA_URL="/media/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=False,
    )
    django.setup()
    sys.path.insert(0, str(folder))
    names = sorted(path.name for path in folder.iterdir() if (path / "models.py").exists())
    outcomes = {}
    for name in names:
        cache.clear()  # where ImageKit notes which files there are
        with override_settings(MEDIA_ROOT=str(folder / name / "media")):
            outcomes[name] = _run_application(name)
    return outcomes


def _run_application(name: str) -> str:
    import traceback

    from django.apps import AppConfig, apps
    from django.db import connection

    try:
        config = AppConfig.create(name)
        config.apps = apps
        apps.app_configs[config.label] = config
        config.import_models()
        apps.clear_cache()
        models = list(config.get_models())
        if not models:
            return "it has no models"
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        for model in models:
            _make_pictures(model)
    except Exception:
        return traceback.format_exc(limit=-4)
    return ""


def _make_pictures(model: type) -> None:
    """Save an instance, make its pictures, copy it by pickle and make them once more."""
    import pickle

    instance = model(**_values(model))
    instance.save()
    names = _spec_names(model)
    for name in names:
        picture = getattr(instance, name)
        assert picture.url, name
        assert picture.width and picture.height, name
        with picture.storage.open(picture.name) as stream:
            assert stream.read(), name
    copied = pickle.loads(pickle.dumps(model.objects.get(pk=instance.pk)))  # type: ignore[attr-defined]
    assert [getattr(copied, name).url for name in names] == [getattr(instance, name).url for name in names]
    instance.save()
    empty = model(**{key: value for key, value in _values(model).items() if not hasattr(value, "chunks")})
    for name in names:
        assert not getattr(empty, name), f"{name} of an instance without a source"


def _spec_names(model: type) -> list[str]:
    from imagekit.models.fields.utils import ImageSpecFileDescriptor

    return [
        name
        for name in dir(model)
        if any(isinstance(vars(c).get(name), ImageSpecFileDescriptor) for c in model.__mro__)
    ]


def _values(model: type) -> dict[str, object]:
    """A value for each field that has to have one."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import models
    from PIL import Image

    values: dict[str, object] = {}
    for number, item in enumerate(model._meta.fields):  # type: ignore[attr-defined]
        if isinstance(item, models.ImageField):
            stream = io.BytesIO()
            Image.new("RGB", (240, 180), (200, 40 + number, 90)).save(stream, "JPEG")
            values[item.name] = SimpleUploadedFile(f"{model.__name__.lower()}.jpg", stream.getvalue())
        elif isinstance(item, models.AutoField) or item.has_default() or item.null:
            continue
        elif isinstance(item, models.IntegerField):
            values[item.name] = 40
        elif isinstance(item, models.CharField | models.TextField):
            values[item.name] = "word"
    return values


if __name__ == "__main__":
    print(json.dumps(run_applications(Path(sys.argv[1]))))
