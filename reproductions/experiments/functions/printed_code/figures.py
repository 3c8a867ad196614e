"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing
from reproductions.experiments.functions.printed_code.run import NAN, RIGHT, WARNS, WRONG, Spec
from reproductions.experiments.functions.printed_code.statements import FAILS, RUNS, SHOWS_WARNING


def figures(spec: Spec, tables) -> drawing.Figures:
    """Where the formulas break, and what became of the lines that do not simply run."""
    return {
        "formulas": lambda: _draw_formulas(spec, tables["first_failures"]),
        "printed_lines": lambda: _draw_lines(
            tables["statements"], "What today's packages say to the code"
        ),
        "plain_tensorflow": lambda: _draw_lines(
            tables["plain_tensorflow"], "The same names after a plain 'import tensorflow as tf'"
        ),
    }


OUTCOME_STYLE = {
    outcome: {"facecolor": color, "hatch": hatch, "edgecolor": drawing.BLACK, "linewidth": 0}
    for outcome, color, hatch in (
        (RIGHT, drawing.SKY, ""),
        (WARNS, drawing.YELLOW, "//"),
        (WRONG, drawing.VERMILION, "xx"),
        (NAN, drawing.BLACK, ""),
    )
}


def _draw_formulas(spec, firsts):
    from matplotlib.patches import Patch

    figure, (panels,) = drawing.panels(columns=2, width=4.8, height=4.4, sharey=True)
    for axes, (dtype, lanes) in zip(panels, firsts.groupby("dtype"), strict=True):
        lanes = lanes.sort_values(["function", "input", "code"])
        edges = lanes[["first_warning", "first_wrong", "first_nan"]].to_numpy()
        right = 1.35 * edges[np.isfinite(edges)].max(initial=1)
        heights = [place + place // 2 * 0.5 for place in range(len(lanes))]  # in pairs
        for height, lane in zip(heights, edges, strict=True):
            starts = [0, *np.minimum(lane, right)]
            for start, end, outcome in zip(
                starts, [*starts[1:], right], OUTCOME_STYLE, strict=True
            ):
                axes.barh(height, end - start, left=start, height=0.8, **OUTCOME_STYLE[outcome])
            if np.isfinite(lane[0]):
                axes.annotate(
                    f"{lane[0]:.1f}",
                    (lane[0], height),
                    xytext=(-4, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=9,
                )
        axes.axvline(spec.documents_largest, color=drawing.BLACK, linestyle=":", linewidth=1.2)
        axes.set_title(f"{dtype}; the same up to m = {spec.largest:,g}")
        axes.set(xlabel="size m", xlim=(0, right))
        axes.grid(visible=False)
        names = [f"{lane.function}({lane.input}), {lane.code}" for lane in lanes.itertuples()]
        axes.set_yticks(heights, names)
    panels[0].invert_yaxis()
    panels[0].annotate(
        "largest input in the documents",
        (spec.documents_largest, -0.6),
        xytext=(3, 0),
        textcoords="offset points",
        fontsize=8,
        va="center",
    )
    figure.legend(
        handles=[Patch(label=outcome, **style) for outcome, style in OUTCOME_STYLE.items()],
        loc="outside lower center",
        ncols=len(OUTCOME_STYLE),
    )
    return figure


FATE_STYLE = {
    RUNS: ("✓ runs", drawing.GREEN),
    SHOWS_WARNING: ("! warns", "#8C6D00"),
    FAILS: ("✗ fails", drawing.VERMILION),
}


def _draw_lines(attempts, title):
    """A row an attempt: what was run, what became of it, and what the packages said."""
    import textwrap

    place = [name for name in ("document", "listing", "place") if name in attempts]
    clean = attempts.groupby(place)["fate"].transform(lambda fates: (fates == RUNS).all())
    shown = attempts[~clean]
    if "document" in shown:  # the slides' three models need the same repairs
        repaired = shown.assign(repair=shown.groupby(place)["change"].transform("last"))
        shown = shown[~repaired.duplicated(["document", "repair", "attempt"])]
    rows, y = [], 0.0
    for row in shown.itertuples():
        code = textwrap.wrap(row.code, 66, subsequent_indent="    ")
        message = textwrap.wrap(f"{row.category}: {row.message}", 84) if row.category else []
        y += 0.55 if row.attempt == 0 and rows else 0
        rows.append((y, row, code, message))
        y += len(code) + 0.85 * len(message)
    figure, ((axes,),) = drawing.panels(width=9.5, height=0.7 + 0.23 * y)
    for top, row, code, message in rows:
        words, color = FATE_STYLE[row.fate]
        axes.text(0, top, words, color=color, weight="bold", va="top")
        origin = (
            getattr(row, "document", "without compat.v1") if row.attempt == 0 else "→ " + row.change
        )
        axes.text(0.95, top, origin, va="top", fontsize=9)
        for text in code:
            axes.text(4, top, text, va="top", family="DejaVu Sans Mono", fontsize=8.5)
            top += 1
        for text in message:
            axes.text(4, top, text, va="top", fontsize=8, color="#555555")
            top += 0.85
    axes.set(title=title, xlim=(0, 10), ylim=(y, -0.3))
    axes.axis("off")
    return figure
