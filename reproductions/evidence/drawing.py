"""Figures in one style: readable by the colour-blind and in grey, the same bytes every time."""

import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reproductions.evidence import settings
from reproductions.evidence.errors import NotMeasured

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

# Okabe and Ito (2008): eight colours that people with any colour vision tell apart.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#767676"

STYLE = {
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # comes with matplotlib, so every machine draws the same letters
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.prop_cycle": None,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.fonttype": "none",  # text stays text: searchable, and readable by a screen reader
    "svg.hashsalt": "activation functions",  # ids that do not change from run to run
    "path.simplify_threshold": 0.2,
}


@contextmanager
def style() -> Iterator[None]:
    """A context in which whatever is drawn or saved follows the house style, and no user's."""
    import matplotlib
    from cycler import cycler

    defaults = {n: value for n, value in matplotlib.rcParamsDefault.items() if n != "backend"}
    cycle = cycler(color=[BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK])
    with (
        matplotlib.rc_context({**defaults, **STYLE, "axes.prop_cycle": cycle}),
        settings.variables(MPL_IGNORE_SYSTEM_FONTS="1"),  # no other font of the same name
        _fonts_as_they_are(),
    ):
        yield


@contextmanager
def _fonts_as_they_are() -> Iterator[None]:
    """A context in which Matplotlib knows its own fonts alone.

    It keeps a list of fonts in the user's cache, and believes whatever stands there.
    """
    import matplotlib
    from matplotlib.font_manager import fontManager

    kept, fontManager.ttflist = fontManager.ttflist, []
    try:
        for path in sorted(Path(matplotlib.get_data_path(), "fonts", "ttf").glob("*.ttf")):
            fontManager.addfont(path)  # and forgets which font it found for which name
        yield
    finally:
        fontManager.ttflist = kept
        fontManager._findfont_cached.cache_clear()


WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip


def in_words(count: int) -> str:
    """A number as a title says it: a word up to ten, then digits."""
    return WORDS[count] if count < len(WORDS) else f"{count:,}"


def round_ticks(low: float, high: float) -> list[float]:
    """Ticks of a log axis: 1, 2 and 5 times powers of ten between two numbers, or those two."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = (float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5))
    between = [tick for tick in ticks if low <= tick <= high]
    return between if len(between) > 1 else sorted({low, high})


def error_bars(
    rows: Any, value: str = "share", low: str = "low", high: str = "high"
) -> list["np.ndarray"]:
    """The intervals of one row or of several, as `Axes.errorbar` takes them."""
    import numpy as np

    middle = np.atleast_1d(rows[value])
    return [middle - np.atleast_1d(rows[low]), np.atleast_1d(rows[high]) - middle]


def panels(
    rows: int = 1, columns: int = 1, width: float = 4.0, height: float = 3.2, **options: Any
) -> tuple["Figure", Any]:
    """An empty figure with a grid of axes.

    Args:
        rows: number of rows of panels.
        columns: number of panels in a row.
        width: of one panel, in inches.
        height: of one panel, in inches.
        **options: as for `matplotlib.figure.Figure.subplots`.

    Returns:
        The figure, and an array of axes of shape (rows, columns).
    """
    from matplotlib.figure import Figure  # without pyplot: no window, no state shared by figures

    figure = Figure(figsize=(width * columns, height * rows))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


@dataclass(frozen=True)
class Animation:
    """A figure that moves.

    Attributes:
        figure: drawn once.
        update: changes the figure's artists to those of a frame, by its number from 0.
        frames: how many there are.
        frame_ms: how long each is shown, in milliseconds; the last one stays a second longer.
    """

    figure: "Figure"
    update: "Callable[[int], object]"
    frames: int
    frame_ms: int = 80


Figures = Mapping[str, Callable[[], "Figure | Animation"]]
"""An experiment's figures: by name, a function of nothing that draws it."""


def render_all(figures: Figures, left_out: list[str] | None = None) -> dict[str, bytes]:
    """Draws figures and animations in the house style, one after the other.

    Args:
        figures: what draws each, by name.
        left_out: takes up a line for each that the tables lack the numbers for; without it, such a
            figure is an error.

    Returns:
        Their files by file name: of a figure, PNG to look at and SVG to zoom and to search; of an
        animation, WebP.

    Raises:
        NotMeasured: the tables lack what a figure needs, and `left_out` is not given.
    """
    files: dict[str, bytes] = {}
    with style():
        for name, draw in figures.items():
            try:
                files |= _render(name, draw())
            except NotMeasured as error:
                if left_out is None:
                    raise
                left_out.append(f"figure {name} is not drawn: {error}")
    return files


ID = re.compile(rb"\b([A-Za-z][0-9a-f]{10})\b")
"""How matplotlib names a part of an SVG: by a checksum of its coordinates to the last bit."""


def same_figure(file: str, drawn: bytes, stored: bytes) -> bool:
    """Whether two files of one name show the same figure.

    They must be the same bytes, but for the names of an SVG's parts: another processor may round
    the last bit of a coordinate, which no number in the file shows.
    """
    if not file.endswith(".svg"):
        return drawn == stored
    return _with_parts_numbered(drawn) == _with_parts_numbered(stored)


def _with_parts_numbered(svg: bytes) -> tuple[list[bytes], list[int]]:
    """What stands between the names of an SVG's parts, and the names as numbers, as they come."""
    pieces = ID.split(svg)
    numbers: dict[bytes, int] = {}
    return pieces[::2], [numbers.setdefault(name, len(numbers)) for name in pieces[1::2]]


def _render(name: str, drawn: "Figure | Animation") -> dict[str, bytes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    if isinstance(drawn, Animation):
        return {f"{name}.webp": _webp(drawn)}
    drawn.set_dpi(150)
    png, svg = io.BytesIO(), io.BytesIO()
    # savefig would draw each file twice, the first time unseen, to lay the figure out.
    FigureCanvasAgg(drawn).print_png(png, metadata={"Software": None})
    drawn.set_layout_engine("none")  # laid out once, it stays as it is
    FigureCanvasSVG(drawn).print_svg(svg, metadata={"Date": None})
    return {f"{name}.png": png.getvalue(), f"{name}.svg": svg.getvalue()}


def _webp(animation: Animation) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    animation.figure.set_dpi(100)
    canvas = FigureCanvasAgg(animation.figure)  # its pixels: a PNG of each would take twice as long
    images = []
    for frame in range(animation.frames):
        animation.update(frame)
        canvas.draw()
        animation.figure.set_layout_engine("none")  # nothing may jump from frame to frame
        pixels = bytes(canvas.buffer_rgba())
        image = Image.frombytes("RGBA", canvas.get_width_height(), pixels)
        images.append(image.convert("RGB"))
    durations = [animation.frame_ms] * (animation.frames - 1) + [animation.frame_ms + 1000]
    buffer = io.BytesIO()
    images[0].save(
        buffer,
        format="WEBP",
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
        quality=80,
        method=4,
    )
    return buffer.getvalue()
