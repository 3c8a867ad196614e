"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import generator, mean_of, share_of
from reproductions.training import activations, digits, xor
from reproductions.training.activations import Activation
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The three parts, and how many seeds see them."""

    seeds: int = 4096
    functions: tuple[Activation, ...] = ("relu", "leaky_relu", "elu")
    biases: tuple[float, ...] = (0, -2, -5, -8, -10, -15, -20, -50, -120)
    unit_seeds: int = 256  # at most
    unit_steps: int = 4_001
    unit_rate: float = 0.1
    elu_longer: int = 50  # times as many updates; 1 for no longer run
    longer_seeds: int = 16  # at most, from each bias
    widths: tuple[int, ...] = (2, 3, 5, 8)
    depths: tuple[int, ...] = (1, 3, 5, 9, 20)
    digit_seeds: int = 32  # at most
    digit_rates: tuple[float, ...] = (0.1, 0.5, 2.0)
    hidden: tuple[int, ...] = (24, 24)
    epochs: int = 20


SPEC = Spec()

QUICK = {
    "seeds": 128,  # fewer could not show a share above 0.95
    "digit_rates": (0.5,),
    "widths": (5,),
    "biases": (0, -10, -120),
    "elu_longer": 1,
}

SMALL = {
    "biases": (0, -10, -120),
    "unit_steps": 101,
    "elu_longer": 2,
    "widths": (3,),
    "depths": (1, 3),
    "digit_rates": (0.3,),
    "epochs": 2,
}

PLACES = ("alone", "hidden")

SLOPE = 0.1  # the slides' leaky ReLU

NEAR = 0.01  # of the straight line's loss

BATCH = 32

POST = (5, 9)  # width and hidden layers of the xor-post's network


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Runs the three parts, the classifiers' learning rates all at once."""
    kinds = [(place, function) for place in PLACES for function in spec.functions]
    total = len(kinds) * len(spec.biases) * min(spec.seeds, spec.unit_seeds)
    total += len(spec.digit_rates) * min(spec.seeds, spec.digit_seeds)
    with pool.progress(total=total, what="dying_relu") as bar, workers() as executor:
        classifiers = executor.submit(_classifiers, spec, bar.update)
        units = list(executor.map(lambda kind: _unit(spec, *kind, bar.update), kinds))
        census = _census(spec)
        deaths, seeds, zeros = classifiers.result()
    return {
        "units": pd.concat(units, ignore_index=True),
        "census": census,
        "deaths": deaths,
        "deaths_by_seed": seeds,
        "zeros": pd.concat([zeros, _xor_zeros(spec)], ignore_index=True),
        "at_zero": _at_zero(),
    }


def _layer(function: str):
    if function == "leaky_relu":
        from custom_layers import LeakyReLU

        return LeakyReLU(negative_slope=SLOPE)
    return activations.layer(function)


def _ramp(samples=64):
    """Points in [-1, 1]^2, and a target that one unit can give."""
    x = generator(0).uniform(-1, 1, (samples, 2)).astype("float32")
    return x, np.maximum(x @ np.float32([[1.0], [-0.5]]) + 0.25, 0)


def _line_loss(x, y) -> float:
    """The least mean squared error of a straight line: all that a leaky unit below 0 can give."""
    ones = np.column_stack([x, np.ones(len(x))]).astype("float64")
    line, *_ = np.linalg.lstsq(ones, y.astype("float64"), rcond=None)
    return float(np.mean((ones @ line - y) ** 2))


