"""Trains single units and classifiers, counts dead ReLU stacks, and counts inputs of exactly 0."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import generator, mean_of, share_of
from reproductions.experiments.gradients.dying_relu.zeros import training_zeros
from reproductions.training import activations, digits, xor
from reproductions.training.activations import Activation
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import keras

    from reproductions.training.replicas import Trained


@dataclass(frozen=True)
class Spec:
    """The single units, the stacks and the classifiers, and the seeds of each."""

    seeds: int = 4096
    functions: tuple[Activation, ...] = ("relu", "leaky_relu", "elu")
    biases: tuple[float, ...] = (0, -2, -5, -8, -10, -15, -20, -50, -120)
    unit_seeds: int = 256  # at most
    unit_steps: int = 4_001
    unit_rate: float = 0.1
    elu_longer: int = 50  # times as many updates; 1 for none
    longer_seeds: int = 16  # at most, for each bias
    widths: tuple[int, ...] = (2, 3, 5, 8)
    depths: tuple[int, ...] = (1, 3, 5, 9, 20)
    digit_seeds: int = 32  # at most
    digit_rates: tuple[float, ...] = (0.1, 0.5, 2.0)
    hidden: tuple[int, ...] = (24, 24)
    epochs: int = 20
    post_width: int = 5  # of the hidden layers of the xor-post's network
    post_depth: int = 9
    post_rate: float = 0.01
    post_steps: int = 20_001
    post_every: int = 100
    zero_seeds: int = 256  # at most
    filters: tuple[int, ...] = (8,)
    cnn_seeds: int = 16  # at most
    cnn_batch: int = 32
    cnn_steps: int = 44


SPEC = Spec()

QUICK = {
    "seeds": 128,  # fewer could not show a share above 0.95
    "digit_rates": (0.5,),
    "widths": (5,),
    "biases": (0, -10, -120),
    "elu_longer": 1,
    "zero_seeds": 64,
}

SMALL = {
    "biases": (0, -10, -120),
    "unit_steps": 101,
    "elu_longer": 2,
    "widths": (3,),
    "depths": (1, 3),
    "digit_rates": (0.3,),
    "epochs": 2,
    "post_depth": 2,
    "post_steps": 201,
    "cnn_steps": 2,
}

PLACES = ("alone", "hidden")

SLOPE = 0.1  # of the slides' leaky ReLU

NEAR_LINE = 0.01
"""A loss is that of the best straight line if it differs by less than this share."""

BATCH = 32

Done = Callable[[int], object]
"""Counts so many seeds as trained."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the classifiers on one thread, beside the single units."""
    cells = [(place, function) for place in PLACES for function in spec.functions]
    total = len(cells) * len(spec.biases) * min(spec.seeds, spec.unit_seeds)
    total += len(spec.digit_rates) * min(spec.seeds, spec.digit_seeds)
    with pool.progress(total=total, what="dying_relu") as bar, workers() as executor:
        classifiers = executor.submit(_train_classifiers, spec, bar.update)

        def train_units(cell: tuple[str, str]) -> pd.DataFrame:
            return _train_units(spec, *cell, bar.update)

        units = list(executor.map(train_units, cells))
        census = _census(spec)
        deaths, deaths_by_seed, zeros = classifiers.result()
    return {
        "units": pd.concat(units, ignore_index=True),
        "census": census,
        "deaths": deaths,
        "deaths_by_seed": deaths_by_seed,
        "zeros": pd.concat([zeros, _xor_zeros(spec)], ignore_index=True),
        "training_zeros": training_zeros(spec),
        "at_zero": _at_zero(),
    }


def _layer(function: str) -> "keras.Layer":
    """An activation layer; the leaky ReLU has the slides' slope."""
    if function == "leaky_relu":
        from custom_layers import LeakyReLU

        return LeakyReLU(negative_slope=SLOPE)
    return activations.layer(function)


