"""Judges the slides' whole table, and whether tanh is like the sigmoid."""

from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.summary.summary_table.run import FAILS, HOLDS, PARTLY


def _whole_table(tables: Tables, *, most: float = 0.5) -> Judgement:
    statements = tables["statements"]
    counts = statements["holds"].value_counts()
    holds = statements["holds"] == HOLDS
    verdict = graded(holds.all(), in_part=holds.mean() > most)
    others = statements[~holds]
    values = {
        "count": len(statements),
        "holding": int(holds.sum()),
        "partly": int(counts.get(PARTLY, 0)),
        "failing": int(counts.get(FAILS, 0)),
        "others": others.groupby("function", sort=False).size().to_dict(),
    }
    notes = ["main", *(["others"] if len(others) else [])]
    return Judgement(verdict, float(holds.mean()), notes=notes, values=values)


def _tanh_is_alike(tables: Tables, *, most: float = 0.5) -> Judgement:
    post = tables["post"]
    same = post["alike"] == "yes"
    verdict = graded(same.all(), in_part=same.mean() > most)
    several = post.loc[post["compared"].idxmax()]
    values = {
        "same": int(same.sum()),
        "count": len(post),
        "settings": several["same_side"],
        "compared": several["compared"],
    }
    return Judgement(verdict, float(same.mean()), notes=["main"], values=values)


CLAIMS = {"SL-22": _whole_table, "NP-06": _tanh_is_alike}
