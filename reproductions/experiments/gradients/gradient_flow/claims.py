"""Judges the chain rule, vanishing and exploding gradients, saturation, and sparse outputs."""

import numpy as np
import pandas as pd

from reproductions.evidence import functions, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.gradient_flow.run import ILLUSTRATION, INITIALISATIONS

SLOPE = 0.2
"""Of the leaky ReLU."""

BEYOND_DOUBT = 0.05
"""More than this share of seeds, by the lower end of the interval, makes a gradient explode."""


def _settings(rows: pd.DataFrame) -> list[str]:
    """Each row's initialisation and width, in words."""
    return [f"{INITIALISATIONS[row.initialisation]} {row.width}" for row in rows.itertuples()]


def _by_setting(rows: pd.DataFrame, column: str = "factor") -> str:
    pairs = zip(_settings(rows), rows[column], strict=True)
    return ", ".join(f"{setting}: {value:.3g}" for setting, value in pairs)


def _chain_rule(tables: Tables) -> Judgement:
    chain = tables["chain"]
    error = float(chain["error"].max())
    quotient = float(chain["difference_error_q50"].max())
    note = (
        f"largest relative error over {chain['activation'].nunique()} activations, all layers and"
        f" {chain['seeds'].max():,} seeds; against the cost's difference quotient {quotient:.1e}"
        " in the median seed"
    )
    return Judgement(graded(error < 1e-10 and quotient < 1e-4), error, note=note)


def _first_layer(tables: Tables) -> Judgement:
    post = tables["post"]
    first = measured.rows(post, layer=1)
    deep = measured.rows(first, depth=first["depth"].max())
    sigmoid = measured.row(deep, activation="sigmoid")
    low, high = wilson(sigmoid["nearly_none"], sigmoid["seeds"])
    others = {name: measured.row(deep, activation=name) for name in ("tanh", "relu", "leaky_relu")}
    apart = all(
        wilson(row["nearly_none"], row["seeds"])[1] < low and row["gradient_q50"] > 0
        for row in others.values()
    )
    verdict = graded(low > 0.95 and apart, in_part=low > 0.5)
    depth = int(deep["depth"].iloc[0])
    medians = ", ".join(
        f"{functions.label(name, SLOPE)} {row['gradient_q50']:.2g}" for name, row in others.items()
    )
    note = (
        f"share of seeds; median {sigmoid['gradient_q50']:.1e} where the post's illustration gives"
        f" {ILLUSTRATION**depth:.0e} and slopes alone at most {0.25 ** (depth - 1):.0e}; "
        f"{medians}; ReLU exactly 0 in {others['relu']['none'] / others['relu']['seeds']:.0%}"
    )
    return Judgement(verdict, sigmoid["nearly_none"] / sigmoid["seeds"], low, high, note)


def _signal_shrinks(tables: Tables) -> Judgement:
    rows = measured.rows(tables["factors"], activation="sigmoid")
    by_quantity = {
        "output": measured.rows(rows, quantity="value"),
        "difference between inputs": measured.rows(rows, quantity="spread"),
        "gradient": measured.rows(rows, quantity="gradient"),
    }
    shrinks = [(factors["high"] < 0.95).all() for factors in by_quantity.values()]
    verdict = graded(all(shrinks), in_part=any(shrinks))
    obtained = "a layer: " + "; ".join(
        f"{name} x {factors['factor'].min():.2f} to {factors['factor'].max():.2f}"
        for name, factors in by_quantity.items()
    )
    layers = measured.rows(tables["layers"], activation="sigmoid")
    last = measured.rows(layers, layer=layers["layer"].max())
    note = (
        f"layer {last['layer'].max()} still puts out an RMS of {last['value_q50'].min():.2f} to"
        f" {last['value_q50'].max():.2f}, but nearly the same for every input; gradient by setting:"
        f" {_by_setting(by_quantity['gradient'])}"
    )
    return Judgement(verdict, obtained, note=note)