def ramp(samples: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Points in [-1, 1]^2 with a target that one ReLU unit can fit, (sample, 2), (sample, 1)."""
    x = generator(0).uniform(-1, 1, (samples, 2)).astype("float32")
    return x, np.maximum(x @ np.array([[1.0], [-0.5]], "float32") + 0.25, 0)


def line_loss(x: np.ndarray, y: np.ndarray) -> float:
    """The mean squared error of the best straight line, the best that a leaky unit below 0 can do.

    Args:
        x: (sample, input).
        y: (sample, 1).
    """
    x_and_1 = np.column_stack([x, np.ones(len(x))]).astype("float64")
    line, *_ = np.linalg.lstsq(x_and_1, y.astype("float64"), rcond=None)
    return float(np.mean((x_and_1 @ line - y) ** 2))


def _train_units(spec: Spec, place: str, function: str, done: Done) -> pd.DataFrame:
    """Trains one kind of unit from every bias and every seed."""
    import keras
    import tensorflow as tf

    from reproductions.training import replicas, units

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1), _layer(function)])
    if place == "hidden":
        model.add(keras.layers.Dense(1))
    engine = replicas.Replicas(
        model,
        lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
        watch=False,
        threads=1,
    )
    seeds = min(spec.seeds, spec.unit_seeds)
    start = [np.tile(w, len(spec.biases)) for w in replicas.initial_weights(model, range(seeds))]
    start[1][0] = np.repeat(np.array(spec.biases, "float32"), seeds)
    bias_of_replica = np.repeat(np.arange(len(spec.biases)), seeds)
    x, y = ramp()
    trained = engine.train(
        start, x, y, spec.unit_rate, spec.unit_steps, every=spec.unit_steps - 1, done=done
    )

    def is_dead(weights: list[np.ndarray]) -> np.ndarray:
        kernel, bias, *_ = weights
        _, slopes, _ = units.layer_signals(_layer(function), kernel, bias, x[None])
        return units.dead(slopes)[:, 0]

    def is_active(weights: list[np.ndarray]) -> np.ndarray:
        kernel, bias, *_ = weights
        z, *_ = units.layer_signals(_layer(function), kernel, bias, x[None])
        return np.asarray(tf.reduce_any(z > 0, axis=(1, 2)))

    before, after = (np.concatenate([w[0][:, 0], w[1]]) for w in (start, trained.weights))
    finite = trained.finite_steps >= 0
    active = is_active(trained.weights) & finite
    near_line = np.isclose(trained.records["loss"][-1], line_loss(x, y), rtol=NEAR_LINE, atol=0)
    continued, active_later = np.zeros_like(active), np.zeros_like(active)
    if function == "elu" and spec.elu_longer > 1:
        for i in range(len(spec.biases)):
            inactive = np.flatnonzero(~active & finite & (bias_of_replica == i))
            continued[inactive[: spec.longer_seeds]] = True
    if continued.any():
        longer = engine.train(
            [w[..., continued] for w in trained.weights],
            x,
            y,
            spec.unit_rate,
            spec.unit_steps * (spec.elu_longer - 1),
        )
        active_later[continued] = is_active(longer.weights)
    counted = {
        "dead_start": is_dead(start),
        "unmoved": (before == after).all(axis=0),
        "dead_end": is_dead(trained.weights),
        "active_end": active,
        "on_line": near_line & finite,
        "non_finite": ~finite,
        "continued": continued,
        "active_later": active_later,
    }
    rows = []
    for i, bias in enumerate(spec.biases):
        counts = {name: int(states[bias_of_replica == i].sum()) for name, states in counted.items()}
        rows.append(
            {
                "place": place,
                "function": function,
                "bias": bias,
                "seeds": seeds,
                **counts,
                **share_of(counts["active_end"], seeds),
                "updates": spec.unit_steps,
                "updates_later": spec.unit_steps * spec.elu_longer,
            }
        )
    return pd.DataFrame(rows)


def _census(spec: Spec) -> pd.DataFrame:
    """Counts the ReLU stacks that are dead on the XOR points, beside the closed form."""
    import keras

    from reproductions.training import replicas, units

    rows = []
    for width in spec.widths:
        sizes = [width] * max(spec.depths)
        model = keras.Sequential([keras.Input((2,)), *map(keras.layers.Dense, (*sizes, 1))])
        weights = replicas.initial_weights(model, range(spec.seeds))
        layers = units.pre_activations(lambda: _layer("relu"), weights, xor.X)
        silent = np.stack([np.asarray(value == 0).all(axis=2) for *_, value in layers])
        dead = np.logical_or.accumulate(silent)  # (layer, seed, point)
        dead_units = [units.dead(slopes).sum() for _, slopes, _ in layers]
        for depth in spec.depths:
            dead_at_one = int(dead[depth - 1, :, 1].sum())
            rows.append(
                {
                    "width": width,
                    "depth": depth,
                    "seeds": spec.seeds,
                    "dead_at_one": dead_at_one,
                    **share_of(dead_at_one, spec.seeds),
                    "formula": dead_share(width, depth),
                    "dead_at_all": int(dead[depth - 1].all(axis=1).sum()),
                    "dead_units_share": dead_units[depth - 1] / (spec.seeds * width),
                }
            )
    return pd.DataFrame(rows)


def dead_share(width: int, depth: int) -> float:
    """The share of ReLU stacks that are dead at a given input, 1 - (1 - 2^-width)^depth.

    Weights and biases are symmetric and independent. So each unit of a layer is below 0 with
    probability 1/2 at any input, and all of them are with probability 2^-width. A stack is alive if
    no layer is silent in this way.
    """
    return 1 - (1 - 2.0**-width) ** depth


def _train_classifiers(spec: Spec, done: Done) -> tuple[pd.DataFrame, ...]:
    """Trains the classifiers at all rates side by side, then counts their dead units."""
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    images = digits.load()
    x = images.x_train.reshape(len(images.x_train), -1)
    y = np.eye(images.classes, dtype="float32")[images.y_train]
    model = keras.Sequential([keras.Input((x.shape[1],))])
    for width in spec.hidden:
        model.add(keras.layers.Dense(width))
        model.add(_layer("relu"))
    model.add(keras.layers.Dense(images.classes))

    def cross_entropy(y, logit):
        return tf.reduce_mean(tf.reduce_logsumexp(logit, 1) - tf.reduce_sum(y * logit, 1), 0)

    engine = replicas.Replicas(model, cross_entropy, snapshots=True, watch=False, block=32)
    seeds = min(spec.seeds, spec.digit_seeds)
    weights = replicas.initial_weights(model, range(seeds), "glorot")
    batches_per_epoch = len(x) // BATCH
    images_per_epoch = batches_per_epoch * BATCH
    order = np.concatenate(
        [generator(0, epoch).permutation(len(x))[:images_per_epoch] for epoch in range(spec.epochs)]
    ).reshape(-1, BATCH)
    trained = engine.train(
        [np.tile(w, len(spec.digit_rates)) for w in weights],
        x,
        y,
        np.repeat(spec.digit_rates, seeds),
        len(order) + 1,
        every=batches_per_epoch,
        batches=np.concatenate([order, order[:1]]),  # the last record comes before a last update
        done=done,
    )
    return count_deaths(spec, x, trained, seeds)


def count_deaths(
    spec: Spec, x: np.ndarray, trained: "Trained", seeds: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Counts dead units, and inputs that are exactly 0, in every record of the training.

    Args:
        spec: names the hidden layers and the learning rates.
        x: the training samples.
        trained: records the weights as snapshots; its replicas are all seeds of the first learning
            rate, then those of the next.
        seeds: of each learning rate.

    Returns:
        The tables `deaths` and `deaths_by_seed`, and the rows of `zeros` for the digits.
    """
    from reproductions.training import units

    names = [f"weight_{i}" for i in range(len(trained.weights))]
    records = len(trained.records[names[0]])
    rates = len(spec.digit_rates)
    # By layer, then by record, (replica, unit).
    dead: list[list[np.ndarray]] = [[] for _ in spec.hidden]
    zeros = np.zeros((len(spec.hidden), records, rates), dtype=int)
    for record in range(records):
        weights = [trained.records[name][record] for name in names]
        for layer, (z, slopes, _) in enumerate(
            units.pre_activations(lambda: _layer("relu"), weights, x)
        ):
            dead[layer].append(units.dead(slopes))
            zeros_of_replica = np.asarray(z == 0).sum(axis=(1, 2))
            zeros[layer, record] = zeros_of_replica.reshape(rates, seeds).sum(axis=1)
    finite = np.isfinite(trained.records["loss"]).all(axis=0).reshape(rates, seeds)
    deaths, deaths_by_seed, zero_rows = [], [], []
    for layer, width in enumerate(spec.hidden):
        states = np.stack(dead[layer]).reshape(records, rates, seeds, width)
        for i, rate in enumerate(spec.digit_rates):
            now = states[:, i][:, finite[i]]  # (record, seed, unit)
            cell: dict[str, Any] = {"layer": layer + 1, "rate": rate}
            ever = np.logical_or.accumulate(now)
            revival = np.concatenate([np.zeros_like(now[:1]), now[:-1] & ~now[1:]])
            revived = np.logical_or.accumulate(revival)
            deaths += [
                {
                    **cell,
                    "epoch": record,
                    "seeds": seeds,
                    "finite": int(finite[i].sum()),
                    "with_dead": int(ever[record].any(axis=1).sum()),
                    "with_revived": int(revived[record].any(axis=1).sum()),
                    "units": now[0].size,
                    "dead_units": int(now[record].sum()),
                    "ever_dead_units": int(ever[record].sum()),
                    "revived_units": int(revived[record].sum()),
                    **_mean_columns("dead", now[record].mean(axis=1)),
                    **_mean_columns("back", revived[record].mean(axis=1)),
                }
                for record in range(records)
            ]
            ends = {"ever_dead": ever[-1], "revived": revived[-1], "dead_end": now[-1]}
            for j, seed in enumerate(np.flatnonzero(finite[i])):
                counts = {name: int(state[j].sum()) for name, state in ends.items()}
                deaths_by_seed.append({**cell, "seed": int(seed), "units": width, **counts})
            inputs = records * seeds * width * len(x)
            zero_rows.append(
                _zero_row(f"digits, rate {rate:g}", layer + 1, zeros[layer, :, i].sum(), inputs)
            )
    return pd.DataFrame(deaths), pd.DataFrame(deaths_by_seed), pd.DataFrame(zero_rows)


def _mean_columns(name: str, values: np.ndarray) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), mean_of(values), strict=True))


