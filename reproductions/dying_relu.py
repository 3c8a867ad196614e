"""Dead units: how one is made, how many there are, who comes back, and how often an input is 0.

Document: slides, part 7-2 (the "dead" neuron, leaky ReLU, ELU); relu-post, part 3 (dying ReLU, and
the missing derivative at 0).
Setup: 1) one unit, alone (its output is the answer) and hidden (2-1-1), its bias set from 0 to
-120, N(0, 1) weights, fitted to a ramp by mean squared error, 4,001 full-batch updates at 0.1;
some ELU units that are not active by then go on to 50 times as many.
2) N(0, 1) stacks of 2 to 8 units and 1 to 20 hidden layers on the XOR points. 3) 64-24-24-10
classifiers of the handwritten digits, Glorot's initial weights, cross entropy, batches of 32 for 20
epochs, at three learning rates.
Assumptions: a unit is dead while its slope is exactly 0 on every training sample; it comes back if
a later record (one an epoch) finds a slope that is not. While it is dead every batch's gradient to
its own weights is exactly 0, so they stay: in the first layer, whose inputs are the data, it cannot
come back; above it can, if what feeds it moves. A network is dead for a point if some layer's
outputs are all 0 there: nothing below that layer gets a gradient from it.
Known differences: the documents show no numbers. The slides' b << 0 is swept here, as an ELU unit
recovers from a small one and not from a large one; their leaky slope is 0.1.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import digits, drawing, measured, xor
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement
from reproductions.suite.errors import NotMeasured
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.suite.parallel import workers
from reproductions.suite.progress import progress
from reproductions.suite.statistics import generator, mean_of, share_of, wilson


@dataclass(frozen=True)
class Spec:
    """The three parts, and how many seeds see them."""

    seeds: int = 4096
    functions: tuple[xor.Activation, ...] = ("relu", "leaky_relu", "elu")
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
NAMES = drawing.FUNCTION_NAMES | {"leaky_relu": f"leaky ReLU {SLOPE:g}"}
FAR = -10
NEAR = 0.01  # of the straight line's loss
BATCH = 32
POST = (5, 9)  # width and hidden layers of the xor-post's network


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Runs the three parts, the classifiers' learning rates all at once."""
    kinds = [(place, function) for place in PLACES for function in spec.functions]
    total = len(kinds) * len(spec.biases) * min(spec.seeds, spec.unit_seeds)
    total += len(spec.digit_rates) * min(spec.seeds, spec.digit_seeds)
    with progress(total=total, what="dying_relu") as bar, workers() as pool:
        classifiers = pool.submit(_classifiers, spec, bar.update)
        units = list(pool.map(lambda kind: _unit(spec, *kind, bar.update), kinds))
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
    return xor.activation(function)


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

    from reproductions.suite import replicas, units

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

    from reproductions.suite import replicas, units

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

    from reproductions.suite import replicas

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
    from reproductions.suite import units

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

    from reproductions.suite import replicas, units

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
    from reproductions.suite.gradients import value_and_slope

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


def figures(spec: Spec, tables) -> drawing.Figures:
    """Who leaves a negative bias; the census; deaths and returns in training."""
    return {
        "unit": lambda: _unit_figure(tables["units"]),
        "census": lambda: _census_figure(tables["census"]),
        "training": lambda: _training_figure(tables["deaths"]),
    }