def _relu_keeps(tables: Tables) -> Judgement:
    factors = measured.rows(tables["factors"], activation="relu", quantity="gradient")
    depths = measured.rows(tables["depths"], activation="relu")
    deepest = measured.rows(depths, depth=depths["depth"].max())
    rows = factors.merge(deepest, on=["initialisation", "width"])
    none_high = np.array([wilson(row.none, row.seeds_x)[1] for row in rows.itertuples()])
    rows["none_percent"] = 100 * rows["none"] / rows["seeds_x"]
    keeps = (rows["low"] >= 0.9) & (none_high < 0.05)
    verdict = graded(keeps.all(), in_part=keeps.any())
    obtained = f"in {keeps.sum()} of {len(rows)} settings"
    kept = f"{', '.join(_settings(rows[keeps]))}; " if keeps.any() else ""
    note = (
        f"{kept}factor where there is a gradient: {_by_setting(rows)}; no gradient at all through"
        f" {deepest['depth'].max()} layers, %: {_by_setting(rows, 'none_percent')}"
    )
    return Judgement(verdict, obtained, note=note)


def _bounded_output(tables: Tables) -> Judgement:
    scales = tables["scales"]
    sigmoid = measured.rows(scales, activation="sigmoid")
    small = sigmoid[sigmoid["scale"] <= 1]
    if small.empty:
        raise NotMeasured("the tables have no scale of 1 or below")
    vanishes = (small["high"] < 1).all()
    explodes = _explodes(sigmoid)
    unbounded = _explodes(measured.rows(scales, activation="linear")).any()
    verdict = graded(vanishes and unbounded and not explodes.any(), in_part=vanishes)
    worst = sigmoid.loc[sigmoid["factor"].idxmax()]
    first_scales = sigmoid[explodes].groupby("width")["scale"].min()
    first = ", ".join(f"{scale:g} at width {width}" for width, scale in first_scales.items())
    note = (
        f"largest factor a layer, at width {worst['width']} and std"
        f" {worst['scale']:g}; std from which it grows tenfold in over 5 % of seeds:"
        f" {first or 'none'}; at 1 and below at most x {small['factor'].max():.3g}; what is bounded"
        " is the output, the gradient takes the weights as factors too"
    )
    low, high = float(worst["low"]), float(worst["high"])
    return Judgement(verdict, float(worst["factor"]), low, high, note)


def _explodes(rows: pd.DataFrame) -> np.ndarray:
    """Whether the gradient of each row grows tenfold in a share of seeds that is beyond doubt."""
    return np.array([wilson(row.grown, row.seeds)[0] > BEYOND_DOUBT for row in rows.itertuples()])


def _little_saturation(tables: Tables) -> Judgement:
    layers = tables["layers"]
    key = ["initialisation", "width", "layer"]
    by_name = {
        name: measured.rows(layers, activation=name).set_index(key).sort_index()
        for name in ("relu", "sigmoid", "tanh")
    }
    relu = by_name["relu"]
    below = {
        name: relu["saturated_high"] < by_name[name]["saturated_low"]
        for name in ("sigmoid", "tanh")
    }
    share = (below["sigmoid"] & below["tanh"]).mean()
    one_sided = bool(np.allclose(relu["saturated"], relu["zero"], rtol=0, atol=1e-9))
    verdict = graded(share >= 0.9, in_part=share >= 0.1 or one_sided)
    means = {
        functions.label(name): rows.groupby(["initialisation", "width"])["saturated"].mean()
        for name, rows in by_name.items()
    }
    note = (
        "share saturated, over all settings from - to: "
        + ", ".join(f"{name} {mean.min():.2g} - {mean.max():.2g}" for name, mean in means.items())
        + f"; below the sigmoid's in {below['sigmoid'].mean():.0%}, below tanh's in"
        f" {below['tanh'].mean():.0%} of layers and settings; ReLU's saturated units are"
        + (" exactly those that put out 0" if one_sided else " not only those that put out 0")
    )
    obtained = f"below both in {share:.0%} of layers and settings"
    return Judgement(verdict, obtained, note=note)


def _sparse(tables: Tables) -> Judgement:
    layers = tables["layers"]
    relu = measured.rows(layers, activation="relu")
    inside = (relu["zero_low"] > 0.1) & (relu["zero_high"] < 0.9)
    dense = max(
        measured.rows(layers, activation=name)["zero"].max() for name in ("sigmoid", "tanh")
    )
    verdict = graded(dense == 0 and inside.all(), in_part=dense == 0 and inside.any())
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
