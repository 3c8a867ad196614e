"""Made-up tables for the passages of the documents that may be errors."""

import pandas as pd

from reproductions.evidence.verdicts import DOCUMENT_ERROR, IN_PART, REPRODUCED


def frame(columns, *rows):
    return pd.DataFrame(rows, columns=columns.split())


def sums(negative_outputs, smallest):
    """A bias of 0, with which half of the sums are negative, and one that makes all so."""
    columns = "bias inputs negative_sums negative_outputs largest_sum smallest_output"
    rows = (0.0, 10, 5, 0, 1.0, 0.0), (-5.0, 10, 10, negative_outputs, -4.0, smallest)
    return {"sums": frame(columns, *rows)}


def updates(*after):
    """Two weights of 0.5 and -0.5; those of the unit that is not dead change."""
    rows = [(0.0, i, 0.5, 0.1, 0.49) for i in (1, 2)]
    rows += [
        (-5.0, i, w, 0.0, end)
        for i, (w, end) in enumerate(zip((0.5, -0.5), after, strict=True), start=1)
    ]
    return {**sums(0, 0.0), "updates": frame("bias weight before gradient after", *rows)}


def shapes(*printed):
    rows = [
        (d, shape, "(10,)", f"({d}, 10)", "(10,)")
        for d, shape in zip((4, 10), printed, strict=True)
    ]
    return {"shapes": frame("hidden printed turned layer_kernel layer_product", *rows)}


def logits(*with_b_i):
    rows = [(j, 1.0 * j, 1.0 * j, value) for j, value in enumerate(with_b_i, start=1)]
    return {"logits": frame("logit layer with_b_j with_b_i", *rows)}


def influences(in_gloss):
    rows = ("dL/dz", "z on L", 0.3, 0.3), ("dz/dx", "z on L", 0.2, in_gloss)
    return {"influences": frame("symbol gloss derivative influence_in_gloss", *rows)}


def blocks(called):
    rows = (1, -1.0, -0.2, -0.2), (1, 1.0, 1.0, 1.0), (2, -1.0, -0.2, called), (2, 1.0, 1.0, 1.0)
    return {"blocks": frame("block x named called", *rows)}


def inverse(*exp_of_minus_ln):
    rows = [(x, 0.0, end, x) for x, end in zip((1.0, 2.0), exp_of_minus_ln, strict=True)]
    return {"inverse": frame("x ln exp_of_minus_ln exp_of_ln", *rows)}


def constants(euler, e=2.718281828459045):
    return {"constants": frame("constant value", ("Euler's constant", euler), ("e", e))}


def derivatives(below=0.0, from_left=0.0, from_right=1.0):
    rows = [
        ("relu", -1.0, below, below, below),
        ("relu", 0.0, 0.0, from_left, from_right),
        ("softplus", 0.0, 0.5, 0.5, 0.5),
    ]
    return {"derivatives": frame("function x derivative from_left from_right", *rows)}


def normalized(output, again):
    """Outputs of a softmax of two logits, and what a second softmax makes of them."""
    rows = [(i, 0.0, p, q, p) for i, (p, q) in enumerate(zip(output, again, strict=True), start=1)]
    return {
        "normalized": frame("class logit output softmax_of_output softmax_of_log_output", *rows)
    }


def one_update(backprop, optimizer, loss):
    """How many of 13 weights back-propagation and the optimizer change, and the loss at the end."""
    rows = [
        ("before", 0, 0.3),
        ("after back-propagation", backprop, 0.3),
        ("after the optimizer's step", optimizer, loss),
        ("after its step with difference quotients", optimizer, loss),
    ]
    return {"one_update": frame("moment changed loss", *rows).assign(weights=13)}


CASES = [
    ("XX-12", normalized((0.5, 0.5), (0.5, 0.5)), REPRODUCED),
    ("XX-12", normalized((0.9, 0.1), (0.69, 0.31)), IN_PART),
    ("XX-12", normalized((0.9, 0.2), (0.9, 0.2)), DOCUMENT_ERROR),
    ("XX-12", normalized((1.1, -0.1), (1.1, -0.1)), DOCUMENT_ERROR),
    ("NP-24", one_update(13, 13, 0.2), REPRODUCED),
    ("NP-24", one_update(0, 13, 0.2), IN_PART),
    ("NP-24", one_update(0, 13, 0.4), DOCUMENT_ERROR),  # the step makes the loss worse
    ("NP-24", one_update(0, 0, 0.3), DOCUMENT_ERROR),
    ("XX-03", sums(10, -4.0), REPRODUCED),
    ("XX-03", sums(9, -4.0), DOCUMENT_ERROR),
    ("XX-03", sums(0, 0.0), DOCUMENT_ERROR),
    ("XX-04", updates(0.0, 0.0), REPRODUCED),
    ("XX-04", updates(0.0, -0.5), DOCUMENT_ERROR),
    ("XX-04", updates(0.5, -0.5), DOCUMENT_ERROR),
    ("XX-05", shapes("(10,)", "(10,)"), REPRODUCED),
    ("XX-05", shapes("refused", "(10,)"), DOCUMENT_ERROR),
    ("XX-05", shapes("(4,)", "(10,)"), DOCUMENT_ERROR),
    ("XX-06", logits(1.0, 2.0), REPRODUCED),
    ("XX-06", logits(1.0, 2.1), DOCUMENT_ERROR),
    ("XX-07", influences(0.2), REPRODUCED),
    ("XX-07", influences(0.3), DOCUMENT_ERROR),
    ("XX-08", blocks(-0.2), REPRODUCED),
    ("XX-08", blocks(-0.76), DOCUMENT_ERROR),
    ("XX-09", inverse(1.0, 2.0), REPRODUCED),
    ("XX-09", inverse(1.0, 0.5), DOCUMENT_ERROR),
    ("XX-13", constants(2.718281828459045), REPRODUCED),
    ("XX-13", constants(0.5772156649), DOCUMENT_ERROR),
    ("XX-13", constants(0.5772156649, e=2.71828182846), DOCUMENT_ERROR),
    ("XX-13", constants(0.5772156649, e=2.7), DOCUMENT_ERROR),
    ("XX-10", derivatives(below=0.01), REPRODUCED),
    ("XX-10", derivatives(), DOCUMENT_ERROR),
    ("XX-11", derivatives(from_left=1.0), REPRODUCED),
    ("XX-11", derivatives(), DOCUMENT_ERROR),
]

DRAWN_BY_FORMULA = {
    "x itself": "the line on which what comes back is what was put in",
    "changed weights": "exact counts, which a run can only repeat",
}
"""Artists that are drawn by a formula and not from a table, each with what it is."""
