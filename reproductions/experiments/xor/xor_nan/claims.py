"""Judges which networks break late, what their accuracy is then, and whether gradients cause it."""

from reproductions.evidence import functions, measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded


def _sigmoid_breaks_late(tables: Tables) -> Judgement:
    events = tables["events"]
    sigmoid = measured.row(events, activation="sigmoid", rate=0.01)
    low, high = wilson(sigmoid["late"], sigmoid["seeds"])
    verdict = graded(low > 0.5, in_part=sigmoid["late"])
    shown = events[events["like_post"] > 0]
    sources = ", ".join(
        f"{functions.label(row.activation)} at {row.rate:g} ({row.like_post / row.seeds:.1%})"
        for row in shown.itertuples()
    )
    note = f"the post's curve comes from: {sources or 'no activation'}"
    return Judgement(verdict, sigmoid["late"] / sigmoid["seeds"], low, high, note)


def _accuracy_half_after(tables: Tables) -> Judgement:
    events = tables["events"]
    half, broken = (int(events[name].sum()) for name in ("accuracy_half_after", "non_finite"))
    low, high = wilson(half, max(broken, 1))
    verdict = graded(0 < broken == half, in_part=low > 0.95)
    return Judgement(
        verdict,
        f"{half} of {broken} seeds that became NaN",
        low,
        high,
        "NaN > 0.5 is false, so all four answers are 0 and two of them right",
    )


def _gradient_is_the_cause(tables: Tables) -> Judgement:
    events = measured.rows(tables["events"], rate=0.01)
    finite, broken = int(events["finite_under_stable_loss"].sum()), int(events["non_finite"].sum())
    low, high = wilson(finite, max(broken, 1))
    verdict = graded(high < 0.5, in_part=low <= 0.95)
    kernels = tables["kernels"]
    return Judgement(
        verdict,
        finite / max(broken, 1),
        low,
        high,
        "share of NaN seeds that stay finite when only the loss's arithmetic changes: the cause is"
        f" 0 * log 0 at large logits; XLA and TensorFlow's kernels agree on"
        f" {kernels['same_outcome'].sum()} of {kernels['seeds'].sum()} seeds",
    )


CLAIMS = {
    "XP-03": _sigmoid_breaks_late,
    "XP-04": _accuracy_half_after,
    "XP-05": _gradient_is_the_cause,
}
