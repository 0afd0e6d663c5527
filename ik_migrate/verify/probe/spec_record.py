"""What is recorded of a spec field."""

from __future__ import absolute_import, division, unicode_literals

import os

from .overlay import unwrapped
from .reporter import plain
from .spec_file import is_default_name, source_of
from .text_value import text
from .versions import is_imagekit2


def described(value, depth=0):
    """A processor, list or setting as text that is the same in each run and under each version."""
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(described(item, depth) for item in value)
    if isinstance(value, (bytes, type(""))):
        return "'%s'" % text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return text(value)
    if callable(value) and hasattr(value, "__name__"):
        return text(value.__name__)
    attributes = getattr(value, "__dict__", None)
    if attributes is None or depth > 2:
        return type(value).__name__
    items = sorted((text(key), item) for key, item in attributes.items() if not text(key).startswith("_"))
    return "%s(%s)" % (type(value).__name__, ", ".join("%s=%s" % (k, described(v, depth + 1)) for k, v in items))


def processors_of(file):
    """The processors that a spec file is made with."""
    if not is_imagekit2():
        return list(getattr(file.generator, "processors", None) or [])
    processors = file.field.generator.processors
    return list((processors(source_of(file)) if callable(processors) else processors) or [])


def parts_of(processors):
    """Processors as [name, {attribute: value}] each, with values as text."""
    return [
        [
            text(getattr(processor, "__name__", type(processor).__name__)),
            dict(
                (text(key), plain(described(value)))
                for key, value in getattr(processor, "__dict__", {}).items()
                if not text(key).startswith("_")
            ),
        ]
        for processor in processors
    ]


def plain_options(options):
    """The options for saving, as JSON can hold them."""
    return dict((text(key), described(value)) for key, value in (options or {}).items())


def strategy_of(file):
    """When an image is made: ``when used``, ``when saved``, or the name of a class that is the project's own."""
    if is_imagekit2():
        from imagekit.imagecache import base as kinds

        used, saved, chosen = (
            kinds.PessimisticImageCacheBackend,
            kinds.NonValidatingImageCacheBackend,
            file.field.image_cache_backend,
        )
    else:
        from imagekit.cachefiles import strategies as kinds

        used, saved, chosen = kinds.JustInTime, kinds.Optimistic, file.cachefile_strategy
    if isinstance(chosen, used):
        return "when used"
    if isinstance(chosen, saved):
        return "when saved"
    return type(chosen).__name__


def storage_record(storage):
    """Which storage it is, in words that do not depend on where the project lies."""
    from django.conf import settings

    storage = unwrapped(storage)
    record = {"class": type(storage).__name__, "folder": None, "url": None}
    try:
        location = os.path.realpath(storage.path(""))
        record["folder"] = os.path.relpath(location, os.path.realpath(text(settings.MEDIA_ROOT))).replace(os.sep, "/")
    except Exception:  # a remote storage has none
        record["folder"] = None
    try:
        record["url"] = text(storage.url("x")).partition("?")[0]
    except Exception:  # a storage that is not for the public has none
        record["url"] = None
    return record


def spec_record(file):
    """What a spec field declares, as far as one of its files shows it."""
    if is_imagekit2():
        field = file.field
        generator = field.generator
        cache_to = field.cache_to
        naming = "default" if not cache_to else "callable" if callable(cache_to) else "folder"
        spec, options, declared = None, generator.options, generator.format
        has_storage = field.storage is not None
    else:
        spec = file.generator
        naming = "default" if is_default_name(file) else "own"
        options, declared = getattr(spec, "options", None), getattr(spec, "format", None)
        has_storage = getattr(spec, "cachefile_storage", None) is not None
    return {
        "processors": plain(described(processors_of(file))),
        "format": text(declared) if declared else None,
        "options": plain_options(options),
        "naming": naming,
        "own_storage": has_storage,
        "strategy": strategy_of(file),
        "spec_class": type(spec).__name__ if spec is not None else None,
        "storage": storage_record(file.storage),
    }


def processed_record(field, name):
    """What a ProcessedImageField says of itself."""
    if is_imagekit2():
        host, spec = field.generator, None
    else:
        from django.core.files.base import ContentFile

        upload = ContentFile(b"")
        upload.name = name
        host = spec = field.get_spec(source=upload)
    processors = host.processors
    return {
        "kind": "processed",
        "source": None,
        "chained": False,
        "processors": plain(described(processors if callable(processors) else list(processors or []))),
        "format": text(host.format) if host.format else None,
        "options": plain_options(host.options),
        "naming": "upload",
        "own_storage": False,
        "strategy": None,
        "spec_class": type(spec).__name__ if spec is not None else None,
        "storage": storage_record(field.storage),
    }


def url_of(file):
    try:
        return text(file.storage.url(file.name)).partition("?")[0]
    except Exception:  # a storage that is not for the public
        return None
