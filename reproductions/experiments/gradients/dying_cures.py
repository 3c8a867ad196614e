"""What keeps ReLU units from dying, one change at a time, and what it does to the test error.

Document: none; the relu-post says that ReLU units die, and that other functions make up for it.
Setup: classifiers 64-24-24-10 of the handwritten digits, with ReLU, Glorot's initial weights and
biases of 0, are trained by cross entropy and SGD on batches of 32 for 20 epochs, at learning rate
2, at which `dying_relu` finds nearly all units dead, and at 0.5, at which the networks learn. Then
one thing is changed: the initial bias of the hidden layers, the learning rate (10 times lower), the
largest norm of the whole gradient, the slope of a leaky ReLU, batch normalization, or the optimizer
(Adam at its best rate of five). All networks see the same batches, and start from the same kernels.
Assumptions: a unit is inactive if its activation function gets a number above 0 for no training
image at the end of training. A ReLU unit that is inactive is dead; an inactive leaky unit can still
learn. In a network whose weights are not finite, all units count as inactive, and all test images
as misclassified. With batch normalization the units are counted with the statistics of all training
images, and the test images are classified with the moving ones. The intervals are bootstrap
intervals over networks; differences are of networks that start from the same seed.
Known differences: none, as there is no document. Adam's learning rate is that with the lowest test
error, over other seeds but the same test images, so it is favoured a little.

It runs only when it is named, as it takes more than a minute on one core.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Kind, Rate, Table
from reproductions.evidence.statistics import bootstrap_interval, generator
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.training import digits
from reproductions.training.pool import Arrays, Pool, Shard, whole

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Spec:
    """The classifiers, what is changed in them, and the number of seeds."""

    seeds: int = 64
    tuning_seeds: int = 16  # others than these, on which Adam's learning rate is chosen
    rate: float = 2.0  # at which most units die
    usual_rate: float = 0.5  # at which networks learn
    hidden: tuple[int, ...] = (24, 24)
    epochs: int = 20
    batch: int = 32
    biases: tuple[float, ...] = (0.1, 1.0)
    slower: int = 10  # times lower a learning rate
    norms: tuple[float, ...] = (0.1, 1.0)  # to which the whole gradient is clipped
    slopes: tuple[float, ...] = (0.01, 0.1, 0.3)
    adam_rate: float = 0.003
    adam_rates: tuple[float, ...] = (0.0003, 0.001, 0.003, 0.01, 0.03)


SPEC = Spec()
OPTIONAL = True
QUICK = {
    "seeds": 16,
    "epochs": 4,
    "norms": (0.1,),
    "slopes": (0.1,),
    "adam_rates": (0.003,),
    "tuning_seeds": 2,
}
SMALL = {
    "epochs": 1,
    "biases": (1.0,),
    "norms": (0.1,),
    "slopes": (0.1,),
    "tuning_seeds": 2,
    "adam_rates": (0.001, 0.003),
}

BLOCK = 16  # replicas in one call; a block that is not full takes as long as a full one


@dataclass(frozen=True)
class Setting:
    """One network and how it is trained.

    Attributes:
        hidden: the widths of the hidden layers.
        rate: the learning rate.
        bias: of the hidden layers before training.
        slope: of the leaky ReLU; 0 for ReLU.
        norm: the most that the norm of the whole gradient may be; 0 for no limit.
        normalized: whether the hidden layers have batch normalization.
        adam: whether it is trained by Adam, and not by SGD.
    """

    hidden: tuple[int, ...]
    rate: float
    bias: float = 0.0
    slope: float = 0.0
    norm: float = 0.0
    normalized: bool = False
    adam: bool = False

    @property
    def compiled(self) -> "Setting":
        """The same but for what compiles nothing anew."""
        return replace(self, rate=0.0, bias=0.0)


class Cell(NamedTuple):
    """A change: its name, its value, what it is called, and the setting that it makes."""

    change: str
    value: float
    label: str
    setting: Setting


def cells(spec: Spec, rate: float) -> list[Cell]:
    """The network at a learning rate, and each single change."""
    plain = Setting(spec.hidden, rate)
    return [
        Cell("nothing", 0.0, "nothing changed", plain),
        *(
            Cell("bias", bias, f"initial bias {bias:g}", replace(plain, bias=bias))
            for bias in spec.biases
        ),
        Cell(
            "slower",
            spec.slower,
            f"learning rate {spec.slower} times lower",
            replace(plain, rate=rate / spec.slower),
        ),
        *(
            Cell("clip", norm, f"gradient's norm at most {norm:g}", replace(plain, norm=norm))
            for norm in spec.norms
        ),
        *(
            Cell("leaky", slope, f"leaky ReLU, slope {slope:g}", replace(plain, slope=slope))
            for slope in spec.slopes
        ),
        Cell("batch_norm", 0.0, "batch normalization", replace(plain, normalized=True)),
        Cell("adam", spec.adam_rate, f"Adam, rate {spec.adam_rate:g}", _adam(spec, spec.adam_rate)),
    ]


def _adam(spec: Spec, rate: float) -> Setting:
    return Setting(spec.hidden, rate, adam=True)


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every cell over all seeds, and Adam at several rates over others."""
    by_table = {"fast": cells(spec, spec.rate), "usual": cells(spec, spec.usual_rate)}
    # Adam's cell is the same at both rates.
    settings = list(dict.fromkeys(cell.setting for of in by_table.values() for cell in of))
    calls = [(setting, spec.epochs, spec.batch) for setting in settings]
    trained = pool.by_seeds(
        _train, calls, spec.seeds, "dying_cures", network=lambda setting, *_: setting.compiled
    )
    arrays = {s: whole(shards) for s, shards in zip(settings, trained, strict=True)}
    tables = {}
    for name, of in by_table.items():
        plain = arrays[of[0].setting]
        tables[name] = pd.DataFrame([_row(cell, arrays[cell.setting], plain) for cell in of])
    return {**tables, "tuning": _tuning(spec, pool)}


