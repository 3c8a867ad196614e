"""Judges the chain rule, vanishing and exploding gradients, saturation, and sparse outputs."""

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.gradient_flow.run import ILLUSTRATION, INITIALISATIONS


def _by_setting(rows: pd.DataFrame, column: str = "factor") -> dict[str, float]:
    """A column's numbers by initialisation and width."""
    names = [f"{INITIALISATIONS[row.initialisation]} × {row.width}:" for row in rows.itertuples()]
    return dict(zip(names, rows[column], strict=True))


def _chain_rule(tables: Tables) -> Judgement:
    chain = tables["chain"]
    error = float(chain["error"].max())
    quotient = float(chain["difference_error_q50"].max())
    verdict = graded(error < 1e-10 and quotient < 1e-4)
    values = {"activations": chain["activation"].nunique(), "quotient": quotient}
    return Judgement(verdict, error, notes=("main",), values=values)


def _first_layer(tables: Tables, *, nearly_all: float = 0.95, most: float = 0.5) -> Judgement:
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
    verdict = graded(low > nearly_all and apart, in_part=low > most)
    depth = int(deep["depth"].iloc[0])
    values = {
        "sigmoid": sigmoid["gradient_q50"],
        "illustration": ILLUSTRATION**depth,
        "medians": {name: row["gradient_q50"] for name, row in others.items()},
        "relu_none": others["relu"]["none"] / others["relu"]["seeds"],
    }
    share = sigmoid["nearly_none"] / sigmoid["seeds"]
    return Judgement(verdict, share, low, high, notes=("main", "others"), values=values)


def _signal_shrinks(tables: Tables, *, layer_factor: float = 0.95) -> Judgement:
    rows = measured.rows(tables["factors"], activation="sigmoid")
    by_quantity = {
        "output": measured.rows(rows, quantity="value"),
        "spread": measured.rows(rows, quantity="spread"),
        "gradient": measured.rows(rows, quantity="gradient"),
    }
    shrinks = [(factors["high"] < layer_factor).all() for factors in by_quantity.values()]
    verdict = graded(all(shrinks), in_part=any(shrinks))
    layers = measured.rows(tables["layers"], activation="sigmoid")
    last = measured.rows(layers, layer=layers["layer"].max())
    values = {
        f"{name}_{end}": factors["factor"].agg(end)
        for name, factors in by_quantity.items()
        for end in ("min", "max")
    }
    values |= {
        "layer": last["layer"].max(),
        "last_min": last["value_q50"].min(),
        "last_max": last["value_q50"].max(),
    }
    return Judgement(verdict, None, notes=("main",), values=values)


def _relu_keeps(
    tables: Tables, *, layer_factor: float = 0.9, hardly_any: float = 0.05
) -> Judgement:
    factors = measured.rows(tables["factors"], activation="relu", quantity="gradient")
    depths = measured.rows(tables["depths"], activation="relu")
    deepest = measured.rows(depths, depth=depths["depth"].max())
    rows = factors.merge(deepest, on=["initialisation", "width"])
    none_high = np.array([wilson(row.none, row.seeds_x)[1] for row in rows.itertuples()])
    rows["none_share"] = rows["none"] / rows["seeds_x"]
    keeps = (rows["low"] >= layer_factor) & (none_high < hardly_any)
    verdict = graded(keeps.all(), in_part=keeps.any())
    values = {
        "keeps": int(keeps.sum()),
        "settings": len(rows),
        "kept": ", ".join(name.removesuffix(":") for name in _by_setting(rows[keeps])),
        "least": rows.loc[~keeps, "factor"].min(),
        "most": rows.loc[~keeps, "factor"].max(),
        "none": rows.loc[~keeps, "none_share"].max(),
        "layers": deepest["depth"].max(),
    }
    notes = [*(["main"] if keeps.any() else []), *([] if keeps.all() else ["others"])]
    return Judgement(verdict, None, notes=notes, values=values)


