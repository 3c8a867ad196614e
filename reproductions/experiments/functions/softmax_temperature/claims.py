"""Judges the printed vector, the properties of softmax, and what the slide says of entropy."""

import numpy as np

from reproductions.evidence.verdicts import (
    DOCUMENT_ERROR,
    NOT_REPRODUCED,
    Judgement,
    Tables,
    graded,
)
from reproductions.experiments.functions.softmax_temperature.run import UNITS


def _vector_as_printed(tables: Tables) -> Judgement:
    listing = tables["listing"]
    agree = np.isclose(listing["probability"].round(3), listing["printed"], rtol=0, atol=1e-9)
    return Judgement(
        graded(agree.all()),
        " ".join(f"{p:.3f}" for p in listing["probability"]),
        note=f"{agree.sum()} of {len(listing)} as printed",
    )


def _outputs_are_probabilities(tables: Tables) -> Judgement:
    vectors = tables["random_vectors"]
    limits = tables["float_limits"].set_index("dtype").loc["float64"]
    holds = (vectors["smallest"] > 0) & (vectors["largest"] < 1)
    holds &= (vectors["sum_error"] <= 1e-12) & vectors["order_kept"]
    return Judgement(
        graded(holds.all()),
        f"{holds.sum()} of {len(vectors)} vectors",
        note=f"outputs from {vectors['smallest'].min():.2g} to {vectors['largest'].max():.6g}; in"
        f" float64 the open interval ends at a gap of about {limits['one_from']:g}, where an output"
        f" becomes exactly 1, and {limits['zero_from']:g}, where one becomes exactly 0",
    )


def _last_class_wins(tables: Tables) -> Judgement:
    last = tables["listing"].sort_values("class").iloc[-1]
    greatest = last["probability"] == tables["listing"]["probability"].max()
    percent = round(100 * last["probability"], 1)
    return Judgement(graded(bool(greatest) and abs(percent - 62.2) < 1e-9), f"{percent:g} %")


def _temperature_keeps_argmax_and_sum(tables: Tables) -> Judgement:
    vectors, far = tables["random_vectors"], tables["far_temperatures"]
    holds = (vectors["argmax_changes"] == 0) & (vectors["sum_error"] <= 1e-12)
    argmax_lost = far[far["different_values"] == 1]["temperature"]
    note = "T from 0.01 to 100"
    if len(argmax_lost):
        note += (
            f"; at T = {argmax_lost.min():g} all seven outputs of the listing's vector are equal in"
            " float64, so the argmax is lost"
        )
    return Judgement(graded(holds.all()), f"{holds.sum()} of {len(vectors)} vectors", note=note)


def _entropies_as_printed(tables: Tables) -> Judgement:
    entropies, gap = tables["entropies"], tables["gap"]
    computed, printed = (
        entropies[column].map("{:.3g}".format) for column in ("entropy_nats", "printed")
    )
    fits = (computed == printed).groupby(entropies["solution"]).all()
    units = tables["units"].set_index("unit")
    fixed = (tables["determination"]["singular_value"] > 1e-6).sum()  # directions of the logits
    also = "also" if units.loc["bits", "residual"] < 1e-9 else "not"
    nats, bits = (units.loc[unit, "matches"] / units.loc[unit, "vectors"] for unit in UNITS)
    return Judgement(
        graded(fits.any()),
        f"{fits.sum()} of {len(fits)} vectors found give all three",
        note=f"{fixed} equations leave {9 - fixed} of 9 logits free; pinned is how far the two"
        f" greatest are apart, {gap['low'].min():.4f} to {gap['high'].max():.4f}. Bits"
        f" {also} have solutions, but {nats / bits:.0f} times fewer random vectors come near. The"
        " slide's formula as it stands, on the evenly spaced vector at T = 0.01, gives"
        f" {_printed_formula_when_cold(tables, 'float64')} in float64 and"
        f" {_printed_formula_when_cold(tables, 'float32')} in float32",
    )


def _printed_formula_when_cold(tables: Tables, dtype: str) -> str:
    """What the formula as printed gives at the lowest temperature."""
    entropies = tables["arithmetic"].query("dtype == @dtype").sort_values("temperature")
    entropy = entropies["as_printed"].iloc[0]
    return "NaN" if np.isnan(entropy) else f"{entropy:.3g}"


def _entropy_rises_with_temperature(tables: Tables) -> Judgement:
    vectors = tables["random_vectors"]
    holds = vectors["rises"] + vectors["both_zero"] == vectors["steps"]
    law_error = (vectors["entropy_slope"] / vectors["variance"] - 1).abs().max()
    return Judgement(
        graded(holds.all() and law_error < 1e-6),
        f"{holds.sum()} of {len(vectors)} vectors",
        note="dH/dT is the variance of the logits over T cubed, so never negative; automatic"
        f" differentiation at T = 1 agrees to {law_error:.0e} or better",
    )


def _entropy_falls_with_temperature(tables: Tables) -> Judgement:
    vectors = tables["random_vectors"]
    printed = tables["entropies"].drop_duplicates("temperature").sort_values("temperature")
    changes = printed["printed"].diff().iloc[1:]
    rises = vectors["rises"].sum() + (changes > 0).sum()
    falls = vectors["falls"].sum() + (changes < 0).sum()
    only_rises = rises > 0 and falls == 0
    return Judgement(
        graded(
            falls > 0 and rises == 0, otherwise=DOCUMENT_ERROR if only_rises else NOT_REPRODUCED
        ),
        f"entropy falls with T in {falls} of {rises + falls} steps",
        note="the lines before it on the same slide say the opposite, that a high entropy is spread"
        " out, and so do its three printed entropies",
    )


CLAIMS = {
    "PP-08": _vector_as_printed,
    "PP-09": _outputs_are_probabilities,
    "PP-10": _last_class_wins,
    "SL-18": _temperature_keeps_argmax_and_sum,
    "SL-19": _entropies_as_printed,
    "SL-20": _entropy_rises_with_temperature,
    "SL-21": _entropy_falls_with_temperature,
}
