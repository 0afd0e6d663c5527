"""What is recorded of an image, and of its source."""

from __future__ import absolute_import, division, unicode_literals

import base64
import hashlib
import io

from .fingerprint import fingerprint, means, on_white, raw_bytes, steps_of
from .text_value import text

SMALL_SOURCE = 1000000
"""Sources of more pixels are made so much smaller that how they are decoded makes no difference."""

DECODED = {}
"""How sources look, by the hash of their bytes."""

VIEW_BYTES = 300000
"""Images for the report that are larger are made smaller before they are handed over."""

VIEW_EDGE = 800
"""The longest edge of what is made smaller, in pixels."""


def image_record(content, with_view):
    """What is written down about an image."""
    from PIL import Image

    image = Image.open(io.BytesIO(content))
    orientation, frames = orientation_of(image), frames_of(image)
    image.load()
    full = image.convert("RGBA")
    raw = raw_bytes(full)
    flat = on_white(full)
    steps = steps_of(flat)
    record = {
        "size": list(image.size),
        "format": text(image.format),
        "mode": text(image.mode),
        "bytes": len(content),
        "transparent": full.split()[3].getextrema()[0] < 255,
        "pixels": hashlib.sha1(repr(tuple(image.size)).encode("ascii") + raw).hexdigest(),
        "fingerprint": fingerprint(flat, steps),
        "detail": round(means(steps)[0], 3),
        "quality": quality(image),
        "orientation": orientation,
        "frames": frames,
        "profile": profile_of(image),
    }
    if with_view:
        record["view"] = view(image, content)
    return record


def orientation_of(image):
    """How the EXIF data of an image have it turned, 2 to 8, or None."""
    read = getattr(image, "getexif", None) or getattr(image, "_getexif", None)
    try:
        found = ((read() if read is not None else None) or {}).get(0x0112)
    except Exception:  # damaged EXIF data: a browser ignores them too
        return None
    return found if isinstance(found, int) and 2 <= found <= 8 else None


def frames_of(image):
    """The number of frames of an image."""
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except Exception:  # it is cut off
        return 1


def profile_of(image):
    """The beginning of a hash of an image's colour profile, or None."""
    profile = image.info.get("icc_profile")
    return hashlib.sha1(profile).hexdigest()[:12] if profile else None


def quality(image):
    """The tables and the kind of a JPEG, which follow from the options it was saved with; None for other formats."""
    tables = getattr(image, "quantization", None)
    if image.format != "JPEG" or not tables:
        return None
    if hasattr(tables, "items"):
        tables = [table for _, table in sorted(tables.items())]
    # Versions of Pillow differ in the order of the values.
    ordered = repr([sorted(int(value) for value in table) for table in tables])
    progressive = bool(image.info.get("progressive") or image.info.get("progression"))
    return "%s%s" % (hashlib.sha1(ordered.encode("ascii")).hexdigest()[:12], " progressive" if progressive else "")


def view(image, content):
    """The image as a browser can show it: {"type": MIME type, "data": base64}."""
    types = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
    if image.format not in types or len(content) > VIEW_BYTES:
        shown = image.convert("RGBA")
        shown.thumbnail((VIEW_EDGE, VIEW_EDGE))
        target = io.BytesIO()
        shown.save(target, str("PNG"))
        content, kind = target.getvalue(), "image/png"
    else:
        kind = types[image.format]
    return {"type": kind, "data": base64.b64encode(content).decode("ascii")}


def source_record(content, name, exact):
    """The source of an image; without the hash of a made-up image, which depends on the encoder."""
    from PIL import Image

    digest = hashlib.sha1(content).hexdigest()
    record = {"name": name, "sha1": digest if exact else None, "size": None, "mode": None, "decoded": None}
    try:
        image = Image.open(io.BytesIO(content))
        record["mode"] = text(image.mode)
        if min(image.size) > 0:
            record["size"] = list(image.size)
            if exact and image.size[0] * image.size[1] <= SMALL_SOURCE:
                record["decoded"] = decoded(digest, image)
    except Exception:  # not an image: that is reported where one is made from it
        record["size"] = None
    return record


def decoded(digest, image):
    """How a source looks: versions of the JPEG library do not decode it alike. Sources that come again are known."""
    if digest not in DECODED:
        flat = on_white(image.convert("RGBA"))
        steps = steps_of(flat)
        DECODED[digest] = {"fingerprint": fingerprint(flat, steps), "detail": round(means(steps)[0], 3)}
    return DECODED[digest]
