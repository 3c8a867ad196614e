"""Whether the last output must be a sigmoid: linear, tanh and ReLU outputs in its place.

Document: xor-post, part 3-1 (the last output must be between 0 and 1, so it must be a sigmoid).
Setup: the post's 2-5x9-1 network with tanh in the hidden layers, its initial weights N(0, 1),
learning rate 0.01 and 20,001 updates on all four points. The output function is a sigmoid, linear,
tanh or ReLU; the loss is the post's, with logarithms, or the mean squared error. Nothing else
changes, and all start from the same seeds.
Assumptions: a seed has solved XOR when all four answers are at least 0.1 on their side of 1/2. An
answer is outside where it is below 0 or above 1 at the end. The post's cost is then NaN, but the
slope 1/h of the logarithm is a number for every h but 0, so that training goes on.
Known differences: none that changes the question; the post trains the sigmoid output alone.
It runs only when it is named: networks of ten layers are compiled for each output and loss, which
takes most of its time.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import gates, xor
from reproductions.training.activations import Activation, layer
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The post's setting, and what stands at the output."""

    seeds: int = 192
    hidden: tuple[int, ...] = (5,) * 9
    activation: Activation = "tanh"
    outputs: tuple[Activation, ...] = ("sigmoid", "linear", "tanh", "relu")
    losses: tuple[Literal["the post's", "squared"], ...] = ("the post's", "squared")
    rate: float = 0.01
    steps: int = 20_001


SPEC = Spec()
OPTIONAL = True
QUICK = {"losses": ("the post's",)}
SMALL = {"hidden": (5,), "steps": 201}

COUNTED = ("not_finite", "outside")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every output function under both losses."""
    networks = list(itertools.product(spec.losses, spec.outputs))
    calls = [(spec, *network) for network in networks]
    trained = pool.by_seeds(_train, calls, spec.seeds, "output_functions")
    rows = []
    for (loss, output), ranges_of_seeds in zip(networks, trained, strict=True):
        arrays = whole(ranges_of_seeds)
        answers, finite = arrays["answers"], np.isfinite(arrays["cost"])
        outside = ((answers < 0) | (answers > 1)).any(axis=0)
        solved = int(gates.solved(answers, xor.Y).sum())
        row = {"loss": loss, "output": output, "solved": solved, "seeds": spec.seeds}
        counts = {"not_finite": int((~finite).sum()), "outside": int(outside.sum())}
        rows.append({**row, **share_of(solved, spec.seeds), **counts})
    return {"outcomes": pd.DataFrame(rows)}


def _train(shard: Shard, spec: Spec, loss: str, output: str, start: int, stop: int) -> Arrays:
    """The last answers, (point, seed), and costs of the seeds from `start` to `stop`."""
    from reproductions.training import replicas

    engine = shard.once(_engine, spec.hidden, spec.activation, loss, output)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options = {"every": spec.steps - 1, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, spec.steps, **options)
    return {name: trained.records[name][-1] for name in ("answers", "cost")}


def _engine(hidden, activation, loss, output):
    import keras

    from reproductions.training import replicas

    # The network that ends in the logit, with another function in place of its last layer.
    *layers, _ = xor.network(hidden, activation, "stable").layers
    model = keras.Sequential([keras.Input((2,)), *layers, layer(output)])
    losses: dict[str, Callable] = {
        "the post's": xor.document_loss,
        "squared": lambda y, h: keras.ops.mean((h - y) ** 2, axis=(0, 1)),
    }

    def record(y, h):
        return {"answers": h[:, 0], "cost": losses[loss](y, h)}

    return replicas.Replicas(model, losses[loss], record, watch=False, threads=1)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share that solves XOR, and the share without a cost, by output function and loss."""
    return {"shares": lambda: _draw(spec, tables["outcomes"])}


def _draw(spec: Spec, outcomes: pd.DataFrame):
    figure, axes = drawing.panels(1, len(spec.losses), width=4.6, height=2.9, sharey=True)
    places = np.arange(len(spec.outputs))
    for panel, loss in zip(axes[0], spec.losses, strict=True):
        rows = measured.rows(outcomes, loss=loss).set_index("output").loc[list(spec.outputs)]
        errors = drawing.error_bars(rows)
        colors = [functions.color(output) for output in spec.outputs]
        panel.barh(places, rows["share"], color=colors, height=0.5)
        panel.errorbar(
            rows["share"], places, xerr=errors, fmt="none", color=drawing.BLACK, capsize=3
        )
        lost = rows["not_finite"] / rows["seeds"]
        style = {
            "color": drawing.VERMILION,
            "markersize": 8,
            "label": "share whose cost is NaN or infinite",
        }
        panel.plot(lost, places + 0.38, "x", clip_on=False, **style)
        panel.set_yticks(places, [f"{functions.label(name)} output" for name in spec.outputs])
        panel.set(xlim=(0, 1.02), xlabel="share solved, 95 % interval")
        panel.set_title("the post's loss" if loss == "the post's" else "mean squared error")
        panel.grid(visible=False, axis="y")
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center")
    layers, seeds = len(spec.hidden) + 1, int(outcomes["seeds"].max())
    figure.suptitle(
        f"{layers}-layer XOR networks, {functions.label(spec.activation)} in the hidden layers,"
        f" {seeds} seeds each"
    )
    return figure


TABLES = {
    "outcomes": Table(
        key=("loss", "output"),
        columns={**shares("solved"), **dict.fromkeys(COUNTED, Rate(trials="seeds"))},
        over_seeds=True,
    )
}

OTHERS = ("linear", "tanh", "relu")


def _must_be_sigmoid(tables: Tables) -> Judgement:
    outcomes = tables["outcomes"]
    rows = {
        output: measured.row(outcomes, loss="the post's", output=output)
        for output in ("sigmoid", *OTHERS)
    }
    sigmoid = rows["sigmoid"]
    fewer = [rows[output]["high"] < sigmoid["low"] for output in OTHERS]
    best = max((rows[output] for output in OTHERS), key=lambda row: row["share"])
    values = {
        "lost": {output: rows[output]["not_finite"] / rows[output]["seeds"] for output in OTHERS},
    }
    notes, squared = ["main"], outcomes[outcomes["loss"] == "squared"]
    if len(squared):
        notes.append("squared")
        values["squared"] = squared.set_index("output")["share"].to_dict()
    verdict = graded(all(fewer), in_part=any(fewer))
    ends = best["low"], best["high"]
    return Judgement(verdict, best["share"], *ends, notes=notes, values=values)


CLAIMS = {"XP-19": _must_be_sigmoid}
