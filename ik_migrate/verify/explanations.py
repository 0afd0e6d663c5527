"""Which rule explains a difference: what ImageKit 3 does differently, where that can be determined."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from ik_migrate.engine.registry import rules
from ik_migrate.model.symptom import ErrorSymptom, ImageSymptom, Sign
from ik_migrate.verify.image_records import Made
from ik_migrate.verify.records import ErrorRecord, SpecRecord
from ik_migrate.verify.results import Difference, Verdict

Cause = tuple[str, str]
"""The code of a rule, or nothing, and the reason for a difference."""

_UNKNOWN: Cause = ("", "")


def explain_error(error: ErrorRecord, spec: SpecRecord | None = None) -> Difference:
    """Return an error of the migrated project as a difference, with the rule that explains it, if there is one.

    Args:
        error: what was raised.
        spec: what was recorded of the field before, if it is the error of a field.
    """
    message = str(error)
    kind = spec.kind if spec is not None else ""
    found = [(symptom, code) for symptom, code in _error_symptoms() if re.search(symptom.pattern, message)]
    for symptom, code in sorted(found, key=lambda item: item[0].field_kind != kind):
        if symptom.field_kind in {"", kind}:
            return Difference("error", "", message, Verdict.FAILED_AFTER, code, symptom.reason)
    return Difference("error", "", message, Verdict.FAILED_AFTER)


@cache
def _error_symptoms() -> list[tuple[ErrorSymptom, str]]:
    """What rules say of exceptions, with the code of the rule."""
    return [
        (symptom, rule.code)
        for rule in rules().values()
        for symptom in rule.symptoms
        if isinstance(symptom, ErrorSymptom)
    ]


@cache
def cause_of(sign: Sign) -> Cause:
    """Return the code of the rule that a sign points to, and its reason."""
    return next(
        (rule.code, symptom.reason)
        for rule in rules().values()
        for symptom in rule.symptoms
        if isinstance(symptom, ImageSymptom) and symptom.sign is sign
    )


def explain_field(difference: Difference, old: SpecRecord | None) -> Difference:
    """Return a difference in a field itself with the rule and the reason that explain it.

    Args:
        difference: what differs.
        old: what was recorded of the field before; None if it never worked.
    """
    find = _FIELD.get(difference.what)
    rule, reason = find(old) if find else _UNKNOWN
    return replace(difference, rule=rule, reason=reason)


def explain_case(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Difference:
    """Return a difference in an image with the rule and the reason that explain it, as far as that can be determined.

    Args:
        difference: what differs.
        old: the image from before.
        new: the image from now.
        old_spec: what was recorded of the field before; None if it never worked.
        new_spec: what is recorded now.
    """
    find = _IMAGE.get(difference.what)
    rule, reason = find(difference, old, new, old_spec, new_spec) if find else _UNKNOWN
    return replace(difference, rule=rule, reason=reason)


_LOSES_TRANSPARENCY = frozenset({"P", "LA", "PA"})
_TRANSPARENCY_LOST = "PILKit 3 loses the transparency of palette and grey sources when it resizes them"
_ROUNDS = "PILKit rounds where ImageKit 2 truncated, and Python 2 and 3 round halves differently: one pixel at most"


def _size(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Cause:
    if difference.verdict is Verdict.TOLERATED:
        return "", _ROUNDS
    before, after = old.image.size, new.image.size
    if (after[0] > before[0] or after[1] > before[1]) and _is_upscaled(old, new, old_spec, new_spec):
        return cause_of(Sign.UPSCALED)
    return _UNKNOWN


def _is_upscaled(old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None) -> bool:
    """Whether an image that was no larger than its source is now larger, or its processors upscale."""
    source, before, after = old.source.size, old.image.size, new.image.size
    if not source or before[0] > source[0] or before[1] > source[1]:
        return False
    # The source of a chain is smaller than the image that it started from.
    can_upscale = "upscale=True" in _processors_of(new_spec) or (old_spec is not None and old_spec.chained)
    return can_upscale or after[0] * after[1] > source[0] * source[1]


def _processors_of(spec: SpecRecord | None) -> str:
    return spec.processors if spec is not None else ""


def _pixels(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Cause:
    if difference.verdict is Verdict.TOLERATED:
        return "", "versions of Pillow and of JPEG libraries differ by as much"
    source, size = old.source.size, old.image.size
    processors = _processors_of(new_spec)
    smaller = source and source[0] < size[0] and source[1] < size[1]
    if smaller and any(_is_mat_that_upscales(arguments) for arguments in processors.split("ResizeToFit(")[1:]):
        return cause_of(Sign.UPSCALED_ON_MAT)
    if "TrimBorderColor" in processors:
        return "", "PILKit's TrimBorderColor trims nothing with Pillow 7.1 and later"
    if "Reflection" in processors:
        return "", "the mask of Reflection is smooth with Pillow 7 and later"
    if "SmartResize" in processors or "SmartCrop" in processors:
        return (
            "",
            "smart cropping may choose another of several similar parts: PILKit rounds, and versions of Pillow differ",
        )
    if old.source.mode == "1":
        return "", "PILKit 3 resizes black-and-white images without smoothing"
    if old.source.mode in _LOSES_TRANSPARENCY:
        return "", _TRANSPARENCY_LOST
    return _UNKNOWN


def _is_mat_that_upscales(arguments: str) -> bool:
    """Whether the arguments of a ResizeToFit, and what follows, set a mat colour and upscale."""
    own = arguments.partition(")")[0]
    _, has_mat, rest = own.partition("mat_color=[")
    return bool(has_mat) and "upscale=True" in rest


def _processors(difference: Difference, *_: object) -> Cause:
    if "upscale=True" in difference.after:
        return cause_of(Sign.UPSCALED)
    return _UNKNOWN


def _format(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Cause:
    if old_spec is not None and not old_spec.format:
        return cause_of(Sign.FORMAT_OF_SOURCE)
    return _UNKNOWN


def _transparency(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Cause:
    if old.image.format != new.image.format:
        return _format(difference, old, new, old_spec, new_spec)
    if difference.before == "transparent" and old.source.mode in _LOSES_TRANSPARENCY:
        return "", _TRANSPARENCY_LOST
    if difference.after == "transparent" and old_spec is not None and old_spec.format == "png":
        return cause_of(Sign.LOWER_CASE_FORMAT)
    return _UNKNOWN


def _name(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Cause:
    if difference.verdict is Verdict.TOLERATED:
        return "", "for a JPEG from another format, ImageKit 2 on Python 2 uses .jpe; ImageKit 3 uses .jpg"
    if old_spec is not None and old_spec.chained and not new.default_name:
        return cause_of(Sign.NAME_OF_SPEC_FILE)
    if re.sub(r"\d+", "", difference.before) == re.sub(r"\d+", "", difference.after):
        return "", "only digits differ: a name that contains the date changes with time"
    naming = old_spec.naming if old_spec is not None else ""
    sign = {"callable": Sign.NAME_FROM_CALLABLE, "folder": Sign.NAME_IN_DIRECTORY}.get(naming)
    if sign is None:
        return _UNKNOWN
    rule, reason = cause_of(sign)
    return rule, reason if new.default_name else ""


def _orientation(difference: Difference, *_: object) -> Cause:
    if difference.verdict is Verdict.TOLERATED:
        return "", "some versions of Pillow copy the EXIF data of the source into files other than JPEG"
    return _UNKNOWN


def _profile(difference: Difference, *_: object) -> Cause:
    return "", "versions of Pillow differ in which formats keep the colour profile of the source"


def _storage(old: SpecRecord | None) -> Cause:
    if old is not None and old.own_storage:
        return cause_of(Sign.STORAGE_OF_FIELD)
    return cause_of(Sign.STORAGE_OF_SOURCE)


def _moment(old: SpecRecord | None) -> Cause:
    return cause_of(Sign.MOMENT)


def _field(old: SpecRecord | None) -> Cause:
    if old is not None and old.kind == "processed":
        return _UNKNOWN
    return cause_of(Sign.FIELD_GONE)


_FIELD: dict[str, Callable[[SpecRecord | None], Cause]] = {
    "storage": _storage,
    "moment": _moment,
    "field": _field,
}
_IMAGE: dict[str, Callable[[Difference, Made, Made, SpecRecord | None, SpecRecord | None], Cause]] = {
    "size": _size,
    "format": _format,
    "processors": _processors,
    "transparency": _transparency,
    "pixels": _pixels,
    "name": _name,
    "orientation": _orientation,
    "colour profile": _profile,
}
