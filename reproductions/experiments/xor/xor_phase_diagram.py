"""The map behind the 10-layer XOR network: depth, learning rate, activation and initial weights.

Document: none states it; xor-post, parts 1-1 and 3-1, shows four single points of it.
Setup: width 5, depth 2 to 12, learning rate 0.001 to 1, seven activations, three kinds of initial
weights: N(0, 1) with biases too, as the post draws them; Glorot's; He's. SGD on all four points,
the same seeds in every cell.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4, which no wrong point
allows. What is not solved may be solved later: the map is one of speed as well.
Known differences: fewer updates than the post's 20,001, so that the whole map takes minutes; the
cost is computed from the logit, so that no NaN comes from the loss's arithmetic.
"""

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.kinds import Exact, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard


@dataclass(frozen=True)
class Spec:
    """The map's axes, and the seeds in each of its cells."""

    seeds: int = 384
    activations: tuple[Activation, ...] = (
        "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish",
    )  # fmt: skip
    initialisations: tuple[Literal["normal", "glorot", "he"], ...] = ("normal", "glorot", "he")
    depths: tuple[int, ...] = (2, 4, 6, 8, 10, 12)
    rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    width: int = 5
    steps: int = 4_001


SPEC = Spec()
QUICK = {"depths": (10,), "activations": ("sigmoid", "tanh", "relu")}
SMALL = {"activations": ("relu",), "depths": (2, 10), "rates": (0.01, 1.0), "steps": 101}

