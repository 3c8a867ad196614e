"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence import functions, measured
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.experiments.gradients.gradient_flow.run import (
    ILLUSTRATION,
    INITIALISATIONS,
    QUANTITIES,
)


def _settings(rows) -> str:
    return ", ".join(f"{INITIALISATIONS[r.initialisation]} {r.width}" for r in rows.itertuples())


def _by_setting(rows, column="factor") -> str:
    return ", ".join(
        f"{INITIALISATIONS[r['initialisation']]} {r['width']}: {r[column]:.3g}"
        for _, r in rows.iterrows()
    )


def _chain_rule(tables) -> Judgement:
    chain = tables["chain"]
    error = float(chain["error"].max())
    quotient = float(chain["difference_error_q50"].max())
    note = (
        f"largest relative error over {chain['activation'].nunique()} activations, all layers and"
        f" {chain['seeds'].max():,} seeds; against the cost's difference quotient {quotient:.1e}"
        " in the median seed"
    )
    return Judgement(graded(error < 1e-10 and quotient < 1e-4), error, note=note)


def _first_layer(tables) -> Judgement:
    post = tables["post"]
    first = measured.rows(post, layer=1)
    deep = measured.rows(first, depth=first["depth"].max())
    row = measured.row(deep, activation="sigmoid")
    low, high = wilson(row["nearly_none"], row["seeds"])
    others = {n: measured.row(deep, activation=n) for n in ("tanh", "relu", "leaky_relu")}
    apart = all(
        wilson(own["nearly_none"], own["seeds"])[1] < low and own["gradient_q50"] > 0
        for own in others.values()
    )
    verdict = graded(low > 0.95 and apart, in_part=low > 0.5)
    depth = int(deep["depth"].iloc[0])
    note = (
        f"share of seeds; median {row['gradient_q50']:.1e} where the post's illustration gives"
        f" {ILLUSTRATION**depth:.0e} and slopes alone at most {0.25 ** (depth - 1):.0e}; "
        + ", ".join(
            f"{functions.label(n, 0.2)} {own['gradient_q50']:.2g}" for n, own in others.items()
        )
        + f"; ReLU exactly 0 in {others['relu']['none'] / others['relu']['seeds']:.0%}"
    )
    return Judgement(verdict, row["nearly_none"] / row["seeds"], low, high, note)


def _signal_shrinks(tables) -> Judgement:
    rows = measured.rows(tables["factors"], activation="sigmoid")
    shrinks = {
        quantity: bool((measured.rows(rows, quantity=quantity)["high"] < 0.95).all())
        for quantity in QUANTITIES
    }
    verdict = graded(all(shrinks.values()), in_part=any(shrinks.values()))
    ranges = {
        quantity: (own["factor"].min(), own["factor"].max())
        for quantity, own in rows.groupby("quantity")
    }
    obtained = "a layer: " + "; ".join(
        f"{name} x {ranges[quantity][0]:.2f} to {ranges[quantity][1]:.2f}"
        for quantity, name in zip(
            QUANTITIES, ("output", "difference between inputs", "gradient"), strict=True
        )
    )
    layers = measured.rows(tables["layers"], activation="sigmoid")
    last = measured.rows(layers, layer=layers["layer"].max())
    note = (
        f"layer {last['layer'].max()} still puts out an RMS of {last['value_q50'].min():.2f} to"
        f" {last['value_q50'].max():.2f}, but nearly the same for every input; gradient by setting:"
        f" {_by_setting(measured.rows(rows, quantity='gradient'))}"
    )
    return Judgement(verdict, obtained, note=note)


def _relu_keeps(tables) -> Judgement:
    factors = measured.rows(tables["factors"], activation="relu", quantity="gradient")
    depths = measured.rows(tables["depths"], activation="relu")
    deepest = measured.rows(depths, depth=depths["depth"].max())
    rows = factors.merge(deepest, on=["initialisation", "width"])
    rows["none_high"] = [wilson(r.none, r.seeds_x)[1] for r in rows.itertuples()]
    rows["none_share"] = 100 * rows["none"] / rows["seeds_x"]
    keeps = (rows["low"] >= 0.9) & (rows["none_high"] < 0.05)
    verdict = graded(keeps.any() and keeps.all(), in_part=keeps.any())
    obtained = f"in {keeps.sum()} of {len(rows)} settings"
    note = (
        (f"{_settings(rows[keeps])}; " if keeps.any() else "")
        + f"factor where there is a gradient: {_by_setting(rows)}; no gradient at all through"
        f" {deepest['depth'].max()} layers, %: {_by_setting(rows, 'none_share')}"
    )
    return Judgement(verdict, obtained, note=note)


