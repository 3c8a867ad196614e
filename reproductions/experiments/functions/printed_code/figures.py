"""Draws where the printed formulas break, and which printed lines fail or warn today."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.functions.printed_code.outputs import OTHER
from reproductions.experiments.functions.printed_code.run import NAN, RIGHT, WARNS, WRONG, Spec
from reproductions.experiments.functions.printed_code.statements import FAILS, RUNS, SHOWS_WARNING


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Where the formulas break, and every printed line that fails or warns, with its repair."""
    return {
        "formulas": lambda: _draw_formulas(spec, tables["first_failures"]),
        "printed_lines": lambda: _draw_lines(
            tables["statements"], "Printed lines that fail or warn with today's packages"
        ),
        "plain_tensorflow": lambda: _draw_lines(
            tables["plain_tensorflow"], "The same names after a plain 'import tensorflow as tf'"
        ),
        "outputs": lambda: _draw_outputs(tables["outputs"]),
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


def _draw_formulas(spec: Spec, first_failures: pd.DataFrame):
    from matplotlib.patches import Patch

    figure, (panels,) = drawing.panels(columns=2, width=4.8, height=4.4, sharey=True)
    for axes, (dtype, failures) in zip(panels, first_failures.groupby("dtype"), strict=True):
        failures = failures.sort_values(["function", "input", "code"])
        sizes = failures[["first_warning", "first_wrong", "first_nan"]].to_numpy()
        right = 1.35 * sizes[np.isfinite(sizes)].max(initial=1)
        heights = [place + place // 2 * 0.5 for place in range(len(failures))]  # bars in pairs
        for height, (first_warning, *worse) in zip(heights, sizes, strict=True):
            starts = [0, *np.minimum([first_warning, *worse], right)]
            ends = [*starts[1:], right]
            for start, end, style in zip(starts, ends, OUTCOME_STYLE.values(), strict=True):
                axes.barh(height, end - start, left=start, height=0.8, **style)
            if np.isfinite(first_warning):
                axes.annotate(
                    f"{first_warning:.1f}",
                    (first_warning, height),
                    xytext=(-4, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=9,
                )
        axes.axvline(spec.documents_largest, color=drawing.BLACK, linestyle=":", linewidth=1.2)
        axes.set_title(dtype)
        axes.set(xlabel=f"size m  (unchanged from here up to {spec.largest:,g})", xlim=(0, right))
        axes.grid(visible=False)
        labels = [f"{row.function}({row.input}), {row.code}" for row in failures.itertuples()]
        axes.set_yticks(heights, labels)
    panels[0].invert_yaxis()
    panels[0].annotate(
        "largest input in the documents",
        (spec.documents_largest, -0.6),
        xytext=(3, 0),
        textcoords="offset points",
        fontsize=8,
        va="center",
    )
    title = "How far the printed formulas and the layers stay right as the input grows"
    figure.suptitle(title, x=0.01, ha="left")
    figure.legend(
        handles=[Patch(label=outcome, **style) for outcome, style in OUTCOME_STYLE.items()],
        loc="outside lower center",
        ncols=len(OUTCOME_STYLE),
    )
    return figure


STATEMENT_STYLE = {
    RUNS: ("✓ runs", drawing.GREEN),
    SHOWS_WARNING: ("! warns", "#8C6D00"),
    FAILS: ("✗ fails", drawing.VERMILION),
}


def _draw_lines(attempts: pd.DataFrame, title: str):
    """For each attempt: how it ended, the document or the repair, the code, and the message."""
    statement = [name for name in ("document", "listing", "place") if name in attempts]
    clean = attempts.groupby(statement)["fate"].transform(lambda fates: (fates == RUNS).all())
    shown = attempts[~clean]
    if "document" in shown:  # the slides' three models need the same repairs: they are shown once
        repaired = shown.assign(repair=shown.groupby(statement)["change"].transform("last"))
        shown = shown[~repaired.duplicated(["document", "repair", "attempt"])]
    blocks: list[tuple[float, Any, list[str], list[str]]] = []
    bottom = 0.0
    for row in shown.itertuples():
        code = textwrap.wrap(row.code, 66, subsequent_indent="    ")
        message = textwrap.wrap(f"{row.category}: {row.message}", 84) if row.category else []
        bottom += 0.55 if row.attempt == 0 and blocks else 0
        blocks.append((bottom, row, code, message))
        bottom += len(code) + 0.85 * len(message)
    figure, ((axes,),) = drawing.panels(width=9.5, height=0.7 + 0.23 * bottom)
    for y, row, code, message in blocks:
        words, color = STATEMENT_STYLE[row.fate]
        axes.text(0, y, words, color=color, weight="bold", va="top")
        printed_in = getattr(row, "document", "without compat.v1")
        origin = printed_in if row.attempt == 0 else f"→ {row.change}"
        axes.text(0.95, y, origin, va="top", fontsize=9)
        for line in code:
            axes.text(4, y, line, va="top", family="DejaVu Sans Mono", fontsize=8.5)
            y += 1
        for line in message:
            axes.text(4, y, line, va="top", fontsize=8, color="#555555")
            y += 0.85
    axes.set(title=title, xlim=(0, 10), ylim=(bottom, -0.3))
    axes.axis("off")
    return figure


def _draw_outputs(lines: pd.DataFrame):
    """What the document shows beside what the listings print today, line by line."""
    figure, ((axes,),) = drawing.panels(width=10.5, height=0.9 + 0.27 * len(lines))
    columns = {"shown": (0.0, "the document shows"), "printed": (4.4, "printed today")}
    for place, title in (*columns.values(), (8.8, "")):
        axes.text(place, -1, title, weight="bold", va="center")
    for y, row in enumerate(lines.itertuples()):
        for name, (place, _) in columns.items():
            text = getattr(row, name)
            axes.text(place, y, text, family="DejaVu Sans Mono", fontsize=8.5, va="center")
        color = drawing.VERMILION if row.agreement == OTHER else drawing.GREEN
        axes.text(8.8, y, row.agreement, color=color, va="center", fontsize=9)
    axes.set(xlim=(0, 11), ylim=(len(lines) - 0.4, -1.5))
    axes.set_title("What the printed listings print")
    axes.axis("off")
    return figure
