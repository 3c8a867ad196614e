"""The colours of a drawing on a dark ground.

White becomes the page's dark paper and black its light ink, greys and pale tints what lies between
them in the same order. Strong colours keep their hue, and their lightness where they can be told
from the dark ground; darker ones become lighter. All of this is done in OKLab, in which equal steps
look equal (Ottosson 2020, https://bottosson.github.io/posts/oklab/).
"""

import functools

import numpy as np

PAPER, INK = "#191f26", "#e5e9ee"
"""The page's `--paper` and `--ink` where it is dark."""

PALE, STRONG = 0.05, 0.11
"""The chroma up to which a colour counts as a tint of grey, and from which on as strong."""

LEAST_LIGHTNESS = 0.62
"""Of a strong colour on the dark ground, where its contrast to the paper is at least 4."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _oklab(rgb: np.ndarray) -> np.ndarray:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def _srgb(lab: np.ndarray) -> np.ndarray:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _parts(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def on_dark(rgb: np.ndarray) -> np.ndarray:
    """Colours as they are shown on the dark ground.

    Args:
        rgb: sRGB from 0 to 1, shape (…, 3).

    Returns:
        Of the same shape.
    """
    lab = _oklab(rgb)
    ink, paper = _oklab(_parts(INK)), _oklab(_parts(PAPER))
    lightness, chroma = lab[..., :1], np.hypot(lab[..., 1:2], lab[..., 2:])
    tint = np.concatenate([np.zeros_like(lightness), lab[..., 1:]], -1)
    turned = ink + (paper - ink) * lightness + tint
    kept = np.concatenate([np.maximum(lightness, LEAST_LIGHTNESS), lab[..., 1:]], -1)
    strong = np.clip((chroma - PALE) / (STRONG - PALE), 0, 1)
    return _srgb(turned + (kept - turned) * strong)


@functools.cache
def colour(light: str) -> str:
    """One colour, written as `#rrggbb`, as it is shown on the dark ground."""
    parts = np.rint(255 * on_dark(_parts(light))).astype(int)
    return "#" + "".join(f"{part:02x}" for part in parts)


def luminance(colour: str) -> float:
    """The relative luminance of a colour, from 0 to 1, as WCAG 2 defines it."""
    parts = _parts(colour)
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@functools.cache
def readable(ground: str) -> str:
    """Of paper and ink, the one that is easier to read on a ground of the dark page."""
    return max((INK, PAPER), key=lambda text: contrast(text, ground))
