"""Which rule explains a difference: what ImageKit 3 does differently, where that can be determined."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ik_migrate.verify.image_records import Made
from ik_migrate.verify.records import ErrorRecord, SpecRecord
from ik_migrate.verify.results import Difference, Verdict

_ERRORS = (
    (r"unexpected keyword argument '?image_field", "IK101", "image_field= was renamed to source="),
    (r"unexpected keyword argument '?storage", "IK104", "storage= was renamed to cachefile_storage="),
    (r"unexpected keyword argument '?cache_to", "IK301", "cache_to= was removed: a spec class sets the name"),
    (r"unexpected keyword argument '?image_cache_backend", "IK401", "image_cache_backend= became a strategy"),
    (r"unexpected keyword argument '?pre_cache", "IK106", "pre_cache= was removed"),
    (r"imagekit\.imagecache", "IK404", "imagekit.imagecache was removed"),
    (r"imagekit\.lib", "IK206", "imagekit.lib was removed in 5.0"),
    (r"imagekit\.processors\.(resize|crop|base|utils)", "IK204", "the modules of processors moved to PILKit"),
    (r"cannot import name '?ImageSpec\b", "IK107", "the field ImageSpec was renamed to ImageSpecField"),
    (r"is not registered", "IK112", "ImageKit 3 registers no spec for a field with only a source: add processors=[]"),
    (r"does not define any ImageFields|defines multiple ImageFields", "IK102", "ImageKit 3 needs source= here"),
    (r"[Cc]an.t pickle|Can.t get local object|not picklable", "IK201", "ImageKit 3 pickles processors for the name"),
    (r"object is not iterable", "IK201", "processors= has to be a list in ImageKit 3, not a callable"),
    (r"cannot write mode", "IK108", "ImageKit 3 respects autoconvert=False, ImageKit 2 ignored it"),
    (r"imagekit\.(utils|generators|models)", "IK507", "the name was moved or removed"),
    (r"no attribute 'ANTIALIAS'", "IK207", "Image.ANTIALIAS was removed in Pillow 10: use Image.LANCZOS"),
)
"""What an error's message looks like, the rule, and the reason."""


def explain_error(error: ErrorRecord, spec: SpecRecord | None = None) -> Difference:
    """Return an error of the migrated project as a difference, with the rule that explains it, if there is one.

    Args:
        error: what was raised.
        spec: what was recorded of the field before, if it is the error of a field.
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
        old: what was recorded of the field before; None if it never worked.
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
        old_spec: what was recorded of the field before; None if it never worked.
        new_spec: what is recorded now.
    """
    find = _IMAGE.get(difference.what)
    rule, reason = find(difference, old, new, old_spec, new_spec) if find else _NOTHING
    return replace(difference, rule=rule, reason=reason)


_NOTHING = ("", "")
_UPSCALES = "ResizeToFit upscales in ImageKit 3 unless upscale=False is set"
_LOSES_TRANSPARENCY = frozenset({"P", "LA", "PA"})
_TRANSPARENCY_LOST = "PILKit 3 loses the transparency of palette and grey sources when it resizes them"
_ROUNDS = "PILKit rounds where ImageKit 2 truncated, and Python 2 and 3 round halves differently: one pixel at most"


def _size(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", _ROUNDS
    before, after = old.image.size, new.image.size
    if (after[0] > before[0] or after[1] > before[1]) and _is_upscaled(old, new, old_spec, new_spec):
        return "IK203", _UPSCALES
    return _NOTHING


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
) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", "versions of Pillow and of JPEG libraries differ by as much"
    source, size = old.source.size, old.image.size
    processors = _processors_of(new_spec)
    smaller = source and source[0] < size[0] and source[1] < size[1]
    if smaller and any(_is_mat_that_upscales(arguments) for arguments in processors.split("ResizeToFit(")[1:]):
        return "IK203", "ResizeToFit upscales the image on its mat in ImageKit 3, unless upscale=False is set"
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
    return _NOTHING


def _is_mat_that_upscales(arguments: str) -> bool:
    """Whether the arguments of a ResizeToFit, and what follows, set a mat colour and upscale."""
    own = arguments.partition(")")[0]
    _, has_mat, rest = own.partition("mat_color=[")
    return bool(has_mat) and "upscale=True" in rest


def _processors(difference: Difference, *_: object) -> tuple[str, str]:
    if "upscale=True" in difference.after:
        return "IK203", _UPSCALES
    return _NOTHING


def _format(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if old_spec is not None and not old_spec.format:
        return (
            "IK304",
            "without format=, ImageKit 2 used the extension of the file name; ImageKit 3 uses the format of the source",
        )
    return _NOTHING


def _transparency(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if old.image.format != new.image.format:
        return _format(difference, old, new, old_spec, new_spec)
    if difference.before == "transparent" and old.source.mode in _LOSES_TRANSPARENCY:
        return "", _TRANSPARENCY_LOST
    if difference.after == "transparent" and old_spec is not None and old_spec.format == "png":
        return "IK209", "with format='png' in lower case, ImageKit 2 pasted on white; ImageKit 3 keeps the transparency"
    return _NOTHING


def _name(
    difference: Difference, old: Made, new: Made, old_spec: SpecRecord | None, new_spec: SpecRecord | None
) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", "for a JPEG from another format, ImageKit 2 on Python 2 uses .jpe; ImageKit 3 uses .jpg"
    if old_spec is not None and old_spec.chained and not new.default_name:
        return "IK308", "the name is derived from that of the source, a spec file, which ImageKit 3 names differently"
    if re.sub(r"\d+", "", difference.before) == re.sub(r"\d+", "", difference.after):
        return "", "only digits differ: a name that contains the date changes with time"
    naming = old_spec.naming if old_spec is not None else ""
    rule = {"callable": "IK301", "folder": "IK302"}.get(naming, "")
    if rule and new.default_name:
        return rule, "cache_to= was removed: set cachefile_name in a spec class"
    return rule, ""


def _orientation(difference: Difference, *_: object) -> tuple[str, str]:
    if difference.verdict is Verdict.TOLERATED:
        return "", "some versions of Pillow copy the EXIF data of the source into files other than JPEG"
    return _NOTHING


def _profile(difference: Difference, *_: object) -> tuple[str, str]:
    return "", "versions of Pillow differ in which formats keep the colour profile of the source"


def _storage(old: SpecRecord | None) -> tuple[str, str]:
    if old is not None and old.own_storage:
        return "IK104", "storage= was renamed to cachefile_storage="
    return "IK105", "ImageKit 2 saved to the storage of the source, ImageKit 3 saves to the default storage"


def _moment(old: SpecRecord | None) -> tuple[str, str]:
    return "IK401", (
        "NonValidatingImageCacheBackend, as an argument or as the setting (IK402), corresponds to the strategy"
        " Optimistic; the other backends correspond to JustInTime"
    )


def _field(old: SpecRecord | None) -> tuple[str, str]:
    if old is not None and old.kind == "processed":
        return _NOTHING
    return "IK102", "on an abstract model, ImageKit 3 needs source="


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
