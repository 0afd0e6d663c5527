"""Whether a migrated project makes the pictures that it made under ImageKit 2.

A site is a small Django project in ``fixtures/sites/<name>/``; beside it lies what ``probe_site.py`` saw of
it under ImageKit 2, ``<name>.ik2.json``, for few machines still have a Python 2.7. A copy is migrated with
the safe rewrites, probed in the same way under today's ImageKit, and the two results are compared.

What differs must be known: by a finding that the report leaves (`NAMED_IN_REPORT`), or as something that
ImageKit 3 does and no rewrite changes (`ACCEPTED`). Everything else is a bug, and `KNOWN_BUGS` lists those
that wait for their repair.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreters import Interpreter
from migrating import Migration, copy_site, migrate
from probe_site import distance

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PHOTO_SITE = "photo_site"

MEAN_TOLERANCE = 1.5
"""How far two pictures may be apart, on average over the boxes of their fingerprints (0 to 255)."""
LARGEST_TOLERANCE = 8
"""How far one box may be. JPEG decoders differ by up to 7 at the edges of colours, OBSERVED as such."""

Record = dict[str, Any]


# The sites --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """A project of the fixtures, with what ImageKit 2 made of it."""

    name: str

    @property
    def folder(self) -> Path:
        return FIXTURES / self.name if self.name == PHOTO_SITE else FIXTURES / "sites" / self.name

    @property
    def settings(self) -> str:
        return "settings.dev" if self.name == PHOTO_SITE else "settings"

    @property
    def golden(self) -> Path:
        return self.folder.with_name(f"{self.name}.ik2.json")

    @property
    def is_python2_only(self) -> bool:
        return self.name in PYTHON2_ONLY

    def text(self) -> str:
        """All its code, to be searched."""
        return "".join(path.read_text("latin-1") for path in sorted(self.folder.rglob("*.py")))


PYTHON2_ONLY = frozenset({"python2_only"})
"""Sites that no Python 3 can read, before or after."""


def sites() -> list[Site]:
    names = sorted(path.name for path in (FIXTURES / "sites").iterdir() if path.is_dir())
    return [Site(name) for name in [PHOTO_SITE, *names]]


def migrate_site(tool: Interpreter, site: Site, folder: Path) -> Migration:
    """Put a copy of a site, migrated with the safe rewrites, into ``folder``, which must not exist."""
    return migrate(tool, site.folder, folder)


def rename_only(site: Site, folder: Path) -> None:
    """A copy in which nothing is done but what makes the models load: the naive migration."""
    copy_site(site.folder, folder)
    for path in folder.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"image_field=", b"source="))


def golden(site: Site) -> Record:
    """What ImageKit 2 made of a site."""
    result: Record = json.loads(site.golden.read_text("utf-8"))
    return result


def probe(interpreter: Interpreter, folder: Path, settings: str, output: Path) -> Record:
    """What ``probe_site.py`` sees of a project.

    Args:
        interpreter: what the project runs on.
        folder: the project.
        settings: its settings module.
        output: the file to write the result to.

    Raises:
        JobFailed: when the project could not even be loaded.
    """
    interpreter.prepare("probe_site:pictures")
    interpreter.run("probe_site:main", folder, settings, output)
    result: Record = json.loads(output.read_text("utf-8"))
    return result


# The comparison ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One thing that is not what it was.

    Args:
        site: the name of the site.
        field: the spec field, ``app.Model.name``.
        source: which picture it was made from, or ``replaced``.
        what: the aspect that differs.
        before: what it was under ImageKit 2.
        after: what it is now.
        records: all that was seen of it, then and now.
    """

    site: str
    field: str
    source: str
    what: str
    before: Any
    after: Any
    records: tuple[Record, Record]

    def __str__(self) -> str:
        return f"{self.field} of {self.source}: {self.what} was {self.before!r}, is {self.after!r}"


def compare(site: Site, before: Record, after: Record) -> Iterator[Difference]:
    """All that differs between two results of the probe, names that are ImageKit's own business aside."""
    for model in sorted({*before["models"], *after["models"]}):
        for kind in ("specs", "processed"):
            old = before["models"].get(model, {}).get(kind, {})
            new = after["models"].get(model, {}).get(kind, {})
            for name in sorted({*old, *new}):
                for source in sorted({*old.get(name, {}), *new.get(name, {})}):
                    records = old.get(name, {}).get(source, {}), new.get(name, {}).get(source, {})
                    for what, *values in _differing(*records):
                        yield Difference(site.name, f"{model}.{name}", source, what, *values, records)


def _differing(before: Record, after: Record) -> Iterator[tuple[str, Any, Any]]:
    if not before or not after:
        yield "field", bool(before), bool(after)
        return
    if "error" in before or "error" in after:
        if ("error" in before) != ("error" in after):
            yield "error", before.get("error"), after.get("error")
        return
    fingerprints = before.get("fingerprint"), after.get("fingerprint")
    if before.get("size") == after.get("size") and all(fingerprints):
        mean, largest = distance(*fingerprints)
        if mean > MEAN_TOLERANCE or largest > LARGEST_TOLERANCE:
            yield "pixels", (0.0, 0), (round(mean, 1), largest)
    for what in sorted({*before, *after} - {"fingerprint"}):
        old, new = before.get(what), after.get(what)
        if what in {"name", "same name", "exists"} and _has_default_name(before) and _has_default_name(after):
            old, new = _without_name(what, old), _without_name(what, new)
        if old != new:
            yield what, old, new


