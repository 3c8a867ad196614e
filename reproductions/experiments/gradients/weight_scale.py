"""Tests whether a sigmoid network learns slowly from too small and too large initial weights.

Document: slides, part 7-2 (the sigmoid's first con: gradients near 0 at both ends, so weights that
are too large or too small learn slowly).
Setup: the sigmoid's slope at 0, ±5 and ±10. Then a sigmoid perceptron 64-32-32-10 learns the
handwritten digits. Its initial kernels are Glorot's times 0.01 to 100, and it is trained by plain
SGD on batches of 32 at two learning rates, with 1,320 updates, from the same 12 seeds each time.
Assumptions: a seed learns slowly at a scale if it needs more than twice the median updates of the
best scale to reach 10 % training error (on 512 training images), or never reaches it. Each scale
counts at its best rate, the one with the fewest median updates. A unit is saturated for an image
where its slope is below 5 % of the sigmoid's largest slope.
Known differences: the slides give no numbers. Biases start at 0 at every scale.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, digits
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Spec:
    """The scales of the initial kernels, the training, and the number of seeds."""

    seeds: int = 12
    scales: tuple[float, ...] = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
    rates: tuple[float, ...] = (0.3, 3.0)
    steps: int = 1_320
    records: int = 80
    threshold: float = 0.1
    batch: int = 32


SPEC = Spec()
QUICK = {"scales": (0.01, 1.0, 100.0), "rates": (3.0,), "records": 30}
SMALL = {"scales": (0.01, 1.0, 100.0), "rates": (3.0,), "steps": 60, "records": 10}

HIDDEN = (32, 32)
FUNCTION = "sigmoid"
POINTS = (-10.0, -5.0, 0.0, 5.0, 10.0)
SLOW = 2  # times the median updates of the best scale
WATCHED = 512  # training images on which the error is taken


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains from every scale, the learning rates side by side, and measures every start."""
    images = digits.load()
    total = len(spec.rates) * spec.steps
    with (
        pool.progress(total=total, what="weight_scale", unit="update") as bar,
        workers() as executor,
    ):
        by_rate = executor.map(lambda rate: _train(spec, images, rate, bar.update), spec.rates)
        steps = pd.concat(by_rate, ignore_index=True)
    return {
        "slopes": _slopes(),
        "start": _start(spec, images),
        "scales": _scales(spec, steps),
        "steps": steps,
    }


def _train(
    spec: Spec, images: digits.Images, rate: float, done: Callable[[int], object]
) -> pd.DataFrame:
    """Trains all scales and seeds at one learning rate."""
    from reproductions.training import classifiers

    classifier = classifiers.Classifier(hidden=HIDDEN)
    seeds = np.tile(np.arange(spec.seeds), len(spec.scales))
    scales = np.repeat(spec.scales, spec.seeds)
    record_at = np.unique(np.geomspace(4, spec.steps, spec.records).round().astype(int))
    errors, _ = classifiers.train(
        classifier,
        lambda: activations.layer(FUNCTION),
        images,
        classifier.weights(images, seeds, scales),
        np.full(len(seeds), rate),
        record_at,
        batch=spec.batch,
        watched=WATCHED,
        done=done,
    )
    steps = classifiers.steps_to(errors, record_at, spec.threshold)
    return pd.DataFrame(
        {"scale": scales, "rate": rate, "seed": seeds, "steps": steps, "error_end": errors[-1]}
    )


def _scales(spec: Spec, steps: pd.DataFrame) -> pd.DataFrame:
    """Each scale at its best rate, and how many seeds are slow compared with the best scale."""
    medians = steps.fillna({"steps": np.inf}).groupby(["scale", "rate"])["steps"].median()
    reached = steps.groupby(["scale", "rate"])["steps"].count()
    best = medians.min()
    rows = []
    for scale in spec.scales:
        # Where the median seed never arrives at any rate, the rate at which most seeds arrive.
        rate = max(spec.rates, key=lambda rate: (-medians[scale, rate], reached[scale, rate]))
        at_rate = steps[(steps["scale"] == scale) & (steps["rate"] == rate)]["steps"]
        slow = int((~(at_rate <= SLOW * best)).sum())
        rows.append(
            {
                "scale": scale,
                "rate": rate,
                "seeds": spec.seeds,
                "reached": int(at_rate.notna().sum()),
                "slow": slow,
                **share_of(slow, spec.seeds),
                "steps_q50": at_rate.fillna(spec.steps).median(),
            }
        )
    return pd.DataFrame(rows)


def _start(spec: Spec, images: digits.Images) -> pd.DataFrame:
    """The saturated units of each layer, and its kernel's gradient, before training."""
    import tensorflow as tf

    from reproductions.training import classifiers
    from reproductions.training.gradients import SATURATED, largest_slope, value_and_slope

    classifier = classifiers.Classifier(hidden=HIDDEN)
    layer = activations.layer(FUNCTION)
    flat = SATURATED * largest_slope(layer)
    x = tf.constant(images.x_train[:WATCHED])
    classes = tf.constant(np.eye(images.classes, dtype="float32")[images.y_train[:WATCHED]])
    rows = []
    for scale in spec.scales:
        weights = [tf.constant(w) for w in classifier.weights(images, range(spec.seeds), scale)]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            signals = classifier.signals(layer, weights, x)
            loss = tf.reduce_sum(classifiers.cross_entropy(classes, signals[-1][0]))
        kernels = tape.gradient(loss, weights)[::2]
        for i, (z, _) in enumerate(signals[:-1]):
            slopes = np.abs(value_and_slope(layer, z)[1])
            sizes = np.sqrt(np.square(np.asarray(kernels[i], "float64")).mean(axis=(1, 2)))
            rows.append(
                {
                    "scale": scale,
                    "layer": i + 1,
                    "saturated": float((slopes < flat).mean()),
                    "gradient_q50": float(np.median(sizes)),
                }
            )
    return pd.DataFrame(rows)


