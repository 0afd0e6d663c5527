"""The names of ImageKit 2 that matter here, under all the paths by which they can be imported.

Read from the sources of django-imagekit 2.0.4 (``imagekit/models/__init__.py``,
``imagekit/models/fields/__init__.py``, ``imagekit/processors/``, ``imagekit/imagecache/``).
"""

from __future__ import annotations

SPEC_FIELD = "imagekit.models.ImageSpecField"
SPEC_FIELD_ALIAS = "imagekit.models.ImageSpec"
PROCESSED_FIELD = "imagekit.models.ProcessedImageField"
RESIZE_TO_FIT = "imagekit.processors.ResizeToFit"
PESSIMISTIC = "imagekit.imagecache.PessimisticImageCacheBackend"
NON_VALIDATING = "imagekit.imagecache.NonValidatingImageCacheBackend"
CELERY = "imagekit.imagecache.celery.CeleryImageCacheBackend"

SPEC_FIELDS = frozenset({SPEC_FIELD, SPEC_FIELD_ALIAS})

_SAME_AS = (
    ("imagekit.models.fields.", "imagekit.models."),
    ("imagekit.processors.base.", "imagekit.processors."),
    ("imagekit.processors.resize.", "imagekit.processors."),
    ("imagekit.processors.crop.", "imagekit.processors."),
    ("imagekit.imagecache.base.", "imagekit.imagecache."),
)

_STAR = {
    "imagekit.models": ("ImageSpecField", "ProcessedImageField", "ImageSpec"),
    "imagekit.models.fields": ("ImageSpecField", "ProcessedImageField"),
    "imagekit.processors": (
        *("ProcessorPipeline", "Adjust", "Reflection", "Transpose", "Anchor", "TrimBorderColor", "Crop"),
        *("SmartCrop", "Resize", "ResizeToCover", "ResizeToFill", "SmartResize", "ResizeCanvas"),
        *("AddBorder", "ResizeToFit", "Side"),
    ),
    "imagekit.processors.base": ("ProcessorPipeline", "Adjust", "Reflection", "Transpose", "Anchor"),
    "imagekit.processors.crop": ("Side", "TrimBorderColor", "Crop", "SmartCrop"),
    "imagekit.processors.resize": (
        *("Resize", "ResizeToCover", "ResizeToFill", "SmartResize", "ResizeCanvas", "AddBorder"),
        "ResizeToFit",
    ),
    "imagekit.imagecache": (
        "PessimisticImageCacheBackend",
        "NonValidatingImageCacheBackend",
        "InvalidImageCacheBackendError",
        "get_default_image_cache_backend",
    ),
    "imagekit.imagecache.base": (
        "PessimisticImageCacheBackend",
        "NonValidatingImageCacheBackend",
        "InvalidImageCacheBackendError",
    ),
}


def canonical(qualified: str) -> str:
    """The shortest path of an ImageKit name, so that each thing has one name only."""
    for long, short in _SAME_AS:
        if qualified.startswith(long):
            return short + qualified[len(long) :]
    return qualified


def star_names(module: str) -> tuple[str, ...]:
    """What ``from module import *`` brings in, for a module of ImageKit 2."""
    return _STAR.get(module, ())
