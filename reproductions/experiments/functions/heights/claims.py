"""Judges the claim that a threshold loses information which a probability keeps."""

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded


def _threshold_loses_information(
    tables: Tables, *, nearly_all: float = 0.99, nearly_certain: float = 0.001
) -> Judgement:
    named, posterior, information = (
        tables[name] for name in ("named_heights", "posterior", "information")
    )
    regions = measured.row(tables["coverage"], coefficient="both")
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
    learned = tables["units"]["converged"].all() and regions["low"] <= 0.95 <= regions["high"]
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


CLAIMS = {"PP-02": _threshold_loses_information}