def _zero_row(setting: str, layer: int, zeros: int, inputs: int) -> dict[str, object]:
    counts = {"zeros": int(zeros), "inputs": int(inputs)}
    return {"setting": setting, "layer": layer, **counts, **share_of(zeros, inputs)}


def _xor_zeros(spec: Spec) -> pd.DataFrame:
    """How often a first-layer input is exactly 0 on XOR, whose first point is (0, 0)."""
    import keras

    from reproductions.training import replicas, units

    widths = [spec.post_width] * spec.post_depth
    model = keras.Sequential([keras.Input((2,)), *map(keras.layers.Dense, [*widths, 1])])
    rows = []
    for scheme, name in (("normal", "N(0, 1) biases"), ("glorot", "biases 0")):
        kernel, bias, *_ = replicas.initial_weights(model, range(spec.seeds), scheme)
        z = np.asarray(units.layer_signals(_layer("relu"), kernel, bias, xor.X[None])[0])
        rows.append(_zero_row(f"XOR before training, {name}", 1, (z == 0).sum(), z.size))
    return pd.DataFrame(rows)


def _at_zero() -> pd.DataFrame:
    """The derivative of ReLU at 0: in three libraries, and as one-sided difference quotients."""
    import keras
    import tensorflow as tf

    import custom_layers
    from reproductions.training.gradients import value_and_slope

    sources = {
        "custom_layers": custom_layers.relu,
        "Keras": keras.ops.relu,
        "TensorFlow": tf.nn.relu,
    }
    rows = []
    for name, relu in sources.items():
        for dtype in ("float32", "float64"):
            _, slope = value_and_slope(relu, tf.constant(0.0, dtype))
            rows.append({"source": name, "dtype": dtype, "derivative": float(slope)})
    for name, step in (("from the left", -(2.0**-20)), ("from the right", 2.0**-20)):
        quotient = float(custom_layers.relu(tf.constant(step, tf.float64))) / step
        rows.append({"source": name, "dtype": "float64", "derivative": quotient})
    return pd.DataFrame(rows)


