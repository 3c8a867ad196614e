"""Draws what each change, each pair of changes, and each thing taken away comes to."""

import textwrap

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.xor.cures import settings
from reproductions.experiments.xor.cures.settings import ALL, POST, Spec


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share solved by each change, by pairs, and after something is taken away."""
    return {
        "singles": lambda: _singles(spec, tables["singles"]),
        "pairs": lambda: _pairs(spec, tables["pairs"]),
        "reverse": lambda: _reverse(spec, tables["reverse"]),
    }


GROUPS = {
    # Its colour and marker, and the changes that are in it; all other changes are of training.
    "another activation function": (drawing.VERMILION, "s", settings.ACTIVATIONS),
    "another network": (
        drawing.GREEN,
        "D",
        ("layer_norm", "batch_norm", "skip", "wide"),
    ),
    "other initial weights": (
        drawing.BLUE,
        "o",
        ("glorot", "he", "lecun", "orthogonal", "lsuv", "identity"),
    ),
    "other training": (drawing.ORANGE, "^", ()),
    "nothing changed": (drawing.BLACK, "X", (POST,)),
}


def group(name: str) -> str:
    """The group that a change is in."""
    if name.startswith("normal_"):
        return "other initial weights"
    for title, (_, _, names) in GROUPS.items():
        if name in names:
            return title
    return "other training"


ONCE = "solved at some record"

SOLVED = "share that solves XOR, 95 % interval"


def _dots(axes, rows: pd.DataFrame, names: list[str], styles: list[tuple[str, str]]) -> None:
    """A point with its interval for each row, from top to bottom."""
    for place, ((_, row), (color, marker)) in enumerate(zip(rows.iterrows(), styles, strict=True)):
        errors = drawing.error_bars(row)
        axes.errorbar(row["share"], place, xerr=errors, fmt=marker, color=color, capsize=3)
    once = rows["once"] / rows["seeds"]
    axes.plot(once, range(len(rows)), "|", color=drawing.GREY, markersize=11, label=ONCE)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(names) - 0.5, -0.5))


def _singles(spec: Spec, table: pd.DataFrame):
    from matplotlib.lines import Line2D

    rows = table.assign(place=range(len(table))).sort_values(
        ["share", "updates_q50", "place"], ascending=[False, True, True]
    )
    figure, ((axes,),) = drawing.panels(width=8.6, height=1.6 + 0.25 * len(rows))
    groups = [group(name) for name in rows["change"]]
    _dots(
        axes,
        rows,
        rows["label"].tolist(),
        [GROUPS[title][:2] for title in groups],
    )
    _columns(axes, rows)
    axes.set_xlabel(SOLVED)
    handles = [
        Line2D([], [], color=color, marker=marker, linestyle="none", label=title)
        for title, (color, marker, _) in GROUPS.items()
        if title in groups
    ]
    handles += [line for line in axes.lines if line.get_label() == ONCE]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    changed = rows[rows["change"] != POST]
    most = int((changed["low"] > 0.5).sum())
    none = int((changed["high"] < 0.05).sum())
    seeds = table["seeds"]
    fewer = f" ({seeds.min():,} of them for {spec.longer} times the updates)"
    figure.suptitle(
        f"{most} of {len(changed)} single changes make most {_depth(spec)}-layer networks solve XOR"
        f" in the end, and {none} hardly any\n"
        f"XOR, {spec.steps:,} updates, {seeds.max():,} initialisations each"
        + (fewer if seeds.min() < seeds.max() else "")
    )
    return figure


def _columns(axes, rows: pd.DataFrame) -> None:
    """Numbers at the right of each row: the updates that it needs, and its gradient ratio."""
    for right, column, title in (
        (6, "updates_q50", "updates\nneeded"),
        (49, "ratio_q50", "gradient\nratio at\nthe start"),
    ):
        at = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "fontsize": 9}
        axes.annotate(title, (1, -1.0), (right, 0), va="bottom", annotation_clip=False, **at)
        for place, value in enumerate(rows[column]):
            if np.isfinite(value):
                text = f"{value:,.0f}" if column == "updates_q50" else _one_digit(value)
                axes.annotate(text, (1, place), (right, 0), va="center", **at)


def _one_digit(value: float) -> str:
    """A positive number in one digit that counts, as 0.00002; from 1 on, a whole number."""
    if value >= 1 or not value:
        return f"{value:,.0f}"
    return np.format_float_positional(float(f"{value:.0e}"), trim="-")


def _depth(spec: Spec) -> int:
    return len(spec.hidden) + 1


def _pairs(spec: Spec, table: pd.DataFrame):
    names = list(spec.best)
    called = table[table["first"] == table["second"]].set_index("first")["label"]
    shares = np.full((len(names),) * 2, np.nan)
    for _, row in table.iterrows():
        shares[names.index(row["second"]), names.index(row["first"])] = row["share"]
    figure, ((axes,),) = drawing.panels(width=7.4, height=5.2)
    image = axes.imshow(shares, vmin=0, vmax=1, cmap="cividis")
    for (y, x), share in np.ndenumerate(shares):
        if np.isfinite(share):
            ink = "black" if share > 0.6 else "white"
            weight = "bold" if x == y else "normal"
            axes.text(x, y, f"{share:.0%}", ha="center", va="center", color=ink, weight=weight)
    axes.set_xticks(range(len(names)), [called[n] for n in names], rotation=25, ha="right")
    axes.set_yticks(range(len(names)), [called[n] for n in names])
    axes.grid(visible=False)
    figure.colorbar(image, label="share that solves XOR")
    together = table[table["first"] != table["second"]]
    alone = table[table["first"] == table["second"]].set_index("first")
    best = np.maximum(
        alone["high"].loc[together["first"]].to_numpy(),
        alone["high"].loc[together["second"]].to_numpy(),
    )
    least = np.maximum(
        alone["low"].loc[together["first"]].to_numpy(),
        alone["low"].loc[together["second"]].to_numpy(),
    )
    better, worse = int((together["low"] > best).sum()), int((together["high"] < least).sum())
    figure.suptitle(
        f"Of {len(together)} pairs of cures, {better} solve XOR more often than either alone,\n"
        f"and {worse} less often than the better of the two\n"
        f"{_depth(spec)} layers, {spec.short_steps:,} updates, {int(table['seeds'].max()):,}"
        " initialisations each; one cure alone in bold"
    )
    return figure


NETWORKS = {
    ALL: "sigmoids + {changes}",
    "tanh": "tanh",
    "batch_norm": "sigmoids with batch normalization",
}


def _reverse(spec: Spec, table: pd.DataFrame):
    from matplotlib.lines import Line2D

    networks = [n for n in (ALL, *spec.working) if n in set(table["network"])]
    if not networks:
        raise NotMeasured("the tables have no network that works")
    counts = [len(measured.rows(table, network=network)) for network in networks]
    figure, axes = drawing.panels(
        len(networks), width=8.0, height=0.9 + 0.3 * max(counts), sharex=True,
        height_ratios=counts,
    )  # fmt: skip
    kept = textwrap.fill(" + ".join(settings.labels(spec)[n] for n in spec.together), 60)
    for panel, network in zip(axes[:, 0], networks, strict=True):
        rows = measured.rows(table, network=network)
        rows = rows.sort_values(["share", "updates_q50"], ascending=[False, True])
        styles = [
            (drawing.BLACK, "X") if name == "nothing" else (drawing.BLUE, "o")
            for name in rows["without"]
        ]
        _dots(panel, rows, rows["label"].tolist(), styles)
        panel.set_title(NETWORKS[network].format(changes=kept))
    axes[-1, 0].set_xlabel(SOLVED)
    kinds = (
        (drawing.BLACK, "X", "nothing changed"),
        (drawing.BLUE, "o", "one thing taken away or made worse"),
    )
    handles = [
        Line2D([], [], color=color, marker=marker, linestyle="none", label=label)
        for color, marker, label in kinds
    ]
    handles += [line for line in axes[-1, 0].lines if line.get_label() == ONCE]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    whole = table[table["without"] == "nothing"].set_index("network")
    rest = table[table["without"] != "nothing"]
    broken = int((rest["high"] < 0.5 * whole["low"].loc[rest["network"]].to_numpy()).sum())
    figure.suptitle(
        f"At least {broken} of {len(rest)} changes more than halve the share that solves XOR, in"
        " networks that work\n"
        f"{_depth(spec)} layers on XOR, {spec.short_steps:,} updates,"
        f" {int(table['seeds'].max()):,} initialisations each"
    )
    return figure
