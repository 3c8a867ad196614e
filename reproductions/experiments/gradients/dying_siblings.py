"""Whether a unit is dead once its sum is negative, and whether leaky ReLU and ELU prevent death.

Document: relu-post, part 3 (the moment the weighted sum turns negative, the unit returns 0 for
ever; siblings of ReLU make up for its limits); slides, part 7-2 (leaky ReLU and ELU).
Setup: classifiers 64-24-24-10 of the handwritten digits with ReLU, leaky ReLU and ELU, all from the
same Glorot's initial weights, are trained by cross entropy on the same batches of 32 for 20 epochs,
at three learning rates. All training images are passed through after each epoch.
Assumptions: a unit has turned negative if after the first epoch its weighted sum is below 0 for
some training image, and it lives if at the end it puts out more than 0 for some training image. A
unit stands still if its weights and its bias keep all their bits over the whole last epoch; this is
the same test for every function, whatever its slope.
Known differences: the documents show no numbers. The leaky ReLU has the slides' slope, 0.1. Whether
the siblings also make fewer errors is another question. Networks whose weights do not stay finite
are left out of the shares.
It runs only when it is named, as it takes more than half a minute on one core.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import bootstrap_interval, generator, share_of, share_of_sums
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, digits
from reproductions.training.pool import Arrays, Pool, Shard, whole

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reproductions.training.replicas import Replicas, Trained

Compared = Literal["relu", "leaky_relu", "elu"]


@dataclass(frozen=True)
class Spec:
    """The classifiers, the functions that are compared, and the number of seeds."""

    seeds: int = 24
    functions: tuple[Compared, ...] = ("relu", "leaky_relu", "elu")
    rates: tuple[float, ...] = (0.1, 0.5, 2.0)
    hidden: tuple[int, ...] = (24, 24)
    epochs: int = 20
    batch: int = 32


SPEC = Spec()
OPTIONAL = True
QUICK = {"rates": (0.5, 2.0), "epochs": 10}
SMALL = {"rates": (0.1, 2.0), "epochs": 2}

SLOPE = 0.1  # of the slides' leaky ReLU

RESAMPLES = 2_000


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains all functions from the same weights, and follows every unit."""
    calls = [(spec, name) for name in spec.functions]
    shards_by_call = pool.by_seeds(
        _train, calls, spec.seeds, "dying_siblings", each=len(spec.rates)
    )
    by_function = {
        name: whole(shards) for (_, name), shards in zip(calls, shards_by_call, strict=True)
    }
    return {
        "networks": pd.DataFrame(
            [
                _network_row(spec, name, i, arrays)
                for name, arrays in by_function.items()
                for i in range(len(spec.rates))
            ]
        ),
        "still": pd.DataFrame(
            [
                _still_row(spec, name, i, arrays)
                for name, arrays in by_function.items()
                for i in range(len(spec.rates))
                if arrays["finite"][i].any()
            ]
        ),
        "seeds": pd.concat(
            [
                _seed_rows(spec, name, i, arrays)
                for name, arrays in by_function.items()
                for i in range(len(spec.rates))
            ],
            ignore_index=True,
        ),
    }


def _layer(name: str) -> "keras.Layer":
    """An activation layer; the leaky ReLU has the slides' slope."""
    if name == "leaky_relu":
        from custom_layers import LeakyReLU

        return LeakyReLU(negative_slope=SLOPE)
    return activations.layer(name)


def _engine(hidden: tuple[int, ...], name: str, pixels: int, classes: int) -> "Replicas":
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    model = keras.Sequential([keras.Input((pixels,))])
    for width in hidden:
        model.add(keras.layers.Dense(width))
        model.add(_layer(name))
    model.add(keras.layers.Dense(classes))

    def cross_entropy(y, logit):
        return tf.reduce_mean(tf.reduce_logsumexp(logit, 1) - tf.reduce_sum(y * logit, 1), 0)

    return replicas.Replicas(model, cross_entropy, snapshots=True, watch=False, threads=1, block=32)


