"""Draws the time per element, the ratios to ReLU, and the ratios of whole training steps."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.speed.activation_cost.run import (
    EXP,
    MARGIN,
    MODES,
    NEGATION,
    NO_WORK,
    REFERENCE,
    Spec,
    modes_in,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORKS = {"forward": "forward", "gradient": "forward and gradient"}

STYLES = {
    **{name: function.style for name, function in functions.FUNCTIONS.items()},
    EXP: {"color": drawing.BLACK, "linestyle": (0, (1, 1))},
    NEGATION: {"color": drawing.GREY, "linestyle": (0, (4, 2))},
}

DTYPE_STYLES = {
    "float32": {"color": drawing.BLUE, "marker": "o"},
    "bfloat16": {"color": drawing.VERMILION, "marker": "s", "fillstyle": "none"},
}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Time per element by size, ratios to ReLU by mode, and ratios of training steps."""
    return {
        "time": lambda: _draw_times(tables["elements"], tables["copies"]),
        "ratio": lambda: _draw_ratios(tables["elements"]),
        "step": lambda: _draw_steps(tables["steps"]),
        "training": lambda: _draw_training(tables["training"]),
    }


def _functions_in(frame: pd.DataFrame) -> list[str]:
    return [name for name in STYLES if name in set(frame["function"])]


def _label(function: str) -> str:
    return function if function in (EXP, NEGATION) else functions.label(function)


def _panels(elements: pd.DataFrame, width: float, height: float) -> tuple["Figure", np.ndarray]:
    """A figure with a row of panels for each work and a column for each mode."""
    figure, axes = drawing.panels(
        len(WORKS), len(modes_in(elements)), width=width, height=height, sharex=True, sharey=True
    )
    return figure, axes


def _settings(elements: pd.DataFrame, axes: np.ndarray) -> Iterator[tuple["Axes", pd.DataFrame]]:
    """Each panel, with its title, and the rows that it shows."""
    for panels, (work, work_name) in zip(axes, WORKS.items(), strict=True):
        for panel, mode in zip(panels, modes_in(elements), strict=True):
            panel.set_title(f"{MODES[mode]}, {work_name}", fontsize=10)
            yield panel, elements[(elements["work"] == work) & (elements["mode"] == mode)]


def _draw_times(elements: pd.DataFrame, copies: pd.DataFrame) -> "Figure":
    dtype = min(elements["dtype"], key=list(DTYPE_STYLES).index)
    elements, copies = (frame[frame["dtype"] == dtype] for frame in (elements, copies))
    copies = copies.sort_values("elements")
    figure, axes = _panels(elements, width=3.7, height=3.1)
    for panel, rows in _settings(elements, axes):
        for name in _functions_in(rows):
            line = rows[rows["function"] == name].sort_values("elements")
            style = {"marker": ".", "label": _label(name), **STYLES[name]}
            panel.plot(line["elements"], line["time_ns"], **style)
        style = {"color": drawing.BLACK, "linewidth": 3, "alpha": 0.35}
        panel.plot(copies["elements"], copies["time_ns"], label="copy of as many bytes", **style)
        panel.set_yscale("log")
        panel.set_xscale("log", base=2)
        panel.set_xticks(copies["elements"])
    for panel in axes[:, 0]:
        panel.set_ylabel("time per element (ns)")
    for panel in axes[-1]:
        panel.set_xlabel("elements")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
    figure.suptitle(f"Time per element in {dtype}, beside a copy of as many bytes")
    return figure


def _draw_ratios(elements: pd.DataFrame) -> "Figure":
    """Draws the ratios at the second largest size, above which memory limits all functions."""
    size = sorted(elements["elements"].unique())[-2:][0]
    elements = elements[elements["elements"] == size]
    names = _functions_in(elements)[::-1]
    dtypes = [dtype for dtype in DTYPE_STYLES if dtype in set(elements["dtype"])]
    figure, axes = _panels(elements, width=3.6, height=3.4)
    for panel, rows in _settings(elements, axes):
        for i, dtype in enumerate(dtypes):
            ratios = rows[rows["dtype"] == dtype].set_index("function").loc[names]
            y = np.arange(len(names)) + 0.15 * (1 - 2 * i)
            style = {"markersize": 5, "capsize": 2, "linewidth": 1, "label": dtype}
            _draw_intervals(panel, ratios, y, **style, **DTYPE_STYLES[dtype])
        for ratio, dash in ((1, "-"), (MARGIN, ":")):
            panel.axvline(ratio, color=drawing.GREY, linewidth=1, linestyle=dash)
        panel.set_xscale("log")
        panel.set_yticks(range(len(names)), map(_label, names))
    for panel in axes[-1]:
        panel.set_xlabel("time / ReLU's time")
        panel.xaxis.set_major_formatter("{x:g}")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(
        f"Time relative to ReLU, {size:,} elements: medians with 95 % intervals"
        f" (dotted: {MARGIN} times)"
    )
    return figure


