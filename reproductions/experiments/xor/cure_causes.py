"""Whether the cures of the 10-layer network act through the gradient or the signals' spread.

Document: none; the xor-post says that the vanishing gradient is why the network does not learn.
Setup: the cells are all networks of `cures`: single changes, pairs, and networks that work from
which one thing was taken. Each has a share that solves XOR, a gradient ratio before the first
update (the norm of the first hidden layer's gradient over that of the last), and a spread of the
signals (the distance between the two closest points that need different answers at the last hidden
layer, over the size of these signals), both medians over seeds. The log-odds of the share are
regressed on the logarithms of both, over all cells, and over those that are trained as the post
trains, by plain SGD at its learning rate. A gradient that does not vanish has a ratio of 1, so
larger ratios count as 1, and both are at least 1e-8.
Assumptions: a seed has solved XOR if its cost is below log(2)/4 at some record, as the arithmetic
of the post's loss can turn a solution into NaN later. The intervals come from 2,000 bootstrap
samples: the cells are drawn with replacement, and each cell's count anew from the binomial
distribution with its share. Pairs, and networks from which something was taken, have fewer updates;
a term of the regression takes this up, and shares of variance are of what it leaves. Half a success
and half a failure are added to each cell, so that shares of 0 and 1 have log-odds.
Known differences: cells are no random sample of all networks, and pairs share changes with single
cells. A regression shows what goes together; what is changed on purpose, in `cures`, shows causes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Table, shares
from reproductions.evidence.statistics import generator, share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """How the regression is made."""

    resamples: int = 2_000
    least: float = 1e-8  # of gradient ratio and spread; smaller ones count as this


SPEC = Spec()
SMALL = {"resamples": 20}

INPUTS = {"cures": ("singles", "pairs", "reverse")}
DERIVED = True

KEYS = {"singles": ("change",), "pairs": ("first", "second"), "reverse": ("network", "without")}

NETWORKS = {"all": "all four changes", "tanh": "tanh", "batch_norm": "batch normalization"}

KEPT, VANISHED, FEW, MOST = 0.1, 1e-3, 0.05, 0.5
"""The thresholds of what contradicts the explanation by the vanishing gradient."""

EVERY, AS_THE_POST = "all", "trained as the post"

QUANTITIES = (
    "coefficient of the gradient",
    "coefficient of the spread",
    "R² of the gradient alone",
    "R² of the spread alone",
    "R² of both",
    "R² of the spread less that of the gradient",
)


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """Puts all cells into one table, and makes the regressions."""
    cells = _cells(spec, inputs["cures"])
    fits = []
    for name, chosen in (
        (EVERY, cells),
        (AS_THE_POST, cells[cells["training"] == "as the post"]),
    ):
        values = regression(_design(chosen), _log_odds(chosen["reached"], chosen["seeds"]))
        samples = _resampled(spec, chosen)
        low, high = np.nanquantile(samples, (0.025, 0.975), axis=0)
        for row in zip(QUANTITIES, values, low, high, strict=True):
            fits.append({"cells": name, **dict(zip(("quantity", *VALUES), row, strict=True))})
    return {"cells": cells, "fits": pd.DataFrame(fits)}


VALUES = ("value", "low", "high")


def _cells(spec: Spec, tables: Tables) -> pd.DataFrame:
    """A row for each network, none twice."""
    frames = []
    for name, key in KEYS.items():
        table = tables[name]
        if name == "pairs":
            table = table[table["first"] != table["second"]]
        cell = table[list(key)].agg(" + ".join, axis=1)
        label = table["label"]
        if name == "reverse":
            label = table["network"].map(NETWORKS) + ", " + label
        columns = {
            "table": name,
            "cell": cell,
            "label": label,
            "training": table["training"],
            "gradient": table["ratio_q50"].clip(spec.least, 1),
            "spread": table["spread_q50"].clip(spec.least, None),
            "reached": table["once"],
            "seeds": table["seeds"],
        }
        counts = zip(table["once"].tolist(), table["seeds"].tolist(), strict=True)
        share = pd.DataFrame([share_of(*pair) for pair in counts], index=table.index)
        frames.append(pd.DataFrame(columns).join(share))
    return pd.concat(frames, ignore_index=True)


def _design(cells: pd.DataFrame) -> np.ndarray:
    """What the log-odds are regressed on, (cell, term): gradient, spread, few updates."""
    logs = np.log10(cells[["gradient", "spread"]].to_numpy(float))
    return np.column_stack([logs, cells["table"] != "singles"])


def _log_odds(reached, seeds) -> np.ndarray:
    reached, seeds = np.asarray(reached, float), np.asarray(seeds, float)
    return np.log((reached + 0.5) / (seeds - reached + 0.5))


def regression(design: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The `QUANTITIES` of a regression by least squares.

    Args:
        design: gradient, spread, and a term that every fit has, (cell, 3).
        y: what is explained, (cell,).
    """
    one = np.ones((len(y), 1))

    def fit(*terms):
        x = np.column_stack([one, design[:, 2:], design[:, list(terms)]])
        solution, *_ = np.linalg.lstsq(x, y)
        return solution[2:], ((y - x @ solution) ** 2).sum()

    (_, none), (_, gradient), (_, spread) = fit(), fit(0), fit(1)
    coefficients, both = fit(0, 1)
    # Of what the number of updates leaves unexplained.
    of_gradient, of_spread, of_both = (1 - rest / none for rest in (gradient, spread, both))
    return np.array([*coefficients, of_gradient, of_spread, of_both, of_spread - of_gradient])


