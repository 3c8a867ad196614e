"""For which depth, learning rate, activation and initial weights a deep XOR network learns.

Document: none states it; xor-post, parts 1-1 and 3-1, shows four single points of this map.
Setup: networks of width 5 are trained with 2 to 12 layers, learning rates from 0.001 to 1, seven
activations and three kinds of initial weights: N(0, 1) with biases too, as the post draws them;
Glorot's; He's. SGD uses all four points, and every cell of the map the same seeds.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4: with a wrong point the cost
cannot be so low. A seed that has not solved XOR may still do so later: the map also shows speed.
Known differences: there are fewer updates than the post's 20,001, so that the whole map takes
minutes; the cost is computed from the logit, so that how the loss is calculated causes no NaN.
"""

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Exact, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judge, Tables
from reproductions.training import xor
from reproductions.training.activations import TENSORFLOW_SLOPE, Activation
from reproductions.training.pool import Arrays, Pool, Shard

Initialisation = Literal["normal", "glorot", "he"]


@dataclass(frozen=True)
class Spec:
    """The map's axes, and the seeds in each of its cells."""

    seeds: int = 384
    activations: tuple[Activation, ...] = (
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "swish",
    )
    initialisations: tuple[Initialisation, ...] = ("normal", "glorot", "he")
    depths: tuple[int, ...] = (2, 4, 6, 8, 10, 12)
    rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    width: int = 5
    steps: int = 4_001


SPEC = Spec()
QUICK = {"depths": (10,), "activations": ("sigmoid", "tanh", "relu")}
SMALL = {"activations": ("relu",), "depths": (2, 10), "rates": (0.01, 1.0), "steps": 101}

POST = {"width": 5, "depth": 10, "rate": 0.01, "initialisation": "normal"}
POST_ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu")

COUNTED = ("solved", "plateau", "non_finite")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the whole map, a network for each depth and activation."""
    # Deep networks first, so that no core is left with a long one at the end.
    networks = list(itertools.product(sorted(spec.depths, reverse=True), spec.activations))
    calls, cells = [(spec, *network) for network in networks], _cells(spec)
    trained = pool.by_seeds(_train, calls, spec.seeds, "xor_phase_diagram", each=len(cells))
    rows = []
    for (depth, activation), ranges_of_seeds in zip(networks, trained, strict=True):
        counts_by_cell = sum(arrays["counts"] for arrays in ranges_of_seeds)
        for (initialisation, rate), counts in zip(cells, counts_by_cell, strict=True):
            row = {"activation": activation, "depth": depth, "rate": rate}
            counted = dict(zip(COUNTED, counts, strict=True))
            share = share_of(counted["solved"], spec.seeds)
            rows.append({**row, "initialisation": initialisation, **counted, **share})
    return {"cells": pd.DataFrame(rows).assign(steps=spec.steps, seeds=spec.seeds)}


def _cells(spec: Spec) -> list[tuple[Initialisation, float]]:
    """Initial weights and learning rate of each cell that a network is trained for."""
    return list(itertools.product(spec.initialisations, spec.rates))


def _train(shard: Shard, spec: Spec, depth: int, activation: str, start: int, stop: int) -> Arrays:
    """Trains the seeds from `start` to `stop` in all cells; gives counts, (cell, outcome)."""
    from reproductions.training import replicas

    engine = shard.once(_engine, (spec.width,) * (depth - 1), activation)
    initial_weights = {
        initialisation: replicas.initial_weights(engine.model, range(start, stop), initialisation)
        for initialisation in spec.initialisations
    }
    cells = _cells(spec)
    weights_of_cells = [initial_weights[initialisation] for initialisation, _ in cells]
    # The cells side by side as replicas, so that one compiled loop trains all of them.
    weights = [np.concatenate(arrays, axis=-1) for arrays in zip(*weights_of_cells, strict=True)]
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


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The map of the share that solves XOR, and of the share that is still on the plateau."""
    cells = tables["cells"]
    plateau = f"on the plateau (cost within {xor.PLATEAU_WIDTH:g} of log 2)"
    return {
        "solved": lambda: _map(spec, cells, "solved", "Share of initialisations that solve XOR"),
        "plateau": lambda: _map(spec, cells, "plateau", f"Share of initialisations {plateau}"),
    }


