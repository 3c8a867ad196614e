"""What the activation functions cost, an element and in a training step.

Document: relu-post, section 2 ("much faster than the earlier activation functions"); network-post,
section 1.2 (sigmoid: "exp is expensive").
Setup: the ten functions as layers, exp alone, and a negation, which only reads and writes; forward,
and forward with the gradient; 4,096 to 4 million elements; op by op, in a `tf.function`, and
compiled by XLA; float32 and bfloat16. A round runs everything once; a ratio is taken within a round
and given as the median of nine with a 95 % interval. Beside it a copy of as many bytes. Then a
training step of four Dense layers of width 64 and 1,024, 64 samples.
Assumptions: "much" is more than 1.5 times. The documents name neither machine nor library: this is
TensorFlow on a processor, on all its cores; softmax is over the last 64 elements.
Known differences: times belong to the machine that measured them, and no number here is held
against the stored ones; the verdicts are.
"""

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.suite import drawing, measured
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement
from reproductions.suite.kinds import Table, Unchecked

REFERENCE = "relu"
NO_WORK = "linear"
SIGMOIDS = ("sigmoid", "tanh")
EXP, NOTHING, LEAKY = "exp", "negation", "leaky_relu"
MARGIN = 1.5

Function = Literal[
    "threshold", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish",
    "softmax", "exp", "negation",
]  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """What is timed, at which sizes, and how often."""

    modes: tuple[Literal["eager", "graph", "xla"], ...] = ("eager", "graph", "xla")
    dtypes: tuple[Literal["float32", "bfloat16"], ...] = ("float32", "bfloat16")
    sizes: tuple[int, ...] = (2**12, 2**16, 2**20, 2**22)
    functions: tuple[Function, ...] = (
        "threshold", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish",
        "softmax", "exp", "negation",
    )  # fmt: skip
    rounds: int = 9
    at_least_s: float = 0.0005
    step_modes: tuple[Literal["graph", "xla"], ...] = ("graph", "xla")
    step_functions: tuple[Function, ...] = ("linear", "relu", "sigmoid", "tanh")
    widths: tuple[int, ...] = (64, 1024)
    step_at_least_s: float = 0.005  # they differ less
    depth: int = 4
    batch: int = 64

    def __post_init__(self):
        if REFERENCE not in self.functions:
            raise ValueError(f"functions must hold {REFERENCE}. Received: {self.functions}")
        if not {REFERENCE, NO_WORK} <= set(self.step_functions):
            raise ValueError(
                f"step_functions must hold {REFERENCE} and {NO_WORK}."
                f" Received: {self.step_functions}"
            )


