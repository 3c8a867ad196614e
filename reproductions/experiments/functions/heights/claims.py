"""Judges what a threshold on the height loses, and whether a sigmoid keeps it as a probability."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded


def _learned(tables: Tables) -> tuple[pd.Series, bool]:
    """How many units' regions hold the true weights, and whether that is as it should be."""
    regions = measured.row(tables["coverage"], coefficient="both")
    as_expected = regions["low"] <= 0.95 <= regions["high"]
    return regions, bool(tables["units"]["converged"].all() and as_expected)


def _threshold_loses_information(
    tables: Tables, *, nearly_all: float = 0.99, nearly_certain: float = 0.001
) -> Judgement:
    named, posterior, information = (
        tables[name] for name in ("named_heights", "posterior", "information")
    )
    regions, learned = _learned(tables)
    height, probability = (
        measured.row(information, signal=signal)["information_bits"]
        for signal in ("height", "probability")
    )
    answers = information[information["signal"] == "threshold answer"]
    best = answers.loc[answers["information_bits"].idxmax()]
    kept = best["information_bits"] / height
    answers_are_hard = named["threshold_answer"].isin([0, 1]).all()
    posterior_is_soft = named["posterior_man"].between(nearly_certain, 1 - nearly_certain).all()
    sigmoid_error = (posterior["sigmoid"] - posterior["posterior_man"]).abs()
    loses = (
        answers_are_hard
        and posterior_is_soft
        and kept < nearly_all
        and abs(probability - height) < 1e-9
        and (sigmoid_error < 1e-12).all()
    )
    values = {
        "height": height,
        "threshold": best["threshold_cm"],
        "kept": kept,
        "covered": regions["covered"],
        "units": regions["units"],
    }
    return Judgement(
        graded(loses and learned, in_part=loses),
        float(best["lost_bits"]),
        notes=["main", "learned"],
        values=values,
    )


def _sigmoid_is_the_probability(tables: Tables) -> Judgement:
    posterior = tables["posterior"].sort_values("height_cm")
    regions, learned = _learned(tables)
    share = regions["covered"] / regions["units"]
    same = ((posterior["sigmoid"] - posterior["posterior_man"]).abs() < 1e-12).all()
    rising = (posterior["sigmoid"].diff().iloc[1:] > 0).all()
    is_probability = same and rising
    return Judgement(
        graded(is_probability and learned, in_part=is_probability),
        float(share),
        float(regions["low"]),
        float(regions["high"]),
        notes=["main"],
    )


def _never_certain(tables: Tables, *, nearly_certain: float = 0.001) -> Judgement:
    named = tables["named_heights"].sort_values("height_cm")
    probability = tables["posterior"].sort_values("height_cm")["posterior_man"]
    short, tall = named.iloc[0], named.iloc[-1]
    men, women = short["men_up_to_here"], tall["women_from_here"]
    rises_below_1 = (probability.diff().iloc[1:] > 0).all() and (probability < 1).all()
    exceptions = men > nearly_certain and women > nearly_certain
    return Judgement(
        graded(rises_below_1 and exceptions, in_part=rises_below_1),
        None,
        notes=["main"],
        values={
            "men": men,
            "women": women,
            "short": short["height_cm"],
            "tall": tall["height_cm"],
        },
    )


CLAIMS = {
    "PP-02": _threshold_loses_information,
    "PP-17": _sigmoid_is_the_probability,
    "PP-18": _never_certain,
}
