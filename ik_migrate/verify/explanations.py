"""Which rule explains a difference: what ImageKit 3 does differently, where that can be determined."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ik_migrate.verify.image_records import Made
from ik_migrate.verify.records import ErrorRecord, SpecRecord
from ik_migrate.verify.results import Difference, Verdict

_ERRORS = (
    (r"unexpected keyword argument '?image_field", "IK101", "image_field= is source= in ImageKit 3"),
    (r"unexpected keyword argument '?storage", "IK104", "storage= is cachefile_storage= in ImageKit 3"),
    (r"unexpected keyword argument '?cache_to", "IK301", "cache_to= is gone: a spec class says the name"),
    (r"unexpected keyword argument '?image_cache_backend", "IK401", "image_cache_backend= became a strategy"),
    (r"unexpected keyword argument '?pre_cache", "IK106", "pre_cache= is gone"),
    (r"imagekit\.imagecache", "IK404", "imagekit.imagecache is gone"),
    (r"imagekit\.lib", "IK206", "imagekit.lib is gone from 5.0 on"),
    (r"imagekit\.processors\.(resize|crop|base|utils)", "IK204", "the processors' modules are PILKit's now"),
    (r"cannot import name '?ImageSpec\b", "IK107", "the field ImageSpec is called ImageSpecField"),
    (r"is not registered", "IK112", "with only a source ImageKit 3 makes no spec: say processors=[] too"),
    (r"does not define any ImageFields|defines multiple ImageFields", "IK102", "ImageKit 3 wants source= here"),
    (r"[Cc]an't pickle|Can't get local object|not picklable", "IK201", "ImageKit 3 pickles processors for the name"),
    (r"object is not iterable", "IK201", "processors= has to be a list in ImageKit 3, not a callable"),
    (r"cannot write mode", "IK108", "ImageKit 3 obeys autoconvert=False, ImageKit 2 ignored it"),
    (r"imagekit\.(utils|generators|models)", "IK507", "the name moved, or is gone"),
    (r"no attribute 'ANTIALIAS'", "IK207", "Image.ANTIALIAS is gone from Pillow 10 on: Image.LANCZOS is the same"),
)
"""What an error's message looks like, the rule, and the reason."""


def explain_error(error: ErrorRecord, spec: SpecRecord | None = None) -> Difference:
    """Return an error of the migrated project as a difference, with the rule that explains it where there is one.

    Args:
        error: what was raised.
        spec: what the field said of itself before, where it is the error of a field.
    """
    message = str(error)
    for pattern, rule, reason in _ERRORS:
        if re.search(pattern, message):
            if rule == "IK201" and spec is not None and spec.kind == "processed":
                rule = "IK202"
            return Difference("error", "", message, Verdict.FAILED_AFTER, rule, reason)
    return Difference("error", "", message, Verdict.FAILED_AFTER)


def explain_field(difference: Difference, old: SpecRecord | None) -> Difference:
    """Return a difference in a field itself with the rule and the reason that explain it.

    Args:
        difference: what differs.
        old: what the field said of itself before; None where it never worked.
    """
    find = _FIELD.get(difference.what)
    rule, reason = find(old) if find else _NOTHING
    return replace(difference, rule=rule, reason=reason)


