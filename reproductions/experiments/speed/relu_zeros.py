"""What ReLU's zeros save: multiplications, units for the same accuracy, and time on this machine.

Document: network-post, section 1.2.5 (ReLU ignores part of its input and so is more efficient).
Setup: perceptrons 64-48-48-10 on scikit-learn's handwritten digits, with ReLU, leaky ReLU, sigmoid
and tanh; Glorot's weights, SGD in batches of 32, each function at the learning rate with the lowest
error on images kept back for that choice, on seeds that are used for nothing else. Each seed draws
its weights and its order of batches, the same for every function. Counted on the test images are
the hidden outputs that are exactly 0 and the multiplications that have such a factor. Then the
matrix product that follows a hidden layer is timed: with no zeros among its inputs, with as many
zeros as ReLU gives, and with these inputs stored as a sparse matrix, which skips the zeros.
Assumptions: a unit is active for an image where its output is not 0. "More efficient" has three
parts: fewer multiplications, no loss of accuracy, and time saved.
Known differences: the post compares with the brain, and gives no number.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Table, Unchecked
from reproductions.evidence.statistics import generator, mean_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, digits
from reproductions.training.activations import Activation
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool, joined


@dataclass(frozen=True)
class Spec:
    """The networks and their training, and what is timed."""

    seeds: int = 24
    functions: tuple[Activation, ...] = ("relu", "leaky_relu", "sigmoid", "tanh")
    hidden: tuple[int, ...] = (48, 48)
    rates: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0)
    tuning_seeds: int = 12
    updates: int = 450
    batch: int = 32
    kept_back: int = 237  # of the training images, for the choice of the rate
    widths: tuple[int, ...] = (64, 512, 2048)
    images: int = 256
    rounds: int = 9
    at_least_s: float = 0.005

    def __post_init__(self):
        if self.functions[0] != REFERENCE:
            raise ValueError(f"functions must begin with relu. Received: {self.functions}")


REFERENCE = "relu"

SPEC = Spec()

ALONE = True

QUICK = {"rates": (0.3, 1.0), "updates": 200, "widths": (64, 512), "rounds": 6}

SMALL = {
    "rates": (0.3, 1.0),
    "updates": 20,
    "tuning_seeds": 1,
    "hidden": (8, 8),
    "widths": (16,),
    "rounds": 6,
    "at_least_s": 0.0,
}

FIRST_TUNING_SEED = 4_000_000

DENSE, ZEROS, SPARSE = "no zeros", "zeros multiplied", "zeros skipped"
"""The matrix products that are timed."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains with every function, counts zeros, and times the products that follow them."""
    images = digits.load()
    total = 2 * len(spec.functions) * spec.updates
    with (
        pool.progress(total=total, what="relu_zeros", unit="update") as bar,
        workers() as executor,
    ):
        made = executor.map(lambda name: _tables(spec, images, name, bar.update), spec.functions)
        tables = joined(list(made))
    by_seed = tables["networks"]
    zeros = by_seed[by_seed["function"] == REFERENCE]["zero_share"].mean()
    return {**tables, "summary": summary(by_seed), "times": _times(spec, float(zeros), pool)}