INITIALISATIONS = {"normal": "N(0, 1)", "glorot": "Glorot", "he": "He"}

MARK = {
    "marker": "s",
    "markerfacecolor": "none",
    "markeredgecolor": drawing.VERMILION,
    "markeredgewidth": 2.0,
}
"""Around the cells in which the post's own networks are."""


def _map(spec, cells, event, title):
    from matplotlib.lines import Line2D

    activations, initialisations = spec.activations, spec.initialisations
    figure, axes = drawing.panels(
        len(initialisations), len(activations), width=2.5, height=2.25, sharex=True, sharey=True
    )
    keys = list(itertools.product(initialisations, activations))
    for panel, (initialisation, activation) in zip(axes.flat, keys, strict=True):
        rows = measured.rows(cells, activation=activation, initialisation=initialisation)
        counts = rows.pivot(index="depth", columns="rate", values=event)
        shares = counts.to_numpy() / rows["seeds"].iloc[0]
        image = panel.imshow(shares, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        _write_percentages(panel, shares)
        if _holds_post(spec, initialisation, activation):
            place = counts.columns.get_loc(POST["rate"]), counts.index.get_loc(POST["depth"])
            panel.plot(*place, markersize=17, **MARK)
        panel.set_xticks(range(len(counts.columns)), [f"{rate:g}" for rate in counts.columns])
        panel.set_yticks(range(len(counts.index)), counts.index)
        panel.tick_params(axis="x", rotation=60, labelsize=8)
        panel.grid(visible=False)
        panel.invert_yaxis()
    for panel, activation in zip(axes[0], activations, strict=True):
        panel.set_title(functions.label(activation, TENSORFLOW_SLOPE))
    for panel, initialisation in zip(axes[:, 0], initialisations, strict=True):
        panel.set_ylabel(f"{INITIALISATIONS[initialisation]}\ndepth (layers)")
    for panel in axes[-1]:
        panel.set_xlabel("learning rate")
    figure.colorbar(image, ax=axes, label="share of initialisations", fraction=0.02, pad=0.01)
    seeds, steps = cells["seeds"].max(), cells["steps"].max()
    figure.suptitle(f"{title} after {steps:,} updates: width {spec.width}, {seeds} in each cell")
    mark, text = Line2D([], [], linestyle="none"), "numbers: per cent; 0 and 100 are not written"
    if any(_holds_post(spec, *key) for key in keys):
        mark.set(markersize=11, **MARK)
        text = (
            f"the post's own networks: depth {POST['depth']}, learning rate {POST['rate']:g},"
            f" {INITIALISATIONS[POST['initialisation']]}; {text}"
        )
    figure.legend([mark], [text], loc="outside lower center")
    return figure


def _write_percentages(panel, shares):
    """Writes the percentage into each cell; nothing where it is 0 or 100."""
    for (y, x), share in np.ndenumerate(shares):
        text = f"{share * 100:.0f}"
        if text not in ("0", "100"):
            ink = "black" if share > 0.5 else "white"
            panel.text(x, y, text, ha="center", va="center", fontsize=7, color=ink)


def _holds_post(spec, initialisation, activation) -> bool:
    """Whether one of the post's own networks is in the panel of these."""
    return (
        activation in POST_ACTIVATIONS
        and initialisation == POST["initialisation"]
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
            **dict.fromkeys(COUNTED, Rate(trials="seeds")),
            **shares("solved"),
        },
        over_seeds=True,
    )
}


CLAIMS: dict[str, Judge] = {}