TABLES = {
    "units": Table(
        key=("place", "function", "bias"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(
                ("dead_start", "unmoved", "dead_end", "active_end"), Rate(trials="seeds")
            ),
            **shares("active_end"),
            **dict.fromkeys(("on_line", "non_finite"), Rate(trials="seeds")),
            **dict.fromkeys(("updates", "updates_later"), Exact()),
            "continued": Close(0.25, 4, "the inactive units, which are held", least=0),
            "active_later": Rate(trials="continued"),
        },
        over_seeds=True,
    ),
    "census": Table(
        key=("width", "depth"),
        columns={
            "seeds": Exact(),
            **shares("dead_at_one"),
            "formula": Close(rtol=1e-12, atol=0, reason="one formula in float64"),
            "dead_at_all": Rate(trials="seeds"),
            "dead_units_share": Close(0, 0.02, "a sum's last bit next to 0", least=0, most=1),
        },
        over_seeds=True,
    ),
    "deaths": Table(
        key=("layer", "rate", "epoch"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("finite", "with_dead", "with_revived"), Rate(trials="seeds")),
            # The units of one seed die together, so they are not independent trials of a rate.
            **dict.fromkeys(
                ("units", "dead_units", "ever_dead_units", "revived_units"), Unchecked()
            ),
            **dict.fromkeys(
                ("dead", "dead_low", "dead_high", "back", "back_low", "back_high"),
                Unchecked(nan=True),
            ),
        },
        over_seeds=True,
    ),
    "deaths_by_seed": Table(
        key=("layer", "rate", "seed"),
        columns={
            "units": Exact(),
            **dict.fromkeys(("ever_dead", "revived", "dead_end"), Rate(trials="units")),
        },
    ),
    "zeros": Table(
        key=("setting", "layer"),
        columns=shares("zeros", "inputs"),
        over_seeds=True,
    ),
    "training_zeros": Table(
        key=("setting",),
        columns={
            "seeds": Exact(),
            "with_zeros": Rate(trials="seeds"),
            "sums": Exact(),
            **dict.fromkeys(
                ("share", "low", "high"),
                Close(
                    rtol=0.05,
                    atol=2e-5,
                    reason="which sums are exactly 0 is rounding",
                    nan=True,
                    least=0,
                    most=1,
                ),
            ),
        },
        over_seeds=True,
    ),
    "at_zero": Table(key=("source", "dtype"), columns={"derivative": Exact()}),
}
