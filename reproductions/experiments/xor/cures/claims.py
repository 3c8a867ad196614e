"""Judges what this project found: no document states it."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.xor.cures.settings import ALL, WORKING

USUAL_WEIGHTS = ("glorot", "he", "lecun", "orthogonal", "lsuv")

SIGMOID_KEPT = ("adam", "skip", "batch_norm")

NEEDED, NOT_NEEDED = ("skip", "adam"), ("glorot", "logit")


def _single(tables: Tables, name: str) -> pd.Series:
    return measured.row(tables["singles"], change=name)


def _judgement(verdict: str, row: pd.Series, **values: float) -> Judgement:
    """A verdict with the share of one row, and other shares for the note."""
    ends = row["low"], row["high"]
    return Judgement(verdict, row["share"], *ends, notes=("main",), values=values)


def _usual_weights_do_not_cure(tables: Tables, *, hardly_any: float = 0.05) -> Judgement:
    rows = {name: _single(tables, name) for name in USUAL_WEIGHTS}
    fail = [row["high"] < hardly_any for row in rows.values()]
    best = max(rows.values(), key=lambda row: row["share"])
    shares = {name: row["share"] for name, row in rows.items()}
    return _judgement(graded(all(fail), in_part=any(fail)), best, **shares)


def _weights_that_pass_signals_on_cure(tables: Tables, *, most: float = 0.5) -> Judgement:
    row = _single(tables, "identity")
    glorot = _single(tables, "glorot")
    verdict = graded(row["low"] > most, in_part=row["low"] > glorot["high"])
    return _judgement(verdict, row, glorot=glorot["share"])


def _sigmoid_can_be_kept(tables: Tables, *, most: float = 0.5) -> Judgement:
    rows = {name: _single(tables, name) for name in SIGMOID_KEPT}
    cured = [row["low"] > most for row in rows.values()]
    least = min(rows.values(), key=lambda row: row["share"])
    shares = {name: row["share"] for name, row in rows.items()}
    tanh = _single(tables, "tanh")
    verdict = graded(all(cured), in_part=any(cured))
    return _judgement(verdict, least, **shares, tanh=tanh["share"])


def _patience_does_not_cure(tables: Tables, *, hardly_any: float = 0.05) -> Judgement:
    row, adam = _single(tables, "longer"), _single(tables, "adam")
    verdict = graded(row["high"] < hardly_any, in_part=row["high"] < adam["low"])
    return _judgement(verdict, row, solved=int(row["solved"]), seeds=int(row["seeds"]))


def _two_can_be_worse_than_one(tables: Tables) -> Judgement:
    pairs = tables["pairs"]
    alone = pairs[pairs["first"] == pairs["second"]].set_index("first")
    together = measured.rows(pairs.assign(two=pairs["first"] != pairs["second"]), two=True)
    worse, better, losses = 0, 0, []
    for _, pair in together.iterrows():
        both = alone.loc[[pair["first"], pair["second"]]]
        worse += pair["high"] < both["low"].max()
        better += pair["low"] > both["high"].max()
        losses.append(both["share"].max() - pair["share"])
    row = together.iloc[losses.index(max(losses))]
    values = {"pairs": len(together), "worse": int(worse), "better": int(better)}
    return _judgement(graded(worse), row, **values)


def _skips_and_adam_are_needed(tables: Tables, *, most: float = 0.5) -> Judgement:
    rows = {
        name: measured.row(tables["reverse"], network=ALL, without=name)
        for name in ("nothing", *NEEDED, *NOT_NEEDED)
    }
    broken = [rows[name]["high"] < most for name in NEEDED]
    kept = all(rows[name]["low"] > most for name in ("nothing", *NOT_NEEDED))
    row = max((rows[name] for name in NEEDED), key=lambda row: row["share"])
    shares = {name: row["share"] for name, row in rows.items()}
    verdict = graded(all(broken) and kept, in_part=any(broken))
    return _judgement(verdict, row, **shares)


def _breaks(tables: Tables, what: str, most: float) -> Judgement:
    """Whether one change for the worse breaks both networks that work."""
    rows = {
        (network, without): measured.row(tables["reverse"], network=network, without=without)
        for network in WORKING
        for without in ("nothing", what)
    }
    broken = [
        rows[network, what]["high"] < most < rows[network, "nothing"]["low"] for network in WORKING
    ]
    row = rows["tanh", what]
    ends = row["low"], row["high"]
    values = {network: rows[network, what]["share"] for network in WORKING}
    values |= {f"{network}_before": rows[network, "nothing"]["share"] for network in WORKING}
    verdict = graded(all(broken), in_part=any(broken))
    notes = ["main"]
    reverse = tables["reverse"]
    third = reverse[reverse["network"] == ALL].set_index("without")["share"]
    if {"nothing", what} <= set(third.index):  # a first look has it in two networks alone
        values |= {"all": third[what], "all_before": third["nothing"]}
        notes.append("third")
    return Judgement(verdict, row["share"], *ends, notes=notes, values=values)


def _a_vanishing_gradient_breaks(tables: Tables, *, most: float = 0.5) -> Judgement:
    return _breaks(tables, "vanishing", most)


def _near_inputs_break(tables: Tables, *, most: float = 0.5) -> Judgement:
    return _breaks(tables, "near", most)


CLAIMS = {
    "CU-01": _usual_weights_do_not_cure,
    "CU-02": _weights_that_pass_signals_on_cure,
    "CU-03": _sigmoid_can_be_kept,
    "CU-04": _patience_does_not_cure,
    "CU-05": _two_can_be_worse_than_one,
    "CU-06": _skips_and_adam_are_needed,
    "CU-07": _a_vanishing_gradient_breaks,
    "CU-08": _near_inputs_break,
}
