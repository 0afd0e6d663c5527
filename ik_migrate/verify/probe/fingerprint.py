"""How an image looks, in a few bytes."""

from __future__ import absolute_import, division, unicode_literals

import base64
import zlib

GRID = 16
"""A fingerprint is this many boxes wide and high, whatever the size of the image."""

MANY_PIXELS = 300000
"""From here on histograms are faster than sums."""


def box(index, length):
    """Where the box `index` of GRID starts and ends on an edge of `length` pixels, never empty."""
    start = index * length // GRID
    return start, max(start + 1, (index + 1) * length // GRID)


def means(image):
    """The mean of each band of an image, 0 to 255, exact in every version of PIL."""
    histogram = image.histogram()
    found = []
    for band in range(len(histogram) // 256):
        counts = histogram[band * 256 : band * 256 + 256]
        found.append(sum(value * count for value, count in enumerate(counts)) / max(1, sum(counts)))
    return found


def steps_of(flat):
    """A grey image of how much each pixel differs in brightness from its neighbours to the left and above."""
    from PIL import ImageChops

    grey = flat.convert("RGB").convert("L")
    width, height = grey.size
    left, above = grey.copy(), grey.copy()
    left.paste(grey.crop((0, 0, width - 1, height)), (1, 0))
    above.paste(grey.crop((0, 0, width, height - 1)), (0, 1))
    return ImageChops.add(ImageChops.difference(grey, left), ImageChops.difference(grey, above))


def box_means(image):
    """The means of each band of an image in GRID x GRID boxes, row by row.

    There are two ways, which give the same: the sums of the bytes, and histograms, which are faster for large images.
    """
    width, height = image.size
    columns = [box(column, width) for column in range(GRID)]
    rows = [box(row, height) for row in range(GRID)]
    if width * height > MANY_PIXELS:
        return [means(image.crop((left, top, right, bottom))) for top, bottom in rows for left, right in columns]
    bands = []
    for band in image.split():
        data = bytearray(raw_bytes(band))
        lines = [data[y * width : (y + 1) * width] for y in range(height)]
        bands.append(
            [
                sum(sum(line[left:right]) for line in lines[top:bottom]) / ((bottom - top) * (right - left))
                for top, bottom in rows
                for left, right in columns
            ]
        )
    return [list(found) for found in zip(*bands)]


def raw_bytes(image):
    return image.tobytes() if hasattr(image, "tobytes") else image.tostring()


def fingerprint(flat, steps):
    """The means of red, green, blue, alpha, and steps in brightness in GRID x GRID boxes, packed into text."""
    averages = bytearray()
    for colours, step in zip(box_means(flat), box_means(steps)):
        averages.extend(int(mean + 0.5) for mean in colours + step)
    # Differences from box to box are small numbers, which compress well.
    changes = bytearray((value - before) % 256 for value, before in zip(averages, bytearray(5) + averages))
    return base64.b64encode(zlib.compress(bytes(changes), 9)).decode("ascii")


def on_white(full):
    """An image in RGBA on white, with its alpha channel kept."""
    from PIL import Image

    white = Image.new("RGBA", full.size, (255, 255, 255, 255))
    white.paste(full, (0, 0), full)
    return Image.merge("RGBA", white.split()[:3] + (full.split()[3],))