POST = {"width": 5, "depth": 10, "rate": 0.01, "initialisation": "normal"}
POST_ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the whole map, a network for each depth and activation."""
    # Deep networks first, so that no core is left with a long one at the end.
    rows = list(itertools.product(sorted(spec.depths, reverse=True), spec.activations))
    cells = list(itertools.product(spec.initialisations, spec.rates))
    calls, each = [(spec, *row) for row in rows], len(cells)
    maps = pool.by_seeds(_train, calls, spec.seeds, "xor_phase_diagram", each)
    found = []
    for (depth, activation), parts in zip(rows, maps, strict=True):
        counts = sum(part["counts"] for part in parts)
        for (scheme, rate), (solved, plateau, non_finite) in zip(cells, counts, strict=True):
            found.append(
                {
                    "activation": activation,
                    "initialisation": scheme,
                    "depth": depth,
                    "rate": rate,
                    "steps": spec.steps,
                    "seeds": spec.seeds,
                    "solved": solved,
                    "plateau": plateau,
                    "non_finite": non_finite,
                    **share_of(solved, spec.seeds),
                }
            )
    return {"cells": pd.DataFrame(found)}


def _train(shard: Shard, spec, depth, activation, start, stop) -> Arrays:
    """How many seeds come to what, (cell, outcome): one compiled loop for all cells."""
    from reproductions.training import replicas

    engine = shard.once(_engine, (spec.width,) * (depth - 1), activation)
    drawn = {
        scheme: replicas.initial_weights(engine.model, range(start, stop), scheme)
        for scheme in spec.initialisations
    }
    cells = list(itertools.product(spec.initialisations, spec.rates))
    weights = [
        np.concatenate(arrays, axis=-1)
        for arrays in zip(*(drawn[scheme] for scheme, _ in cells), strict=True)
    ]
    rates = np.repeat([rate for _, rate in cells], stop - start)
    trained = engine.train(
        weights, xor.X, xor.Y, rates, spec.steps, every=spec.steps - 1, done=shard.advance
    )
    outcome = xor.outcomes(trained.records["loss"], trained.finite_steps < spec.steps)
    return {"counts": xor.counts(outcome.reshape(len(cells), -1))}


def _engine(hidden, activation):
    from reproductions.training import replicas

    # A network compiles on one core: engines of one thread each keep all cores busy.
    model = xor.network(hidden, activation, "stable")
    return replicas.Replicas(model, xor.LOSSES["stable"], watch=False, threads=1)


def figures(spec: Spec, tables) -> drawing.Figures:
    """The map of what is solved, and of what has not left the plateau."""
    cells = tables["cells"]
    plateau = f"at the plateau (cost within {xor.PLATEAU_WIDTH:g} of log 2)"
    return {
        "solved": lambda: _map(spec, cells, "solved", "Share of initialisations that solve XOR"),
        "plateau": lambda: _map(spec, cells, "plateau", f"Share of initialisations {plateau}"),
    }


INITIALISATIONS = {"normal": "N(0, 1)", "glorot": "Glorot", "he": "He"}


def _map(spec, cells, event, title):
    from matplotlib.lines import Line2D

    activations, schemes = spec.activations, spec.initialisations
    figure, axes = drawing.panels(
        len(schemes), len(activations), width=2.5, height=2.25, sharex=True, sharey=True
    )
    for row, scheme in zip(axes, schemes, strict=True):
        for panel, activation in zip(row, activations, strict=True):
            own = cells[(cells["activation"] == activation) & (cells["initialisation"] == scheme)]
            counts = own.pivot(index="depth", columns="rate", values=event)
            shares = counts.to_numpy() / own["seeds"].iloc[0]
            image = panel.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
            _numbers(panel, shares)
            if _holds_post(spec, scheme, activation):
                place = counts.columns.get_loc(POST["rate"]), counts.index.get_loc(POST["depth"])
                panel.plot(*place, marker="s", markersize=17, **MARK)
            panel.set_xticks(range(len(counts.columns)), [f"{rate:g}" for rate in counts.columns])
            panel.set_yticks(range(len(counts.index)), counts.index)
            panel.tick_params(axis="x", rotation=60, labelsize=8)
            panel.grid(visible=False)
            panel.invert_yaxis()
    for panel, activation in zip(axes[0], activations, strict=True):
        panel.set_title(functions.label(activation, 0.2))
    for panel, scheme in zip(axes[:, 0], schemes, strict=True):
        panel.set_ylabel(f"{INITIALISATIONS[scheme]}\ndepth (layers)")
    for panel in axes[-1]:
        panel.set_xlabel("learning rate")
    figure.colorbar(image, ax=axes, label="share", fraction=0.02, pad=0.01)
    seeds, steps = cells["seeds"].max(), cells["steps"].max()
    figure.suptitle(f"{title} after {steps:,} updates: width {spec.width}, {seeds} in each cell")
    mark, text = Line2D([], [], linestyle="none"), "numbers are per cent, left out at 0 and 100"
    if any(_holds_post(spec, *panel) for panel in itertools.product(schemes, activations)):
        mark.set(marker="s", markersize=11, **MARK)
        text = (
            f"where the post's own networks stand: depth {POST['depth']}, learning rate"
            f" {POST['rate']:g}, {INITIALISATIONS[POST['initialisation']]}; {text}"
        )
    figure.legend([mark], [text], loc="outside lower center")
    return figure


MARK = {
    "markerfacecolor": "none",
    "markeredgecolor": drawing.VERMILION,
    "markeredgewidth": 2.0,
}


def _numbers(panel, shares):
    """Writes each cell's per cent; nothing where it is 0 or 100."""
    for (y, x), share in np.ndenumerate(shares):
        text = f"{share * 100:.0f}"
        if text not in ("0", "100"):
            ink = "black" if share > 0.5 else "white"
            panel.text(x, y, text, ha="center", va="center", fontsize=7, color=ink)


def _holds_post(spec, scheme, activation) -> bool:
    """Whether one of the post's own networks stands in a panel."""
    return (
        activation in POST_ACTIVATIONS
        and scheme == POST["initialisation"]
        and spec.width == POST["width"]
        and POST["depth"] in spec.depths
        and POST["rate"] in spec.rates
    )


TABLES = {
    "cells": Table(
        key=("activation", "initialisation", "depth", "rate"),
        columns={
            "steps": Exact(),
            "seeds": Exact(),
            **dict.fromkeys(("solved", "plateau", "non_finite"), Rate(trials="seeds")),
            **shares("solved"),
        },
        over_seeds=True,
    )
}


CLAIMS = {}