def _draw_intervals(axes: "Axes", ratios: pd.DataFrame, y: np.ndarray, **style) -> None:
    """Draws ratios to ReLU with their intervals, one below the other."""
    ends = drawing.error_bars(ratios, "ratio", "ratio_low", "ratio_high")
    axes.errorbar(ratios["ratio"], y, xerr=ends, linestyle="", **style)


def _draw_steps(steps: pd.DataFrame) -> "Figure":
    modes, widths = modes_in(steps), sorted(steps["width"].unique())
    networks = [(mode, width) for mode in modes for width in widths]
    figure, axes = drawing.panels(1, len(networks), width=2.9, height=3.2, sharex=True, sharey=True)
    names = _functions_in(steps)[::-1]
    for panel, (mode, width) in zip(axes[0], networks, strict=True):
        rows = steps[(steps["mode"] == mode) & (steps["width"] == width)]
        rows = rows.set_index("function").loc[names]
        for y, (ratio, step_us) in enumerate(zip(rows["ratio"], rows["step_us"], strict=True)):
            panel.text(ratio, y + 0.2, f"{step_us:,.0f} µs", ha="center")
        _draw_intervals(panel, rows, np.arange(len(names)), capsize=3, **DTYPE_STYLES["float32"])
        panel.axvline(1, color=drawing.GREY, linewidth=1)
        panel.set_title(f"{MODES[mode]}, width {width:,}", fontsize=10)
        panel.set_xlabel("step / step with ReLU")
        panel.set(xscale="log", ylim=(-0.5, len(names)))
        panel.set_xticks([0.2, 0.5, 1, 2, 5, 10, 50])
        panel.minorticks_off()
        panel.xaxis.set_major_formatter("{x:g}")
        panel.set_xlim(min(0.5, steps["ratio_low"].min()), max(2, steps["ratio_high"].max()))
    axes[0, 0].set_yticks(range(len(names)), map(_label, names))
    figure.suptitle(
        "Time of a training step of a Dense network, by its activation: medians, 95 % intervals"
    )
    return figure


def _draw_training(training: pd.DataFrame) -> "Figure":
    """Whole steps as a multiple of the step with ReLU, a panel for each way of running them."""
    modes = modes_in(training)
    figure, axes = drawing.panels(1, len(modes), width=5.2, height=4.2, sharex=True, sharey=True)
    names = [name for name in _functions_in(training) if name != REFERENCE]
    sizes = list(training[["width", "batch"]].drop_duplicates().itertuples(index=False))
    markers = dict(zip(names, "sodv^P", strict=False))
    for panel, mode in zip(axes[0], modes, strict=True):
        rows = training[training["mode"] == mode]
        for i, name in enumerate(names):
            ratios = rows[rows["function"] == name].set_index(["width", "batch"])
            ratios = ratios.loc[[tuple(size) for size in sizes]]
            y = np.arange(len(sizes)) + 0.18 * (i - (len(names) - 1) / 2)
            label = f"{_label(name)} (no work)" if name == NO_WORK else _label(name)
            color = STYLES[name]["color"]
            style = {"marker": markers[name], "capsize": 3, "color": color, "label": label}
            _draw_intervals(panel, ratios, y, **style)
        for ratio, dash in ((1, "-"), (MARGIN, ":")):
            panel.axvline(ratio, color=drawing.GREY, linewidth=1, linestyle=dash)
        panel.set_title(MODES[mode])
        panel.set_xlabel("time of a training step / with ReLU")
        panel.set_xscale("log")
        panel.set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
        panel.minorticks_off()
        panel.set_xlim(min(0.5, training["ratio_low"].min()), max(2, training["ratio_high"].max()))
    axes[0, 0].set_yticks(
        range(len(sizes)), [f"{size.width:,} units, {size.batch:,} samples" for size in sizes]
    )
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle(
        f"Whole training steps: medians with 95 % intervals (dotted: {MARGIN} times ReLU's)"
    )
    return figure