def _train(shard: Shard, spec: Spec, name: str, start: int, stop: int) -> Arrays:
    """What each unit came to, by seed: arrays (rate, layer, seed), or (rate, seed)."""
    from reproductions.training import replicas

    images = digits.load()
    x = images.x_train.reshape(len(images.x_train), -1)
    y = np.eye(images.classes, dtype="float32")[images.y_train]
    engine = shard.once(_engine, spec.hidden, name, x.shape[1], images.classes)
    seeds = range(start, stop)
    weights = replicas.initial_weights(engine.model, seeds, "glorot")
    each = len(x) // spec.batch
    order = np.concatenate(
        [
            generator(0, epoch).permutation(len(x))[: each * spec.batch]
            for epoch in range(spec.epochs)
        ]
    ).reshape(-1, spec.batch)
    trained = engine.train(
        [np.tile(w, len(spec.rates)) for w in weights],
        x,
        y,
        np.repeat(spec.rates, len(seeds)),
        len(order) + 1,
        every=each,
        batches=np.concatenate([order, order[:1]]),  # the last record comes before a last update
        done=shard.advance,
    )
    return what_became_of_units(trained, lambda: _layer(name), x, len(spec.rates))


def what_became_of_units(
    trained: "Trained", factory: Any, x: np.ndarray, rates: int
) -> dict[str, np.ndarray]:
    """Counts units, and (unit, image) pairs, by what they were and what they became.

    Args:
        trained: has the weights as snapshots, after the first epoch as its second record; its
            replicas are all seeds of the first learning rate, then those of the next.
        factory: makes the activation.
        x: the training images, (image, pixel).
        rates: how many learning rates there are.

    Returns:
        Counts (rate, layer, seed): `negative` units, those of them that are `alive` at the end,
        `still` units, `silent` units, whose sums are not above 0 for any image at the end, and the
        pairs with a negative sum, `pairs`, and those of them with a positive one later, `back`.
        And `finite`, whether the weights are so in the end, (rate, seed).
    """
    from reproductions.training import units

    names = [f"weight_{i}" for i in range(len(trained.weights))]
    records = [[trained.records[name][place] for name in names] for place in (1, -2, -1)]
    first, before_last, last = records
    counts: dict[str, list[np.ndarray]] = {
        name: [] for name in ("negative", "alive", "still", "silent", "pairs", "back")
    }
    sums = [
        [np.asarray(z) for z, *_ in units.pre_activations(factory, weights, x)]
        for weights in (first, last)
    ]
    for layer, (z, z_end) in enumerate(zip(*sums, strict=True)):  # (replica, image, unit)
        negative, positive_end = z < 0, z_end > 0
        some, alive = negative.any(axis=1), positive_end.any(axis=1)
        same = [
            (before_last[2 * layer + i] == last[2 * layer + i]) for i in (0, 1)
        ]  # kernel (in, out, replica), bias (out, replica)
        still = (same[0].all(axis=0) & same[1]).T
        counts["negative"].append(some.sum(axis=1))
        counts["alive"].append((some & alive).sum(axis=1))
        counts["still"].append(still.sum(axis=1))
        counts["silent"].append((z_end <= 0).all(axis=1).sum(axis=1))
        counts["pairs"].append(negative.sum(axis=(1, 2)))
        counts["back"].append((negative & positive_end).sum(axis=(1, 2)))
    finite = np.all([np.isfinite(w).all(axis=tuple(range(w.ndim - 1))) for w in last], axis=0)
    by_rate = {
        name: np.stack([layer.reshape(rates, -1) for layer in layers], axis=1)
        for name, layers in counts.items()
    }
    return {**by_rate, "finite": finite.reshape(rates, -1)}


