"""The fingerprint changes with what decides a result, and with nothing else."""

import dataclasses
import platform

import pytest

from reproductions.running import experiment, provenance, runner


def test_the_code_of_an_experiment_is_what_it_imports():
    names = {line.split()[0] for line in provenance._code("deep_xor").splitlines()}
    assert {
        "reproductions/__init__.py",
        "reproductions/experiments/xor/deep_xor/run.py",
        "reproductions/experiments/xor/deep_xor/figures.py",
        "reproductions/experiments/xor/deep_xor/claims.py",
        "reproductions/training/xor.py",
        "reproductions/training/replicas.py",
        "reproductions/evidence/tables.py",
        "reproductions/evidence/drawing.py",
        "custom_layers/tanh.py",
        "requirements.txt",
    } <= names
    assert (
        not {
            "reproductions/experiments/xor/xor_nan/run.py",
            "reproductions/bench/timings.py",
            "reproductions/running/checking.py",
        }
        & names
    )


def test_the_claims_of_an_experiment_are_in_its_fingerprint_and_no_other_words(monkeypatch):
    words = experiment.words("forward_pass")
    provenance._code.cache_clear()
    before = provenance._code("forward_pass")
    changed = {
        "another rule": {"claims": words["claims"] | {"NP-10": {"rule": "another"}}},
        "another Korean word": {"ko": {"title": "another"}},
        "no page's words": {"en": {}, "ko": {}},
    }
    for name, changes in changed.items():
        monkeypatch.setattr(experiment, "words", lambda _, changes=changes: words | changes)
        provenance._code.cache_clear()
        same = provenance._code("forward_pass") == before
        assert same == (name != "another rule"), name
    monkeypatch.undo()
    provenance._code.cache_clear()


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


XEON = "model name\t: Xeon(R) @ 2.20GHz\nflags\t\t: fpu sse2 fma avx avx2"
CPUS = {
    # As Linux has it: how many tabs stand before the colon depends on the name's length.
    "x86": (XEON, "Xeon(R) @ 2.20GHz avx avx2 fma"),
    "x86 with AVX-512": (
        f"{XEON} avx512f avx512_bf16 amx_tile smep sme\nvmx flags\t: avx9",
        "Xeon(R) @ 2.20GHz amx_tile avx avx2 avx512_bf16 avx512f fma",
    ),
    "cores that differ": (f"{XEON} avx512f\n\n{XEON}\n", "Xeon(R) @ 2.20GHz avx avx2 fma"),
    "two kinds of cores": (
        f"{XEON}\n\n{XEON.replace('2.20', '1.10')}",
        "Xeon(R) @ 2.20GHz / Xeon(R) @ 1.10GHz avx avx2 fma",
    ),
    "arm64": (
        "processor\t: 0\nFeatures\t: fp asimd asimddp crc32 sve bf16\n"
        "CPU implementer\t: 0x41\nCPU part\t: 0xd0c",
        "MACHINE 0x41 0xd0c asimd asimddp bf16 sve",
    ),
    "no flags": ("model name\t: Odd: one\n", "Odd: one"),
    "no UTF-8": (b"model name\t: \xff\nflags\t\t: avx2", "\ufffd avx2"),
    "nothing that is known": ("cpu\t\t: POWER9\nno colon", "PROCESSOR"),
    "empty": ("", "PROCESSOR"),
    "no such file": (None, "PROCESSOR"),
}


@pytest.mark.parametrize("kind", CPUS)
def test_the_processor_is_told_by_its_name_and_wide_instructions(kind, tmp_path, monkeypatch):
    text, name = CPUS[kind]
    path = tmp_path / "cpuinfo"
    if text is not None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    monkeypatch.setattr(provenance, "CPUINFO", path)
    monkeypatch.setattr(platform, "machine", lambda: "MACHINE")
    monkeypatch.setattr(platform, "processor", lambda: "PROCESSOR")
    assert provenance._cpu() == name
    monkeypatch.setattr(platform, "processor", lambda: "")
    assert provenance._cpu() == name.replace("PROCESSOR", "MACHINE")


def test_a_shard_of_another_processor_is_not_taken_up(tmp_path, monkeypatch):
    loaded = experiment.load("forward_pass")
    found = set()
    for number, (text, _) in enumerate(CPUS[kind] for kind in ("x86", "x86 with AVX-512")):
        path = tmp_path / str(number)
        path.write_text(text)
        monkeypatch.setattr(provenance, "CPUINFO", path)
        found.add(provenance.decided_by(loaded, loaded.spec, tmp_path))
    assert len(found) == 2