def _network(setting: Setting) -> "tuple[keras.Model, list[keras.Model]]":
    """The classifier, and what its activation functions get, layer by layer."""
    import keras

    from custom_layers import LeakyReLU, ReLU

    images = digits.load()
    x = signal = keras.Input((images.x_train[0].size,))
    sums = []
    for width in setting.hidden:
        signal = keras.layers.Dense(width)(signal)
        if setting.normalized:
            signal = keras.layers.BatchNormalization()(signal)
        sums.append(keras.Model(x, signal))
        layer = LeakyReLU(negative_slope=setting.slope) if setting.slope else ReLU()
        signal = layer(signal)
    return keras.Model(x, keras.layers.Dense(images.classes)(signal)), sums


def _engine(setting: Setting):
    import keras
    import tensorflow as tf

    from reproductions.training import replicas
    from reproductions.training.replicated import Network

    def cross_entropy(y, logit):
        return tf.reduce_mean(tf.reduce_logsumexp(logit, 1) - tf.reduce_sum(y * logit, 1), 0)

    model, sums = _network(setting)
    sgd = keras.optimizers.SGD(global_clipnorm=setting.norm or None)
    engine = replicas.Replicas(
        model,
        cross_entropy,
        watch=False,
        threads=1,
        block=BLOCK,
        optimizer=keras.optimizers.Adam() if setting.adam else sgd,
    )
    return engine, list(map(Network, sums))


def _train(
    shard: Shard, setting: Setting, epochs: int, batch: int, start: int, stop: int
) -> Arrays:
    """What the seeds from `start` to `stop` come to, as from `counted`."""
    from reproductions.training import replicas

    engine, sums = shard.once(_engine, setting.compiled)
    images = digits.load()
    x = images.x_train.reshape(len(images.x_train), -1)
    y = np.eye(images.classes, dtype="float32")[images.y_train]
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    if setting.bias:
        for bias in weights[1:-2:2]:
            bias[:] = setting.bias
    each = len(x) // batch
    orders = [generator(0, epoch).permutation(len(x))[: each * batch] for epoch in range(epochs)]
    order = np.concatenate(orders).reshape(-1, batch)
    trained = engine.train(
        weights, x, y, setting.rate, len(order), batches=order, done=shard.advance
    )
    of_blocks = [  # of all at once, the signals of all images would take gigabytes
        counted([w[..., i : i + BLOCK] for w in trained.weights], engine.network, sums, images)
        for i in range(0, stop - start, BLOCK)
    ]
    return whole(of_blocks)


