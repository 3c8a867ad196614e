"""The fingerprint changes with what decides a result, and with nothing else."""

import dataclasses
import json
import math
import os
import platform
from pathlib import Path

import numpy as np
import pytest

from reproductions.evidence.errors import InputError
from reproductions.running import experiment, provenance, runner
from reproductions.running.files import sha256


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
        "custom_layers/registry.toml",
        "reproductions/training/preloaded.py",
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


def test_a_package_hides_a_module_of_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    (tmp_path / "reproductions").mkdir()
    (tmp_path / "reproductions/part.py").touch()
    assert provenance._source.__wrapped__("reproductions.part").name == "part.py"
    (tmp_path / "reproductions/part").mkdir()
    (tmp_path / "reproductions/part/__init__.py").touch()
    assert provenance._source.__wrapped__("reproductions.part").name == "__init__.py"


def test_code_is_read_once_and_again_when_asked(monkeypatch):
    before, text = provenance.code_of("forward_pass"), provenance._code("forward_pass")
    real = provenance.sha256
    try:
        monkeypatch.setattr(provenance, "sha256", lambda data: real(data + b"changed"))
        assert provenance.code_of("forward_pass") == real(text.encode() + b"changed")
        assert provenance.code_of("forward_pass", again=True) != before
    finally:
        monkeypatch.undo()
        assert provenance.code_of("forward_pass", again=True) == before


def test_labels_and_colours_are_part_of_what_a_worker_computes_with(monkeypatch):
    read = []
    real = provenance._checksum
    monkeypatch.setattr(provenance, "_checksum", lambda path: read.append(path) or real(path))
    provenance.maker.__wrapped__()
    assert provenance.ROOT / "custom_layers" / "registry.toml" in read


def test_the_versions_are_those_of_what_makes_the_numbers():
    packages = provenance._machine()["packages"]
    either = {"tensorflow", "tensorflow-cpu"} & set(packages)
    assert set(packages) - either == {"keras", "matplotlib", "numpy", "pandas", "scipy"}
    assert either
    assert packages["numpy"] == np.__version__


def test_tensorflow_goes_by_either_of_two_names(monkeypatch):
    for name in ("tensorflow", "tensorflow-cpu"):
        there = {"keras": "3", "matplotlib": "3", "numpy": "2", "pandas": "2", "scipy": "1"}
        there[name] = "2.18"

        def version(package, there=there):
            if package not in there:
                raise provenance.PackageNotFoundError(package)
            return there[package]

        monkeypatch.setattr(provenance, "version", version)
        assert provenance._packages() == there


def test_the_processor_of_this_machine_is_named():
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    assert not names or provenance._cpu().startswith(names[0])


def test_a_setting_of_drift_is_another_processor(monkeypatch):
    before = provenance._cpu()
    monkeypatch.setattr(provenance.settings, "drift", lambda: "no AVX2")
    assert provenance._cpu() == f"{before} in the drift setting no AVX2"


def test_a_processor_that_a_user_names_for_libraries_is_another_processor(monkeypatch):
    before = provenance._cpu()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert provenance._cpu() == f"{before} OPENBLAS_CORETYPE=Haswell"
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "")
    tunables = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2"
    assert provenance._cpu() == f"{before} OPENBLAS_CORETYPE=Haswell {tunables}"


def test_the_spec_and_the_code_are_in_the_fingerprint(tmp_path, monkeypatch):
    loaded = experiment.load("forward_pass")
    before = provenance.fingerprint(loaded, loaded.spec, tmp_path)
    assert provenance.fingerprint(loaded, loaded.spec, tmp_path) == before
    other = dataclasses.replace(loaded.spec, x=(1.0, 0.6))
    assert provenance.fingerprint(loaded, other, tmp_path) != before
    monkeypatch.setattr(provenance, "_code", lambda name: "other code")
    assert provenance.fingerprint(loaded, loaded.spec, tmp_path) != before


def test_the_tables_and_the_data_that_are_read_are_in_the_fingerprint(tmp_path):
    loaded = experiment.load("forward_pass")
    reader = dataclasses.replace(loaded, inputs={"other": ("a", "b")})
    spec = dataclasses.make_dataclass("Spec", [("dataset", str)], frozen=True)
    read = spec(str(tmp_path / "images.npz"))
    (tmp_path / "other").mkdir()
    found = [provenance.fingerprint(reader, read, tmp_path)]
    for file, text in (
        ("other/a.csv", "1"), ("other/a.csv", "2"), ("other/b.csv", "2"), ("images.npz", "3"),
        ("images.npz", "4"),
    ):  # fmt: skip
        (tmp_path / file).write_text(text)
        found.append(provenance.fingerprint(reader, read, tmp_path))
    assert len(set(found)) == 6
    (tmp_path / "other" / "c.csv").write_text("not read")
    assert provenance.fingerprint(reader, read, tmp_path) == found[-1]
    whole = f"{found[-1]}\n{provenance._machine()}"
    assert provenance.decided_by(reader, read, tmp_path) == whole


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
    fewer = {name: value for name, value in stored.items() if name not in ("rate", "seeds")}
    assert provenance.other_settings(loaded, stored, fewer) == {
        name: (stored[name], provenance.MISSING) for name in ("rate", "seeds")
    }
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


