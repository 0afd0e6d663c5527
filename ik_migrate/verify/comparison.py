"""Compare the two sides of an upgrade, image by image."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.reports.totals import count
from ik_migrate.verify.behaviours import compare_behaviours
from ik_migrate.verify.explanations import explain_case, explain_error, explain_field
from ik_migrate.verify.fingerprint import distance
from ik_migrate.verify.image_records import CaseRecord, ImageRecord, Made, SourceRecord
from ik_migrate.verify.records import Problem, SpecRecord, StorageRecord
from ik_migrate.verify.results import CaseResult, Comparison, Difference, FieldResult, Verdict
from ik_migrate.verify.snapshot import Snapshot


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Compare a migrated project with what it made before."""
    known = {(problem.where, problem.error.message) for problem in before.problems}
    problems = tuple(
        (problem, explain_error(problem.error))
        for problem in after.problems
        if (problem.where, problem.error.message) not in known
    )
    labels = sorted({*before.fields, *after.fields})
    fields = tuple(_field(label, before, after) for label in labels)
    return Comparison(before, after, fields, problems, compare_behaviours(before.behaviours, after.behaviours))


def check(after: Snapshot) -> Comparison:
    """Check that a project loads and generates its images, with nothing to compare them with."""
    fields = []
    for label in after.fields:
        cases = []
        for case, record in after.cases(label).items():
            if record.error is not None:
                cases.append(CaseResult(case, Verdict.FAILED_AFTER, (explain_error(record.error),), None, record))
            elif record.skipped is not None:
                cases.append(CaseResult(case, Verdict.NOT_COMPARED, (), None, record, record.skipped))
            else:
                cases.append(CaseResult(case, Verdict.WORKS, (), None, record))
        fields.append(FieldResult(label, _worst(cases, ()), tuple(cases)))
    problems = tuple((problem, explain_error(problem.error)) for problem in after.problems)
    return Comparison(None, after, tuple(fields), problems)


def _worst(cases: list[CaseResult], differences: tuple[Difference, ...]) -> Verdict:
    """Return the verdict on a field. Images that could not be compared count only if there are no others."""
    if cases and not differences and all(_has_no_source(case) for case in cases):
        return Verdict.NO_SOURCE
    found: list[Verdict] = [case.verdict for case in cases if case.verdict is not Verdict.NOT_COMPARED]
    nothing_works = not any(_works(case) for case in cases)
    if not found or (nothing_works and all(verdict is Verdict.FAILED_BEFORE for verdict in found)):
        found = [Verdict.NOT_COMPARED]
    return min([*found, *(difference.verdict for difference in differences)], key=lambda verdict: verdict.rank)


def _works(case: CaseResult) -> bool:
    return case.after.image is not None


def _has_no_source(case: CaseResult) -> bool:
    return case.after.skipped is not None and (case.before is None or case.before.skipped is not None)


def _field(label: str, before: Snapshot, after: Snapshot) -> FieldResult:
    old, new = before.cases(label), after.cases(label)
    if not old:
        return FieldResult(label, Verdict.NEW, ())
    old_spec, new_spec = before.specs.get(label), after.specs.get(label)
    if not new:
        app = label.partition(".")[0]
        causes = [problem.error for problem in after.problems if _app_of(problem) == app]
        if causes:
            difference = explain_error(causes[0])
        else:
            gone = Difference("field", "", "the field does not exist", Verdict.FAILED_AFTER)
            difference = explain_field(gone, old_spec)
        return FieldResult(label, Verdict.FAILED_AFTER, (), (difference,))
    cases = [_case(case, old[case], new[case], old_spec, new_spec) for case in old if case in new]
    differences = tuple(explain_field(difference, old_spec) for difference in _of_spec(old_spec, new_spec))
    return FieldResult(label, _worst(cases, differences), tuple(cases), differences)


def _app_of(problem: Problem) -> str:
    """The label of the app that a problem is about; Django's default is the last part of its name."""
    return problem.where.rpartition(" ")[2].rpartition(".")[2]


def _of_spec(old: SpecRecord | None, new: SpecRecord | None) -> Iterator[Difference]:
    """What differs in the field itself."""
    if old is None or new is None:
        return
    is_known = all(place.folder is not None or place.url is not None for place in (old.storage, new.storage))
    if is_known and (old.storage.folder, old.storage.url) != (new.storage.folder, new.storage.url):
        yield Difference("storage", _place(old.storage), _place(new.storage))
    if {old.strategy, new.strategy} == {"when used", "when saved"}:
        yield Difference("moment", f"generated {old.strategy}", f"generated {new.strategy}")


