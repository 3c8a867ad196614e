"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence.claims import Judgement, graded
from reproductions.experiments.gradients.zigzag.run import CONTROL_PAIRS, MEAN_PAIRS, TUNED


def _pairs(tables, function):
    """The path with the mean over that without it, single samples: in the unit, in the network."""

    def of(name):
        rows = tables[name]
        return rows[
            (rows["function"] == function)
            & (rows["against"] == MEAN_PAIRS[function])
            & (rows["batch"] == 1)
        ]

    return of("unit_pairs"), of("network_pairs")


def _lengthens(tables, function) -> list[bool]:
    """Whether the mean lengthens the path beyond doubt, at each rate, unit first."""
    return [bool(low > 1) for rows in _pairs(tables, function) for low in rows["length_low"]]


def _opposed(tables, function, count) -> int:
    """How many samples ("opposed"), or seeds ("seeds_opposed"), had gradients of opposite signs."""
    signs = tables["signs"]
    return int(signs.loc[signs["function"] == function, count].sum())


def _text(tables, function) -> str:
    unit, network = _pairs(tables, function)
    ratios = ", ".join(f"{row.length:.2f} ({row.rate})" for row in unit.itertuples())
    inside = ", ".join(f"{row.length:.2f} ({row.rate})" for row in network.itertuples())
    return f"unit {ratios}; network {inside or 'not run'}"


def _main(tables, function):
    """The pair at the lowest rate, which is nearest to small steps."""
    return _pairs(tables, function)[0].iloc[0]


def _control(tables, function):
    rows = tables["unit_pairs"]
    rate = _main(tables, "sigmoid")["rate"]
    return rows[(rows["function"] == function) & (rows["rate"] == rate) & (rows["batch"] == 1)]


def _sigmoid_zigzags(tables) -> Judgement:
    never = _opposed(tables, "sigmoid", "seeds_opposed") == 0
    opposed, longer = _opposed(tables, "sigmoid", "opposed"), _lengthens(tables, "sigmoid")
    verdict = graded(never and any(longer) and all(longer), in_part=never and any(longer))
    main = _main(tables, "sigmoid")
    last, best = (_last_batch(tables, "sigmoid", rate) for rate in (main["rate"], TUNED))
    tuned = _pairs(tables, "sigmoid")[0].set_index("rate").loc[TUNED]
    controls = {name: _control(tables, name).iloc[0] for name in CONTROL_PAIRS}
    note = (
        f"obtained: path of sigmoid over that of sigmoid - 1/2, rate {main['rate']}; all:"
        f" {_text(tables, 'sigmoid')}; {opposed} samples with opposed signs; updates needed"
        f" {main['steps']:.1f} times as many, at tuned rates {tuned['steps']:.1f}. It"
        " is the mean, not the sign: with the axes turned, signs mixed, the path"
        f" is {controls['rotated']['length']:.3f} times as long;"
        f" tanh stretched to the same Hessian {controls['stretched tanh']['length']:.2f}; with the"
        f" mean kept but the Hessian made round {controls['whitened']['length']:.2f} times that of"
        f" sigmoid - 1/2, one positive input at a time"
        f" {controls['one at a time']['length']:.2f}. In batches of {last['batch']} the mean"
        f" lengthens the path {last['length']:.2f} times, at tuned rates {best['length']:.1f} times"
    )
    return Judgement(verdict, main["length"], main["length_low"], main["length_high"], note)


def _last_batch(tables, function, rate):
    rows = tables["unit_pairs"]
    rows = rows[
        (rows["function"] == function)
        & (rows["against"] == MEAN_PAIRS[function])
        & (rows["rate"] == rate)
    ]
    return rows.loc[rows["batch"].idxmax()]


def _tanh_cures(tables) -> Judgement:
    longer, paths, slopes = _lengthens(tables, "tanh + 1"), tables["paths"], tables["slopes"]
    main = _main(tables, "tanh + 1")
    single = paths[(paths["batch"] == 1) & (paths["rate"] == main["rate"])].set_index("function")
    tanh, shifted = single.loc["tanh"], single.loc["tanh + 1"]
    left, left_high = ((tanh[name] - 1) / (shifted["ratio"] - 1) for name in ("ratio", "high"))
    far = slopes[(slopes["function"] == "tanh") & (slopes["x"].abs() == 5)]["slope"].max()
    verdict = graded(
        any(longer) and far < 1e-3 and all(longer) and left_high < 0.5,
        in_part=any(longer) and far < 1e-3,
    )
    signs = tables["signs"][tables["signs"]["function"] == "tanh"].set_index("place")
    same = ", ".join(f"{place} {1 - row['opposed_share']:.1%}" for place, row in signs.iterrows())
    note = (
        f"obtained: path of tanh + 1 over that of tanh, rate {main['rate']}; all:"
        f" {_text(tables, 'tanh + 1')}; tanh's own path is still {tanh['ratio']:.2f} times"
        f" straight, {left:.0%} of the excess of tanh + 1: single samples zigzag without any mean;"
        f" samples with all gradients of one sign: {same}; tanh' at 5 is {far:.2g}"
    )
    return Judgement(verdict, main["length"], main["length_low"], main["length_high"], note)


def _relu_zigzags(tables) -> Judgement:
    never = _opposed(tables, "relu", "seeds_opposed") == 0
    opposed, longer = _opposed(tables, "relu", "opposed"), _lengthens(tables, "relu")
    main, sigmoid = _main(tables, "relu"), _main(tables, "sigmoid")
    as_much = main["length"] - 1 >= (sigmoid["length"] - 1) / 2
    verdict = graded(
        never and any(longer) and all(longer) and as_much, in_part=never and any(longer)
    )
    functions = tables["functions"].set_index("function")
    means = [functions.loc[name, "mean"] / np.sqrt(functions.loc[name, "variance"])
             for name in ("relu", "sigmoid")]  # fmt: skip
    compared = tables["signs"].set_index(["place", "function"]).loc[("unit", "relu")]
    note = (
        f"obtained: path of ReLU over that of ReLU less its mean, rate {main['rate']}; all:"
        f" {_text(tables, 'relu')}; sigmoid's ratio is {sigmoid['length']:.2f}: what counts is the"
        f" mean over the spread, {means[0]:.2f} for ReLU and {means[1]:.2f} for sigmoid;"
        f" {opposed} samples with opposed signs, but all five of one sign and none 0 on"
        f" {compared['all_same_share']:.1%}"
    )
    return Judgement(verdict, main["length"], main["length_low"], main["length_high"], note)


CLAIMS = {
    "SL-11": _sigmoid_zigzags,
    "SL-12": _tanh_cures,
    "RP-08": _relu_zigzags,
}
