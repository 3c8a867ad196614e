"""What counts as solved, dead and blind, and that a dead ReLU output is dead for ever."""

import dataclasses

import numpy as np
import pytest

from reproductions.evidence.statistics import generator
from reproductions.experiments.xor.relu_output import run as relu_output
from reproductions.training import gates, xor
from reproductions.training.pool import Pool, Shard


@pytest.mark.parametrize(
    ("answers", "solved", "dead", "blind"),
    [
        ((0, 1, 1, 0), True, False, False),
        ((0.39, 0.61, 0.61, 0.39), True, False, False),
        ((0.41, 0.61, 0.61, 0.39), False, False, False),
        ((0, 0, 0, 0), False, True, False),
        ((0, 0, 1, 0), False, False, True),
        # An answer of 0 where the target is 0 is not blind.
        ((0, 0.5, 1, 0), False, False, False),
        ((np.nan,) * 4, False, False, False),
    ],
)
def test_answers_are_solved_dead_or_blind(answers, solved, dead, blind):
    answers = np.array(answers)[:, None]
    assert gates.solved(answers, xor.Y) == [solved]
    assert relu_output.dead(answers) == [dead]
    assert relu_output.blind(answers) == [blind]


def test_dead_outputs_stay_dead_and_only_relu_dies():
    spec = dataclasses.replace(
        relu_output.SPEC, seeds=64, rates=(0.1,), steps=101, every=10, hiddens=("tanh",)
    )
    for output in ("relu", "leaky_relu"):
        (answers,) = relu_output._train(Shard(), spec, "tanh", output, 0, spec.seeds)["answers"]
        dead = relu_output.dead(answers)
        assert dead[0].any() == (output == "relu")
        assert (answers[:, :, dead[0]] == 0).all()


def test_the_paired_interval_is_that_of_the_seeds_that_differ():
    fewer = generator(1).random(400) < 0.3
    more = fewer | (generator(2).random(400) < 0.4)
    difference, low, high = relu_output.paired_difference(fewer, more)
    assert difference == pytest.approx(fewer.mean() - more.mean())
    share = (more & ~fewer).mean()
    half = 1.96 * np.sqrt(share * (1 - share) / 400)
    assert (low, high) == pytest.approx((-share - half, -share + half), abs=0.01)
    assert relu_output.paired_difference(fewer, fewer) == (0.0, 0.0, 0.0)


def test_the_best_rate_is_the_lowest_of_those_that_solve_most():
    spec = dataclasses.replace(relu_output.SPEC, **relu_output.SMALL, seeds=4)
    outcomes = relu_output.run(spec, Pool())["outcomes"]
    outcomes["solved"] = 3
    assert (relu_output.best_rates(outcomes)["rate"] == min(spec.rates)).all()
    outcomes.loc[outcomes["rate"] == max(spec.rates), "solved"] = 4
    assert (relu_output.best_rates(outcomes)["rate"] == max(spec.rates)).all()
