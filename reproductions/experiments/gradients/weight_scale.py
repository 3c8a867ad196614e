"""The sigmoid's flat ends: its slope there, and its speed from too small and too large weights.

Document: slides, part 7-2 (the sigmoid's first con: gradients near 0 at both ends, so weights that
are too large or too small learn slowly).
Setup: the slope at 0, ±5 and ±10; then a sigmoid perceptron 64-32-32-10 on the handwritten digits,
its initial kernels Glorot's times 0.01 to 100, plain SGD in batches of 32 at two learning rates,
1,320 updates; 12 seeds, the same for all.
Assumptions: a seed learns slowly at a scale if it takes over twice the best scale's median updates
to 10 % training error (on 512 training images), or never gets there; each scale counts at the rate
at which most seeds get there soonest. A unit is saturated for an image where the slope is below 5 %
of its greatest.
Known differences: the slides give no numbers. Biases start at 0 at every scale.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import activations, digits
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The scales, and how many seeds see them."""

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
SLOW = 2
WATCHED = 512


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every scale, the learning rates side by side, and looks at every scale's start."""
    images = digits.load()
    total = len(spec.rates) * spec.steps
    with (
        pool.progress(total=total, what="weight_scale", unit="update") as bar,
        workers() as executor,
    ):
        found = list(executor.map(lambda rate: _train(spec, images, rate, bar.update), spec.rates))
    steps = pd.concat(found, ignore_index=True)
    return {
        "slopes": _slopes(),
        "start": _start(spec, images),
        "scales": _scales(spec, steps),
        "steps": steps,
    }


def _train(spec, images, rate, done) -> pd.DataFrame:
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


def _scales(spec, steps) -> pd.DataFrame:
    """Each scale at its best rate, beside the best scale."""
    medians = steps.fillna({"steps": np.inf}).groupby(["scale", "rate"])["steps"].median()
    reached = steps.groupby(["scale", "rate"])["steps"].count()
    best = medians.min()
    rows = []
    for scale in spec.scales:
        # Of rates at which the median seed never gets there, the one at which most do.
        rate = max(spec.rates, key=lambda rate: (-medians[scale, rate], reached[scale, rate]))
        own = steps[(steps["scale"] == scale) & (steps["rate"] == rate)]["steps"]
        slow = int((~(own <= SLOW * best)).sum())
        rows.append(
            {
                "scale": scale,
                "rate": rate,
                "seeds": spec.seeds,
                "reached": int(own.notna().sum()),
                "slow": slow,
                **share_of(slow, spec.seeds),
                "steps_q50": own.fillna(spec.steps).median(),
            }
        )
    return pd.DataFrame(rows)


def _start(spec, images) -> pd.DataFrame:
    """Before training: saturated units by layer, and the gradient of each layer's kernel."""
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


def figures(spec: Spec, tables) -> drawing.Figures:
    """Speed against scale, and what the start has to do with it."""
    return {
        "speed": lambda: _speed_figure(spec, tables["start"], tables["scales"], tables["steps"])
    }


def _speed_figure(spec, start, scales, steps):
    figure, axes = drawing.panels(1, 3, width=4.2, height=3.6)
    speed, saturated, gradient = axes[0]
    looks = zip((drawing.SKY, drawing.BLUE, drawing.PURPLE, drawing.ORANGE), "os^D", strict=True)
    for (color, marker), (rate, rows) in zip(
        itertools.cycle(looks), steps.groupby("rate"), strict=False
    ):
        middle = rows.groupby("scale")["steps"].median()
        speed.plot(rows["scale"], rows["steps"], marker, color=color, alpha=0.35, markersize=4)
        speed.plot(middle.index, middle, color=color, label=f"learning rate {rate:g}")
    never = scales[scales["reached"] < scales["seeds"]]
    for row in never.itertuples():
        text = f"{row.seeds - row.reached} of\n{row.seeds} never"
        speed.annotate(
            text, (row.scale, 1), xycoords=("data", "axes fraction"), ha="center", va="top",
            fontsize=8,
        )  # fmt: skip
    speed.set(xscale="log", ylabel=f"updates to {100 * spec.threshold:g} % training error")
    ends = scales["scale"].min() / 2, scales["scale"].max() * 2
    speed.set_xlim(ends)
    if steps["steps"].notna().any():
        speed.set_yscale("log")
        speed.set_ylim(top=steps["steps"].max() * 3)
    speed.legend(loc="lower left")
    speed.set_title("How fast it learns")
    for marker, (layer, rows) in zip("os", start.groupby("layer"), strict=True):
        style = {"marker": marker, "label": f"hidden layer {layer}"}
        color = (drawing.GREEN, drawing.VERMILION)[layer - 1]
        saturated.plot(rows["scale"], rows["saturated"], color=color, **style)
        gradient.plot(rows["scale"], rows["gradient_q50"], color=color, **style)
    saturated.set(xscale="log", ylabel="share saturated", ylim=(-0.03, 1.03))
    saturated.set_title("Saturated units before training")
    saturated.legend()
    gradient.set(xscale="log", yscale="log", ylabel="RMS over the kernel, median over seeds")
    gradient.set_title("Gradient before training")
    for panel in axes[0]:
        panel.set_xlabel("initial kernels, times Glorot's")
    figure.suptitle("A sigmoid network from weights too small and too large")
    return figure


TABLES = {
    "slopes": Table(
        key=("x",), columns={"slope": Close(rtol=1e-9, atol=0, reason="one formula in float64")}
    ),
    "start": Table(
        key=("scale", "layer"),
        columns={
            "saturated": Close(rtol=0, atol=1e-3, reason="slopes beside the line, in float32"),
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


def _slow_at_both_ends(tables) -> Judgement:
    slope = tables["slopes"].set_index("x")["slope"]
    ends = {x: max(slope[-x], slope[x]) / slope[0.0] for x in (5.0, 10.0)}
    flat = ends[5.0] < 0.05 and ends[10.0] < 0.001
    scales = tables["scales"].set_index("scale")
    small, large = scales.loc[scales.index.min()], scales.loc[scales.index.max()]
    slow = [row["low"] > 0.5 for row in (small, large)]
    verdict = graded(flat and any(slow) and all(slow), in_part=flat and any(slow))
    first = tables["start"].query("layer == 1").set_index("scale").sort_index()
    saturated, gradient = first["saturated"], first["gradient_q50"]
    at_glorot = f" ({gradient[1.0]:.1g} at Glorot's scale)" if 1.0 in gradient.index else ""
    note = (
        f"slope {slope[5.0]:.2g} at ±5, {slope[10.0]:.2g} at ±10; share of seeds slow from the"
        f" smallest weights, the interval's; from the largest {large['share']:.0%}. Not quite as"
        f" the slides explain it: at the start {saturated.iloc[0]:.0%} and"
        f" {saturated.iloc[-1]:.0%} of first-layer units are saturated, and the layer's gradient is"
        f" {gradient.iloc[0]:.1g} and {gradient.iloc[-1]:.1g}{at_glorot}: near 0 where none is"
        " saturated, and not where nearly all are, as large kernels"
        " also enlarge it"
    )
    return Judgement(verdict, small["share"], small["low"], small["high"], note)


CLAIMS = {
    "SL-10": _slow_at_both_ends,
}
