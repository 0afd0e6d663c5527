"""How far two images are apart: small ones that moved by half a pixel are alike, others are not."""

from __future__ import annotations

import base64
import math
import zlib

import pytest

from ik_migrate.verify.comparison import _of_pixels
from ik_migrate.verify.image_records import ImageRecord
from ik_migrate.verify.results import Verdict

GRID = 16


def grey(column, row, busy):
    """A busy image: one grey value for each pixel."""
    return int(120 + busy * math.sin(column * 1.1) * math.cos(row * 0.6))


def record(moved=0, brighter=0, tint=0, busy=80, size=GRID):
    """What the probe would write down about a image of 16 x 16 pixels, or one that is that busy."""
    boxes = []
    for row in range(GRID):
        for column in range(GRID):
            value, left, above = (
                grey(column + moved + x, row + y, busy) + brighter
                for x, y in ((0, 0), (-1 if column else 0, 0), (0, -1 if row else 0))
            )
            boxes += [
                value + 19 * tint,
                value,
                value - 50 * tint,
                255,
                min(255, abs(value - left) + abs(value - above)),
            ]
    changes = bytes((value - before) % 256 for value, before in zip(boxes, [0] * 5 + boxes[:-5], strict=True))
    detail = sum(boxes[4::5]) / GRID / GRID
    fingerprint = base64.b64encode(zlib.compress(changes)).decode("ascii")
    return ImageRecord((size, size), "PNG", "RGB", 1, False, "", fingerprint, detail, None, None, 1, None)


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (record(moved=0.6), Verdict.TOLERATED),
        (record(moved=3), Verdict.DIFFERENT),
        (record(brighter=60), Verdict.DIFFERENT),
    ],
    ids=["half a pixel", "three pixels", "brighter"],
)
def test_a_small_image_may_have_moved_by_half_a_pixel(after, verdict):
    assert _of_pixels(record(), after).verdict is verdict


@pytest.mark.parametrize(
    ("source", "verdict"),
    [((37, 23), Verdict.TOLERATED), ((1200, 800), Verdict.DIFFERENT)],
    ids=["enlarged", "reduced"],
)
def test_the_colours_of_a_jpeg_that_was_enlarged_are_rough(source, verdict):
    before, after = (record(tint=tint, busy=18, size=70) for tint in (0, 1))
    assert _of_pixels(before, after, source).verdict is verdict