def _place(storage: StorageRecord) -> str:
    folder = {None: "", ".": "MEDIA_ROOT"}.get(storage.folder, f"MEDIA_ROOT/{storage.folder}")
    url = (storage.url or "").removesuffix("x")
    return " at ".join(part for part in (folder, url) if part) or storage.name


def _case(
    case: str, old: CaseRecord, new: CaseRecord, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> CaseResult:
    """Compare one image, before and now."""
    if new.error is not None:
        if old.error is not None:
            return CaseResult(case, Verdict.FAILED_BEFORE, (), old, new, "it still fails")
        if old.skipped is None:
            return CaseResult(case, Verdict.FAILED_AFTER, (explain_error(new.error, old_spec),), old, new)
    reason = _not_comparable(old, new)
    if reason:
        return CaseResult(case, Verdict.NOT_COMPARED, (), old, new, reason)
    if old.made is None or new.made is None:
        return CaseResult(case, Verdict.FAILED_BEFORE, (), old, new, "it works now")
    differences = [
        *_of_name(old, new),
        *_of_processors(old, new),
        *_of_image(old.made, new.made, old_spec, new_spec),
    ]
    found = tuple(explain_case(difference, old.made, new.made, old_spec, new_spec) for difference in differences)
    verdict = min((difference.verdict for difference in found), key=lambda verdict: verdict.rank, default=Verdict.EQUAL)
    return CaseResult(case, verdict, found, old, new)


def _not_comparable(old: CaseRecord, new: CaseRecord) -> str:
    """Return why two records cannot be compared; empty if they can."""
    for record, when in ((new, "now"), (old, "before")):
        if record.skipped is not None:
            return f"{record.skipped} {when}" if old.skipped != new.skipped else record.skipped
    if old.base and new.base and old.base != new.base:
        (old_version, old_row), (new_version, new_row) = old.base, new.base
        if old_version != new_version:
            return "another version of ik-migrate drew the made-up image: record the snapshot again"
        return f"the made-up image is in another row ({old_row} before, {new_row} now)"
    if old.source and new.source and old.error is None and old.source.sha1 != new.source.sha1:
        return "the source image was replaced after the snapshot"
    return ""


def _of_name(old: CaseRecord, new: CaseRecord) -> Iterator[Difference]:
    """A name that ImageKit chose before is its own business: its pattern differs between 2 and 3."""
    if old.name is None or new.name is None or (old.default_name and old.name != new.name):
        return
    if old.name == new.name:
        if old.default_name and new.default_name:
            return
        if old.url is not None and new.url is not None and old.url != new.url:
            yield Difference("address", old.url, new.url, Verdict.NAME_CHANGED)
        return
    stems = {os.path.splitext(name)[0] for name in (old.name, new.name)}
    endings = {os.path.splitext(name)[1] for name in (old.name, new.name)}
    same = len(stems) == 1 and endings <= {".jpe", ".jpg", ".jpeg"}
    yield Difference("name", old.name, new.name, Verdict.TOLERATED if same else Verdict.NAME_CHANGED)


def _of_processors(old: CaseRecord, new: CaseRecord) -> Iterator[Difference]:
    """Processors that are others, or have other values; what only one side knows of is a matter of its version."""
    if old.processors is None or new.processors is None:
        return
    chains = [[name for name, _ in record.processors or ()] for record in (old, new)]
    if chains[0] != chains[1]:
        before, after = (" ".join(names) or "none" for names in chains)
        yield Difference("processors", before, after)
        return
    for (name, values), (_, others) in zip(old.processors, new.processors, strict=True):
        for key in sorted(values.keys() & others.keys()):
            # Without upscale=, ImageKit 2 did not upscale.
            if values[key] != others[key] and (key, values[key], others[key]) != ("upscale", "None", "False"):
                yield Difference("processors", f"{name}({key}={values[key]})", f"{name}({key}={others[key]})")


def _of_image(
    old_made: Made, new_made: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Iterator[Difference]:
    old, new = old_made.image, new_made.image
    if old.format != new.format:
        yield Difference("format", old.format, new.format)
    elif old.quality != new.quality or (
        old.quality is None and old_spec and new_spec and old_spec.options != new_spec.options
    ):
        yield Difference("options", _options(old_spec, old), _options(new_spec, new))
    if old.transparent != new.transparent:
        yield Difference("transparency", _transparency(old), _transparency(new))
    yield from _of_container(old, new)
    if old.size != new.size:
        off = max(abs(a - b) for a, b in zip(old.size, new.size, strict=True))
        verdict = Verdict.TOLERATED if off == 1 else Verdict.DIFFERENT
        yield Difference("size", "{} x {}".format(*old.size), "{} x {}".format(*new.size), verdict)
        if off > 1:
            return
    if old.pixels != new.pixels and old.transparent == new.transparent:
        yield _of_pixels(old, new, old_made.source.size, _decoding(old_made.source, new_made.source))


def _of_container(old: ImageRecord, new: ImageRecord) -> Iterator[Difference]:
    """What is beside the pixels of the first frame, and changes what a browser shows."""
    if old.orientation != new.orientation:
        # Some versions of Pillow copy EXIF data into formats other than JPEG, where few browsers respect them.
        verdict = Verdict.DIFFERENT if "JPEG" in (old.format, new.format) else Verdict.TOLERATED
        yield Difference("orientation", _orientation(old), _orientation(new), verdict)
    if old.frames != new.frames:
        yield Difference("animation", count(old.frames, "frame"), count(new.frames, "frame"))
    if old.profile != new.profile:
        yield Difference("colour profile", old.profile or "none", new.profile or "none")


def _orientation(image: ImageRecord) -> str:
    return f"EXIF orientation {image.orientation}" if image.orientation else "upright"


def _transparency(image: ImageRecord) -> str:
    return "transparent" if image.transparent else "opaque"


def _options(spec: SpecRecord | None, image: ImageRecord) -> str:
    options = spec.options if spec is not None else {}
    values = ", ".join(f"{name}={value}" for name, value in sorted(options.items())) or "no options"
    return f"{values} (JPEG tables {image.quality})" if image.quality else values


@dataclass(frozen=True)
class _Decoding:
    """How differently the two sides see the source itself: versions of the JPEG library decode it differently.

    A processor can double that, and what it is in a box of the source can be in any box of the image.
    """

    light: float = 0.0
    light_at_most: float = 0.0
    colour: float = 0.0
    colour_at_most: float = 0.0
    detail: float = 0.0


def _decoding(old: SourceRecord, new: SourceRecord) -> _Decoding:
    if old.decoded is None or new.decoded is None or old.size is None or old.decoded == new.decoded:
        return _Decoding()
    apart = distance(old.decoded.fingerprint, new.decoded.fingerprint, min(old.size))
    return _Decoding(
        2 * apart.light,
        2 * apart.light_at_most,
        2 * apart.colour,
        2 * apart.colour_at_most,
        2 * abs(old.decoded.detail - new.decoded.detail),
    )


def _of_pixels(
    old: ImageRecord,
    new: ImageRecord,
    source: tuple[int, int] | None = None,
    decoding: _Decoding = _Decoding(),
) -> Difference:
    """How far two images are apart; docs/verify.md describes how the tolerance was found."""
    edge = min(*old.size, *new.size)
    apart = distance(old.fingerprint, new.fingerprint, edge)
    # What moving the image by half a pixel would change: ImageKit 2 cut off where PILKit rounds.
    moved = min(old.detail, new.detail) / 2
    # A source is a JPEG as well: what differs in its colours grows with it where it is enlarged.
    growth = max(1.0, edge / max(1, min(source))) if source else 1.0
    is_sharp_alike = abs(old.detail - new.detail) <= 0.5 + 0.2 * max(old.detail, new.detail) + decoding.detail
    is_opaque_alike = apart.opacity <= 1 + moved and apart.opacity_beyond <= 16
    tolerated = (
        is_sharp_alike
        and apart.light <= 1 + moved + decoding.light
        and apart.light_beyond <= 4 + decoding.light_at_most
        and apart.colour <= 2 + moved * growth + decoding.colour
        and apart.colour_beyond <= 16 + 1500 * growth / edge + decoding.colour_at_most
        # JPEG, which keeps colour at half the resolution, has no opacity.
        and is_opaque_alike
    )
    words = (
        f"brightness differs by {apart.light:.1f} of 255, at most {apart.light_at_most:.0f};"
        f" colour by {apart.colour:.1f}, at most {apart.colour_at_most}"
    )
    if not is_sharp_alike:
        words += f"; sharpness was {old.detail:.1f}, is {new.detail:.1f}"
    if not is_opaque_alike:
        words += f"; opacity by {apart.opacity:.1f}, at most {apart.opacity_at_most}"
    return Difference("pixels", "", words, Verdict.TOLERATED if tolerated else Verdict.DIFFERENT)
