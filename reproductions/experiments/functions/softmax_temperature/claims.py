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
    values = {
        "probabilities": " ".join(f"{p:.3f}" for p in listing["probability"]),
        "agree": agree.sum(),
        "count": len(listing),
    }
    return Judgement(graded(agree.all()), None, notes=["main"], values=values)


def _outputs_are_probabilities(tables: Tables) -> Judgement:
    vectors = tables["random_vectors"]
    limits = tables["float_limits"].set_index("dtype").loc["float64"]
    holds = (vectors["smallest"] > 0) & (vectors["largest"] < 1)
    holds &= (vectors["sum_error"] <= 1e-12) & vectors["order_kept"]
    values = {
        "smallest": vectors["smallest"].min(),
        "largest": vectors["largest"].max(),
        "one_from": limits["one_from"],
        "zero_from": limits["zero_from"],
    }
    return Judgement(graded(holds.all()), float(holds.mean()), notes=["main"], values=values)


def _last_class_wins(tables: Tables) -> Judgement:
    last = tables["listing"].sort_values("class").iloc[-1]
    greatest = last["probability"] == tables["listing"]["probability"].max()
    percent = round(100 * last["probability"], 1)
    return Judgement(
        graded(bool(greatest) and abs(percent - 62.2) < 1e-9),
        float(last["probability"]),
        notes=["main"],
        values={"percent": percent},
    )


def _temperature_keeps_argmax_and_sum(tables: Tables) -> Judgement:
    vectors, far = tables["random_vectors"], tables["far_temperatures"]
    holds = (vectors["argmax_changes"] == 0) & (vectors["sum_error"] <= 1e-12)
    argmax_lost = far[far["different_values"] == 1]["temperature"]
    return Judgement(
        graded(holds.all()),
        float(holds.mean()),
        notes=["main", *(["lost"] if len(argmax_lost) else [])],
        values={"error": vectors["sum_error"].max(), "temperature": argmax_lost.min()},
    )


def _entropies_as_printed(tables: Tables) -> Judgement:
    entropies, gap = tables["entropies"], tables["gap"]
    computed, printed = (
        entropies[column].map("{:.3g}".format) for column in ("entropy_nats", "printed")
    )
    fits = (computed == printed).groupby(entropies["solution"]).all()
    units = tables["units"].set_index("unit")
    fixed = (tables["determination"]["singular_value"] > 1e-6).sum()  # directions of the logits
    nats, bits = (units.loc[unit, "matches"] / units.loc[unit, "vectors"] for unit in UNITS)
    values = {
        "tried": len(fits),
        "free": 9 - fixed,
        "low": gap["low"].min(),
        "high": gap["high"].max(),
        "times": nats / bits,
    }
    unit = "bits" if units.loc["bits", "residual"] < 1e-9 else "no_bits"
    return Judgement(graded(fits.any()), int(fits.sum()), notes=["main", unit], values=values)


def _entropy_rises_with_temperature(tables: Tables) -> Judgement:
    vectors = tables["random_vectors"]
    holds = vectors["rises"] + vectors["both_zero"] == vectors["steps"]
    law_error = (vectors["entropy_slope"] / vectors["variance"] - 1).abs().max()
    return Judgement(
        graded(holds.all() and law_error < 1e-6),
        float(holds.mean()),
        notes=["main"],
        values={"error": law_error},
    )


def _entropy_falls_with_temperature(tables: Tables) -> Judgement:
    vectors = tables["random_vectors"]
    printed = tables["entropies"].drop_duplicates("temperature").sort_values("temperature")
    changes = printed["printed"].diff().iloc[1:]
    rises = int(vectors["rises"].sum() + (changes > 0).sum())
    falls = int(vectors["falls"].sum() + (changes < 0).sum())
    only_rises = rises > 0 and falls == 0
    return Judgement(
        graded(
            falls > 0 and rises == 0, otherwise=DOCUMENT_ERROR if only_rises else NOT_REPRODUCED
        ),
        falls / (rises + falls),
        notes=["main"],
        values={"falls": falls, "steps": rises + falls},
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