def counted(
    weights: Sequence[np.ndarray], network: Any, sums: Sequence[Any], images: digits.Images
) -> dict[str, np.ndarray]:
    """Counts inactive units and misclassified images.

    Args:
        weights: of the classifiers, the replica on one more, last axis.
        network: the classifier, as `replicated.Network` has it.
        sums: what the activation function of each hidden layer gets, in the same form.
        images: training images for the units, and test images for the errors.

    Returns:
        Arrays (replica,): whether the weights are `finite`; the share of `inactive` hidden units;
        and the `error`, the share of test images that are misclassified. Both shares are 1 where
        the weights are not finite.
    """
    import tensorflow as tf

    finite = np.all([np.isfinite(w).all(axis=tuple(range(w.ndim - 1))) for w in weights], axis=0)
    tensors = [tf.constant(w) for w in weights]
    x, x_test = (
        tf.constant(part.reshape(len(part), -1))[..., None]
        for part in (images.x_train, images.x_test)
    )
    inactive = []
    for of_layer in sums:
        got, _ = of_layer(tensors[: len(of_layer.trainable)], x, training=True)
        inactive.append(~(got.numpy() > 0).any(axis=0))
    logits, _ = network(tensors, x_test)
    wrong = logits.numpy().argmax(axis=1) != images.y_test[:, None]
    return {
        "finite": finite,
        "inactive": np.where(finite, np.concatenate(inactive).mean(axis=0), 1.0),
        "error": np.where(finite, wrong.mean(axis=0), 1.0),
    }


MEASURED = ("inactive", "error", "inactive_more", "error_more")


def _row(cell: Cell, arrays: Arrays, plain: Arrays) -> dict[str, object]:
    """A cell's means over networks, and its mean differences from the network without change."""
    values = {name: np.asarray(arrays[name]) for name in ("inactive", "error")}
    values |= {f"{name}_more": values[name] - np.asarray(plain[name]) for name in values}
    row: dict[str, object] = {
        "change": cell.change,
        "value": float(cell.value),
        "label": cell.label,
        "finite": int(np.sum(arrays["finite"])),
        "seeds": len(arrays["finite"]),
    }
    for name in MEASURED:
        row |= _mean(name, values[name])
    return row


def _mean(name: str, values: np.ndarray) -> dict[str, float]:
    """The mean over networks and its 95 % bootstrap interval; NaN of less than two."""
    ends = (np.nan, np.nan)
    if len(values) > 1:
        ends = bootstrap_interval(np.mean, values, resamples=2_000, stream=12)
    return {name: float(values.mean()), f"{name}_low": ends[0], f"{name}_high": ends[1]}


