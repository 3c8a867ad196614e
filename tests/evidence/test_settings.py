"""A user's settings of Keras, TensorFlow and others change no number, no figure and no exit."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import keras
import pytest

from reproductions import __main__ as command_line
from reproductions.bench import drift
from reproductions.evidence import settings
from reproductions.evidence.errors import InputError
from reproductions.running import provenance, runner
from reproductions.trial import scorecard as trial

from . import hostile

NAME = "document_arithmetic"  # needs no TensorFlow


def python(code, **env):
    """What a program prints that sees these variables and nothing of this process' settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "TF_CPP_MIN_LOG_LEVEL": "3", **env},
        cwd=hostile.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_hostile_settings_change_no_byte(tmp_path):
    """All at once; `tests/stress/test_settings.py` tries each by itself, on more experiments."""
    clean = {"HOME": str(tmp_path / "home")}
    environments = [("clean", clean), ("hostile", hostile.all_at_once(tmp_path / "hostile"))]

    def run(case):
        name, env = case
        return hostile.run(["run", "losses"], tmp_path / name, env)

    with ThreadPoolExecutor() as pool:
        for done in pool.map(run, environments):
            assert done.returncode == 0, done.stderr
            assert done.stderr.count("\n") <= 1  # the progress bar
    expected, obtained = (hostile.written(tmp_path / name) for name, _ in environments)
    names = {"losses/cases.csv", "losses/path.png", "losses/path.svg", "claims.csv"}
    assert {f"latest/{name}" for name in names} <= set(expected)
    assert obtained == expected
    assert not (tmp_path / "home/.keras").exists()  # Keras writes what it does not find


def test_each_hostile_setting_is_seen_by_who_reads_it(tmp_path):
    """They are no dummies: without the suite's settings Keras takes them, or fails over them."""
    env = hostile.TOGETHER["keras.json"](tmp_path) | {"KERAS_BACKEND": "tensorflow"}
    code = "import keras; print(keras.config.floatx(), keras.config.epsilon())"
    assert python(code, **env) == "float16 0.5"
    env = hostile.TOGETHER["a style"](tmp_path) | {"MPLBACKEND": "agg"}
    assert python("import matplotlib as m; print(m.rcParams['font.size'])", **env) == "31.0"
    code = "from numpy._core._multiarray_umath import __cpu_features__ as f; print(f.get('X86_V3'))"
    assert python(code, **hostile.TOGETHER["NumPy"](tmp_path)) != "True"


@pytest.mark.parametrize("first", ["", "import reproductions\n"])
def test_the_layers_alone_follow_a_reader_s_settings_and_those_of_the_suite_do_not(first, tmp_path):
    env = hostile.keras_json('{"floatx": "float64", "epsilon": 0.25}')(tmp_path)
    code = first + (
        "import sys, custom_layers, keras\n"
        "y = custom_layers.relu([1, 2])\n"
        "print(y.dtype.name, custom_layers.ReLU()(y).dtype.name, keras.config.epsilon())\n"
        "print('reproductions' in sys.modules)"
    )
    expected = "float32 float32 1e-07\nTrue" if first else "float64 float64 0.25\nFalse"
    assert python(code, **env) == expected


@pytest.fixture
def environment(monkeypatch):
    """Variables of the environment that the test changes."""
    monkeypatch.setattr(settings, "_late", {})

    def change(**values):
        for name in list(os.environ):
            monkeypatch.delenv(name)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return change


def test_what_libraries_read_is_fixed_or_taken_away_and_all_else_is_left(environment):
    kept = {
        "PATH": "/bin",
        "OMP_NUM_THREADS": "2",
        "TF_CPP_MIN_LOG_LEVEL": "0",
        "JOBLIB_TEMP_FOLDER": "/x",
        "DASK_TLS": "x",
        "MPLBACKEND": "qtagg",
    }
    unwanted = ("TF_ANYTHING", "KERAS_ANYTHING", "NPY_ANYTHING", "XLA_ANYTHING", "TF_XLA_FLAGS")
    environment(**kept, **dict.fromkeys(unwanted, "1"), XLA_FLAGS="--mine", KERAS_HOME="/mine")
    settings.fix(program=False)
    assert dict(os.environ) == kept | settings.FIXED
    settings.fix(program=False)
    assert dict(os.environ) == kept | settings.FIXED
    settings.fix(program=True)
    assert dict(os.environ) == kept | settings.FIXED | settings.PROGRAM


@pytest.mark.parametrize(
    ("library", "given", "late"),
    [
        ("tensorflow", {}, True),
        ("tensorflow", settings.FIXED, False),
        ("numpy", {}, False),  # nothing to change but threads, which change nothing
        ("numpy", settings.FIXED, False),
        ("numpy", {"NPY_DISABLE_CPU_FEATURES": "X86_V3"}, True),
        ("keras", {"KERAS_HOME": "/mine"}, True),
    ],
)
def test_a_library_that_was_imported_before_is_refused(
    environment, monkeypatch, tmp_path, library, given, late
):
    for reader in set(settings.READERS.values()) - {library}:
        monkeypatch.delitem(sys.modules, reader, raising=False)
    assert library in sys.modules
    environment(**given)
    settings.fix(program=False)
    assert bool(settings._late) is late
    if late:
        said = rf"`import reproductions` must come before `import {library}`, .* Received: "
        with pytest.raises(InputError, match=said):
            runner.run([NAME], runner.Request(tmp_path / "results"))
        assert not (tmp_path / "results").exists()


