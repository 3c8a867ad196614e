"""Judges the twelve passages: whether what is printed holds, taken literally."""

import numpy as np

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judgement, Tables, graded
from reproductions.experiments.functions.document_errors.run import (
    BACKPROP,
    BEFORE,
    OPTIMIZER,
    QUOTIENTS,
)

CLOSE = 1e-6
"""How near two numbers must be to count as equal; difference quotients are not much nearer."""

MEET = 1e-4
"""How near the difference quotients from both sides must come."""


def _equal(first, second) -> np.ndarray:
    first, second = np.asarray(first, float), np.asarray(second, float)
    return np.isclose(first, second, rtol=CLOSE, atol=CLOSE)


def _inactive_biases(tables: Tables) -> list[float]:
    """The biases with which the weighted sum is negative for every input."""
    sums = tables["sums"]
    biases = sums.loc[sums["negative_sums"] == sums["inputs"], "bias"]
    if biases.empty:
        raise NotMeasured("no bias makes the weighted sum negative for every input")
    return biases.tolist()


def _output_below_zero(tables: Tables) -> Judgement:
    sums = tables["sums"]
    inactive = sums[sums["bias"].isin(_inactive_biases(tables))]
    negative = inactive["negative_outputs"].sum()
    return Judgement(
        graded(negative == inactive["inputs"].sum(), otherwise=DOCUMENT_ERROR),
        int(negative),
        notes=("main",),
        values={"inputs": inactive["inputs"].sum(), "smallest": inactive["smallest_output"].min()},
    )