def _unit(spec, place, function, done) -> pd.DataFrame:
    """Trains one unit from every bias."""
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
    start[1][0] = np.repeat(np.float32(spec.biases), seeds)
    x, y = _ramp()
    trained = engine.train(
        start, x, y, spec.unit_rate, spec.unit_steps, every=spec.unit_steps - 1, done=done
    )
    own = [np.concatenate([w[0][:, 0], w[1]]) for w in (start, trained.weights)]
    same = (own[0] == own[1]).all(axis=0)
    finite = trained.finite_steps >= 0

    def look(weights):
        before_the_rest = [*weights[:2], None, None]  # the unit's own, and whatever comes after it
        return units.pre_activations(lambda: _layer(function), before_the_rest, x)[0]

    dead_start = units.dead(look(start)[1])[:, 0]
    z, slopes, _ = look(trained.weights)
    dead = units.dead(slopes)[:, 0]
    active = np.asarray(tf.reduce_any(z > 0, axis=(1, 2))) & finite
    on_line = np.isclose(trained.records["loss"][-1], _line_loss(x, y), rtol=NEAR, atol=0) & finite
    later = np.array([], dtype=int)
    if function == "elu" and spec.elu_longer > 1:
        lost = np.flatnonzero(~active & finite)
        later = np.concatenate(
            [lost[lost // seeds == i][: spec.longer_seeds] for i in range(len(spec.biases))]
        )
    active_later = np.zeros_like(active)
    if len(later):
        more = engine.train(
            [w[..., later] for w in trained.weights],
            x,
            y,
            spec.unit_rate,
            spec.unit_steps * (spec.elu_longer - 1),
        )
        active_later[later] = np.asarray(tf.reduce_any(look(more.weights)[0] > 0, axis=(1, 2)))
    rows = []
    for i, bias in enumerate(spec.biases):
        own = slice(i * seeds, (i + 1) * seeds)
        rows.append(
            {
                "place": place,
                "function": function,
                "bias": bias,
                "seeds": seeds,
                "dead_start": int(dead_start[own].sum()),
                "unmoved": int(same[own].sum()),
                "dead_end": int(dead[own].sum()),
                "active_end": int(active[own].sum()),
                **share_of(active[own].sum(), seeds),
                "on_line": int(on_line[own].sum()),
                "non_finite": int((~finite[own]).sum()),
                "updates": spec.unit_steps,
                "updates_later": spec.unit_steps * spec.elu_longer,
                "continued": int((later // seeds == i).sum()),
                "active_later": int(active_later[own].sum()),
            }
        )
    return pd.DataFrame(rows)


def _census(spec) -> pd.DataFrame:
    """Who is dead before training: ReLU stacks on the XOR points against the closed form."""
    import keras

    from reproductions.training import replicas, units

    rows = []
    for width in spec.widths:
        sizes = [width] * max(spec.depths)
        model = keras.Sequential([keras.Input((2,)), *map(keras.layers.Dense, (*sizes, 1))])
        weights = replicas.initial_weights(model, range(spec.seeds))
        layers = units.pre_activations(lambda: _layer("relu"), weights, xor.X)
        silent = np.stack([np.asarray(value == 0).all(axis=2) for *_, value in layers])
        cut = np.logical_or.accumulate(silent)  # (layer, seed, point)
        dead_units = [units.dead(slopes).sum() for _, slopes, _ in layers]
        for depth in spec.depths:
            one, all_four = cut[depth - 1, :, 1].sum(), cut[depth - 1].all(axis=1).sum()
            rows.append(
                {
                    "width": width,
                    "depth": depth,
                    "seeds": spec.seeds,
                    "dead_at_one": int(one),
                    **share_of(one, spec.seeds),
                    "formula": dead_share(width, depth),
                    "dead_at_all": int(all_four),
                    "dead_units_share": dead_units[depth - 1] / (spec.seeds * width),
                }
            )
    return pd.DataFrame(rows)


def dead_share(width: int, depth: int) -> float:
    """The share of ReLU stacks that are dead at a given input, 1 - (1 - 2^-width)^depth.

    Weights and biases are symmetric and independent, so whatever comes in, each unit of a layer is
    below 0 with probability 1/2, and all of them with 2^-width; a stack lives while no layer is.
    """
    return 1 - (1 - 2.0**-width) ** depth


def _classifiers(spec, done) -> tuple[pd.DataFrame, ...]:
    """Trains the classifiers, then looks at every unit after every epoch."""
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    data = digits.load()
    x = data.x_train.reshape(len(data.x_train), -1)
    y = np.eye(data.classes, dtype="float32")[data.y_train]
    model = keras.Sequential([keras.Input((x.shape[1],))])
    for width in spec.hidden:
        model.add(keras.layers.Dense(width))
        model.add(_layer("relu"))
    model.add(keras.layers.Dense(data.classes))

    def cross_entropy(y, logit):
        return tf.reduce_mean(tf.reduce_logsumexp(logit, 1) - tf.reduce_sum(y * logit, 1), 0)

    engine = replicas.Replicas(model, cross_entropy, snapshots=True, watch=False, block=32)
    seeds = min(spec.seeds, spec.digit_seeds)
    weights = replicas.initial_weights(model, range(seeds), "glorot")
    weights = [np.tile(w, len(spec.digit_rates)) for w in weights]
    each = len(x) // BATCH
    order = np.concatenate(
        [generator(0, epoch).permutation(len(x))[: each * BATCH] for epoch in range(spec.epochs)]
    ).reshape(-1, BATCH)
    trained = engine.train(
        weights,
        x,
        y,
        np.repeat(spec.digit_rates, seeds),
        len(order) + 1,
        every=each,
        batches=np.concatenate([order, order[:1]]),  # the last record comes before a last update
        done=done,
    )
    return _deaths(spec, x, trained, seeds)


def _deaths(spec, x, trained, seeds) -> tuple[pd.DataFrame, ...]:
    from reproductions.training import units

    names = [f"weight_{i}" for i in range(len(trained.weights))]
    records = len(trained.records[names[0]])
    rates = len(spec.digit_rates)
    dead = [[] for _ in spec.hidden]  # by layer, then by record, (replica, unit)
    zeros = np.zeros((len(spec.hidden), records, rates), dtype=int)
    for record in range(records):
        weights = [trained.records[name][record] for name in names]
        for layer, (z, slopes, _) in enumerate(
            units.pre_activations(lambda: _layer("relu"), weights, x)
        ):
            dead[layer].append(units.dead(slopes))
            zero = np.asarray(z == 0).sum(axis=(1, 2))
            zeros[layer, record] = zero.reshape(rates, seeds).sum(axis=1)
    finite = np.isfinite(trained.records["loss"]).all(axis=0).reshape(rates, seeds)
    deaths, by_seed, hits = [], [], []
    for layer, width in enumerate(spec.hidden):
        states = np.stack(dead[layer]).reshape(records, rates, seeds, width)
        for i, rate in enumerate(spec.digit_rates):
            own = states[:, i][:, finite[i]]  # (record, seed, unit)
            cell = {"layer": layer + 1, "rate": rate}
            ever = np.logical_or.accumulate(own)
            back = np.concatenate([np.zeros_like(own[:1]), own[:-1] & ~own[1:]])
            back = np.logical_or.accumulate(back)
            for record in range(records):
                revived = back[record]
                deaths.append(
                    {
                        **cell,
                        "epoch": record,
                        "seeds": seeds,
                        "finite": int(finite[i].sum()),
                        "with_dead": int(ever[record].any(axis=1).sum()),
                        "with_revived": int(revived.any(axis=1).sum()),
                        "units": own[0].size,
                        "dead_units": int(own[record].sum()),
                        "ever_dead_units": int(ever[record].sum()),
                        "revived_units": int(revived.sum()),
                        **_mean("dead", own[record].mean(axis=1)),
                        **_mean("back", revived.mean(axis=1)),
                    }
                )
            ends = {"ever_dead": ever[-1], "revived": back[-1], "dead_end": own[-1]}
            for j, seed in enumerate(np.flatnonzero(finite[i])):
                counts = {name: int(state[j].sum()) for name, state in ends.items()}
                by_seed.append({**cell, "seed": int(seed), "units": width, **counts})
            tried = records * seeds * width * len(x)
            hits.append({"setting": f"digits, rate {rate:g}", "layer": layer + 1,
                         **_hits(zeros[layer, :, i].sum(), tried)})  # fmt: skip
    return pd.DataFrame(deaths), pd.DataFrame(by_seed), pd.DataFrame(hits)


def _mean(name, values) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), mean_of(values), strict=True))


def _hits(count, tried):
    return {"zeros": int(count), "inputs": int(tried), **share_of(count, tried)}


def _xor_zeros(spec) -> pd.DataFrame:
    """How often a first-layer input is exactly 0 on XOR, whose first point is (0, 0)."""
    import keras

    from reproductions.training import replicas, units

    width, depth = POST
    model = keras.Sequential([keras.Input((2,)), *map(keras.layers.Dense, [width] * depth + [1])])
    rows = []
    for scheme, name in (("normal", "N(0, 1) biases"), ("glorot", "biases 0")):
        weights = replicas.initial_weights(model, range(spec.seeds), scheme)
        z = units.pre_activations(lambda: _layer("relu"), weights, xor.X)[0][0]
        rows.append({"setting": f"XOR before training, {name}", "layer": 1,
                     **_hits(np.asarray(z == 0).sum(), z.shape.num_elements())})  # fmt: skip
    return pd.DataFrame(rows)


def _at_zero() -> pd.DataFrame:
    """What the derivative of ReLU at 0 is: by who computes it, and as one-sided quotients."""
    import keras
    import tensorflow as tf

    import custom_layers
    from reproductions.training.gradients import value_and_slope

    sources = {
        "custom_layers": custom_layers.relu,
        "Keras": keras.ops.relu,
        "TensorFlow": tf.nn.relu,
    }
    rows = [
        {"source": name, "dtype": dtype, "derivative": float(value_and_slope(f, zero)[1])}
        for name, f in sources.items()
        for dtype in ("float32", "float64")
        for zero in [tf.constant(0.0, dtype)]
    ]
    for name, step in (("from the left", -(2.0**-20)), ("from the right", 2.0**-20)):
        quotient = float(custom_layers.relu(tf.constant(step, tf.float64))) / step
        rows.append({"source": name, "dtype": "float64", "derivative": quotient})
    return pd.DataFrame(rows)


ONE_SEED = "single units after thousands of steps"

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
            "continued": Close(rtol=0.25, atol=4, reason="those not active again, which are held"),
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
            "dead_units_share": Close(rtol=0, atol=0.02, reason="a sum's last bit next to 0"),
        },
        over_seeds=True,
    ),
    "deaths": Table(
        key=("layer", "rate", "epoch"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("finite", "with_dead", "with_revived"), Rate(trials="seeds")),
            # Units of one seed die together: as counts they would claim more trials than there are.
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
        columns={
            **shares("zeros", "inputs"),
        },
        over_seeds=True,
    ),
    "at_zero": Table(key=("source", "dtype"), columns={"derivative": Exact()}),
}