def _tuning(spec: Spec, pool: Pool) -> pd.DataFrame:
    """The test error of Adam at each of its rates, over other seeds."""
    span = spec.seeds, spec.seeds + spec.tuning_seeds
    calls = [(_adam(spec, rate), spec.epochs, spec.batch, *span) for rate in spec.adam_rates]
    sizes = [spec.tuning_seeds] * len(calls)
    tuned = pool.gather(_train, calls, "dying_cures, tuning", sizes, "seed")
    return pd.DataFrame(
        [
            {
                "rate": rate,
                "error": float(arrays["error"].mean()),
                "inactive": float(arrays["inactive"].mean()),
                "seeds": spec.tuning_seeds,
            }
            for rate, arrays in zip(spec.adam_rates, tuned, strict=True)
        ]
    )


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share of inactive units and the test error after each change, at both rates."""
    return {"changes": lambda: _figure(spec, tables)}


def _figure(spec: Spec, tables: Tables) -> "Figure":
    fast = tables["fast"].assign(place=range(len(tables["fast"])))
    fast = fast.sort_values(["error", "inactive", "place"])
    usual = tables["usual"].set_index("label").loc[fast["label"]]
    figure, axes = drawing.panels(1, 2, width=4.9, height=1.5 + 0.26 * len(fast), sharey=True)
    titles = {"inactive": "Inactive hidden units", "error": "Misclassified test images"}
    for panel, (name, title) in zip(axes[0], titles.items(), strict=True):
        for rows, color, marker, rate, shift in (
            (fast, drawing.VERMILION, "s", spec.rate, 0.14),
            (usual, drawing.BLUE, "o", spec.usual_rate, -0.14),
        ):
            errors = drawing.error_bars(rows, name, f"{name}_low", f"{name}_high")
            panel.errorbar(
                rows[name],
                np.arange(len(rows)) + shift,
                xerr=np.nan_to_num(errors),
                fmt=marker,
                color=color,
                capsize=3,
                label=f"from learning rate {rate:g}",
            )
        panel.set(xlim=(-0.03, 1.03), xlabel="mean share, 95 % interval")
        panel.set_title(title)
    axes[0, 0].set_yticks(range(len(fast)), fast["label"])
    axes[0, 0].set_ylim(len(fast) - 0.5, -0.5)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    changed = fast[fast["change"] != "nothing"]
    learn = int((changed["error_high"] < 0.5).sum())
    fail = int((changed["error_low"] > 0.5).sum())
    figure.suptitle(
        f"At learning rate {spec.rate:g}, {learn} of {len(changed)} single changes bring the error"
        f" below one half; with {fail} it stays above\n"
        f"digits, {'-'.join(map(str, spec.hidden))} hidden units, {spec.epochs} epochs,"
        f" {int(fast['seeds'].max())} initialisations each; a network that diverges counts as 1"
    )
    return figure


def _three_changes_cure(tables: Tables, *, few: float = 0.1) -> Judgement:
    fast = tables["fast"]
    tightest = measured.rows(fast, change="clip")["value"].min()
    rows = {
        "slower": measured.row(fast, change="slower"),
        "clip": measured.row(fast, change="clip", value=tightest),
        "batch_norm": measured.row(fast, change="batch_norm"),
    }
    cured = [row["inactive_high"] < few and row["error_high"] < few for row in rows.values()]
    worst = max(rows.values(), key=lambda row: row["inactive"])
    plain = measured.row(fast, change="nothing")
    values = {name: row["inactive"] for name, row in rows.items()}
    values |= {f"{name}_error": row["error"] for name, row in rows.items()}
    values |= {"nothing": plain["inactive"], "nothing_error": plain["error"]}
    ends = worst["inactive_low"], worst["inactive_high"]
    verdict = graded(all(cured), in_part=any(cured))
    return Judgement(verdict, worst["inactive"], *ends, notes=("main",), values=values)


def _bias_and_leak_do_not_cure(tables: Tables, *, most: float = 0.5) -> Judgement:
    fast = tables["fast"]
    rows = pd.concat([measured.rows(fast, change=name) for name in ("bias", "leaky")])
    fail = rows["error_low"] > most
    best = rows.loc[rows["error"].idxmin()]
    leaky = measured.rows(fast, change="leaky")
    values = {
        "bias": measured.rows(fast, change="bias")["error"].min(),
        "leaky": leaky["error"].min(),
        "diverged": 1 - leaky["finite"].sum() / leaky["seeds"].sum(),
    }
    verdict = graded(fail.all(), in_part=fail.any())
    ends = best["error_low"], best["error_high"]
    return Judgement(verdict, best["error"], *ends, notes=("main",), values=values)


def _dead_units_are_not_errors(tables: Tables, *, point: float = 0.01) -> Judgement:
    usual = tables["usual"]
    plain, slower, adam = (
        measured.row(usual, change=name) for name in ("nothing", "slower", "adam")
    )
    fewer_yet_worse = slower["inactive_more_high"] < 0 < slower["error_more_low"]
    more_yet_no_worse = adam["inactive_more_low"] > 0 and adam["error_more_high"] < point
    values = {
        f"{name}{suffix}": row[column]
        for name, row in (("nothing", plain), ("slower", slower), ("adam", adam))
        for suffix, column in (("", "inactive"), ("_error", "error"))
    }
    return Judgement(
        graded(fewer_yet_worse and more_yet_no_worse, in_part=fewer_yet_worse or more_yet_no_worse),
        adam["inactive_more"],
        adam["inactive_more_low"],
        adam["inactive_more_high"],
        notes=("main",),
        values=values,
    )


CLAIMS: dict[str, Judge] = {
    "CU-12": _three_changes_cure,
    "CU-13": _bias_and_leak_do_not_cure,
    "CU-14": _dead_units_are_not_errors,
}


def _columns(inactive: float, error: float, reason: str) -> dict[str, Kind]:
    """The columns of a table, and by how much its means may differ."""
    kinds: dict[str, Kind] = {"label": Exact(), "finite": Rate(trials="seeds"), "seeds": Exact()}
    for name in MEASURED:
        atol = inactive if name.startswith("inactive") else error
        least = -1 if name.endswith("more") else 0  # a difference of two shares, or a share
        for column in (name, f"{name}_low", f"{name}_high"):
            kinds[column] = Close(rtol=0, atol=atol, reason=reason, nan=True, least=least, most=1)
    return kinds


TURNED = "another rounding may break, or save, single networks at so high a rate"
MOVED = "another rounding moves single units and images of each network"

TABLES = {
    "fast": Table(("change", "value"), _columns(0.15, 0.15, TURNED), over_seeds=True),
    "usual": Table(("change", "value"), _columns(0.03, 0.01, MOVED), over_seeds=True),
    "tuning": Table(
        ("rate",),
        {
            "error": Close(rtol=0, atol=0.02, reason=MOVED, least=0, most=1),
            "inactive": Close(rtol=0, atol=0.05, reason=MOVED, least=0, most=1),
            "seeds": Exact(),
        },
        over_seeds=True,
    ),
}