def _bounded_output(tables) -> Judgement:
    scales = tables["scales"]
    sigmoid = measured.rows(scales, activation="sigmoid")
    small = sigmoid[sigmoid["scale"] <= 1]
    if small.empty:
        raise NotMeasured("the tables have no scale of 1 or below")
    vanishes = bool((small["high"] < 1).all())
    explodes = np.array([wilson(r.grown, r.seeds)[0] > 0.05 for r in sigmoid.itertuples()])
    linear = measured.rows(scales, activation="linear")
    unbounded = any(wilson(r.grown, r.seeds)[0] > 0.05 for r in linear.itertuples())
    verdict = graded(vanishes and unbounded and not explodes.any(), in_part=vanishes)
    worst = sigmoid.loc[sigmoid["factor"].idxmax()]
    first = sigmoid[explodes]
    note = (
        f"largest factor a layer, at width {worst['width']} and std"
        f" {worst['scale']:g}; std from which it grows tenfold in over 5 % of seeds: "
        + (
            ", ".join(
                f"{own['scale'].min():g} at width {width}" for width, own in first.groupby("width")
            )
            or "none"
        )
        + f"; at 1 and below at most x {small['factor'].max():.3g}; what is bounded is the output,"
        " the gradient takes the weights as factors too"
    )
    low, high = float(worst["low"]), float(worst["high"])
    return Judgement(verdict, float(worst["factor"]), low, high, note)


def _little_saturation(tables) -> Judgement:
    layers = tables["layers"]
    key = ["initialisation", "width", "layer"]
    relu, sigmoid, tanh = (
        measured.rows(layers, activation=name).set_index(key).sort_index()
        for name in ("relu", "sigmoid", "tanh")
    )
    below = {
        name: relu["saturated_high"] < own["saturated_low"]
        for name, own in (("sigmoid", sigmoid), ("tanh", tanh))
    }
    share = (below["sigmoid"] & below["tanh"]).mean()
    one_sided = bool(np.allclose(relu["saturated"], relu["zero"], rtol=0, atol=1e-9))
    verdict = graded(
        (share >= 0.1 or one_sided) and share >= 0.9, in_part=share >= 0.1 or one_sided
    )
    means = {
        functions.label(name, 0.2): own.groupby(["initialisation", "width"])["saturated"].mean()
        for name, own in (("relu", relu), ("sigmoid", sigmoid), ("tanh", tanh))
    }
    note = (
        "share saturated, over all settings from - to: "
        + ", ".join(f"{n} {own.min():.2g} - {own.max():.2g}" for n, own in means.items())
        + f"; below the sigmoid's in {below['sigmoid'].mean():.0%}, below tanh's in"
        f" {below['tanh'].mean():.0%} of layers and settings; ReLU's saturated units are"
        + (" exactly those that put out 0" if one_sided else " not only those that put out 0")
    )
    obtained = f"below both in {share:.0%} of layers and settings"
    return Judgement(verdict, obtained, note=note)


def _sparse(tables) -> Judgement:
    layers = tables["layers"]
    relu = measured.rows(layers, activation="relu")
    inside = (relu["zero_low"] > 0.1) & (relu["zero_high"] < 0.9)
    dense = max(
        measured.rows(layers, activation=name)["zero"].max() for name in ("sigmoid", "tanh")
    )
    verdict = graded(
        inside.any() and dense == 0 and inside.all(), in_part=inside.any() and dense == 0
    )
    first = measured.rows(relu, layer=1)["zero"].mean()
    last = measured.rows(relu, layer=relu["layer"].max())
    note = (
        f"share of zeros, least to most; {first:.2f} in the first layer, in layer"
        f" {relu['layer'].max()} {_by_setting(last, 'zero')}; sigmoid and tanh {dense:g}"
    )
    return Judgement(
        verdict,
        f"{relu['zero'].min():.2f} to {relu['zero'].max():.2f}",
        float(relu["zero_low"].min()),
        float(relu["zero_high"].max()),
        note,
    )


CLAIMS = {
    "XP-08": _chain_rule,
    "XP-09": _first_layer,
    "RP-02": _signal_shrinks,
    "RP-03": _relu_keeps,
    "NP-04": _bounded_output,
    "SL-14": _little_saturation,
    "NP-08": _sparse,
}
