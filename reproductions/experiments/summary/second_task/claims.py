"""Judges whether each of three findings carries over to the spirals."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.experiments.summary.second_task.settings import BY_WEIGHTS, CURES, USELESS

KEEP_ALIVE, NO_HELP = ("slower", "clip", "batch_norm"), ("bias", "leaky")
"""What keeps units alive at too high a rate in `dying_cures`, and what does not."""


def _network(tables: Tables, name: str) -> pd.Series:
    return measured.row(tables["networks"], network=name)


def _cures_cure_and_weights_do_not(
    tables: Tables, *, most: float = 0.5, hardly_any: float = 0.05
) -> Judgement:
    rows = {name: _network(tables, name) for name in (*CURES, *USELESS)}
    cured = [rows[name]["low"] > most for name in CURES]
    failed = [rows[name]["high"] < hardly_any for name in USELESS]
    least = min((rows[name] for name in CURES), key=lambda row: row["share"])
    verdict = graded(all(cured) and all(failed), in_part=any(cured) and any(failed))
    shares = {name: row["share"] for name, row in rows.items()}
    ends = least["low"], least["high"]
    return Judgement(verdict, least["share"], *ends, notes=("main",), values=shares)


def orders(pairs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The pairs that XOR tells apart, by whether the spirals have the same order.

    Args:
        pairs: of the table of that name, where the first of each is better on XOR.

    Returns:
        The rows of the "same" order, of the "opposite" one, and those "open", which the spirals do
        not tell apart.
    """
    told = pairs[pairs["xor_gap"] > 0]
    same, opposite = told["more_updates_low"] > 0, told["more_updates_high"] < 0
    return {"same": told[same], "opposite": told[opposite], "open": told[~same & ~opposite]}


def _counts(found: dict[str, pd.DataFrame], suffix: str = "") -> dict[str, float]:
    return {f"{name}{suffix}": len(rows) for name, rows in found.items()}


def _as_ordered(found: dict[str, pd.DataFrame]) -> bool:
    """Whether every pair that XOR tells apart has the same order on the spirals."""
    return len(found["same"]) > 0 and not len(found["opposite"]) + len(found["open"])


def _cures_keep_their_order(tables: Tables) -> Judgement:
    found = orders(measured.rows(tables["pairs"], finding="cures"))
    more = len(found["same"]) > len(found["opposite"])
    updates = {f"{name}_updates": _network(tables, name)["updates"] for name in CURES}
    return Judgement(
        graded(_as_ordered(found), in_part=more),
        len(found["same"]),
        notes=("main",),
        values={**_counts(found), **updates, "pairs": sum(map(len, found.values()))},
    )


def _functions_keep_their_order(tables: Tables) -> Judgement:
    found = {
        weights: orders(measured.rows(tables["pairs"], finding=weights)) for weights in BY_WEIGHTS
    }
    kept = [_as_ordered(of_weights) for of_weights in found.values()]
    values: dict[str, float] = {}
    for weights, of_weights in found.items():
        values |= _counts(of_weights, f"_{weights}")
        values[f"pairs_{weights}"] = sum(map(len, of_weights.values()))
        for function, network in BY_WEIGHTS[weights].items():
            values[f"{function}_{weights}"] = _network(tables, network)["updates"]
    same = sum(len(of_weights["same"]) for of_weights in found.values())
    return Judgement(graded(all(kept), in_part=any(kept)), same, notes=("main",), values=values)


def _the_same_keeps_units_alive(tables: Tables, *, most: float = 0.5) -> Judgement:
    fast = measured.rows(tables["dying"], rate="fast")
    rows = {name: measured.rows(fast, change=name) for name in ("nothing", *KEEP_ALIVE, *NO_HELP)}
    alive = [
        (rows[name]["inactive_more_high"] < 0).all() and (rows[name]["low"] > most).all()
        for name in KEEP_ALIVE
    ]
    broken = [(rows[name]["high"] < most).all() for name in ("nothing", *NO_HELP)]
    least = min((rows[name].iloc[0] for name in KEEP_ALIVE), key=lambda row: row["share"])
    values = {name: of["share"].max() for name, of in rows.items()}
    values |= {f"{name}_inactive": of["inactive"].max() for name, of in rows.items()}
    verdict = graded(all(alive) and all(broken), in_part=any(alive) and broken[0])
    ends = least["low"], least["high"]
    return Judgement(verdict, least["share"], *ends, notes=("main",), values=values)


def _leak_helps_between(tables: Tables) -> Judgement:
    rows = {
        (rate, change): measured.row(tables["dying"], rate=rate, change=change)
        for rate in ("between", "fast")
        for change in ("leaky", "nothing")
    }
    better = {
        rate: rows[rate, "leaky"]["low"] > rows[rate, "nothing"]["high"]
        for rate in ("between", "fast")
    }
    row = rows["between", "leaky"]
    values = {f"{change}_{rate}": of["share"] for (rate, change), of in rows.items()}
    values |= {f"{change}_{rate}_inactive": of["inactive"] for (rate, change), of in rows.items()}
    verdict = graded(better["between"] and not better["fast"], in_part=better["between"])
    ends = row["low"], row["high"]
    return Judgement(verdict, row["share"], *ends, notes=("main",), values=values)


CLAIMS: dict[str, Judge] = {
    "CU-24": _cures_cure_and_weights_do_not,
    "CU-25": _cures_keep_their_order,
    "CU-26": _functions_keep_their_order,
    "CU-27": _the_same_keeps_units_alive,
    "CU-28": _leak_helps_between,
}
