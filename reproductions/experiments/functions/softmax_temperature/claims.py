"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence.claims import (
    DOCUMENT_ERROR,
    Judgement,
    graded,
)
from reproductions.experiments.functions.softmax_temperature.run import UNITS


def _pp_08(tables) -> Judgement:
    frame = tables["listing"]
    agree = np.isclose(frame["probability"].round(3), frame["printed"], rtol=0, atol=1e-9)
    return Judgement(
        graded(agree.all()),
        " ".join(f"{p:.3f}" for p in frame["probability"]),
        note=f"{agree.sum()} of {len(frame)} as printed",
    )


def _pp_09(tables) -> Judgement:
    frame = tables["random_vectors"]
    limits = tables["float_limits"].set_index("dtype").loc["float64"]
    holds = (frame["smallest"] > 0) & (frame["largest"] < 1)
    holds &= (frame["sum_error"] <= 1e-12) & frame["order_kept"]
    return Judgement(
        graded(holds.all()),
        f"{holds.sum()} of {len(frame)} vectors",
        note=f"outputs from {frame['smallest'].min():.2g} to {frame['largest'].max():.6g}; in"
        f" float64 the open interval ends at a gap of about {limits['one_from']:g}, where an output"
        f" becomes exactly 1, and {limits['zero_from']:g}, where one becomes exactly 0",
    )


def _pp_10(tables) -> Judgement:
    last = tables["listing"].sort_values("class").iloc[-1]
    greatest = last["probability"] == tables["listing"]["probability"].max()
    percent = round(100 * last["probability"], 1)
    return Judgement(graded(bool(greatest) and abs(percent - 62.2) < 1e-9), f"{percent:g} %")


def _sl_18(tables) -> Judgement:
    frame, far = tables["random_vectors"], tables["far_temperatures"]
    holds = (frame["argmax_changes"] == 0) & (frame["sum_error"] <= 1e-12)
    lost = far[far["different_values"] == 1]["temperature"]
    note = "T from 0.01 to 100"
    if len(lost):
        note += (
            f"; at T = {lost.min():g} all seven outputs of the listing's vector are equal in"
            " float64, so the argmax is lost"
        )
    return Judgement(graded(holds.all()), f"{holds.sum()} of {len(frame)} vectors", note=note)


def _sl_19(tables) -> Judgement:
    frame = tables["entropies"]
    agree = frame["entropy_nats"].map("{:.3g}".format) == frame["printed"].map("{:.3g}".format)
    fits = agree.groupby(frame["solution"]).all()
    gap = tables["gap"]
    units = tables["units"].set_index("unit")
    held = (tables["determination"]["singular_value"] > 1e-6).sum()
    fit = "also" if units.loc["bits", "residual"] < 1e-9 else "not"
    nats, bits = (units.loc[unit, "matches"] / units.loc[unit, "vectors"] for unit in UNITS)
    return Judgement(
        graded(fits.any()),
        f"{fits.sum()} of {len(fits)} vectors found give all three",
        note=f"{held} equations leave {9 - held} of 9 logits free; pinned is how far the two"
        f" greatest are apart, {gap['low'].min():.4f} to {gap['high'].max():.4f}. Bits"
        f" {fit} have solutions, but {nats / bits:.0f} times fewer random vectors come near. The"
        " slide's formula as it stands, on the evenly spaced vector at T = 0.01, gives"
        f" {_cold(tables, 'float64')} in float64 and {_cold(tables, 'float32')} in float32",
    )


def _cold(tables, dtype: str) -> str:
    """What the formula as printed gives at the lowest temperature."""
    frame = tables["arithmetic"].query("dtype == @dtype").sort_values("temperature")
    return "NaN" if np.isnan(frame["as_printed"].iloc[0]) else f"{frame['as_printed'].iloc[0]:.3g}"


def _sl_20(tables) -> Judgement:
    frame = tables["random_vectors"]
    holds = frame["rises"] + frame["both_zero"] == frame["steps"]
    law = (frame["entropy_slope"] / frame["variance"] - 1).abs().max()
    return Judgement(
        graded(holds.all() and law < 1e-6),
        f"{holds.sum()} of {len(frame)} vectors",
        note="dH/dT is the variance of the logits over T cubed, so never negative; automatic"
        f" differentiation at T = 1 agrees to {law:.0e} or better",
    )


def _sl_21(tables) -> Judgement:
    frame = tables["random_vectors"]
    printed = tables["entropies"].drop_duplicates("temperature").sort_values("temperature")
    change = printed["printed"].diff().iloc[1:]
    rises, falls = frame["rises"].sum() + (change > 0).sum(), frame["falls"].sum()
    falls += (change < 0).sum()
    verdict = DOCUMENT_ERROR if falls == 0 and rises > 0 else graded(rises == 0 and falls > 0)
    return Judgement(
        verdict,
        f"entropy falls with T in {falls} of {rises + falls} steps",
        note="the lines before it on the same slide say the opposite, that a high entropy is spread"
        " out, and so do its three printed entropies",
    )


CLAIMS = {
    "PP-08": _pp_08,
    "PP-09": _pp_09,
    "PP-10": _pp_10,
    "SL-18": _sl_18,
    "SL-19": _sl_19,
    "SL-20": _sl_20,
    "SL-21": _sl_21,
}
