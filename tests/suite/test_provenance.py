"""The fingerprint changes with what decides a result, and with nothing else."""

import dataclasses

from reproductions.suite import experiment, provenance, runner


def test_the_code_of_an_experiment_is_what_it_imports():
    names = {line.split()[0] for line in provenance._code("deep_xor").splitlines()}
    assert {
        "reproductions/deep_xor.py",
        "reproductions/suite/xor.py",
        "reproductions/suite/replicas.py",
        "reproductions/suite/tables.py",
        "reproductions/suite/drawing.py",
        "custom_layers/tanh.py",
        "requirements.txt",
    } <= names
    assert (
        not {
            "reproductions/xor_nan.py",
            "reproductions/suite/bench.py",
            "reproductions/suite/checking.py",
        }
        & names
    )


def test_the_spec_and_the_code_are_in_the_fingerprint(tmp_path, monkeypatch):
    loaded = experiment.load("forward_pass")
    before = provenance.fingerprint(loaded, loaded.spec, tmp_path)
    assert provenance.fingerprint(loaded, loaded.spec, tmp_path) == before
    other = dataclasses.replace(loaded.spec, x=(1.0, 0.6))
    assert provenance.fingerprint(loaded, other, tmp_path) != before
    monkeypatch.setattr(provenance, "_code", lambda name: "other code")
    assert provenance.fingerprint(loaded, loaded.spec, tmp_path) != before


def test_seeds_and_a_first_look_are_no_other_setting():
    loaded = experiment.load("xor_depth")
    stored = provenance.spec_of(loaded.spec)
    assert stored["networks"][:2] == [[], [2]]

    def other(**changes):
        return provenance.other_settings(loaded, stored, {**stored, **changes})

    assert other() == other(seeds=8) == other(depths=[2, 8], longer_seeds=16) == {}
    assert other(depths=[2]) == {"depths": (stored["depths"], [2])}
    assert other(rate=0.2, seeds=8) == {"rate": (0.1, 0.2)}
    assert other(more=1) == {"more": (provenance.MISSING, 1)}
    changes = {"seeds": 8, "rate": 0.1, "steps": 5}
    assert runner.other_than_stored(loaded, changes) == {"steps": 5}
