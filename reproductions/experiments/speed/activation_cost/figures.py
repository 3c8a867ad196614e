"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.experiments.speed.activation_cost.run import (
    EXP,
    MARGIN,
    MODE_NAMES,
    NOTHING,
    Spec,
    _modes,
)

WORK_NAMES = {"forward": "forward", "gradient": "forward and gradient"}

STYLES = {
    **{name: function.style for name, function in functions.FUNCTIONS.items()},
    EXP: {"color": drawing.BLACK, "linestyle": (0, (1, 1))},
    NOTHING: {"color": drawing.GREY, "linestyle": (0, (4, 2))},
}

DTYPE_STYLES = {
    "float32": {"color": drawing.BLUE, "marker": "o"},
    "bfloat16": {"color": drawing.VERMILION, "marker": "s", "fillstyle": "none"},
}


def figures(spec: Spec, tables) -> drawing.Figures:
    """Time an element by size, ratios to ReLU by mode, and what is left of them in a step."""
    return {
        "time": lambda: _time_figure(tables["elements"], tables["copies"]),
        "ratio": lambda: _ratio_figure(tables["elements"]),
        "step": lambda: _step_figure(tables["steps"]),
    }


def _functions(frame):
    return [name for name in STYLES if name in set(frame["function"])]


def _time_figure(elements, copies):
    dtype = min(elements["dtype"], key=list(DTYPE_STYLES).index)
    elements, copies = (frame[frame["dtype"] == dtype] for frame in (elements, copies))
    modes = _modes(elements)
    figure, axes = drawing.panels(
        len(WORK_NAMES), len(modes), width=3.7, height=3.1, sharex=True, sharey=True
    )
    copies = copies.sort_values("elements")
    for panels, (work, work_name) in zip(axes, WORK_NAMES.items(), strict=True):
        for panel, mode in zip(panels, modes, strict=True):
            own = elements[(elements["work"] == work) & (elements["mode"] == mode)]
            for name in _functions(own):
                line = own[own["function"] == name].sort_values("elements")
                panel.plot(
                    line["elements"], line["time_ns"], marker=".", label=name, **STYLES[name]
                )
            panel.plot(
                copies["elements"],
                copies["time_ns"],
                color=drawing.BLACK,
                linewidth=3,
                alpha=0.35,
                label="copy: the limit",
            )
            panel.set_yscale("log")
            panel.set_xscale("log", base=2)
            panel.set_xticks(copies["elements"])
            panel.set_title(f"{MODE_NAMES[mode]}, {work_name}", fontsize=10)
        panels[0].set_ylabel("time an element (ns)")
    for panel in axes[-1]:
        panel.set_xlabel("elements")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
    figure.suptitle(f"Time an element in {dtype}, beside a copy of as many bytes")
    return figure


def _ratio_figure(elements):
    """At the size that the most is computed at before memory limits all: the second largest."""
    size = sorted(elements["elements"].unique())[-2:][0]
    own = elements[elements["elements"] == size]
    modes, names = _modes(own), _functions(own)[::-1]
    figure, axes = drawing.panels(
        len(WORK_NAMES), len(modes), width=3.6, height=3.4, sharex=True, sharey=True
    )
    dtypes = [dtype for dtype in DTYPE_STYLES if dtype in set(own["dtype"])]
    for panels, (work, work_name) in zip(axes, WORK_NAMES.items(), strict=True):
        for panel, mode in zip(panels, modes, strict=True):
            for i, dtype in enumerate(dtypes):
                cell = (own["work"] == work) & (own["mode"] == mode) & (own["dtype"] == dtype)
                rows = own[cell].set_index("function").loc[names]
                ends = [rows["ratio"] - rows["ratio_low"], rows["ratio_high"] - rows["ratio"]]
                panel.errorbar(
                    rows["ratio"],
                    np.arange(len(names)) + 0.15 * (1 - 2 * i),
                    xerr=ends,
                    linestyle="",
                    markersize=5,
                    capsize=2,
                    linewidth=1,
                    label=dtype,
                    **DTYPE_STYLES[dtype],
                )
            for at, dash in ((1, "-"), (MARGIN, ":")):
                panel.axvline(at, color=drawing.GREY, linewidth=1, linestyle=dash)
            panel.set_xscale("log")
            panel.set_title(f"{MODE_NAMES[mode]}, {work_name}", fontsize=10)
        panels[0].set_yticks(range(len(names)), names)
    for panel in axes[-1]:
        panel.set_xlabel("time / ReLU's time")
        panel.xaxis.set_major_formatter("{x:g}")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(
        f"Ratio to ReLU, {size:,} elements: medians with 95 % intervals (dotted: {MARGIN} times)"
    )
    return figure


def _step_figure(steps):
    modes, widths = _modes(steps), sorted(steps["width"].unique())
    figure, axes = drawing.panels(
        1, len(modes) * len(widths), width=2.9, height=3.2, sharex=True, sharey=True
    )
    names = _functions(steps)[::-1]
    cells = [(mode, width) for mode in modes for width in widths]
    for panel, (mode, width) in zip(axes[0], cells, strict=True):
        own = steps[(steps["mode"] == mode) & (steps["width"] == width)]
        rows = own.set_index("function").loc[names]
        ends = [rows["ratio"] - rows["ratio_low"], rows["ratio_high"] - rows["ratio"]]
        for place, name in enumerate(names):
            row = rows.loc[name]
            panel.text(row["ratio"], place + 0.2, f"{row['step_us']:,.0f} µs", ha="center")
        panel.errorbar(
            rows["ratio"], range(len(names)), xerr=ends, linestyle="", capsize=3,
            **DTYPE_STYLES["float32"],
        )  # fmt: skip
        panel.axvline(1, color=drawing.GREY, linewidth=1)
        panel.set_title(f"{MODE_NAMES[mode]}, width {width:,}", fontsize=10)
        panel.set_xlabel("step / step with ReLU")
        panel.set(xscale="log", ylim=(-0.5, len(names)))
        panel.set_xticks([0.2, 0.5, 1, 2, 5, 10, 50])
        panel.minorticks_off()
        panel.xaxis.set_major_formatter("{x:g}")
        panel.set_xlim(min(0.5, steps["ratio_low"].min()), max(2, steps["ratio_high"].max()))
    axes[0, 0].set_yticks(range(len(names)), names)
    figure.suptitle(
        "A training step of a Dense network, by its activation: medians with 95 % intervals"
    )
    return figure
