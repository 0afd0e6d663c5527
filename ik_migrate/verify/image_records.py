"""What the probe records about an image of a field; see `records`."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import zlib
from dataclasses import dataclass

from ik_migrate.verify.json_values import Value
from ik_migrate.verify.records import (
    LARGEST_NUMBER,
    LONGEST_TEXT,
    MOST_PARTS,
    ErrorRecord,
)

BOXES = 16
"""Boxes in a row of a fingerprint."""
BANDS = 5
"""Red, green and blue on white, alpha, and the steps in brightness from pixel to pixel."""

_LONGEST_FINGERPRINT = 4_000
_LONGEST_VIEW = 16 * 1024 * 1024
_LARGEST_EDGE = 1_000_000
_HASH = re.compile("[0-9a-f]{40}")
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
_VIEW_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


def _size(value: Value) -> tuple[int, int]:
    width, height = (edge.integer(1, _LARGEST_EDGE) for edge in value.items(2, 2))
    return width, height


@dataclass(frozen=True)
class Decoded:
    """What an interpreter makes of a source: versions of the JPEG library differ in that already.

    Args:
        fingerprint: as that of an `ImageRecord`.
        detail: as that of an `ImageRecord`.
    """

    fingerprint: str
    detail: float

    @classmethod
    def read(cls, value: Value) -> Decoded:
        """Return it from JSON."""
        found = value.entries(("fingerprint", "detail"))
        return cls(_fingerprint(found["fingerprint"]), found["detail"].number(0, 1_000))


@dataclass(frozen=True)
class SourceRecord:
    """The image that another one is made from.

    Args:
        name: of its file.
        sha1: of its bytes; None for made-up images.
        size: width and height; None where it is not an image.
        mode: as PIL calls it.
        decoded: how it looks; None for large images, where it makes no difference, and for made-up ones.
    """

    name: str
    sha1: str | None
    size: tuple[int, int] | None
    mode: str | None
    decoded: Decoded | None

    @classmethod
    def read(cls, value: Value) -> SourceRecord:
        """Return it from JSON."""
        found = value.entries(("name", "sha1", "size", "mode", "decoded"))
        return cls(
            found["name"].text(LONGEST_TEXT),
            found["sha1"].optional(lambda sha1: sha1.text(40, _HASH)),
            found["size"].optional(_size),
            found["mode"].optional(lambda mode: mode.text(LONGEST_TEXT)),
            found["decoded"].optional(Decoded.read),
        )


@dataclass(frozen=True)
class View:
    """An image as a browser shows it: its MIME type, and its bytes in base64."""

    type: str
    data: str

    @classmethod
    def read(cls, value: Value) -> View:
        """Return it from JSON."""
        found = value.entries(("type", "data"))
        return cls(found["type"].choice(*_VIEW_TYPES), found["data"].text(_LONGEST_VIEW, _BASE64))


@dataclass(frozen=True)
class ImageRecord:
    """An image that was generated.

    Args:
        size: width and height.
        format: as PIL calls it.
        mode: as PIL calls it.
        bytes: how many they are.
        transparent: whether any pixel is not opaque.
        pixels: SHA-1 of the pixels as RGBA, with the size.
        fingerprint: means of 16 x 16 boxes in five bands; differences from box to box, zlib, base64.
        detail: mean difference between neighbouring pixels in brightness.
        quality: of a JPEG, a hash of its tables, and whether it is progressive.
        orientation: how EXIF data have it turned, 2 to 8; None where it is upright.
        frames: how many there are; more than one in an animation.
        profile: the beginning of a hash of its colour profile; None without one.
        view: the image itself, where it was kept.
    """

    size: tuple[int, int]
    format: str
    mode: str
    bytes: int
    transparent: bool
    pixels: str
    fingerprint: str
    detail: float
    quality: str | None
    orientation: int | None
    frames: int
    profile: str | None
    view: View | None = dataclasses.field(default=None, metadata={"optional": True})

    @classmethod
    def read(cls, value: Value) -> ImageRecord:
        """Return it from JSON."""
        names = [field.name for field in dataclasses.fields(cls)]
        found = value.entries(names[:-1], names[-1:])
        return cls(
            _size(found["size"]),
            found["format"].text(LONGEST_TEXT),
            found["mode"].text(LONGEST_TEXT),
            found["bytes"].integer(0, LARGEST_NUMBER),
            found["transparent"].flag(),
            found["pixels"].text(40, _HASH),
            _fingerprint(found["fingerprint"]),
            found["detail"].number(0, 1_000),
            found["quality"].optional(lambda quality: quality.text(LONGEST_TEXT)),
            found["orientation"].optional(lambda orientation: orientation.integer(2, 8)),
            found["frames"].integer(1, LARGEST_NUMBER),
            found["profile"].optional(lambda profile: profile.text(LONGEST_TEXT)),
            View.read(found["view"]) if "view" in found else None,
        )


def _fingerprint(value: Value) -> str:
    packed = value.text(_LONGEST_FINGERPRINT, _BASE64)
    try:
        unpack(packed)
    except ValueError:
        value.fail("a fingerprint")
    return packed


def unpack(packed: str) -> bytes:
    """Return the bytes of a fingerprint, and no more of them than it can have.

    Raises:
        ValueError: when it is none.
    """
    size = BOXES * BOXES * BANDS
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(base64.b64decode(packed, validate=True), size + 1)
    except (zlib.error, binascii.Error) as error:
        raise ValueError(str(error)) from None
    if len(found) != size or not unpacker.eof or unpacker.unused_data:
        raise ValueError("it is not of the size of a fingerprint")
    return found


@dataclass(frozen=True)
class Made:
    """What a generated image and its source are compared by."""

    source: SourceRecord
    image: ImageRecord
    default_name: bool


@dataclass(frozen=True)
class CaseRecord:
    """What was recorded of one image of a field, as far as it came: it was generated, skipped, or raised an error.

    Args:
        base: for a made-up image, its version and the row that it was lent to.
        source: what it was made from.
        name: of its file.
        default_name: whether ImageKit chose the name.
        url: its address.
        processors: each with its name and the values of its attributes.
        image: what was generated.
        error: why nothing was.
        skipped: why nothing was to be generated.
    """

    base: tuple[int, str] | None = dataclasses.field(default=None, metadata={"optional": True})
    source: SourceRecord | None = dataclasses.field(default=None, metadata={"optional": True})
    name: str | None = dataclasses.field(default=None, metadata={"optional": True})
    default_name: bool | None = dataclasses.field(default=None, metadata={"optional": True})
    url: str | None = dataclasses.field(default=None, metadata={"optional": True})
    processors: tuple[tuple[str, dict[str, str]], ...] | None = dataclasses.field(
        default=None, metadata={"optional": True}
    )
    image: ImageRecord | None = dataclasses.field(default=None, metadata={"optional": True})
    error: ErrorRecord | None = dataclasses.field(default=None, metadata={"optional": True})
    skipped: str | None = dataclasses.field(default=None, metadata={"optional": True})

    @property
    def made(self) -> Made | None:
        """What was generated, with its source; None where nothing was."""
        if self.image is None or self.source is None:
            return None
        return Made(self.source, self.image, bool(self.default_name))

    @classmethod
    def read(cls, value: Value, found: dict[str, Value]) -> CaseRecord:
        """Return it from JSON.

        Args:
            value: the object.
            found: its entries, of `CASE_KEYS` and others.
        """
        nothing = Value(None)

        def at(key: str) -> Value:
            return found.get(key, nothing)

        record = cls(
            at("base").optional(_base),
            at("source").optional(SourceRecord.read),
            at("name").optional(lambda name: name.text(LONGEST_TEXT)),
            at("default_name").optional(Value.flag),
            at("url").optional(lambda url: url.text(LONGEST_TEXT)),
            at("processors").optional(lambda chain: tuple(_processor(part) for part in chain.items(MOST_PARTS))),
            at("image").optional(ImageRecord.read),
            at("error").optional(ErrorRecord.read),
            at("skipped").optional(lambda reason: reason.text(LONGEST_TEXT)),
        )
        ends = [end for end in (record.image, record.error, record.skipped) if end is not None]
        if len(ends) != 1 or (record.image is not None and record.source is None):
            value.fail("an image with its source, an error, or the reason why there is neither")
        return record


CASE_KEYS = tuple(field.metadata.get("key", field.name) for field in dataclasses.fields(CaseRecord))
"""The keys of `CaseRecord` in JSON; each may be missing."""


def _base(value: Value) -> tuple[int, str]:
    version, row = value.items(2, 2)
    return version.integer(0, LARGEST_NUMBER), row.text(LONGEST_TEXT)


def _processor(value: Value) -> tuple[str, dict[str, str]]:
    name, attributes = value.items(2, 2)
    return name.text(LONGEST_TEXT), {
        key: attribute.text(LONGEST_TEXT) for key, attribute in attributes.mapping(MOST_PARTS, LONGEST_TEXT)
    }
