"""Measure how far two images are apart, from what the probe recorded about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ik_migrate.verify.image_records import BANDS, BOXES, unpack

_LUMA = (0.299, 0.587, 0.114)
_SMALL = 4 * BOXES
"""Below this edge, in pixels, a box is so narrow that what lies beside it moves into it."""


@lru_cache(maxsize=64)
def averages(packed: str) -> bytes:
    """The means of each box of a fingerprint, band by band.

    Args:
        packed: what ``fingerprint`` of the probe returned.
    """
    found = bytearray()
    for index, step in enumerate(unpack(packed)):
        found.append((step + (found[index - BANDS] if index >= BANDS else 0)) % 256)
    return bytes(found)


@dataclass(frozen=True)
class Distance:
    """How far two images are apart, box by box; all values are 0 to 255.

    Args:
        light: mean difference in brightness.
        light_at_most: the largest.
        light_beyond: the largest, less what moving the image by one pixel would change in that box.
        colour: mean difference of red, green, blue and transparency.
        colour_at_most: the largest.
        colour_beyond: the largest, less what moving the image by one pixel would change in that box.
        opacity: mean difference in transparency.
        opacity_at_most: the largest.
        opacity_beyond: the largest, less what moving the image by one pixel would change in that box.
    """

    light: float
    light_at_most: float
    light_beyond: float
    colour: float
    colour_at_most: int
    colour_beyond: int
    opacity: float
    opacity_at_most: int
    opacity_beyond: int


def distance(one: str, other: str, edge: int) -> Distance:
    """How far two fingerprints are apart.

    Args:
        one: what ``fingerprint`` of the probe returned.
        other: the same of the other image.
        edge: the shorter edge of the smaller image, in pixels.
    """
    boxes = [_box(first, second) for first, second in zip(_boxes(one), _boxes(other), strict=True)]
    if edge < _SMALL:
        boxes = [(light, colour, _step_around(boxes, position)) for position, (light, colour, _) in enumerate(boxes)]
    lights = [light for light, _, _ in boxes]
    colours = [colour for _, colour, _ in boxes]
    return Distance(
        light=sum(lights) / len(lights),
        light_at_most=max(lights),
        light_beyond=max(light - step for light, _, step in boxes),
        colour=sum(map(sum, colours)) / (len(colours) * (BANDS - 1)),
        colour_at_most=max(map(max, colours)),
        colour_beyond=max(max(colour) - step for _, colour, step in boxes),
        opacity=sum(colour[-1] for colour in colours) / len(colours),
        opacity_at_most=max(colour[-1] for colour in colours),
        opacity_beyond=max(colour[-1] - step for _, colour, step in boxes),
    )


def _boxes(packed: str) -> list[bytes]:
    found = averages(packed)
    return [found[start : start + BANDS] for start in range(0, len(found), BANDS)]


def _box(first: bytes, second: bytes) -> tuple[float, list[int], int]:
    """The difference in brightness, those in each colour, and the step from pixel to pixel."""
    differences = [one - other for one, other in zip(first[:-1], second[:-1], strict=True)]
    light = abs(sum(weight * difference for weight, difference in zip(_LUMA, differences[:3], strict=True)))
    return light, [abs(difference) for difference in differences], max(first[-1], second[-1])


def _step_around(boxes: list[tuple[float, list[int], int]], position: int) -> int:
    """The largest step from pixel to pixel in a box and those on its four sides."""
    row, column = divmod(position, BOXES)
    around = ((row, column), (row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
    return max(boxes[y * BOXES + x][2] for y, x in around if 0 <= x < BOXES and 0 <= y < BOXES)