def test_settings_fixed_again_are_not_late(monkeypatch):
    assert "tensorflow" in sys.modules
    monkeypatch.setattr(settings, "_late", {})
    settings.fix(program=True)
    assert settings._late == {}


CHANGES = {
    "floatx": (keras.config.set_floatx, "float64", "float32"),
    "epsilon": (keras.config.set_epsilon, 0.5, 1e-7),
    "image_data_format": (keras.config.set_image_data_format, "channels_first", "channels_last"),
    "dtype_policy": (keras.config.set_dtype_policy, "mixed_float16", "float32"),
    "max_epochs": (keras.config.set_max_epochs, 1, None),
    "max_steps_per_epoch": (keras.config.set_max_steps_per_epoch, 1, None),
}


def test_every_setting_of_keras_is_held():
    settings.hold()
    assert set(settings.KERAS) == {*CHANGES, "backend"}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_program_changed_in_keras_is_refused_before_a_run(name, tmp_path):
    change, value, back = CHANGES[name]
    change(value)
    try:
        with pytest.raises(InputError, match=rf"^Keras' {name} must be {back}, .*: {value}$"):
            runner.run([NAME], runner.Request(tmp_path / "results"))
    finally:
        change(back)
    assert not (tmp_path / "results").exists()


def test_what_a_module_on_trial_changes_in_keras_is_refused(tmp_path, monkeypatch):
    code = "import keras\nkeras.config.set_floatx('float64')\ndef same(x):\n    return x\n"
    (tmp_path / "module_that_changes_keras.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    try:
        with pytest.raises(InputError, match="Keras' floatx must be float32"):
            trial.run("module_that_changes_keras:same", hostile.ROOT / "results/expected", tmp_path)
    finally:
        keras.config.set_floatx("float32")


def test_a_style_that_matplotlib_cannot_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: 3\xff")
    with pytest.raises(InputError, match=r"^cannot read .*/matplotlibrc: it is not UTF-8$"):
        settings.hold()


# `make drift` has a way of its own past all that.

PRINT = """
import os
from reproductions.running import provenance
from numpy._core._multiarray_umath import __cpu_features__ as features
names = ("ONEDNN_MAX_CPU_ISA", "TF_NUM_INTRAOP_THREADS", "TF_ENABLE_ONEDNN_OPTS")
print(*map(os.environ.get, names), features.get("X86_V3"), provenance._cpu(), sep="|")
"""


def test_drift_reaches_its_processes_and_theirs():
    start = "import reproductions, subprocess, sys\n"
    code = f"{start}subprocess.run([sys.executable, '-c', {PRINT!r}], check=True)"

    def printed(name):
        return python(code, **{settings.DRIFT: name}).split("|")

    as_it_is, no_avx2, four, onednn = map(printed, ("", "no AVX2", "four threads", "oneDNN on"))
    assert as_it_is[:3] == ["None", "None", "0"]
    assert no_avx2[:3] == ["SSE41", "None", "0"]
    assert four[:3] == ["None", "4", "0"]
    assert onednn[:3] == ["None", "None", "1"]
    assert no_avx2[3] != "True"
    assert as_it_is[4] == provenance._cpu()
    assert no_avx2[4] == f"{as_it_is[4]} in the drift setting no AVX2"


def test_every_drift_setting_changes_variables_that_would_be_taken_away_otherwise():
    assert set(drift.SETTINGS) == {drift.AS_IT_IS, *settings.DRIFTS}
    for changes in settings.DRIFTS.values():
        assert changes.items() - settings.FIXED.items()
        for name in changes:
            assert name.startswith(tuple(settings.READERS))
            assert name in {**settings.FIXED, **changes}  # what drift sets holds, kept or not


def test_results_of_a_drift_setting_are_never_taken_for_others(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command_line, "LATEST", tmp_path / "latest")
    monkeypatch.setenv(settings.DRIFT, "no AVX2")
    assert command_line.main(["run", NAME]) == 2
    assert capsys.readouterr().err.endswith("a folder of their own. Received: no AVX2\n")
    monkeypatch.setenv(settings.DRIFT, "fast")
    assert command_line.main(["run", NAME, "--results", str(tmp_path / "other")]) == 2
    said = f"{settings.DRIFT} is for `make drift` alone. Received: {settings.DRIFT}=fast"
    assert capsys.readouterr().err == f"error: {said}\n"
    assert list(tmp_path.iterdir()) == []


def test_the_layers_are_those_beside_the_suite(monkeypatch, tmp_path):
    settings._hold_layers()
    other = SimpleNamespace(origin=str(tmp_path / "custom_layers" / "__init__.py"))
    monkeypatch.setattr(settings.importlib.util, "find_spec", lambda name: other)
    with pytest.raises(InputError, match=r"measures the layers in .*custom_layers\. Received: "):
        settings.hold()
