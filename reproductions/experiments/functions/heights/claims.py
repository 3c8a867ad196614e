"""The claims, judged from the tables."""

from reproductions.evidence.claims import Judgement, graded


def _loses_information(tables) -> Judgement:
    named, information = tables["named_heights"], tables["information"]
    both = tables["coverage"].set_index("coefficient").loc["both"]
    hard = named["threshold_answer"].isin([0, 1]).all()
    soft = named["posterior_man"].between(0.001, 0.999).all()
    answer = information[information["signal"] == "threshold answer"]
    bits = information.set_index("signal")["information_bits"]
    kept = answer["information_bits"].max() / bits["height"]
    all_kept = abs(bits["probability"] - bits["height"]) < 1e-9
    posterior = tables["posterior"]
    exact = ((posterior["sigmoid"] - posterior["posterior_man"]).abs() < 1e-12).all()
    stated = hard and soft and kept < 0.99 and all_kept and exact
    learned = tables["units"]["converged"].all() and both["low"] <= 0.95 <= both["high"]
    best = answer.loc[answer["information_bits"].idxmax()]
    at = ", ".join(f"{p:.3f} at {h:g} cm" for h, p in named[["height_cm", "posterior_man"]].values)
    return Judgement(
        graded(stated and learned, in_part=stated),
        f"at least {best['lost_bits']:.3f} of {bits['height']:.3f} bits lost",
        note=(
            f"P(man) is {at}; the best threshold, {best['threshold_cm']:g} cm, keeps {kept:.0%} of"
            f" the information; {both['covered']:g} of {both['units']:g} trained units' 95 %"
            f" regions hold the true coefficients (share {both['low']:.3f} to {both['high']:.3f})."
            " The post gives no means or deviations, they are assumed"
        ),
    )


CLAIMS = {
    "PP-02": _loses_information,
}