def _unit_figure(units):
    figure, axes = drawing.panels(2, 2, width=4.8, height=3.0, sharex=True, sharey=True)
    biases = sorted(units["bias"].unique(), reverse=True)
    places = {bias: place for place, bias in enumerate(biases)}
    for column, place in zip(axes.T, PLACES, strict=True):
        for function, rows in units[units["place"] == place].groupby("function", sort=False):
            style = {**drawing.FUNCTION_STYLE[function], "label": NAMES[function]}
            bias = rows["bias"].map(places)
            errors = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
            column[0].errorbar(bias, rows["share"], yerr=errors, marker="o", capsize=3, **style)
            column[1].plot(bias, rows["unmoved"] / rows["seeds"], marker="o", **style)
            on_top = {"color": style["color"], "linestyle": "none", "zorder": 4, "markersize": 9}
            broken = rows[rows["non_finite"] > rows["seeds"] / 2]
            column[0].plot(
                broken["bias"].map(places), broken["share"], marker="X",
                markeredgecolor=drawing.BLACK, **on_top,
            )  # fmt: skip
            longer = rows[rows["continued"] > 0]
            column[0].plot(
                longer["bias"].map(places), longer["active_later"] / longer["continued"],
                marker="s", markerfacecolor="none", **on_top,
            )  # fmt: skip
        column[0].set_title(f"{place}: active on some sample in the end")
        column[1].set_title(f"{place}: weights bit-identical in the end")
        column[1].set_xlabel("bias at the start")
    axes[0, 0].set(ylim=(-0.04, 1.04))
    axes[0, 0].set_xticks(range(len(biases)), [f"{bias:g}" for bias in biases])
    for row in axes:
        row[0].set_ylabel("share of seeds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    longest = units["updates_later"].max()
    if units["continued"].sum():
        color = drawing.FUNCTION_STYLE["elu"]["color"]
        style = {"color": color, "markerfacecolor": "none", "markersize": 9}
        handles += axes[0, 0].plot([], [], "s", **style)
        labels.append(f"ELU units inactive so far, after {longest:,}")
    style = {"color": "white", "markeredgecolor": drawing.BLACK, "markersize": 9}
    handles += axes[0, 0].plot([], [], "X", **style)
    labels.append("most of that function's diverge")
    figure.legend(handles, labels, loc="outside lower center", ncols=5)
    updates = units["updates"].max()
    figure.suptitle(f"One unit that starts with a negative bias, {updates:,} updates")
    return figure


def _census_figure(census):
    figure, ((axes,),) = drawing.panels(width=6.6, height=4.2)
    colors = [drawing.BLUE, drawing.GREEN, drawing.VERMILION, drawing.ORANGE]
    looks = itertools.cycle(zip(colors, "os^D", strict=True))
    for (color, marker), (width, rows) in zip(looks, census.groupby("width"), strict=False):
        axes.plot(rows["depth"], rows["formula"], color=color, linewidth=1)
        errors = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
        axes.errorbar(
            rows["depth"], rows["share"], yerr=errors, fmt=marker, color=color, capsize=3,
            label=f"width {width}",
        )  # fmt: skip
        axes.plot(rows["depth"], rows["dead_at_all"] / rows["seeds"], ":", color=color)
    axes.plot([], [], color=drawing.GREY, linewidth=1, label="formula, at one input")
    axes.plot([], [], ":", color=drawing.GREY, label="at all four XOR points")
    axes.set_xticks(sorted(census["depth"].unique()))
    axes.set(xlabel="hidden layers", ylabel="share of stacks that are dead", ylim=(-0.02, 1.02))
    axes.set_title("ReLU stacks that are dead before training, N(0, 1) weights and biases")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _training_figure(deaths):
    layers = sorted(deaths["layer"].unique())
    figure, axes = drawing.panels(2, len(layers), width=4.6, height=3.0, sharex=True, sharey="row")
    rates = sorted(deaths["rate"].unique())
    colors = [drawing.SKY, drawing.BLUE, drawing.GREEN, drawing.ORANGE, drawing.VERMILION]
    for column, layer in zip(axes.T, layers, strict=True):
        for color, rate in zip(itertools.cycle(colors), rates, strict=False):
            rows = deaths[(deaths["layer"] == layer) & (deaths["rate"] == rate)]
            for panel, name in zip(column, ("dead", "back"), strict=True):
                panel.plot(rows["epoch"], rows[name], color=color, label=f"{rate:g}")
                panel.fill_between(
                    rows["epoch"], rows[f"{name}_low"], rows[f"{name}_high"], color=color, alpha=0.2
                )
        column[0].set_title(f"hidden layer {layer}: dead now")
        column[1].set_title(f"hidden layer {layer}: came back, so far")
        column[1].set_xlabel("epoch")
    for row in axes:
        row[0].set_ylabel("share of units")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", title="learning rate")
    figure.suptitle("ReLU units in training on the digits: mean over seeds, 95 % interval")
    return figure


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
            "dead_at_one": Rate(trials="seeds"),
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
            "zeros": Rate(trials="inputs"),
            "inputs": Exact(),
            **shares("zeros", "inputs"),
        },
        over_seeds=True,
    ),
    "at_zero": Table(key=("source", "dtype"), columns={"derivative": Exact()}),
}