def explain_case(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> Difference:
    """Return a difference in an image with the rule and the reason that explain it, as far as that can be determined.

    Args:
        difference: what differs.
        old: the image from before.
        new: the image from now.
        old_spec: what the field said of itself before; None where it never worked.
        new_spec: what it says now.
    """
    find = _IMAGE.get(difference.what)
    rule, reason = find(difference, old, new, old_spec, new_spec) if find else _NOTHING
    return replace(difference, rule=rule, reason=reason)


_NOTHING = ("", "")
_ENLARGES = "ResizeToFit enlarges in ImageKit 3 unless upscale=False is said"
_LOSES_TRANSPARENCY = frozenset({"P", "LA", "PA"})
_TRANSPARENCY_LOST = "PILKit 3 loses the transparency of palette and grey sources when it resizes them"
_ROUNDS = "PILKit rounds where ImageKit 2 cut off, and Python 2 and 3 round halves differently: a pixel at most"


def _size(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", _ROUNDS
    before, after = old.image.size, new.image.size
    if (after[0] > before[0] or after[1] > before[1]) and _is_enlarged(old, new, old_spec, new_spec):
        return "IK203", _ENLARGES
    return _NOTHING


def _is_enlarged(old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None) -> bool:
    """Whether a picture that was no larger than its source has grown beyond it, or is told to."""
    source, before, after = old.source.size, old.image.size, new.image.size
    if not source or before[0] > source[0] or before[1] > source[1]:
        return False
    # The source of a chain is smaller than the picture that it started from.
    is_told = "upscale=True" in _processors_of(new_spec) or (old_spec is not None and old_spec.chained)
    return is_told or after[0] * after[1] > source[0] * source[1]


def _processors_of(spec: SpecRecord | None) -> str:
    return spec.processors if spec is not None else ""


def _pixels(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", "JPEG libraries and versions of Pillow differ by as much among themselves"
    source, size = old.source.size, old.image.size
    processors = _processors_of(new_spec)
    smaller = source and source[0] < size[0] and source[1] < size[1]
    if smaller and any(_is_mat_that_enlarges(arguments) for arguments in processors.split("ResizeToFit(")[1:]):
        return "IK203", "ResizeToFit enlarges in ImageKit 3, here the picture on its mat, unless upscale=False is said"
    if "TrimBorderColor" in processors:
        return "", "TrimBorderColor of PILKit trims nothing with Pillow 7.1 and later"
    if "Reflection" in processors:
        return "", "the mask of Reflection is smooth with Pillow 7 and later"
    if "SmartResize" in processors or "SmartCrop" in processors:
        return (
            "",
            "where parts are much alike the smart crop may choose another: PILKit rounds, Pillow's versions differ",
        )
    if old.source.mode == "1":
        return "", "PILKit 3 resizes pictures of two colours without smoothing"
    if old.source.mode in _LOSES_TRANSPARENCY:
        return "", _TRANSPARENCY_LOST
    return _NOTHING


def _is_mat_that_enlarges(arguments: str) -> bool:
    """Whether the arguments of a ResizeToFit, and what comes after them, have a colour for a mat and enlarge."""
    own = arguments.partition(")")[0]
    _, has_mat, rest = own.partition("mat_color=[")
    return bool(has_mat) and "upscale=True" in rest


def _processors(difference: Difference, *_: object) -> tuple[str, str]:
    if "upscale=True" in difference.after:
        return "IK203", _ENLARGES
    return _NOTHING


def _format(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if old_spec is not None and not old_spec.format:
        return "IK304", "without format= ImageKit 2 went by the extension of the file name, ImageKit 3 by the source"
    return _NOTHING


def _transparency(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if old.image.format != new.image.format:
        return _format(difference, old, new, old_spec, new_spec)
    if difference.before == "transparent" and old.source.mode in _LOSES_TRANSPARENCY:
        return "", _TRANSPARENCY_LOST
    if difference.after == "transparent" and old_spec is not None and old_spec.format == "png":
        return "IK209", "with format='png' in lower case ImageKit 2 pasted on white; ImageKit 3 keeps the transparency"
    return _NOTHING


def _name(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", "for a JPEG of another format ImageKit 2 on Python 2 says .jpe, ImageKit 3 .jpg"
    if old_spec is not None and old_spec.chained and not new.default_name:
        return "IK308", "the name follows that of the spec it is made from, which ImageKit 3 calls otherwise"
    if re.sub(r"\d+", "", difference.before) == re.sub(r"\d+", "", difference.after):
        return "", "only figures differ: a name that holds the date changes with the clock"
    naming = old_spec.naming if old_spec is not None else ""
    rule = {"callable": "IK301", "folder": "IK302"}.get(naming, "")
    if rule and new.default_name:
        return rule, "cache_to= is gone: cachefile_name of a spec class has to say the name"
    return rule, ""


def _orientation(difference: Difference, *_: object) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", "some versions of Pillow copy the EXIF data of the source into files other than JPEG"
    return _NOTHING


def _profile(difference: Difference, *_: object) -> tuple[str, str]:
    return "", "versions of Pillow differ in which formats keep the colour profile of the source"


def _storage(old: SpecRecord | None) -> tuple[str, str]:
    if old is not None and old.own_storage:
        return "IK104", "storage= is cachefile_storage= in ImageKit 3"
    return "IK105", "ImageKit 2 saved beside the source, ImageKit 3 saves to the default storage"


def _moment(old: SpecRecord | None) -> tuple[str, str]:
    return "IK401", (
        "NonValidatingImageCacheBackend, as an argument or as the setting (IK402), is the strategy Optimistic;"
        " the others are JustInTime"
    )


def _field(old: SpecRecord | None) -> tuple[str, str]:
    if old is not None and old.kind == "processed":
        return _NOTHING
    return "IK102", "on an abstract model ImageKit 3 finds a field without source= only if that says which"


_FIELD: dict[str, Callable[[SpecRecord | None], tuple[str, str]]] = {
    "storage": _storage,
    "moment": _moment,
    "field": _field,
}
_IMAGE: dict[str, Callable[[Difference, Made, Made, SpecRecord | None, SpecRecord | None], tuple[str, str]]] = {
    "size": _size,
    "format": _format,
    "processors": _processors,
    "transparency": _transparency,
    "pixels": _pixels,
    "name": _name,
    "orientation": _orientation,
    "colour profile": _profile,
}
