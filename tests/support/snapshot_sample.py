"""A snapshot with a value for each key that there can be, made without a site."""

from __future__ import annotations

import base64
import copy
import zlib

BOXES = 16 * 16 * 5


def pack(data):
    """Bytes as a fingerprint holds them."""
    return base64.b64encode(zlib.compress(data)).decode("ascii")


FINGERPRINT = pack(bytes(range(256)) * 5)
# A GIF of one pixel.
VIEW = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def error():
    return {
        "type": "ValueError",
        "message": "it does not work",
        "traceback": [{"file": "shop/models.py", "line": 12, "function": "process", "code": "return image.size"}],
    }


def image(**changes):
    return {
        "size": [100, 75],
        "format": "JPEG",
        "mode": "RGB",
        "bytes": 1234,
        "transparent": False,
        "pixels": "0123456789abcdef0123456789abcdef01234567",
        "fingerprint": FINGERPRINT,
        "detail": 3.25,
        "quality": "abcdef012345 progressive",
        "orientation": 6,
        "frames": 1,
        "profile": "0123456789ab",
        "view": {"type": "image/gif", "data": VIEW},
        **changes,
    }


def source():
    return {
        "name": "photos/a.jpg",
        "sha1": "abcdef0123456789abcdef0123456789abcdef01",
        "size": [900, 600],
        "mode": "RGB",
        "decoded": {"fingerprint": FINGERPRINT, "detail": 2.5},
    }


def spec(**changes):
    return {
        "kind": "spec",
        "source": "image",
        "chained": False,
        "processors": "[ResizeToFit(height=75, mat_color=None, upscale=False, width=100)]",
        "format": "JPEG",
        "options": {"quality": "90"},
        "naming": "callable",
        "own_storage": True,
        "strategy": "when used",
        "spec_class": "ShopPhotoSmall",
        "storage": {"class": "FileSystemStorage", "folder": ".", "url": "/media/x"},
        **changes,
    }


SNAPSHOT = {
    "version": 2,
    "kind": "ik-migrate snapshot",
    "tool": {"name": "ik-migrate", "version": "0.1.0"},
    "settings": "mysite.settings",
    "options": {"sample": 5, "synthetic": False, "time_limit": 30.0, "images": True, "behaviours": True},
    "environment": {"python": "2.7.18", "django": "1.11.29", "imagekit": "2.0.4", "pilkit": "1.1.0", "pillow": "6.2.2"},
    "problems": [{"where": "models of app blog", "error": error()}],
    "notes": ["the database file x is not there"],
    "rows": [
        {"model": "shop.Photo", "field": "image", "total": 8, "rows": ["1", "4"], "problem": None},
        {"model": "shop.Poster", "field": "image", "total": None, "rows": [], "problem": error()},
    ],
    "specs": {"shop.Photo.small": spec(), "shop.Photo.image": spec(kind="processed", naming="upload", strategy=None)},
    "images": [
        {
            "spec": "shop.Photo.small",
            "case": "row 1",
            "base": [1, "row 1"],
            "source": source(),
            "name": "thumbs/a.jpg",
            "default_name": False,
            "url": "/media/thumbs/a.jpg",
            "processors": [["ResizeToFit", {"width": "100", "height": "75"}]],
            "image": image(),
        },
        {"spec": "shop.Photo.small", "case": "row 4", "error": error()},
        {"spec": "shop.Photo.large", "case": "row 1", "skipped": "no source"},
        {"spec": "shop.Photo.image", "case": "made-up small", "source": source(), "image": image(format="PNG")},
    ],
    "behaviours": {"shop.Photo.small": {"replaced": "the new image", "lost": "not checked: it hangs"}},
}


def make_snapshot():
    """A copy to be changed."""
    return copy.deepcopy(SNAPSHOT)


def places(value, above=()):
    """The paths of all values in a JSON value, as keys and indexes."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*above, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*above, key))


def put(data, place, value):
    """Replace the value at a place."""
    for key in place[:-1]:
        data = data[key]
    data[place[-1]] = value


def at(data, place):
    """The value at a place."""
    for key in place:
        data = data[key]
    return data