@pytest.fixture
def whole(tmp_path):
    """A provenance as a run writes it, and the folder that it is in."""
    loaded = experiment.load("losses")
    folder = tmp_path / loaded.name
    folder.mkdir()
    record = provenance.describe(loaded, loaded.spec, 1.23456, {"b.csv": b"2", "a.csv": b"1"},
                                 tmp_path, "of claims")  # fmt: skip
    return json.loads(provenance.to_json(record)), folder


def test_a_provenance_says_what_its_run_knew(whole):
    record, folder = whole
    loaded = experiment.load("losses")
    (folder / provenance.FILE).write_bytes(provenance.to_json(record))
    assert provenance.read(folder) == record
    assert record == {
        **provenance._machine(),
        "experiment": "losses",
        "spec": provenance.spec_of(loaded.spec),
        "seeds": loaded.spec.seeds,
        "seconds": 1.235,
        "cores": os.cpu_count(),
        "inputs": {},
        "fingerprint": provenance.fingerprint(loaded, loaded.spec, folder.parent),
        "judged": "of claims",
        "files": {"a.csv": sha256(b"1"), "b.csv": sha256(b"2")},
    }
    assert list(record) == sorted(record)
    assert provenance.to_json({"b": 1, "a": [2]}) == b'{\n "a": [\n  2\n ],\n "b": 1\n}\n'
    reader = dataclasses.replace(loaded, inputs={"losses": ("a",)})
    (folder / "a.csv").write_text("read")
    reading = provenance.describe(reader, loaded.spec, 0, {}, folder.parent)
    assert reading["inputs"] == {"losses": record["spec"]}
    assert reading["fingerprint"] == provenance.fingerprint(reader, loaded.spec, folder.parent)
    (folder / "a.csv").unlink()
    seedless = experiment.load("document_arithmetic")
    none = provenance.describe(seedless, seedless.spec, 0, {}, folder)
    assert (none["seeds"], none["judged"]) == (None, "")


@pytest.mark.parametrize("field", provenance.FIELDS)
@pytest.mark.parametrize("value", ["missing", None, True, [], "\ud800"], ids=ascii)
def test_a_field_of_another_type_is_refused(whole, field, value):
    record, folder = whole
    record |= {field: value}
    if value == "missing":
        del record[field]
    path = folder / provenance.FILE
    path.write_text(json.dumps(record))
    with pytest.raises(InputError) as error:
        provenance.read(folder)
    assert str(error.value) == f"cannot read {path}: it is not what a run writes"