def _tables(
    spec: Spec, images: digits.Images, function: str, done: Callable[[int], object]
) -> dict[str, pd.DataFrame]:
    from reproductions.training import classifiers, own_orders

    classifier = classifiers.Classifier(hidden=spec.hidden)
    cut = len(images.x_train) - spec.kept_back
    places = np.arange(cut)
    sets = {
        "kept_back": own_orders.Watched(images.x_train[cut:], images.y_train[cut:]),
        "test": own_orders.Watched(images.x_test, images.y_test),
    }

    def train(seeds: list[int], rates: np.ndarray, watch: str) -> own_orders.Run:
        return own_orders.train(
            classifier,
            lambda: activations.layer(function),
            images,
            seeds,
            rates,
            [spec.updates],
            {watch: sets[watch]},
            batch=spec.batch,
            places=np.tile(places, (len(seeds), 1)),
            done=done,
        )

    tuning = list(range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds))
    tuned = train(tuning * len(spec.rates), np.repeat(spec.rates, len(tuning)), "kept_back")
    errors = tuned.errors["kept_back"][-1].reshape(len(spec.rates), -1).mean(axis=1)
    rate = spec.rates[int(errors.argmin())]
    seeds = list(range(spec.seeds))
    trained = train(seeds, np.full(spec.seeds, rate), "test")
    layer = activations.layer(function)
    signals = classifier.signals(layer, trained.weights, images.x_test)[:-1]
    zeros = [(np.asarray(output) == 0).mean(axis=1) for _, output in signals]  # (replica, unit)
    following = [*spec.hidden[1:], images.classes]
    saved = sum(share.sum(axis=-1) * width for share, width in zip(zeros, following, strict=True))
    hidden_products = sum(np.array(spec.hidden) * following)
    active = sum((1 - share).sum(axis=-1) for share in zeros)
    networks = pd.DataFrame(
        {
            "function": function,
            "seed": seeds,
            "rate": rate,
            "accuracy": 1 - trained.errors["test"][-1],
            "zero_share": np.concatenate(zeros, axis=-1).mean(axis=-1),
            "saved_share": saved / hidden_products,
            "active_units": active,
        }
    )
    return {"networks": networks}