def _dead_stays(tables) -> Judgement:
    relu = _far(measured.rows(tables["units"], function="relu"))
    seeds, unmoved = int(relu["seeds"].sum()), int(relu["unmoved"].sum())
    held = unmoved == seeds == int(relu["dead_start"].sum())
    note = (
        f"all biases from {FAR} down, {seeds} runs: slope exactly 0 on all samples in"
        f" {relu['dead_start'].sum()}, weights bit-identical in {unmoved}"
    )
    verdict = REPRODUCED if held else NOT_REPRODUCED
    return Judgement(verdict, unmoved / seeds, *wilson(unmoved, seeds), note)


def _far(units):
    """The units that start far enough below 0."""
    far = units[units["bias"] <= FAR]
    if far.empty:
        raise NotMeasured(f"the tables have no bias of {FAR} or below")
    return far


def _leaky_recovers(tables) -> Judgement:
    units = tables["units"]
    leaky = measured.rows(units, function="leaky_relu")
    cured = {
        place: (_far(measured.rows(leaky, place=place))["low"] > 0.95).all() for place in PLACES
    }
    if leaky["dead_start"].sum() or not cured["alone"]:
        verdict = NOT_REPRODUCED
    else:
        verdict = REPRODUCED if cured["hidden"] else IN_PART
    row, hidden = (measured.row(leaky, place=place, bias=FAR) for place in PLACES)
    broken = measured.rows(leaky, place="hidden")
    broken = broken.loc[broken["non_finite"] > broken["seeds"] / 2, "bias"]
    note = (
        f"share of units alone that are active again from a bias of {FAR}{_beside_leaky(units)}; no"
        f" leaky unit has a zero gradient, but hidden ones are active again in"
        f" {hidden['share']:.0%}:"
        f" {hidden['on_line'] / hidden['seeds']:.0%} end at the best straight line's loss, which"
        " the weight after the unit makes of its straight part"
    )
    if len(broken):
        note += f"; from {max(broken):g} down those diverge at this learning rate"
    return Judgement(verdict, row["share"], row["low"], row["high"], note)


def _beside_leaky(units) -> str:
    """How ReLU and ELU do from the same bias, where both are measured."""
    if not {"relu", "elu"} <= set(units["function"]):
        return ""
    relu = measured.row(units, place="alone", function="relu", bias=FAR)
    elu = measured.rows(units, place="alone", function="elu")
    lost = elu[elu["active_end"] < elu["seeds"] / 2]
    lost_later = lost[(lost["continued"] > 0) & (lost["active_later"] < lost["continued"] / 2)]
    slow = f"{_from(lost)} down in {elu['updates'].max():,} updates"
    if lost["continued"].sum():
        slow += f", from {_from(lost_later)} down in {elu['updates_later'].max():,}"
    share = measured.row(elu, bias=FAR)["share"]
    return f" (ReLU {relu['share']:.0%}, ELU {share:.0%}: most ELU units fail from {slow})"


def _from(rows) -> str:
    """The largest bias of some rows."""
    return f"{rows['bias'].max():g}" if len(rows) else "none"