def _bounded_output(tables: Tables, *, hardly_any: float = 0.05) -> Judgement:
    factors = measured.rows(tables["factors"], quantity="gradient")
    deepest = measured.rows(tables["depths"], depth=tables["depths"]["depth"].max())
    sigmoid, linear = (measured.rows(factors, activation=name) for name in ("sigmoid", "linear"))
    through_sigmoids, through_linear = (
        measured.rows(deepest, activation=name) for name in ("sigmoid", "linear")
    )
    shrinks = (sigmoid["high"] < 1).all()
    explodes = _explodes(through_sigmoids, hardly_any=hardly_any).any()
    # A layer with x/4 has a quarter of the linear layer's derivatives, and no bound.
    unbounded = linear.assign(low=linear["low"] / 4, factor=linear["factor"] / 4)
    grows = unbounded[unbounded["low"] > 1]
    verdict = graded(shrinks and not explodes and len(grows), in_part=shrinks)
    values = {
        "layers": deepest["depth"].max(),
        "grown": (through_sigmoids["grown"] / through_sigmoids["seeds"]).max(),
        "linear": (through_linear["grown"] / through_linear["seeds"]).max(),
        "quarter": unbounded["factor"].max(),
        "grows": _by_setting(grows),
    }
    notes = ["main", "grows" if len(grows) else "quarter"]
    scales = measured.rows(tables["scales"], activation="sigmoid")
    large = scales[_explodes(scales, hardly_any=hardly_any)]
    if len(large):
        most = large.loc[large["factor"].idxmax()]
        values |= {"width": most["width"], "scale": most["scale"], "large": most["factor"]}
        notes.append("large")
    worst = sigmoid.loc[sigmoid["factor"].idxmax()]
    ends = float(worst["low"]), float(worst["high"])
    return Judgement(verdict, float(worst["factor"]), *ends, notes=notes, values=values)


def _explodes(rows: pd.DataFrame, *, hardly_any: float) -> np.ndarray:
    """Whether the gradient of each row grows tenfold in more than hardly any of the seeds.

    The lower end of the interval of their share decides.
    """
    return np.array([wilson(row.grown, row.seeds)[0] > hardly_any for row in rows.itertuples()])


def _little_saturation(tables: Tables, *, nearly_all: float = 0.9, some: float = 0.1) -> Judgement:
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
    verdict = graded(share >= nearly_all, in_part=share >= some or one_sided)
    values = {
        "below_sigmoid": below["sigmoid"].mean(),
        "below_tanh": below["tanh"].mean(),
    }
    notes = ("main", "one_sided") if one_sided else ("main",)
    return Judgement(verdict, float(share), notes=notes, values=values)


def _sparse(tables: Tables, *, some: float = 0.1, nearly_all: float = 0.9) -> Judgement:
    layers = tables["layers"]
    relu = measured.rows(layers, activation="relu")
    inside = (relu["zero_low"] > some) & (relu["zero_high"] < nearly_all)
    dense = max(
        measured.rows(layers, activation=name)["zero"].max() for name in ("sigmoid", "tanh")
    )
    verdict = graded(dense == 0 and inside.all(), in_part=dense == 0 and inside.any())
    last = measured.rows(relu, layer=relu["layer"].max())
    values = {
        "least": relu["zero"].min(),
        "most": relu["zero"].max(),
        "first": measured.rows(relu, layer=1)["zero"].mean(),
        "layer": relu["layer"].max(),
        "last": _by_setting(last, "zero"),
        "dense": dense,
    }
    low, high = float(relu["zero_low"].min()), float(relu["zero_high"].max())
    return Judgement(verdict, None, low, high, notes=("main",), values=values)


CLAIMS = {
    "XP-08": _chain_rule,
    "XP-09": _first_layer,
    "RP-02": _signal_shrinks,
    "RP-03": _relu_keeps,
    "NP-04": _bounded_output,
    "SL-14": _little_saturation,
    "NP-08": _sparse,
}