def _resampled(spec: Spec, cells: pd.DataFrame) -> np.ndarray:
    """The quantities of bootstrap samples, (sample, quantity)."""
    random = generator(0)
    design, seeds = _design(cells), cells["seeds"].to_numpy()
    share = cells["reached"].to_numpy() / seeds
    samples = []
    for _ in range(spec.resamples):
        chosen = random.integers(len(cells), size=len(cells))
        reached = random.binomial(seeds[chosen], share[chosen])
        samples.append(regression(design[chosen], _log_odds(reached, seeds[chosen])))
    return np.array(samples)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share solved against gradient ratio and spread, a point for each network."""
    return {"cells": lambda: _draw(tables["cells"], tables["fits"])}


STYLES = {
    "as the post": (drawing.BLUE, "o", "trained as the post, by SGD at its rate"),
    "other": (drawing.ORANGE, "^", "another optimizer, rate or gradient"),
}

PANELS = {
    "gradient": "gradient ratio at the start,\nfirst hidden layer to last (at most 1)",
    "spread": "spread of the signals at the start,\nlast hidden layer (at least 10⁻⁸)",
}


def contradictions(
    cells: pd.DataFrame, kept: float, vanished: float, few: float, most: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cells that the vanishing gradient cannot explain.

    Args:
        cells: the table.
        kept: the gradient ratio from which on the gradient has not vanished.
        vanished: that up to which it has.
        few: the share below which a network does not learn.
        most: the share above which it does.

    Returns:
        Those that do not learn in the post's number of updates although the gradient has not
        vanished, and those that learn although it has; where the whole interval of the share is
        below or above.
    """
    as_long = cells["table"] == "singles"
    fail = cells[as_long & (cells["gradient"] >= kept) & (cells["high"] < few)]
    learn = cells[(cells["gradient"] <= vanished) & (cells["low"] > most)]
    return fail, learn