def _update_ends_at_zero(tables: Tables) -> Judgement:
    updates = tables["updates"]
    inactive = updates[updates["bias"].isin(_inactive_biases(tables))]
    at_zero, unchanged = inactive["after"] == 0, inactive["after"] == inactive["before"]
    return Judgement(
        graded(at_zero.all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("unchanged" if unchanged.all() else "changed", "generous"),
        values={
            "at_zero": at_zero.sum(),
            "unchanged": unchanged.sum(),
            "weights": len(inactive),
        },
    )


def _printed_shape_fits(tables: Tables) -> Judgement:
    shapes = tables["shapes"]
    fits = shapes["printed"] == shapes["layer_product"]
    return Judgement(
        graded(fits.all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("main",),
        values={
            "fits": fits.sum(),
            "sizes": len(shapes),
            "where": ", ".join(map(str, shapes.loc[fits, "hidden"])) or "-",
            "turned": (shapes["turned"] == shapes["layer_product"]).sum(),
        },
    )


def _printed_index_fits(tables: Tables) -> Judgement:
    logits = tables["logits"]
    with_b_i, with_b_j = (
        _equal(logits[name], logits["layer"]) for name in ("with_b_i", "with_b_j")
    )
    return Judgement(
        graded(with_b_i.all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("main",),
        values={"with_b_i": with_b_i.sum(), "with_b_j": with_b_j.sum(), "logits": len(logits)},
    )


def _glosses_fit(tables: Tables) -> Judgement:
    influences = tables["influences"]
    fits = _equal(influences["derivative"], influences["influence_in_gloss"])
    row = measured.row(influences, symbol="dz/dx")
    return Judgement(
        graded(fits.all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("main",),
        values={
            "fits": fits.sum(),
            "symbols": len(influences),
            "derivative": row["derivative"],
            "in_gloss": row["influence_in_gloss"],
        },
    )


def _comments_fit(tables: Tables) -> Judgement:
    blocks = tables["blocks"]
    same = blocks.assign(same=_equal(blocks["named"], blocks["called"])).groupby("block")["same"]
    apart = (blocks["named"] - blocks["called"]).abs()
    return Judgement(
        graded(same.all().all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("main",),
        values={
            "fits": same.all().sum(),
            "blocks": same.ngroups,
            "apart": apart.max(),
            "end": blocks["x"].max(),
        },
    )


def _undoes_the_logarithm(tables: Tables) -> Judgement:
    inverse = tables["inverse"]
    undone, by_exp = (_equal(inverse[f"exp_of_{t}"], inverse["x"]) for t in ("minus_ln", "ln"))
    return Judgement(
        graded(undone.all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("main",),
        values={
            "undone": undone.sum(),
            "by_exp": by_exp.sum(),
            "numbers": len(inverse),
        },
    )


PRINTED = 2.718281828459
"""What the network-post prints of the number that it calls Euler's constant."""


def _called_by_its_name(tables: Tables) -> Judgement:
    constants = tables["constants"]
    euler, e = (
        measured.row(constants, constant=name)["value"] for name in ("Euler's constant", "e")
    )
    return Judgement(
        graded(abs(euler - PRINTED) < 1e-11, otherwise=DOCUMENT_ERROR),
        None,
        notes=("main" if abs(e - PRINTED) < 1e-11 else "neither",),
        values={"euler": euler, "e": e},
    )


def _no_update_at_zero_alone(tables: Tables) -> Judgement:
    relu = measured.rows(tables["derivatives"], function="relu")
    at_zero = measured.row(relu, x=0)
    negative = relu[relu["x"] < 0]
    flat = (negative["derivative"] == 0).sum()
    return Judgement(
        graded(at_zero["derivative"] == 0 and flat == 0, otherwise=DOCUMENT_ERROR),
        None,
        notes=("main", "generous"),
        values={"flat": flat, "points": len(negative), "from_right": at_zero["from_right"]},
    )


def _differentiable_everywhere(tables: Tables) -> Judgement:
    gaps = {
        name: (curve["from_right"] - curve["from_left"]).abs()
        for name, curve in tables["derivatives"].groupby("function")
    }
    relu = gaps["relu"]
    apart = relu >= MEET
    return Judgement(
        graded(not apart.any(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("main",),
        values={
            "apart": apart.sum(),
            "points": len(relu),
            "gap": relu.max(),
            "softplus": gaps["softplus"].max(),
        },
    )


def _normalized_logits(tables: Tables) -> Judgement:
    table = tables["normalized"]
    output, twice = table["output"], table["softmax_of_output"]
    total = output.sum()
    normalized = output.between(0, 1).all() and abs(total - 1) < CLOSE
    logits = _equal(twice, output).all()
    note = "logits" if normalized and logits else "not_logits" if normalized else "not_normalized"
    return Judgement(
        graded(normalized and logits, in_part=normalized, otherwise=DOCUMENT_ERROR),
        None,
        notes=(note,),
        values={
            "once": output.max(),
            "twice": twice[output.idxmax()],
            "total": total,
            "apart": (table["softmax_of_log_output"] - output).abs().max(),
        },
    )


def _backprop_changes_weights(tables: Tables) -> Judgement:
    update = tables["one_update"]
    before, backprop, optimizer, quotients = (
        measured.row(update, moment=moment) for moment in (BEFORE, BACKPROP, OPTIMIZER, QUOTIENTS)
    )
    changes = backprop["changed"] > 0
    improves = optimizer["changed"] > 0 and optimizer["loss"] < before["loss"]
    return Judgement(
        graded(improves and changes, in_part=improves, otherwise=DOCUMENT_ERROR),
        None,
        notes=("together" if changes else "separate",),
        values={
            "by_backprop": backprop["changed"],
            "by_optimizer": optimizer["changed"],
            "weights": before["weights"],
            "apart": abs(quotients["loss"] - optimizer["loss"]),
        },
    )


CLAIMS = {
    "XX-03": _output_below_zero,
    "XX-04": _update_ends_at_zero,
    "XX-05": _printed_shape_fits,
    "XX-06": _printed_index_fits,
    "XX-07": _glosses_fit,
    "XX-08": _comments_fit,
    "XX-09": _undoes_the_logarithm,
    "XX-10": _no_update_at_zero_alone,
    "XX-11": _differentiable_everywhere,
    "XX-12": _normalized_logits,
    "XX-13": _called_by_its_name,
    "NP-24": _backprop_changes_weights,
}