def summary(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Means over seeds, with intervals; accuracies less ReLU's on the same seeds."""
    pivot = by_seed.pivot(index="seed", columns="function", values="accuracy")
    rows = []
    for function, runs in by_seed.groupby("function", sort=True):
        row: dict[str, object] = {"function": function}
        measures = {
            "accuracy": runs["accuracy"],
            "saved": runs["saved_share"],
            "active": runs["active_units"],
            "gain": pivot[REFERENCE] - pivot[function],
        }
        for name, values in measures.items():
            ends = mean_of(values.to_numpy())
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def _times(spec: Spec, zeros: float, pool: Pool) -> pd.DataFrame:
    """Times the product of hidden outputs with a kernel, a row for each width and kind."""
    from scipy import sparse

    from reproductions.training.timing import interleaved, median_interval, ratios, timed

    calls, keys = [], []
    for width in spec.widths:
        random = generator(0, width)
        kernel = random.standard_normal((width, width)).astype("float32")
        full = np.abs(random.standard_normal((spec.images, width))).astype("float32")
        thinned = np.where(random.random(full.shape) < zeros, 0, full).astype("float32")
        skipping = sparse.csr_matrix(thinned)
        for kind, inputs in ((DENSE, full), (ZEROS, thinned), (SPARSE, skipping)):
            calls.append(timed(_product(inputs, kernel), spec.at_least_s))
            keys.append((width, kind))
    kinds = 3
    seconds = interleaved(
        calls, spec.rounds, "relu_zeros, times", [kinds] * len(spec.widths), pool
    ).reshape(len(spec.widths), kinds, spec.rounds)
    rows = pd.DataFrame(keys, columns=["width", "product"])
    for name, interval in (
        ("time_us", median_interval(1e6 * seconds)),
        ("ratio", ratios(seconds, seconds[:, :1])),
    ):
        for end, values in zip(("", "_low", "_high"), interval, strict=True):
            rows[f"{name}{end}"] = values.ravel()
    return rows


def _product(inputs, kernel: np.ndarray) -> Callable[[], object]:
    return lambda: inputs @ kernel


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """What the zeros save in multiplications, what the accuracy is, and what time they save."""
    return {
        "savings": lambda: _draw_savings(spec, tables["summary"]),
        "times": lambda: _draw_times(tables["times"]),
    }


def _draw_savings(spec: Spec, table: pd.DataFrame):
    figure, (panels,) = drawing.panels(1, 3, width=3.7, height=2.6, sharey=True)
    names = [name for name in spec.functions if name in set(table["function"])]
    rows = table.set_index("function").loc[names]
    for panel, (name, label, factor) in zip(
        panels,
        (
            ("saved", "hidden multiplications with a factor of 0 (%)", 100),
            ("accuracy", "accuracy on test images (%)", 100),
            ("active", f"active hidden units an image, of {sum(spec.hidden)}", 1),
        ),
        strict=True,
    ):
        for y, function in enumerate(names):
            row = rows.loc[function]
            ends = [
                [factor * (row[name] - row[f"{name}_low"])],
                [factor * (row[f"{name}_high"] - row[name])],
            ]
            style = {"fmt": "o", "capsize": 4, "color": functions.color(function)}
            panel.errorbar(factor * row[name], y, xerr=ends, **style)
        panel.set_xlabel(label)
        panel.set_yticks(range(len(names)), [functions.label(name) for name in names])
    panels[0].invert_yaxis()
    figure.suptitle(f"What zeros save: means over {spec.seeds:,} seeds with 95 % intervals")
    return figure


PRODUCTS = {
    ZEROS: {"color": drawing.VERMILION, "marker": "s", "label": "zeros multiplied like the rest"},
    SPARSE: {"color": drawing.BLUE, "marker": "o", "label": "zeros skipped (sparse matrix)"},
}


def _draw_times(times: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.5, height=3.4)
    for kind, style in PRODUCTS.items():
        rows = times[times["product"] == kind].sort_values("width")
        ends = drawing.error_bars(rows, "ratio", "ratio_low", "ratio_high")
        axes.errorbar(rows["width"], rows["ratio"], yerr=ends, capsize=4, **style)
    axes.axhline(1, color=drawing.BLACK, linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="units in the layer", ylabel="time / without zeros")
    widths = sorted(times["width"].unique())
    axes.set_xticks(widths, [f"{width:,}" for width in widths])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_title("Time of the product after a hidden layer: medians with 95 % intervals")
    axes.legend()
    return figure


GROW = "last bits grow over hundreds of updates, and may choose a rate"
BOUNDS = {"accuracy": (0, 1), "saved": (0, 1), "active": (0, math.inf), "gain": (-1, 1)}

TABLES = {
    "networks": Table(
        key=("function", "seed"),
        columns=dict.fromkeys(
            ("rate", "accuracy", "zero_share", "saved_share", "active_units"), Unchecked()
        ),
    ),
    "summary": Table(
        key=("function",),
        columns={
            f"{name}{end}": Close(rtol=0.05, atol=0.02, reason=GROW, least=least, most=most)
            for name, (least, most) in BOUNDS.items()
            for end in ("", "_low", "_high")
        },
        over_seeds=True,
    ),
    "times": Table(
        key=("width", "product"),
        columns=dict.fromkeys(
            (f"{name}{end}" for name in ("time_us", "ratio") for end in ("", "_low", "_high")),
            Unchecked(),
        ),
        over_seeds=True,
    ),
}


def _zeros_are_efficient(
    tables: Tables,
    *,
    fewer: float = 0.25,
    point: float = 0.01,
    saved: float = 0.9,
    most: float = 0.5,
) -> Judgement:
    table, times = tables["summary"], tables["times"]
    relu = measured.row(table, function=REFERENCE)
    others = table[table["function"] != REFERENCE]
    zeros = relu["saved_low"] > fewer and (others["saved_high"] < relu["saved_low"]).all()
    no_loss = (others["gain_low"] > -point).all()
    best = times[times["product"] != DENSE].groupby("width")["ratio_high"].min()
    faster = (best < saved).sum()
    quickest = times[times["product"] == SPARSE]["ratio"].min()
    values = {
        "saved": int(faster),
        "widths": len(best),
        "zeros": times[times["product"] == ZEROS]["ratio"].median(),
        "sparse": quickest,
    }
    return Judgement(
        graded(zeros and no_loss and faster > most * len(best), in_part=zeros and no_loss),
        relu["saved"],
        relu["saved_low"],
        relu["saved_high"],
        notes=["times"],
        values=values,
    )


CLAIMS = {"NP-16": _zeros_are_efficient}