def _draw(cells: pd.DataFrame, fits: pd.DataFrame):
    figure, axes = drawing.panels(1, 3, width=4.1, height=4.9, width_ratios=(4, 4, 4))
    fail, learn = contradictions(cells, KEPT, VANISHED, FEW, MOST)
    against = pd.concat([fail, learn])
    for panel, name in zip(axes[0], PANELS, strict=False):
        for training, (color, marker, label) in STYLES.items():
            rows = cells[cells["training"] == training]
            style = {"color": color, "alpha": 0.7, "linestyle": "none"}
            panel.plot(rows[name], rows["share"], marker=marker, label=label, **style)
        ring = {"markersize": 12, "markerfacecolor": "none", "color": drawing.BLACK}
        label = "contradicts the explanation by the gradient"
        panel.plot(against[name], against["share"], "o", linestyle="none", label=label, **ring)
        value = _fit(fits, EVERY, f"R² of the {name} alone")
        ends = f"95 %: {value['low']:.2f} to {value['high']:.2f}"
        panel.set_title(f"{name} alone: R² {value['value']:.2f} ({ends})", fontsize=11)
        panel.set(xscale="log", xlabel=PANELS[name], ylim=(-0.05, 1.05))
    axes[0, 0].set_ylabel("share that solves XOR at some record")
    lists = {
        "Vanished, and yet most learn:": learn,
        "Not vanished, and yet hardly any\nin the post's number of updates:": fail,
    }
    lines = []
    for title, names in lists.items():
        lines += [title, *(f"  {label}" for label in names["label"]), ""]
    axes[0, 2].axis("off")
    axes[0, 2].text(0, 1, "\n".join(lines), va="top")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    both = _fit(fits, EVERY, "R² of both")["value"]
    figure.suptitle(
        f"Gradient and spread before training explain {both:.0%} of the differences between"
        f" {len(cells)} networks;\n{len(against)} of them contradict the explanation by the"
        " vanishing gradient"
    )
    return figure


FOLLOWS = "follows from shares and medians that the tables of `cures` hold"

TABLES = {
    "cells": Table(
        key=("table", "cell"),
        columns={
            **dict.fromkeys(("label", "training"), Exact()),
            **dict.fromkeys(("gradient", "spread"), Close(1e-3, 1e-12, FOLLOWS)),
            **shares("reached"),
        },
        over_seeds=True,
    ),
    "fits": Table(
        key=("cells", "quantity"),
        columns=dict.fromkeys(VALUES, Close(0.2, 0.2, FOLLOWS)),
        over_seeds=True,
    ),
}


def _fit(fits: pd.DataFrame, cells: str, quantity: str) -> pd.Series:
    return measured.row(fits, cells=cells, quantity=quantity)


def _spread_explains_more(tables: Tables) -> Judgement:
    fits = tables["fits"]
    more = {
        cells: _fit(fits, cells, "R² of the spread less that of the gradient")
        for cells in (EVERY, AS_THE_POST)
    }
    alone = {
        f"{name}{suffix}": _fit(fits, cells, f"R² of the {name} alone")["value"]
        for name in ("gradient", "spread")
        for suffix, cells in (("", EVERY), ("_as_the_post", AS_THE_POST))
    }
    row = more[EVERY]
    verdict = graded(row["low"] > 0, in_part=more[AS_THE_POST]["low"] > 0)
    return Judgement(verdict, row["value"], row["low"], row["high"], notes=("main",), values=alone)


def _gradient_explains_less_than_half(tables: Tables, *, half: float = 0.5) -> Judgement:
    row = _fit(tables["fits"], EVERY, "R² of the gradient alone")
    both = _fit(tables["fits"], EVERY, "R² of both")
    as_the_post = _fit(tables["fits"], AS_THE_POST, "R² of the gradient alone")
    values = {"both": both["value"], "as_the_post": as_the_post["value"]}
    verdict = graded(row["high"] < half, in_part=row["value"] < half)
    ends = row["low"], row["high"]
    return Judgement(verdict, row["value"], *ends, notes=("main",), values=values)


def _some_contradict_the_story(
    tables: Tables,
    *,
    kept: float = KEPT,
    vanished: float = VANISHED,
    few: float = FEW,
    most: float = MOST,
) -> Judgement:
    fail, learn = contradictions(tables["cells"], kept, vanished, few, most)
    values = {"fail": len(fail), "learn": len(learn), "cells": len(tables["cells"])}
    verdict = graded(len(fail) and len(learn), in_part=len(fail) or len(learn))
    return Judgement(verdict, len(fail) + len(learn), notes=("main",), values=values)


CLAIMS = {
    "CU-09": _spread_explains_more,
    "CU-10": _gradient_explains_less_than_half,
    "CU-11": _some_contradict_the_story,
}
