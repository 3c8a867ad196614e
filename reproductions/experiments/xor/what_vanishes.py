"""What goes to 0 in the 10-layer sigmoid network: weights, updates, or factors propagated back.

Document: xor-post, part 2-2 (the weights vanish to 0 on the way, and so nothing is learnt; by
weights it means those of back-propagation, such as the derivative of z with respect to x).
Setup: the post's 2-5x9-1 network with sigmoids, and with tanh as the control, its initial weights
N(0, 1), learning rate 0.01 and 20,001 updates on all four points. At a record every 1,000 steps
three norms are taken in each layer: of its kernel, of the kernel's update, and of the product of
factors that is propagated back to the layer, the derivative of the logit with respect to what the
layer puts out, as the root of its mean square over the four points.
Assumptions: the factors vanish where the product at the first layer is at most 0.001 of that at the
last hidden layer. A layer's updates vanish where all of them together move its kernel by at most
1 % of its norm. Weights vanish where a layer's kernel comes to at most 0.001 of its norm.
Known differences: the cost is computed from the logit, so that no NaN of the loss's arithmetic is
in the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import xor
from reproductions.training.activations import one_of
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds are trained in it."""

    seeds: int = 256
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[str, ...] = ("sigmoid", "tanh")
    rate: float = 0.01
    steps: int = 20_001
    every: int = 1_000  # steps from one record to the next


SPEC = Spec()
QUICK = {"seeds": 128}
SMALL = {"hidden": (5,) * 3, "steps": 201, "every": 50}

SMALL_FACTOR, SMALL_CHANGE, SMALL_WEIGHT = 1e-3, 1e-2, 1e-3

FACTORS, UPDATES, WEIGHTS = "factors", "updates of the first layer", "weights of a layer"

NORMS = ("weight", "update", "factor")
QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains both networks, and takes the norms at each record."""
    calls = [(spec, activation) for activation in spec.activations]
    trained = pool.by_seeds(_train, calls, spec.seeds, "what_vanishes")
    vanished, layers = [], []
    for activation, ranges_of_seeds in zip(spec.activations, trained, strict=True):
        arrays = whole(ranges_of_seeds)
        for what in (FACTORS, UPDATES, WEIGHTS):
            count = int(arrays[what].sum())
            row = {"activation": activation, "what": what, "count": count, "seeds": spec.seeds}
            vanished.append({**row, **share_of(count, spec.seeds)})
        layers.append(_layers(spec, arrays).assign(activation=activation))
    return {"vanished": pd.DataFrame(vanished), "layers": pd.concat(layers, ignore_index=True)}


def _train(shard: Shard, spec: Spec, activation: str, start: int, stop: int) -> Arrays:
    """Norms by record and layer of the seeds from `start` to `stop`, and what vanished."""
    from reproductions.training import replicas

    engine = shard.once(_engine, spec.hidden, activation)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options = {"every": spec.every, "done": shard.advance}
    records = engine.train(weights, xor.X, xor.Y, spec.rate, spec.steps, **options).records
    snapshots = [records[f"weight_{i}"].astype("float64") for i in range(len(weights))]
    kernels = snapshots[::2]
    sizes = np.stack([_norm(kernel) for kernel in kernels], axis=1)  # (record, layer, seed)
    factor = np.stack(
        [back_propagated(arrays, activation) for arrays in zip(*snapshots, strict=True)]
    )
    changes = np.stack([_norm(kernel[-1] - kernel[0]) for kernel in kernels])
    return {
        "weight": sizes,
        "update": spec.rate * records["gradient_norm"],
        "factor": factor,
        FACTORS: (factor[:, 0] <= SMALL_FACTOR * factor[:, -2]).all(axis=0),
        UPDATES: changes[0] <= SMALL_CHANGE * sizes[0, 0],
        WEIGHTS: (sizes <= SMALL_WEIGHT * sizes[0]).any(axis=(0, 1)),
    }


def _engine(hidden, activation):
    from reproductions.training import replicas

    model = xor.network(hidden, activation, "stable")
    options = {"gradients": True, "snapshots": True, "watch": False, "threads": 1}
    return replicas.Replicas(model, xor.LOSSES["stable"], **options)


def _norm(kernel: np.ndarray) -> np.ndarray:
    """The norm of kernels over their last axes but the seed's, (..., seed)."""
    return np.sqrt((kernel**2).sum(axis=(-3, -2)))


SLOPES = {
    # A function and its derivative, the latter from the function's value.
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda h: h * (1 - h)),
    "tanh": (np.tanh, lambda h: 1 - h**2),
}


