"""Judges what straightens the path of the weights, and why."""

from typing import Any

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded


def _by_loss(tables: Tables, change: str, **where: Any) -> pd.DataFrame:
    """The rows of a change, the highest loss first, the lowest last."""
    rows = measured.rows(tables["changes"], change=change, **where)
    return rows.sort_values("loss", ascending=False).set_index("loss")


def _judgement(row: pd.Series, name: str, verdict: str, values: dict[str, Any]) -> Judgement:
    ends = row[f"{name}_low"], row[f"{name}_high"]
    return Judgement(verdict, row[name], *ends, notes=("main",), values=values)


def _averages_beat_centring(tables: Tables) -> Judgement:
    centred = _by_loss(tables, "centred")
    rows = {name: _by_loss(tables, name) for name in ("momentum", "adam")}
    holds = [
        (of["ratio_high"] < centred["ratio_low"]).all() and (of["updates_times_high"] < 1).all()
        for of in rows.values()
    ]
    values: dict[str, Any] = {"centred": centred["ratio"].iloc[-1]}
    for name, of in rows.items():
        values |= {name: of["ratio"].iloc[-1], f"{name}_updates": of["updates_times"].iloc[-1]}
    tuning = tables["tuning"][tables["tuning"]["arrived"] == tables["tuning"]["seeds"]]
    of_rates = {name: measured.rows(tuning, change=name)["ratio"] for name in ("nothing", *rows)}
    values["least"] = of_rates["nothing"].min()
    values |= {f"{name}_most": of_rates[name].max() for name in rows}
    worse = max((of.iloc[-1] for of in rows.values()), key=lambda row: row["ratio"])
    return _judgement(worse, "ratio", graded(all(holds), in_part=any(holds)), values)


def _averaging_is_why(tables: Tables, *, times: float = 2.0) -> Judgement:
    adam = _by_loss(tables, "adam")
    rows = {name: _by_loss(tables, name) for name in ("unaveraged", "rmsprop")}
    longer = [(of["ratio_low"] > times * adam["ratio_high"]).all() for of in rows.values()]
    values = {name: of["ratio"].iloc[-1] for name, of in (rows | {"adam": adam}).items()}
    values["nothing"] = _by_loss(tables, "nothing")["ratio"].iloc[-1]
    verdict = graded(all(longer), in_part=any(longer))
    return _judgement(rows["unaveraged"].iloc[-1], "ratio", verdict, values)


def _normalization_is_no_centring(tables: Tables) -> Judgement:
    centred, plain = (_by_loss(tables, name) for name in ("centred", "nothing"))
    names = tables["changes"]["change"]
    rows = {name: _by_loss(tables, name) for name in names[names.str.contains("_norm_")].unique()}
    if not rows:
        raise NotMeasured("the tables have no normalization")
    longer = [(of["ratio_low"] > centred["ratio_high"]).all() for of in rows.values()]
    ends = pd.DataFrame({name: of.iloc[-1] for name, of in rows.items()}).T
    values = {"centred": centred["ratio"].iloc[-1], "most": ends["ratio"].max()}
    for name, column in (("times", "ratio_times"), ("updates", "updates_times")):
        values |= {f"{name}_least": ends[column].min(), f"{name}_most": ends[column].max()}
    for name in ("displacement", "length"):
        share = (ends[name] / plain[name].iloc[-1]).astype(float)
        values |= {f"{name}_least": share.min(), f"{name}_most": share.max()}
    nearest = ends.loc[ends["ratio"].astype(float).idxmin()]
    return _judgement(nearest, "ratio", graded(all(longer), in_part=any(longer)), values)


def _batches_straighten_and_rates_do_not(
    tables: Tables, *, most: float = 0.5, few: float = 0.1
) -> Judgement:
    of_change = {
        name: measured.rows(tables["changes"], change=name) for name in ("slower", "batch")
    }
    slower, batch = (
        _by_loss(tables, name, value=of["value"].max()) for name, of in of_change.items()
    )
    crooked, straight = (slower["left_low"] > most).all(), (batch["left_high"] < few).all()
    values = {
        "slower": slower["left"].iloc[-1],
        "slower_updates": slower["updates_times"].iloc[-1],
        "batch": batch["left"].iloc[-1],
        "batch_updates": batch["updates_times"].iloc[-1],
        "batch_rate": batch["rate"].iloc[-1],
        "rate": _by_loss(tables, "nothing")["rate"].iloc[-1],
    }
    verdict = graded(crooked and straight, in_part=crooked or straight)
    return _judgement(slower.iloc[-1], "left", verdict, values)


CLAIMS: dict[str, Judge] = {
    "CU-15": _averages_beat_centring,
    "CU-16": _averaging_is_why,
    "CU-17": _normalization_is_no_centring,
    "CU-18": _batches_straighten_and_rates_do_not,
}
