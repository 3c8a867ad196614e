"""Images as they are embedded: as WebP, which is a fraction of a PNG."""

import base64
import io

import numpy as np

from reproductions.report import dark

FLAT = 8_000
"""A PNG of fewer bytes is an image of few colours, which WebP may keep smaller without loss."""


def webp(png: bytes) -> bytes:
    """The smaller of two WebPs, with little loss and without any."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGBA")
    sizes = []
    for options in ({"quality": 75}, {"lossless": True})[: 2 if len(png) < FLAT else 1]:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", method=4, **options)
        sizes.append(buffer.getvalue())
    return min(sizes, key=len)


def size(data: bytes, dpi: int) -> tuple[int, int]:
    """Width and height of an image in CSS pixels, 96 to the inch."""
    from PIL import Image

    width, height = Image.open(io.BytesIO(data)).size
    return round(width * 96 / dpi), round(height * 96 / dpi)


def address(kind: str, data: bytes) -> str:
    """Data as an address that holds them."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def smaller(source: str) -> str:
    """The address of an image as WebP."""
    return address("image/webp", webp(_data(source)))


def darker(source: str) -> str:
    """The address of an image as it is shown on the dark ground."""
    from PIL import Image

    pixels = np.array(Image.open(io.BytesIO(_data(source))).convert("RGBA"))
    pixels[..., :3] = np.rint(255 * dark.on_dark(pixels[..., :3] / 255))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=0)
    return address("image/png", buffer.getvalue())


def _data(source: str) -> bytes:
    return base64.b64decode(source.partition("base64,")[2])