def _network_row(spec: Spec, name: str, i: int, arrays: Arrays) -> dict[str, Any]:
    finite = arrays["finite"][i]
    return {
        "function": name,
        "rate": spec.rates[i],
        "seeds": len(finite),
        "finite": int(finite.sum()),
    }


def _still_row(spec: Spec, name: str, i: int, arrays: Arrays) -> dict[str, Any]:
    """Of the networks whose weights stay finite, those with a unit that stands still."""
    finite = arrays["finite"][i]
    count = int((arrays["still"][i].sum(axis=0) > 0)[finite].sum())
    units = sum(spec.hidden) * int(finite.sum())
    return {
        "function": name,
        "rate": spec.rates[i],
        "with_still": count,
        "finite": int(finite.sum()),
        **share_of(count, int(finite.sum())),
        "still_share": arrays["still"][i][:, finite].sum() / units,
        "silent_share": arrays["silent"][i][:, finite].sum() / units,
    }


def _seed_rows(spec: Spec, name: str, i: int, arrays: Arrays) -> pd.DataFrame:
    finite = np.flatnonzero(arrays["finite"][i])
    frames = [
        pd.DataFrame(
            {
                "function": name,
                "rate": spec.rates[i],
                "layer": layer + 1,
                "seed": finite,
                "units": width,
                **{
                    count: arrays[count][i, layer, finite]
                    for count in ("negative", "alive", "still", "silent", "pairs", "back")
                },
            }
        )
        for layer, width in enumerate(spec.hidden)
    ]
    return pd.concat(frames)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Units that turned negative and live, and units that stand still, by function and rate."""
    return {"siblings": lambda: _figure(tables["still"], tables["seeds"])}


def _figure(networks: pd.DataFrame, seeds: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(1, 3, width=4.0, height=3.6)
    alive, still, silent = axes[0]
    relu = measured.rows(seeds, function="relu")
    rates = sorted(networks["rate"].unique())
    for number, (layer, rows) in enumerate(relu.groupby("layer")):
        color, marker = ((drawing.BLUE, "o"), (drawing.ORANGE, "s"))[number % 2]
        found = [alive_share(rows[rows["rate"] == rate]) for rate in rates]
        middle, low, high = np.transpose(found)
        places = np.arange(len(rates)) + 0.15 * (number - 0.5)
        alive.errorbar(
            places,
            middle,
            yerr=[middle - low, high - middle],
            color=color,
            marker=marker,
            linestyle="none",
            capsize=3,
            label=f"hidden layer {layer}",
        )
    alive.set(ylim=(-0.03, 1.03), ylabel="share of ReLU units")
    alive.set_title("ReLU units that were negative for\nsome image, and live at the end")
    alive.legend(loc="lower left")
    _draw_by_function(still, networks, rates, "share")
    still.set(ylim=(-0.03, 1.03), ylabel="share of networks")
    still.set_title("Networks with a unit that stands\nstill (95 % intervals)")
    _draw_by_function(silent, networks, rates, "silent_share")
    silent.set(ylim=(-0.03, 1.03), ylabel="share of units")
    silent.set_title("Units whose sum is above 0\nfor no image")
    for panel in axes[0]:
        panel.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
        panel.set(xlabel="learning rate", xlim=(-0.5, len(rates) - 0.5))
    figure.legend(*still.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.suptitle(
        "Classifiers of the digits: units that turn negative, and units that no longer learn"
    )
    return figure


def _draw_by_function(
    panel: "Axes", networks: pd.DataFrame, rates: Sequence[float], column: str
) -> None:
    for number, (name, rows) in enumerate(networks.groupby("function", sort=False)):
        places = rows["rate"].map(list(rates).index) + 0.15 * (number - 1)
        errors = drawing.error_bars(rows) if column == "share" else None
        panel.errorbar(
            places,
            rows[column],
            yerr=errors,
            color=functions.color(name),
            marker="os^"[number % 3],
            linestyle="none",
            capsize=3,
            label=functions.label(name, SLOPE),
        )


def alive_share(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Of the units that turned negative, the share that lives, and its 95 % bootstrap interval.

    Networks are resampled whole, because the units of one network are not independent.
    """
    sums = rows.groupby("seed")[["alive", "negative"]].sum().to_numpy()
    if not len(sums) or not sums[:, 1].sum():
        return np.nan, np.nan, np.nan
    interval = bootstrap_interval(share_of_sums, *sums.T, resamples=RESAMPLES, stream=8)
    return sums[:, 0].sum() / sums[:, 1].sum(), *interval