def _for_ever(tables) -> Judgement:
    seeds = tables["deaths_by_seed"]
    first, above = seeds[seeds["layer"] == 1], seeds[seeds["layer"] > 1]
    died, revived = first["ever_dead"].sum(), first["revived"].sum()
    died_above, revived_above = above["ever_dead"].sum(), above["revived"].sum()
    if died + died_above == 0 or revived:
        verdict = NOT_REPRODUCED
    else:
        verdict = IN_PART if revived_above else REPRODUCED
    fastest = first[first["rate"] == first["rate"].max()]
    by_rate = above.groupby("rate")[["revived", "ever_dead"]].sum()
    shares = by_rate["revived"] / by_rate["ever_dead"].clip(lower=1)
    rates = ", ".join(f"{share:.0%} at rate {rate:g}" for rate, share in shares.items())
    note = (
        f"share of dead units above the first hidden layer that came back ({revived_above} of"
        f" {died_above}; {rates}): what feeds them still moves, unless all of their layer is dead;"
        " in the first layer, whose inputs are fixed,"
        f" {revived} of {died}; at learning rate {fastest['rate'].max():g}"
        f" {fastest['dead_end'].sum() / max(1, fastest['units'].sum()):.0%} of its units end dead"
    )
    return Judgement(verdict, *_ratio(above, "revived", "ever_dead"), note)


def _ratio(seeds, part, whole) -> tuple[float, float, float]:
    """A ratio of sums with its 95 % bootstrap interval over seeds, as their units die together."""
    from scipy.stats import bootstrap

    sums = seeds.groupby("seed")[[part, whole]].sum()
    if not sums[whole].sum():
        return 0.0, np.nan, np.nan
    share = sums[part].sum() / sums[whole].sum()
    if len(sums) < 3:
        return share, np.nan, np.nan
    drawn = bootstrap(
        (sums[part].to_numpy(), sums[whole].to_numpy()),
        lambda part, whole, axis: part.sum(axis) / np.maximum(whole.sum(axis), 1),
        paired=True,
        method="percentile",
        rng=generator(0),
    ).confidence_interval
    return share, float(drawn.low), float(drawn.high)


def _small_chance(tables) -> Judgement:
    at_zero = tables["at_zero"].set_index("source")["derivative"]
    quotients = at_zero[["from the left", "from the right"]].tolist()
    given = set(at_zero.drop(["from the left", "from the right"]))
    zeros = tables["zeros"]
    trained = zeros[zeros["setting"].str.startswith("digits")]
    count, tried = int(trained["zeros"].sum()), int(trained["inputs"].sum())
    low, high = wilson(count, tried)
    largest = zeros.loc[zeros["share"].idxmax()]
    if quotients != [0, 1] or len(given) != 1 or high >= 1e-4:
        verdict = NOT_REPRODUCED
    else:
        verdict = REPRODUCED if zeros["share"].max() < 1e-2 else IN_PART
    note = (
        f"slopes 0 from the left, 1 from the right; all use {', '.join(f'{g:g}' for g in given)};"
        f" share of inputs that are exactly 0 in training on the digits ({count:,} of {tried:,});"
        f" but {largest['share']:.0%} in '{largest['setting']}': no chance there, the point (0, 0)"
    )
    return Judgement(verdict, count / tried, low, high, note)


CLAIMS = [
    Claim(
        "SL-15",
        "from every bias of -10 and below, all ReLU units have a slope of exactly 0 on all samples,"
        " and so no gradient, and weights that are bit-identical after training",
        _dead_stays,
    ),
    Claim(
        "SL-16",
        "no leaky unit has a zero gradient from any bias, and from every bias of -10 and below the"
        " share active again has a 95 % interval above 0.95, alone and hidden; in part if alone"
        " only",
        _leaky_recovers,
    ),
    Claim(
        "RP-07",
        "units die in training, and none that is dead at one record has a slope at a later one; in"
        " part if that holds for the first hidden layer alone",
        _for_ever,
    ),
    Claim(
        "RP-09",
        "the quotients at 0 are 0 and 1, all frameworks use one value, and the share of exact zeros"
        " in training has a 95 % interval below 1e-4; in part if another setting meets more than"
        " 1 %",
        _small_chance,
    ),
]
