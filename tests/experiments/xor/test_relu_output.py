"""What counts as solved, dead and blind, and that a dead ReLU output is dead for ever."""

import dataclasses

import numpy as np
import pytest

from reproductions.evidence.statistics import generator
from reproductions.experiments.xor.relu_output import run as relu_output
from reproductions.training.pool import Pool


@pytest.mark.parametrize(
    ("answers", "solved", "dead", "blind"),
    [
        ((0, 1, 1, 0), True, False, False),
        ((0.39, 0.61, 0.61, 0.39), True, False, False),
        ((0.41, 0.61, 0.61, 0.39), False, False, False),
        ((0, 0, 0, 0), False, True, False),
        ((0, 0, 1, 0), False, False, True),
        # 0 where it is asked for is no blindness.
        ((0, 0.5, 1, 0), False, False, False),
        ((np.nan,) * 4, False, False, False),
    ],
)
def test_labels(answers, solved, dead, blind):
    answers = np.array(answers)[:, None]
    found = [f(answers)[0] for f in (relu_output._solved, relu_output._dead, relu_output._blind)]
    assert found == [solved, dead, blind]


def test_dead_outputs_stay_dead_and_only_relu_dies():
    spec = dataclasses.replace(
        relu_output.SPEC, seeds=64, rates=(0.1,), steps=101, every=10, hiddens=("tanh",)
    )
    for output in ("relu", "leaky_relu"):
        (answers,) = relu_output._train(spec, "tanh", output, 0, spec.seeds)["answers"]
        dead = relu_output._dead(answers)
        assert dead[0].any() == (output == "relu")
        assert (answers[:, :, dead[0]] == 0).all()


def test_paired_interval_is_that_of_discordant_seeds():
    ours = generator(1).random(400) < 0.3
    theirs = ours | (generator(2).random(400) < 0.4)
    difference, low, high = relu_output._paired(ours, theirs)
    assert difference == pytest.approx(ours.mean() - theirs.mean())
    share = (theirs & ~ours).mean()
    half = 1.96 * np.sqrt(share * (1 - share) / 400)
    assert (low, high) == pytest.approx((-share - half, -share + half), abs=0.01)
    assert relu_output._paired(ours, ours) == (0.0, 0.0, 0.0)


def test_the_best_rate_is_the_lowest_of_those_that_solve_most():
    spec = dataclasses.replace(relu_output.SPEC, **relu_output.SMALL, seeds=4)
    outcomes = relu_output.run(spec, Pool())["outcomes"]
    outcomes["solved"] = 3
    assert (relu_output.best_rates(outcomes)["rate"] == min(spec.rates)).all()
    outcomes.loc[outcomes["rate"] == max(spec.rates), "solved"] = 4
    assert (relu_output.best_rates(outcomes)["rate"] == max(spec.rates)).all()