def back_propagated(weights: Sequence[np.ndarray], activation: str) -> np.ndarray:
    """The product of factors that is propagated back to each layer, (layer, seed).

    It is the norm of the derivative of the logit with respect to what the layer puts out, as the
    root of its mean square over the four points; that of the last layer is 1.

    Args:
        weights: as `get_weights()` has them, with the seed on one more, last axis.
        activation: of the hidden layers, one of `SLOPES`.
    """
    function, slope = one_of("activation", activation, SLOPES)
    signal = np.repeat(xor.X.astype("float64")[..., None], weights[0].shape[-1], axis=-1)
    slopes = []
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        signal = function(np.einsum("pis,ios->pos", signal, kernel) + bias)
        slopes.append(slope(signal))
    derivative = np.ones((len(xor.X), *weights[-1].shape))
    norms = [np.ones(weights[-1].shape[-1])]
    for kernel, its_slope in zip(weights[-2:0:-2], reversed(slopes), strict=True):
        derivative = np.einsum("pos,ios->pis", derivative, kernel)
        norms.append(np.sqrt((derivative**2).sum(axis=1).mean(axis=0)))
        derivative = derivative * its_slope
    return np.stack(norms[::-1])


def _layers(spec: Spec, arrays) -> pd.DataFrame:
    records, layers, _ = arrays["weight"].shape
    step, layer = np.meshgrid(np.arange(records) * spec.every, range(1, layers + 1), indexing="ij")
    columns = {"step": step.ravel(), "layer": layer.ravel()}
    for name in NORMS:
        quantiles = np.quantile(arrays[name], tuple(QUANTILES.values()), axis=-1)
        for suffix, values in zip(QUANTILES, quantiles, strict=True):
            columns[f"{name}_{suffix}"] = values.ravel()
    return pd.DataFrame(columns)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The three norms by layer, at the start, in the middle and at the end."""
    return {"norms": lambda: _draw(spec, tables["layers"])}


TITLES = {
    "weight": "norm of the weights",
    "update": "norm of an update",
    "factor": "norm of the factors\npropagated back",
}
COLORS = (drawing.SKY, drawing.ORANGE, drawing.BLACK)
DASHES = ("-", "--", ":")


def _draw(spec: Spec, layers: pd.DataFrame):
    from matplotlib.ticker import NullFormatter

    figure, axes = drawing.panels(
        len(spec.activations), len(NORMS), width=3.5, height=2.7, sharex=True, sharey="col"
    )
    steps = np.sort(layers["step"].unique())
    shown = steps[[0, len(steps) // 2, -1]]
    for row, activation in zip(axes, spec.activations, strict=True):
        for panel, name in zip(row, NORMS, strict=True):
            for step, color, dash in zip(shown, COLORS, DASHES, strict=True):
                rows = measured.rows(layers, activation=activation, step=step)
                label = f"step {step:,}"
                panel.plot(rows["layer"], rows[f"{name}_q50"], dash, color=color, label=label)
                ends = rows[f"{name}_q05"], rows[f"{name}_q95"]
                panel.fill_between(rows["layer"], *ends, color=color, alpha=0.12, linewidth=0)
            panel.set_yscale("log")
            low, high = panel.get_ylim()
            if high / low < 100:  # no two powers of ten to label
                panel.set_yticks(ticks := drawing.round_ticks(low, high), [f"{t:g}" for t in ticks])
                panel.yaxis.set_minor_formatter(NullFormatter())
        row[0].set_ylabel(f"{functions.label(activation)}: norm")
    for panel, name in zip(axes[0], NORMS, strict=True):
        panel.set_title(TITLES[name])
    for panel in axes[-1]:
        panel.set_xlabel("layer")
        panel.set_xticks(range(1, len(spec.hidden) + 2))
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    count = len(spec.hidden) + 1
    figure.suptitle(
        f"{count}-layer XOR networks, learning rate {spec.rate:g}: median over seeds, 5 % to 95 %"
    )
    return figure


TABLES = {
    "vanished": Table(key=("activation", "what"), columns=shares("count"), over_seeds=True),
    "layers": Table(
        key=("activation", "step", "layer"),
        columns={f"{name}_{suffix}": Unchecked() for name in NORMS for suffix in QUANTILES},
        over_seeds=True,
    ),
}


def _weights_vanish(tables: Tables, *, nearly_all: float = 0.95) -> Judgement:
    table = tables["vanished"]
    factors, updates, weights = (
        measured.row(table, activation="sigmoid", what=what) for what in (FACTORS, UPDATES, WEIGHTS)
    )
    vanish = [row["low"] > nearly_all for row in (factors, updates)]
    values = {"updates": updates["share"], "weights": weights["share"]}
    verdict = graded(all(vanish), in_part=any(vanish))
    ends = factors["low"], factors["high"]
    return Judgement(verdict, factors["share"], *ends, notes=("main",), values=values)


CLAIMS = {"XP-18": _weights_vanish}