def _dead_once_negative(
    tables: Tables, *, hardly_any: float = 0.05, most: float = 0.5
) -> Judgement:
    relu = measured.rows(tables["seeds"], function="relu")
    by_rate = {rate: alive_share(rows) for rate, rows in relu.groupby("rate")}
    alive = max(by_rate.values(), key=lambda found: found[0])
    highest = max(high for *_, high in by_rate.values())
    verdict = graded(highest < hardly_any, in_part=highest < most)
    values = {"by_rate": {f"{rate:g}:": share for rate, (share, *_) in by_rate.items()}}
    return Judgement(verdict, *alive, notes=("main",), values=values)


def _siblings_never_still(tables: Tables) -> Judgement:
    still = tables["still"]
    by_function = {
        name: measured.rows(still, function=name).set_index("rate")
        for name in ("relu", "leaky_relu", "elu")
    }
    relu = by_function["relu"]
    fewer, solved = {}, {}
    for name in ("leaky_relu", "elu"):
        rows = by_function[name]
        against = relu.reindex(rows.index)
        no_more = (rows["share"] <= against["share"]).all()
        fewer[name] = bool(no_more and (rows["high"] < against["low"]).any())
        solved[name] = fewer[name] and not rows["with_still"].any()
    verdict = graded(all(solved.values()), in_part=any(solved.values()) or all(fewer.values()))
    siblings = [row for name in fewer for _, row in by_function[name].iterrows()]
    worst = max(siblings, key=lambda row: row["share"])
    common = set.intersection(*(set(rows.index) for rows in by_function.values()))
    values: dict[str, Any] = {}
    notes = []
    if common:
        rate = max(common)
        at_rate = {name: rows.loc[rate] for name, rows in by_function.items()}
        notes.append("main")
        values |= {
            "rate": rate,
            "still": {name: row["share"] for name, row in at_rate.items()},
        }
    networks = tables["networks"]
    fastest = networks["rate"].max()
    diverged = networks[(networks["finite"] == 0) & (networks["rate"] == fastest)]
    if len(diverged):
        notes.append("fast")
        values |= {
            "fastest": fastest,
            "fast": {
                name: rows.loc[fastest, "share"]
                for name, rows in by_function.items()
                if fastest in rows.index
            },
            "diverged": dict.fromkeys(diverged["function"], 1),
        }
    ends = float(worst["low"]), float(worst["high"])
    return Judgement(verdict, float(worst["share"]), *ends, notes=notes, values=values)


CLAIMS = {"RP-12": _dead_once_negative, "RP-13": _siblings_never_still}

TABLES = {
    "networks": Table(
        key=("function", "rate"),
        columns={"seeds": Exact(), "finite": Rate(trials="seeds")},
        over_seeds=True,
    ),
    "still": Table(
        key=("function", "rate"),
        columns={
            **shares("with_still", "finite"),
            **dict.fromkeys(("still_share", "silent_share"), Unchecked()),
        },
        over_seeds=True,
    ),
    "seeds": Table(
        key=("function", "rate", "layer", "seed"),
        columns={
            "units": Exact(),
            "negative": Rate(trials="units"),
            "alive": Rate(trials="negative"),
            **dict.fromkeys(("still", "silent"), Rate(trials="units")),
            # The sums of one unit are not independent trials of a rate.
            **dict.fromkeys(("pairs", "back"), Unchecked()),
        },
    ),
}
