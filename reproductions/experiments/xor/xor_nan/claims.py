"""Judges which networks break late, and what their accuracy is then."""

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded


def _sigmoid_breaks_late(tables: Tables, *, most: float = 0.5) -> Judgement:
    events = tables["events"]
    sigmoid = measured.row(events, activation="sigmoid", rate=0.01)
    low, high = wilson(sigmoid["late"], sigmoid["seeds"])
    verdict = graded(low > most, in_part=sigmoid["late"])
    alike = events[(events["rate"] == 0.01) & (events["like_post"] > 0)]
    shares = alike["like_post"] / alike["seeds"]
    values = {"alike": dict(zip(alike["activation"], shares, strict=True))}
    notes = ("alike",) if len(alike) else ("none_alike",)
    share = sigmoid["late"] / sigmoid["seeds"]
    return Judgement(verdict, share, low, high, notes=notes, values=values)


def _accuracy_falls_to_half(
    tables: Tables, *, most: float = 0.5, nearly_all: float = 0.95
) -> Judgement:
    counts = ("non_finite", "accuracy_half_after", "finite_before", "above_half_before")
    broken, half, before, fell = (int(tables["events"][name].sum()) for name in counts)
    half_low, _ = wilson(half, max(broken, 1))
    low, high = wilson(fell, max(before, 1))
    all_half = 0 < broken == half
    verdict = graded(all_half and low > most, in_part=all_half or half_low > nearly_all)
    by_function = tables["events"].groupby("activation")["non_finite"].sum()
    functions = {name: int(count) for name, count in by_function.items() if count}
    values = {"half": half, "broken": broken, "before": before, "functions": functions}
    return Judgement(verdict, fell / max(before, 1), low, high, notes=("main",), values=values)


CLAIMS: dict[str, Judge] = {"XP-03": _sigmoid_breaks_late, "XP-04": _accuracy_falls_to_half}