SPEC = Spec()
ALONE = True
QUICK = {
    "modes": ("eager", "xla"),
    "dtypes": ("float32",),
    "sizes": (2**12, 2**20),
    "functions": ("sigmoid", "tanh", "relu", "leaky_relu", "exp", "negation"),
    "rounds": 6,
    "step_modes": ("xla",),
    "widths": (64,),
}
SMALL = QUICK | {"sizes": (2**8,), "at_least_s": 0.0, "step_at_least_s": 0.0, "widths": (4,)}


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Times the functions by themselves, then networks with them."""
    from reproductions.suite import cost

    makers = _makers()
    elements, copies = cost.element_times(
        {name: makers[name] for name in spec.functions},
        REFERENCE,
        spec.modes,
        spec.dtypes,
        spec.sizes,
        rounds=spec.rounds,
        at_least_s=spec.at_least_s,
    )
    steps = cost.step_times(
        {name: makers[name] for name in spec.step_functions},
        REFERENCE,
        NO_WORK,
        spec.widths,
        spec.step_modes,
        spec.depth,
        spec.batch,
        rounds=spec.rounds,
        at_least_s=spec.step_at_least_s,
    )
    return {"elements": elements, "copies": copies, "steps": steps}


def _makers():
    import keras

    import custom_layers as layers

    return {
        "threshold": layers.Threshold,
        "linear": layers.Linear,
        "sigmoid": layers.Sigmoid,
        "tanh": layers.Tanh,
        "relu": layers.ReLU,
        "leaky_relu": functools.partial(layers.LeakyReLU, 0.1),
        "elu": layers.ELU,
        "softplus": layers.Softplus,
        "swish": layers.Swish,
        "softmax": layers.Softmax,
        EXP: functools.partial(keras.layers.Activation, keras.ops.exp),
        NOTHING: functools.partial(keras.layers.Activation, keras.ops.negative),
    }


MODE_NAMES = {"eager": "op by op", "graph": "tf.function", "xla": "XLA"}
WORK_NAMES = {"forward": "forward", "gradient": "forward and gradient"}
STYLES = {
    **drawing.FUNCTION_STYLE,
    "softmax": {"color": drawing.YELLOW, "linestyle": "-"},
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


def _modes(frame):
    return [mode for mode in MODE_NAMES if mode in set(frame["mode"])]


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


def _spread(*names):
    return dict.fromkeys((f"{n}{end}" for n in names for end in ("", "_low", "_high")), Unchecked())


TABLES = {
    "elements": Table(
        key=("mode", "dtype", "elements", "work", "function"),
        columns=_spread("time_ns", "ratio"),
        over_seeds=True,  # over rounds: a first look leaves settings out
    ),
    "copies": Table(
        key=("dtype", "elements"),
        columns={**_spread("time_ns"), "gb_per_s": Unchecked()},
        over_seeds=True,
    ),
    "steps": Table(
        key=("mode", "width", "function"),
        columns=_spread("step_us", "ratio", "share"),
        over_seeds=True,
    ),
}

SETTING = ["mode", "dtype", "elements", "work"]


def _counts(tables, names) -> dict[str, int]:
    """In how many settings ReLU is faster than all these functions by more than `MARGIN` times."""
    rows = pd.concat([measured.rows(tables["elements"], function=name) for name in names])
    nearest = rows.groupby(SETTING)[["ratio_low", "ratio_high"]].min()
    above, below = nearest["ratio_low"] > MARGIN, nearest["ratio_high"] <= MARGIN
    return {"above": above.sum(), "below": below.sum(), "settings": len(nearest)}


def _verdict(counts) -> str:
    """Each of the two clear verdicts needs its evidence in every setting.

    On a busy machine the intervals are wide: that alone turns neither into the other.
    """
    if counts["above"] == counts["settings"]:
        return REPRODUCED
    return NOT_REPRODUCED if counts["below"] == counts["settings"] else IN_PART


def _obtained(counts) -> str:
    return (
        f"more than {MARGIN} times in {counts['above']} of {counts['settings']} settings, less in"
        f" {counts['below']}"
    )


def _median(tables, name, column, value) -> float:
    """A function's ratio to ReLU, the median over all settings of one size or mode."""
    return measured.rows(tables["elements"], function=name, **{column: value})["ratio"].median()


def _faster_relu(tables) -> Judgement:
    rows, steps = tables["elements"], tables["steps"]
    counts = {dtype: _counts({"elements": own}, SIGMOIDS) for dtype, own in rows.groupby("dtype")}
    parts = [
        f"in {dtype} {own['above']} of {own['settings']} settings are above it"
        for dtype, own in counts.items()
    ]
    relu = rows[rows["function"] == REFERENCE]
    relu = relu.merge(tables["copies"], on=["dtype", "elements"], suffixes=("", "_copy"))
    for size, own in relu.groupby("elements"):
        sigmoid, tanh = (_median(tables, name, "elements", size) for name in SIGMOIDS)
        copies = (own["time_ns"] / own["time_ns_copy"]).median()
        parts.append(
            f"{size:,} elements: sigmoid {sigmoid:.1f}, tanh {tanh:.1f} times ReLU's time, and that"
            f" is {copies:.3g} times a copy's"
        )
    step = steps[steps["function"] == "sigmoid"].groupby("width")["ratio"].median()
    parts += [
        f"step of Dense {width:,}: {ratio:.2f} times as long with sigmoid"
        for width, ratio in step.items()
    ]
    counts = _counts(tables, SIGMOIDS)
    return Judgement(_verdict(counts), _obtained(counts), note=f"{'; '.join(parts)} (medians)")


def _dear_exp(tables) -> Judgement:
    counts = _counts(tables, [EXP])
    parts = []
    for mode in _modes(tables["elements"]):
        parts.append(f"{MODE_NAMES[mode]} {_median(tables, EXP, 'mode', mode):.1f}")
        if LEAKY in set(tables["elements"]["function"]):
            leaky = _median(tables, LEAKY, "mode", mode)
            parts[-1] += f" (leaky ReLU, which has no exp: {leaky:.1f})"
    return Judgement(
        _verdict(counts),
        _obtained(counts),
        note=f"times ReLU's time, median over settings: {', '.join(parts)}",
    )


EVERYWHERE = (
    " in every mode, type, size and pass, by the whole 95 % interval of the ratio; not"
    " reproduced if the whole interval is at most 1.5 everywhere; else in part"
)
CLAIMS = [
    Claim(
        "RP-04",
        f"sigmoid and tanh both take more than 1.5 times ReLU's time{EVERYWHERE}",
        _faster_relu,
    ),
    Claim("NP-05", f"exp takes more than 1.5 times ReLU's time{EVERYWHERE}", _dear_exp),
]
