"""The two sides of an upgrade, picture by picture."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from ik_migrate.verify.explanations import explained, explained_error
from ik_migrate.verify.fingerprint import distance
from ik_migrate.verify.results import CaseResult, Comparison, Difference, FieldResult, Verdict
from ik_migrate.verify.snapshot import Record, Snapshot


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Compare a migrated project with what it made before."""
    known = {(problem["where"], problem["error"]["message"]) for problem in before.problems}
    problems = tuple(
        (problem, explained_error(problem["error"]))
        for problem in after.problems
        if (problem["where"], problem["error"]["message"]) not in known
    )
    labels = sorted({*before.fields, *after.fields})
    return Comparison(before, after, tuple(_field(label, before, after) for label in labels), problems)


def check(after: Snapshot) -> Comparison:
    """Whether a project loads and makes its pictures, with nothing to compare them with."""
    fields = []
    for label in after.fields:
        cases = []
        for case, record in after.cases(label).items():
            if "error" in record:
                cases.append(CaseResult(case, Verdict.FAILED_AFTER, (explained_error(record["error"]),), {}, record))
            elif "skipped" in record:
                cases.append(CaseResult(case, Verdict.NOT_COMPARED, (), {}, record, record["skipped"]))
            else:
                cases.append(CaseResult(case, Verdict.WORKS, (), {}, record))
        fields.append(FieldResult(label, _worst(cases, ()), tuple(cases)))
    problems = tuple((problem, explained_error(problem["error"])) for problem in after.problems)
    return Comparison(None, after, tuple(fields), problems)


def _worst(cases: list[CaseResult], differences: tuple[Difference, ...]) -> Verdict:
    """The verdict on a field. Pictures that could not be compared count only where there are no others."""
    if cases and not differences and all(_has_no_source(case) for case in cases):
        return Verdict.NO_SOURCE
    told: list[Verdict] = [case.verdict for case in cases if case.verdict is not Verdict.NOT_COMPARED]
    nothing_works = not any(_works(case) for case in cases)
    if not told or (nothing_works and all(verdict is Verdict.FAILED_BEFORE for verdict in told)):
        told = [Verdict.NOT_COMPARED]
    return min([*told, *(difference.verdict for difference in differences)], key=lambda verdict: verdict.rank)


def _works(case: CaseResult) -> bool:
    return "picture" in case.after


def _has_no_source(case: CaseResult) -> bool:
    return "skipped" in case.after and ("skipped" in case.before or not case.before)


def _field(label: str, before: Snapshot, after: Snapshot) -> FieldResult:
    old, new = before.cases(label), after.cases(label)
    if not old:
        return FieldResult(label, Verdict.NEW, ())
    if not new:
        app = label.partition(".")[0]
        causes = [problem["error"] for problem in after.problems if _app_of(problem) == app]
        if causes:
            difference = explained_error(causes[0])
        else:
            difference = explained(
                Difference("field", "", "it is not there any more", Verdict.FAILED_AFTER),
                {},
                {},
                before.specs.get(label, {}),
                {},
            )
        return FieldResult(label, Verdict.FAILED_AFTER, (), (difference,))
    specs = before.specs.get(label, {}), after.specs.get(label, {})
    cases = [_case(case, old[case], new[case], *specs) for case in old if case in new]
    differences = tuple(explained(difference, {}, {}, *specs) for difference in _of_spec(*specs))
    return FieldResult(label, _worst(cases, differences), tuple(cases), differences)


def _app_of(problem: Record) -> str:
    """The label of the app that a problem is about; Django's default is the last part of its name."""
    return str(problem["where"].rpartition(" ")[2].rpartition(".")[2])


def _of_spec(old: Record, new: Record) -> Iterator[Difference]:
    """What differs in the field itself."""
    if not old or not new:
        return
    places = old["storage"], new["storage"]
    known = [place["folder"] is not None or place["url"] is not None for place in places]
    if all(known) and any(places[0][key] != places[1][key] for key in ("folder", "url")):
        yield Difference("storage", _place(old["storage"]), _place(new["storage"]))
    moments = old["strategy"], new["strategy"]
    if set(moments) == {"when used", "when saved"}:
        yield Difference("moment", f"made {old['strategy']}", f"made {new['strategy']}")


def _place(storage: Record) -> str:
    folder = {None: "", ".": "MEDIA_ROOT"}.get(storage["folder"], f"MEDIA_ROOT/{storage['folder']}")
    url = (storage["url"] or "").removesuffix("x")
    return " at ".join(part for part in (folder, url) if part) or str(storage["class"])


def _case(case: str, old: Record, new: Record, old_spec: Record, new_spec: Record) -> CaseResult:
    """One picture, then and now."""
    if "error" in new:
        if "error" in old:
            return CaseResult(case, Verdict.FAILED_BEFORE, (), old, new, "it still fails")
        if "skipped" not in old:
            return CaseResult(case, Verdict.FAILED_AFTER, (explained_error(new["error"], old_spec),), old, new)
    reason = _not_comparable(old, new)
    if reason:
        return CaseResult(case, Verdict.NOT_COMPARED, (), old, new, reason)
    if "error" in old:
        return CaseResult(case, Verdict.FAILED_BEFORE, (), old, new, "it works now")
    differences = [
        *_of_name(old, new),
        *_of_processors(old, new),
        *_of_picture(old["picture"], new["picture"], old_spec, new_spec, old["source"]["size"]),
    ]
    told = tuple(explained(difference, old, new, old_spec, new_spec) for difference in differences)
    verdict = min((difference.verdict for difference in told), key=lambda verdict: verdict.rank, default=Verdict.EQUAL)
    return CaseResult(case, verdict, told, old, new)


