"""What the project runs on."""

from __future__ import absolute_import, division, unicode_literals

import sys

from .text_value import text


def versions():
    """What the project runs on."""
    import django
    import imagekit

    try:
        import imagekit.models.fields.utils
    except ImportError:
        if version_of(imagekit).partition(".")[0] not in ("0", "1"):
            raise  # the driver of its database may be missing
        raise RuntimeError("the project has django-imagekit %s: from 2.0 on it can be looked at" % version_of(imagekit))
    try:
        import PIL
    except ImportError:
        import Image as PIL
    try:
        import pilkit
    except ImportError:
        pilkit = None
    return {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "django": ".".join(text(part) for part in django.VERSION[:3]),
        "imagekit": version_of(imagekit),
        "pilkit": version_of(pilkit) if pilkit else None,
        "pillow": text(getattr(PIL, "__version__", None) or getattr(PIL, "PILLOW_VERSION", "1")),
    }


def version_of(package):
    version = getattr(package, "__version__", "")
    if isinstance(version, (tuple, list)):  # (2, 0, 4, 'final', 0)
        version = ".".join(text(part) for part in version[:3])
    return text(version)


def is_imagekit2():
    try:
        import imagekit.cachefiles  # noqa: F401
    except ImportError:
        return True
    return False
