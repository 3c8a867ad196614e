"""The stored rates hold on another processor, and fail when a rate really moves."""

import dataclasses

import numpy as np
import pytest

from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison
from reproductions.running import experiment, runner
from reproductions.training.pool import Pool

DEEP_XOR = experiment.load("deep_xor")
SPEC = dataclasses.replace(
    DEEP_XOR.spec, seeds=1024, activations=("tanh",), losses=("stable",), steps=2001
)


def tables(spec, **options):
    frames = DEEP_XOR.run(spec, Pool(), **options)
    return {name: runner.reread(name, frames[name], t) for name, t in DEEP_XOR.tables.items()}


def differences(expected, obtained):
    comparison = Comparison()
    for name, table in DEEP_XOR.tables.items():
        compare_table(name, table, expected[name], obtained[name], comparison)
    return comparison.concluded()


@pytest.fixture(scope="module")
def stored():
    return tables(SPEC)


def test_a_last_bit_difference_in_every_weight_holds(stored):
    def next_float(weights):
        return [np.nextafter(w, np.float32(np.inf)) for w in weights]

    drifted = tables(SPEC, change=next_float)
    assert not drifted["seeds"].equals(stored["seeds"]), "no seed drifted: nothing was tested"
    assert differences(stored, drifted) == []


def test_another_learning_rate_moves_the_rates(stored):
    faster = tables(dataclasses.replace(SPEC, rate=0.012))
    moved = {(difference.file, difference.column) for difference in differences(stored, faster)}
    assert ("costs", "count") in moved  # a share of seeds, held as a rate
    assert ("first_steps", "cost") in moved