def _slopes() -> pd.DataFrame:
    """The slope by automatic differentiation of the layer, in float64."""
    from reproductions.training.gradients import value_and_slope

    _, slopes = value_and_slope(activations.layer(FUNCTION, dtype="float64"), np.array(POINTS))
    return pd.DataFrame({"x": POINTS, "slope": np.asarray(slopes)})


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Speed by scale, beside saturation and gradients before training."""
    return {
        "speed": lambda: _speed_figure(spec, tables["start"], tables["scales"], tables["steps"])
    }


def _speed_figure(
    spec: Spec, start: pd.DataFrame, scales: pd.DataFrame, steps: pd.DataFrame
) -> "Figure":
    figure, axes = drawing.panels(1, 3, width=4.2, height=3.6)
    speed, saturated, gradient = axes[0]
    looks = zip((drawing.SKY, drawing.BLUE, drawing.PURPLE, drawing.ORANGE), "os^D", strict=True)
    for (color, marker), (rate, rows) in zip(
        itertools.cycle(looks), steps.groupby("rate"), strict=False
    ):
        medians = rows.groupby("scale")["steps"].median()
        speed.plot(rows["scale"], rows["steps"], marker, color=color, alpha=0.35, markersize=4)
        speed.plot(medians.index, medians, color=color, label=f"learning rate {rate:g}")
    for row in scales[scales["reached"] < scales["seeds"]].itertuples():
        speed.annotate(
            f"{row.seeds - row.reached} of\n{row.seeds} never",
            (row.scale, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="top",
            fontsize=8,
        )
    speed.set(xscale="log", ylabel=f"updates to {100 * spec.threshold:g} % training error")
    speed.set_xlim(scales["scale"].min() / 2, scales["scale"].max() * 2)
    if steps["steps"].notna().any():
        speed.set_yscale("log")
        speed.set_ylim(top=steps["steps"].max() * 3)
    speed.legend(loc="lower left")
    speed.set_title("Updates: each seed, and the median")
    colors = (drawing.GREEN, drawing.VERMILION)
    for marker, color, (layer, rows) in zip("os", colors, start.groupby("layer"), strict=True):
        style = {"marker": marker, "color": color, "label": f"hidden layer {layer}"}
        saturated.plot(rows["scale"], rows["saturated"], **style)
        gradient.plot(rows["scale"], rows["gradient_q50"], **style)
    saturated.set(xscale="log", ylabel="share of units saturated", ylim=(-0.03, 1.03))
    saturated.set_title("Saturation before training")
    saturated.legend()
    gradient.set(xscale="log", yscale="log", ylabel="RMS gradient of the kernel\n(median of seeds)")
    gradient.set_title("Gradient before training")
    for panel in axes[0]:
        panel.set_xlabel("initial kernels, in multiples of Glorot's")
    figure.suptitle("A sigmoid network learns slowly from too small and from too large weights")
    return figure


def _slow_at_both_ends(
    tables: Tables,
    *,
    slope_at_5: float = 0.05,
    slope_at_10: float = 1e-3,
    most: float = 0.5,
    near_nothing: float = 0.01,
) -> Judgement:
    slope = tables["slopes"].set_index("x")["slope"]
    ends = {x: max(slope[-x], slope[x]) / slope[0.0] for x in (5.0, 10.0)}
    flat = ends[5.0] < slope_at_5 and ends[10.0] < slope_at_10
    scales = tables["scales"].set_index("scale")
    small, large = scales.loc[scales.index.min()], scales.loc[scales.index.max()]
    first_layer = measured.rows(tables["start"], layer=1)
    usual = measured.row(first_layer, scale=1.0)["gradient_q50"]
    first_layer = first_layer.set_index("scale").sort_index()
    saturated, gradient = first_layer["saturated"], first_layer["gradient_q50"] / usual
    as_said = [
        bool(row["low"] > most and ratio < near_nothing)
        for row, ratio in ((small, gradient.iloc[0]), (large, gradient.iloc[-1]))
    ]
    verdict = graded(flat and all(as_said), in_part=flat and any(as_said))
    values = {
        "small_slow": small["share"],
        "large_slow": large["share"],
        "small_gradient": gradient.iloc[0],
        "large_gradient": gradient.iloc[-1],
        "small_saturated": saturated.iloc[0],
        "large_saturated": saturated.iloc[-1],
    }
    return Judgement(verdict, None, notes=("main",), values=values)


CLAIMS = {
    "SL-10": _slow_at_both_ends,
}

TABLES = {
    "slopes": Table(
        key=("x",), columns={"slope": Close(rtol=1e-9, atol=0, reason="one formula in float64")}
    ),
    "start": Table(
        key=("scale", "layer"),
        columns={
            "saturated": Close(
                0, 1e-3, "a slope at the limit may cross it in float32", least=0, most=1
            ),
            "gradient_q50": Close(rtol=1e-3, atol=0, reason="sums in float32"),
        },
        over_seeds=True,
    ),
    "scales": Table(
        key=("scale",),
        columns={
            "rate": Unchecked(),
            "seeds": Exact(),
            **dict.fromkeys(("reached", "slow"), Rate(trials="seeds")),
            **shares("slow"),
            "steps_q50": Unchecked(),
        },
        over_seeds=True,
    ),
    "steps": Table(
        key=("scale", "rate", "seed"),
        columns={"steps": Unchecked(nan=True), "error_end": Unchecked()},
    ),
}
