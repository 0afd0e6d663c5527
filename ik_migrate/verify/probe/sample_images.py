"""Images of kinds that no row may have."""

from __future__ import absolute_import, division, unicode_literals

import io


def drawn(size):
    """A colour image with smooth parts, edges and texture, made without PIL's own randomness or resizing."""
    from PIL import Image, ImageDraw

    width, height = size
    red = band(size, bytes(bytearray(50 + 150 * x // width for x in range(width))) * height)
    green = band(size, b"".join(bytes(bytearray([70 + 130 * y // height])) * width for y in range(height)))
    blue = band(size, b"".join(texture_row(width, y) for y in range(height)))
    image = Image.merge("RGB", (red, green, blue))
    draw = ImageDraw.Draw(image)
    draw.rectangle([width // 10, height // 10, width * 4 // 10, height * 4 // 10], fill=(98, 103, 182))
    draw.rectangle([width * 6 // 10, height * 5 // 10, width * 9 // 10, height * 9 // 10], fill=(176, 161, 90))
    return image


def texture_row(width, y):
    row = bytearray(width)
    for x in range(width):
        row[x] = 120 + (x // 3 * 5 + y // 3 * 7) % 48
    return bytes(row)


def band(size, data):
    from PIL import Image

    return (getattr(Image, "frombytes", None) or Image.fromstring)(str("L"), size, data)


def encoded(image, file_format, **options):
    target = io.BytesIO()
    image.save(target, str(file_format), **options)
    return target.getvalue()


def transparent():
    image = drawn((240, 160))
    width, height = image.size
    alpha = b"".join(
        bytes(bytearray(max(64, 255 - 2 * abs(x - width // 2) - abs(y - height // 2)) for x in range(width)))
        for y in range(height)
    )
    image.putalpha(band(image.size, alpha))
    return image


def palette():
    """A drawing in a ramp of 128 colours."""
    from PIL import Image

    width, height = 320, 192
    image = Image.new(str("P"), (width, height))
    ramp = [(60 + index, 200 - index, 90 + index // 2) for index in range(128)]
    image.putpalette([value for colour in ramp for value in colour] + [0] * 384)
    image.putdata([(x + y) * 127 // (width + height) for y in range(height) for x in range(width)])
    return image


# As phones write it: one entry of a big-endian TIFF directory, orientation (0x0112), a short, 1 value, 6.
ON_ITS_SIDE = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def animated():
    """The drawing of `palette` as an animation: its frame three times, for PIL alone cannot always write one."""
    content = bytearray(encoded(palette(), "GIF"))
    start = 13 + (3 * 2 ** ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    position = start
    while content[position] == 0x21:  # an extension: its blocks end with an empty one
        position += 2
        while content[position]:
            position += content[position] + 1
        position += 1
    end = len(content) - 1
    delay = bytearray(b"\x21\xf9\x04\x00\x0a\x00\x00\x00")
    frame = delay + content[position:end]
    return bytes(content[:start] + frame * 3 + content[end:])


def profile():
    """The header of a colour profile without any table: what it says matters to nobody here."""
    size, signature = b"\0\0\0\x84", b"acsp"
    return size + b"test" + b"\x02\x40\0\0mntrRGB XYZ " + b"\0" * 12 + signature + b"\0" * 92


MADE_UP = [
    ("landscape", ".jpg", lambda: encoded(drawn((900, 600)), "JPEG", quality=95, subsampling=0)),
    ("portrait", ".jpg", lambda: encoded(drawn((480, 720)), "JPEG", quality=95, subsampling=0)),
    ("small", ".jpg", lambda: encoded(drawn((40, 30)), "JPEG", quality=95, subsampling=0)),
    ("alpha", ".png", lambda: encoded(transparent(), "PNG")),
    ("palette", ".gif", lambda: encoded(palette(), "GIF")),
    ("grey", ".jpg", lambda: encoded(drawn((384, 640)).convert("L"), "JPEG", quality=95, subsampling=0)),
    ("rotated", ".jpg", lambda: encoded(drawn((320, 200)), "JPEG", quality=95, subsampling=0, exif=ON_ITS_SIDE)),
    ("animated", ".gif", animated),
    ("profile", ".jpg", lambda: encoded(drawn((360, 240)), "JPEG", quality=95, subsampling=0, icc_profile=profile())),
]
"""Name, extension, and how it is made. Edges whose usual fractions are whole: halves are rounded in many ways."""

MADE_UP_VERSION = 1
"""Increased when one of these images changes, because snapshots with other images cannot be compared."""