def _not_comparable(old: Record, new: Record) -> str:
    """Why two records say nothing about the upgrade; empty where they do."""
    for record, when in ((new, "now"), (old, "before")):
        if "skipped" in record:
            return f"{record['skipped']} {when}" if old.get("skipped") != new.get("skipped") else str(record["skipped"])
    if old.get("base") and new.get("base") and old["base"] != new["base"]:
        (old_version, old_row), (new_version, new_row) = old["base"], new["base"]
        if old_version != new_version:
            return "another version of ik-migrate made the picture up: take the snapshot again"
        return f"the picture was lent to another row ({old_row} before, {new_row} now)"
    if "error" not in old and old["source"]["sha1"] != new["source"]["sha1"]:
        return "the source picture was replaced in between"
    return ""


def _of_name(old: Record, new: Record) -> Iterator[Difference]:
    """Names that ImageKit chose, before and now, are its own business: their pattern differs between 2 and 3."""
    if "name" not in old or (old["default_name"] and new["default_name"]):
        return
    if old["name"] == new["name"]:
        if old["url"] != new["url"] and None not in (old["url"], new["url"]):
            yield Difference("address", old["url"], new["url"], Verdict.NAME_CHANGED)
        return
    stems = {os.path.splitext(record["name"])[0] for record in (old, new)}
    endings = {os.path.splitext(record["name"])[1] for record in (old, new)}
    same = len(stems) == 1 and endings <= {".jpe", ".jpg", ".jpeg"}
    yield Difference("name", old["name"], new["name"], Verdict.TOLERATED if same else Verdict.NAME_CHANGED)


def _of_processors(old: Record, new: Record) -> Iterator[Difference]:
    """Processors that are others, or have other values; what only one side knows of is a matter of its version."""
    if "processors" not in old or "processors" not in new:
        return
    chains = [" ".join(name for name, _ in record["processors"]) or "none" for record in (old, new)]
    if chains[0] != chains[1]:
        yield Difference("processors", chains[0], chains[1])
        return
    for (name, before), (_, after) in zip(old["processors"], new["processors"], strict=True):
        for key in sorted(before.keys() & after.keys()):
            # Without upscale= ImageKit 2 did not enlarge.
            if before[key] != after[key] and (key, before[key], after[key]) != ("upscale", "None", "False"):
                yield Difference("processors", f"{name}({key}={before[key]})", f"{name}({key}={after[key]})")


def _of_picture(
    old: Record, new: Record, old_spec: Record, new_spec: Record, source: Sequence[int] | None
) -> Iterator[Difference]:
    if old["format"] != new["format"]:
        yield Difference("format", old["format"], new["format"])
    elif old["quality"] != new["quality"] or (
        old["quality"] is None and old_spec and new_spec and old_spec["options"] != new_spec["options"]
    ):
        yield Difference("options", _options(old_spec, old), _options(new_spec, new))
    if old["transparent"] != new["transparent"]:
        yield Difference("transparency", _transparency(old), _transparency(new))
    if old["size"] != new["size"]:
        off = max(abs(a - b) for a, b in zip(old["size"], new["size"], strict=True))
        verdict = Verdict.TOLERATED if off == 1 else Verdict.DIFFERENT
        yield Difference("size", "{} x {}".format(*old["size"]), "{} x {}".format(*new["size"]), verdict)
        if off > 1:
            return
    if old["pixels"] != new["pixels"] and old["transparent"] == new["transparent"]:
        yield _of_pixels(old, new, source)


def _transparency(picture: Record) -> str:
    return "transparent" if picture["transparent"] else "opaque"


def _options(spec: Record, record: Record) -> str:
    options = spec.get("options") or {}
    said = ", ".join(f"{name}={value}" for name, value in sorted(options.items())) or "no options"
    return f"{said} (JPEG tables {record['quality']})" if record["quality"] else said


def _of_pixels(old: Record, new: Record, source: Sequence[int] | None = None) -> Difference:
    """How far two pictures are apart; docs/verify.md says how the tolerance was found."""
    edge = min(*old["size"], *new["size"])
    apart = distance(old["fingerprint"], new["fingerprint"], edge)
    # What moving the picture by half a pixel would change: ImageKit 2 cut off where PILKit rounds.
    moved = min(old["detail"], new["detail"]) / 2
    # A source is a JPEG as well: what differs in its colours grows with it where it is enlarged.
    growth = max(1.0, edge / max(1, min(source))) if source else 1.0
    is_sharp_alike = abs(old["detail"] - new["detail"]) <= 0.5 + 0.2 * max(old["detail"], new["detail"])
    tolerated = (
        is_sharp_alike
        and apart.light <= 1 + moved
        and apart.light_beyond <= 4
        and apart.colour <= 2 + moved * growth
        and apart.colour_beyond <= 16 + 1500 * growth / edge
    )
    words = (
        f"brightness differs by {apart.light:.1f} of 255, at most {apart.light_at_most:.0f};"
        f" colour by {apart.colour:.1f}, at most {apart.colour_at_most}"
    )
    if not is_sharp_alike:
        words += f"; sharpness was {old['detail']:.1f}, is {new['detail']:.1f}"
    return Difference("pixels", "", words, Verdict.TOLERATED if tolerated else Verdict.DIFFERENT)
