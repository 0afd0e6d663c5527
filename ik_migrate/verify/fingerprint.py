"""How far two pictures are apart, told from what the probe wrote down about them."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import lru_cache

_BANDS = 4
"""Red, green and blue on white, then alpha."""
_LUMA = (0.299, 0.587, 0.114)


@lru_cache(maxsize=64)
def averages(packed: str) -> bytes:
    """The means of each box of a fingerprint, band by band.

    Args:
        packed: what ``fingerprint`` of the probe returned.
    """
    found = bytearray()
    for index, step in enumerate(zlib.decompress(base64.b64decode(packed))):
        found.append((step + (found[index - _BANDS] if index >= _BANDS else 0)) % 256)
    return bytes(found)


@dataclass(frozen=True)
class Distance:
    """How far two pictures are apart, box by box: the mean and the largest difference, 0 to 255.

    Args:
        light: mean difference in brightness.
        light_at_most: the largest.
        colour: mean difference of red, green, blue and transparency.
        colour_at_most: the largest.
    """

    light: float
    light_at_most: float
    colour: float
    colour_at_most: int


def distance(one: str, other: str) -> Distance:
    """How far two fingerprints are apart."""
    first, second = averages(one), averages(other)
    colours = [abs(a - b) for a, b in zip(first, second, strict=True)]
    lights = [
        abs(sum(weight * (first[box + band] - second[box + band]) for band, weight in enumerate(_LUMA)))
        for box in range(0, len(first), _BANDS)
    ]
    return Distance(sum(lights) / len(lights), max(lights), sum(colours) / len(colours), max(colours))
