"""However its seeds are split into shards, the map is the same."""

import dataclasses

import pandas as pd

from reproductions import xor_phase_diagram
from reproductions.suite import shards

SPEC = dataclasses.replace(
    xor_phase_diagram.SPEC,
    **xor_phase_diagram.SMALL | {"seeds": 24, "activations": ("relu", "tanh"), "depths": (2, 3)},
)


def test_counts_of_ranges_of_seeds_add_up(monkeypatch):
    whole = xor_phase_diagram.run(SPEC)["cells"]
    assert (whole["seeds"] == SPEC.seeds).all()
    assert whole["solved"].nunique() > 2, "all cells are alike: a mix-up would not be seen"
    monkeypatch.setattr(shards, "ranges", lambda seeds: [(0, 16), (16, 23), (23, seeds)])
    pd.testing.assert_frame_equal(xor_phase_diagram.run(SPEC)["cells"], whole)


def test_no_engine_outlives_the_run():
    xor_phase_diagram.run(dataclasses.replace(SPEC, seeds=2, depths=(2,)))
    assert xor_phase_diagram._engine.cache_info().currsize == 0