NOT_WRITTEN = "it is not what a run writes"
SEEDS = "its seeds must be those of its spec, 20. Received:"
NAMES = "its files must be names in its folder. Received:"
REFUSED = {
    "another experiment": ({"experiment": "deep_xor"}, NOT_WRITTEN),
    "less than no time": ({"seconds": -0.001}, NOT_WRITTEN),
    "no number of seconds": ({"seconds": math.nan}, NOT_WRITTEN),
    "for ever": ({"seconds": 1e9}, NOT_WRITTEN),
    "a sum that is no text": ({"files": {"a.csv": 1}}, NOT_WRITTEN),
    "other seeds": ({"seeds": 21}, f"{SEEDS} 21"),
    "no seeds": ({"seeds": None}, f"{SEEDS} null"),
    "seeds that are no whole number": ({"seeds": 20.0}, f"{SEEDS} 20.0"),
    "seeds without end": ({"seeds": "2" * 200}, f'{SEEDS} "{"2" * 79}'),
    "a path": ({"files": {"../a.csv": ""}}, f"{NAMES} '../a.csv'"),
    "a hidden file": ({"files": {".a.csv": ""}}, f"{NAMES} '.a.csv'"),
    "itself": ({"files": {provenance.FILE: ""}}, f"{NAMES} '{provenance.FILE}'"),
    "a long name": ({"files": {"a" * 101: ""}}, f"{NAMES} '{'a' * 80}'"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_no_run_says_is_refused(whole, kind):
    record, folder = whole
    changes, said = REFUSED[kind]
    path = folder / provenance.FILE
    path.write_text(json.dumps(record | changes))
    with pytest.raises(InputError) as error:
        provenance.read(folder)
    assert str(error.value) == f"cannot read {path}: {said}"


def test_what_a_run_may_say_is_read(whole):
    record, folder = whole
    for changes in (
        {"seconds": 0}, {"seconds": 1e9 - 1}, {"files": {"a" * 100: "", "_B-1.csv": "", "Z": ""}},
        {"seeds": 1, "spec": {"seeds": 1}}, {"seeds": 10**8, "spec": {"seeds": 10**8}},
        {"seeds": None, "spec": {}},
    ):  # fmt: skip
        (folder / provenance.FILE).write_text(json.dumps(record | changes))
        assert provenance.read(folder) == record | changes
    for seeds in (0, -1, 2**63):
        (folder / provenance.FILE).write_text(
            json.dumps(record | {"seeds": seeds, "spec": {"seeds": seeds}})
        )
        with pytest.raises(InputError, match=f"Received: {seeds}$"):
            provenance.read(folder)


def test_the_folder_of_a_provenance_is_no_link(whole):
    record, folder = whole
    (folder / provenance.FILE).write_text(json.dumps(record))
    (folder.parent / "more").mkdir()
    link = folder.parent / "more" / "losses"
    link.symlink_to(folder)
    with pytest.raises(InputError) as error:
        provenance.read(link)
    assert str(error.value) == f"cannot read {link}: it is a link, which may lead anywhere"


def test_what_is_listed_of_any_experiment_are_plain_names(whole):
    _, folder = whole
    path = folder / provenance.FILE
    path.write_text(json.dumps({"files": ["a.csv", "../b.csv", ".c", provenance.FILE, "d.png"]}))
    assert provenance.listed(folder) == ["a.csv", "d.png"]
    for text in ("", "[]", "{}", '{"files": 1}', '{"files": [1]}', "[" * 100_000):
        path.write_text(text)
        assert provenance.listed(folder) == []
    path.unlink()
    assert provenance.listed(folder) == []


def test_what_is_damaged_strange_or_left_over_is_told_apart(whole):
    record, folder = whole
    (folder / provenance.FILE).write_text(json.dumps(record))
    (folder / "a.csv").write_bytes(b"1")
    assert provenance.damaged(folder) == ["b.csv"]
    (folder / "b.csv").write_bytes(b"3")
    assert provenance.damaged(folder) == ["b.csv"]
    (folder / "b.csv").write_bytes(b"2")
    assert provenance.damaged(folder) == provenance.strangers(folder) == []
    for left in (".writer", ".b.csv.12.partial"):
        (folder / left).write_bytes(b"")
    (folder / ".shards").mkdir()
    assert provenance.strangers(folder) == []
    for number, strange in enumerate(("z", ".hidden", "b.csv.12.partial", ".b.csv.partial")):
        (folder / strange).write_bytes(b"")
        assert len(provenance.strangers(folder)) == number + 1
    (folder / "shards").mkdir()
    (folder / ".b.csv.13.partial").mkdir()
    expected = [".b.csv.13.partial", ".b.csv.partial", ".hidden", "b.csv.12.partial", "shards", "z"]
    assert provenance.strangers(folder) == expected


def test_results_are_current_only_whole_and_of_the_same_code_and_spec(whole):
    record, folder = whole
    loaded = experiment.load("losses")
    path = folder / provenance.FILE
    for file, data in (("a.csv", b"1"), ("b.csv", b"2")):
        (folder / file).write_bytes(data)
    path.write_text(json.dumps(record))
    assert provenance.is_current(folder, loaded, loaded.spec)
    assert not provenance.is_current(folder, loaded, dataclasses.replace(loaded.spec, seeds=3))
    for changes in (
        {"fingerprint": "other"}, {"spec": record["spec"] | {"steps": []}}, {"seeds": 1},
        {"files": record["files"] | {"c.csv": sha256(b"")}},
    ):  # fmt: skip
        path.write_text(json.dumps(record | changes))
        assert not provenance.is_current(folder, loaded, loaded.spec)


def test_the_time_of_the_stored_run_is_known_or_without_end(whole, monkeypatch, tmp_path):
    record, _ = whole
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.stored_seconds("losses") == math.inf
    stored = tmp_path / "results" / "expected" / "losses"
    stored.mkdir(parents=True)
    (stored / provenance.FILE).write_text(json.dumps(record))
    assert provenance.stored_seconds("losses") == 1.235


def test_another_maker_is_refused_by_its_first_difference():
    here = provenance.maker()
    provenance.refuse_another(here, dict(here))
    assert list(here)[:4] == ["code", "python", "cpu", "keras"]
    assert len(here["code"]) == 12
    for name, there, said in (
        ("numpy", here | {"numpy": "1.0"}, f"numpy than this process, and could give other bits"
         f" ({here['numpy']} here). Received: 1.0"),
        ("more", here | {"more": "2"}, "more than this process, and could give other bits"
         " (none here). Received: 2"),
        ("cpu", {k: v for k, v in here.items() if k != "cpu"}, "cpu than this process, and could"
         f" give other bits ({here['cpu']} here). Received: none"),
    ):  # fmt: skip
        with pytest.raises(InputError) as error:
            provenance.refuse_another(here, there)
        assert str(error.value) == f"a worker has another {said}", name
    with pytest.raises(InputError, match=r"^a shard has another code than"):
        provenance.refuse_another({"code": "1"}, {"code": "2"}, "a shard")