def _has_default_name(record: Record) -> bool:
    """Whether ImageKit chose the name: the pattern differs between 2 and 3, and is nobody's business."""
    return bool(re.match(r"(cache|CACHE/images)/", record.get("name") or ""))


def _without_name(what: str, value: Any) -> Any:
    return os.path.splitext(value)[1] if what == "name" else value


# What is known to differ ------------------------------------------------------------------------


@dataclass(frozen=True)
class Accepted:
    """A difference that stays.

    Args:
        reason: what ImageKit 3 does, and why no rewrite changes it.
        covers: whether a difference is of this kind.
    """

    reason: str
    covers: Callable[[Difference], bool]


def _jpeg_extension(difference: Difference) -> bool:
    if difference.what not in {"name", "same name"} or None in (difference.before, difference.after):
        return False
    names = [str(record.get("name")) for record in difference.records]
    stems = {os.path.splitext(name)[0] for name in names}
    endings = {os.path.splitext(name)[1] for name in names}
    return (len(stems) == 1 or all(map(_has_default_name, difference.records))) and endings <= {".jpe", ".jpg", ".jpeg"}


def _moments(difference: Difference) -> tuple[set[str], set[str]]:
    """When the file was there, the deletion of the instance left out; nothing where that is not what differs."""
    if difference.what != "exists":
        return set(), set()
    return set(difference.before) - {"deleted"}, set(difference.after) - {"deleted"}


def _kept_after_delete(difference: Difference) -> bool:
    before, after = _moments(difference)
    return difference.what == "exists" and before == after and "deleted" not in difference.before


def _made_with_outer(difference: Difference) -> bool:
    before, after = _moments(difference)
    return difference.site.startswith("chain") and after - before == {"saved"} and not before - after


def _opaque_mode(difference: Difference) -> bool:
    return difference.what == "mode" and (difference.before, difference.after) in {
        ("RGBA", "RGB"),
        ("RGBA", "L"),
        ("RGB", "L"),
        ("RGB", "P"),
    }


def _rounding(difference: Difference) -> bool:
    edge = min(difference.records[0].get("size") or [1])
    if difference.what == "size":
        return all(abs(old - new) <= 1 for old, new in zip(difference.before, difference.after, strict=True))
    if difference.what != "pixels":
        return False
    mean, largest = difference.after
    return mean <= MEAN_TOLERANCE + 45 / edge and largest <= LARGEST_TOLERANCE + 300 / edge


def _lying_extension(difference: Difference) -> bool:
    now = difference.records[1].get("format")
    return difference.source == "lying" and difference.what in {"format", "mode"} and now == "PNG"


def _was_stale(difference: Difference) -> bool:
    before = difference.records[0]
    shown = difference.what in {"pixels", "size"}
    return shown and difference.source == "replaced" and "saved" in before["exists"] and bool(before["same name"])


ACCEPTED = {
    "kept after delete": Accepted(
        "ImageKit 2 deleted the file of a spec with its instance; ImageKit 3 has no event for that.",
        _kept_after_delete,
    ),
    "made with the outer": Accepted(
        "Saving an instance asks whether each source is there, and a source that is a spec is made thereby.",
        _made_with_outer,
    ),
    "jpe": Accepted(
        "For a JPEG of a source that is none, ImageKit 2 on Python 2 says .jpe, ImageKit 3 .jpg.",
        _jpeg_extension,
    ),
    "opaque mode": Accepted(
        "PILKit 3 does not convert everything to RGBA any more: what is opaque comes out as it went in.",
        _opaque_mode,
    ),
    "transparent again": Accepted(
        "Where the format was 'png' in lower case, ImageKit 2 did not see that PNG knows transparency, and pasted"
        " the picture on white; ImageKit 3 keeps it transparent.",
        lambda difference: difference.what == "mode" and (difference.before, difference.after) == ("RGB", "RGBA"),
    ),
    "rounding": Accepted(
        "Where an edge is no whole number of pixels, ImageKit 2 cuts off, PILKit rounds, and Python 2 and 3 round"
        " halves differently: a pixel at most, which shows more the smaller the picture is.",
        _rounding,
    ),
    "lying extension": Accepted(
        "Without a format, ImageKit 2 believed the extension of a file, ImageKit 3 its content.",
        _lying_extension,
    ),
    "was stale": Accepted(
        "NonValidatingImageCacheBackend saved the picture of a new source beside the old one, which was still shown;"
        " the strategy that replaces files shows the new one.",
        _was_stale,
    ),
    "was broken": Accepted(
        "ImageKit 2 failed on the spec of a spec whose file was not there yet; ImageKit 3 makes it.",
        lambda difference: difference.what == "error" and difference.after is None,
    ),
}


def accepted(difference: Difference) -> str:
    """The key of the accepted difference that covers this one; empty where none does."""
    return next((key for key, kind in ACCEPTED.items() if kind.covers(difference)), "")


NAMED_IN_REPORT = {
    "chain_folder": {"gallery.Picture.monochrome": "IK308"},
}
"""By site: the fields that differ until a person has done what the report says, and the code of that finding."""

NOT_LOADED = {
    "star_import": "IK208",
}
"""Sites that do not even load until a person has done what the report says, and the code of that finding."""

KNOWN_BUGS: dict[str, str] = {}
"""Sites that differ today and must not. The tests are strict: a repair has to take its entry along."""


def unexplained(site: Site, before: Record, after: Record) -> list[Difference]:
    """What differs without being known."""
    named = NAMED_IN_REPORT.get(site.name, {})
    return [
        difference
        for difference in compare(site, before, after)
        if difference.field not in named and not accepted(difference)
    ]
