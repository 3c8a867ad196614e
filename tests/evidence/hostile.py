"""Settings of a user's that libraries read: files and variables that would change numbers or runs.

Each makes what it needs in a folder and gives the environment. Those of `TOGETHER` do not undo each
other.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
Environment = dict[str, str]

ODD_KERAS = {
    "floatx": "float16",
    "epsilon": 0.5,
    "image_data_format": "channels_first",
    "backend": "jax",
}
ODD_STYLE = """\
font.size: 31
font.family: serif
lines.linewidth: 9
lines.antialiased: False
axes.grid: False
axes.formatter.use_locale: True
axes.unicode_minus: False
figure.facecolor: red
figure.figsize: 2, 2
savefig.bbox: tight
savefig.dpi: 31
path.simplify: False
svg.image_inline: False
text.usetex: True
"""


def write(path: Path, text: str | bytes) -> Path:
    """A file with a text, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def keras_json(content: str) -> Callable[[Path], Environment]:
    """A user's keras.json, where Keras looks by itself and where KERAS_HOME says."""

    def make(folder: Path) -> Environment:
        write(folder / "home/.keras/keras.json", content)
        write(folder / "keras/keras.json", content)
        return {"HOME": str(folder / "home"), "KERAS_HOME": str(folder / "keras")}

    return make


def style(folder: Path) -> Environment:
    """A style of a user's, everywhere that Matplotlib looks for one."""
    variables = {"MPLBACKEND": "nonsense", "MATPLOTLIBRC": write(folder / "rc", ODD_STYLE)}
    write(folder / "cwd/matplotlibrc", ODD_STYLE)
    write(folder / "mpl/matplotlibrc", ODD_STYLE)
    write(folder / "config/matplotlib/matplotlibrc", ODD_STYLE)
    variables |= {"MPLCONFIGDIR": folder / "mpl", "XDG_CONFIG_HOME": folder / "config"}
    return {name: str(value) for name, value in variables.items()}


def font(folder: Path) -> Environment:
    """Another font under the name of the one that figures are drawn with."""
    from fontTools.ttLib import TTFont
    from matplotlib import get_data_path

    other = TTFont(Path(get_data_path(), "fonts/ttf/DejaVuSerif-Bold.ttf"))
    for record in other["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "DejaVu Sans"
    other["OS/2"].usWeightClass = 400
    (folder / "data/fonts").mkdir(parents=True, exist_ok=True)
    other.save(folder / "data/fonts/AAA.ttf")
    shutil.rmtree(folder / "cache", ignore_errors=True)
    return {"XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache")}


def variables(**values: str) -> Callable[[Path], Environment]:
    """Environment variables alone."""
    return lambda folder: values


TOGETHER: dict[str, Callable[[Path], Environment]] = {
    "keras.json": keras_json(json.dumps(ODD_KERAS)),
    "a style": style,
    "Keras": variables(
        KERAS_BACKEND="jax",  # is not installed
        KERAS_NNX_ENABLED="1",  # needs Flax
        KERAS_MAX_EPOCHS="1",
        KERAS_MAX_STEPS_PER_EPOCH="1",
    ),
    "TensorFlow": variables(
        TF_ENABLE_ONEDNN_OPTS="1",
        TF_XLA_FLAGS="--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
        TF_FUNCTION_JIT_COMPILE_DEFAULT="1",
        TF_NUM_INTRAOP_THREADS="7",
        TF_DETERMINISTIC_OPS="1",
        TF_USE_LEGACY_KERAS="1",
        TF2_BEHAVIOR="0",  # no eager execution
        TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL="0",
        ONEDNN_MAX_CPU_ISA="SSE41",
        CUDA_VISIBLE_DEVICES="0",
        NVIDIA_TF32_OVERRIDE="1",
        JAX_ENABLE_X64="1",
    ),
    "XLA": variables(XLA_FLAGS="--xla_cpu_enable_fast_math=true --xla_cpu_max_isa=SSE4_2"),
    "NumPy": variables(
        NPY_DISABLE_CPU_FEATURES="X86_V3",
        NPY_PROMOTION_STATE="legacy",
        OPENBLAS_NUM_THREADS="3",
        OMP_NUM_THREADS="3",
    ),
    "others": variables(
        PANDAS_COPY_ON_WRITE="0",
        PANDAS_FUTURE_INFER_STRING="0",
        SCIPY_ARRAY_API="1",
        SKLEARN_ASSUME_FINITE="1",
        TQDM_MININTERVAL="nonsense",
        LOKY_MAX_CPU_COUNT="nonsense",
        JOBLIB_MULTIPROCESSING="0",
        PILLOW_BLOCK_SIZE="nonsense",
        SOURCE_DATE_EPOCH="0",
    ),
    "Python": variables(
        PYTHONHASHSEED="1",
        PYTHONOPTIMIZE="2",
        PYTHONDEVMODE="1",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
        LC_ALL="C",
        TZ="Pacific/Kiritimati",
    ),
}

ALONE: dict[str, Callable[[Path], Environment]] = {
    "float64": keras_json(json.dumps(ODD_KERAS | {"floatx": "float64"})),
    "keras.json that is none": keras_json("{"),
    "keras.json that is a list": keras_json("[]"),
    "keras.json of another type": keras_json('{"floatx": "bfloat16", "epsilon": 1}'),
    "an unknown flag of XLA": variables(XLA_FLAGS="--xla_no_such_flag=1"),  # would abort
    "an unknown flag of TensorFlow's XLA": variables(TF_XLA_FLAGS="--tf_no_such_flag=1"),
    "a font": font,
    "warnings are errors": variables(PYTHONWARNINGS="error"),
    "another order of sets": variables(PYTHONHASHSEED="2"),
    "no asserts": variables(PYTHONOPTIMIZE="1"),
}


def all_at_once(folder: Path) -> Environment:
    """The environment of `TOGETHER`."""
    env: Environment = {}
    for make in TOGETHER.values():
        env |= make(folder)
    return env


def run(arguments: list[str], folder: Path, env: Environment) -> subprocess.CompletedProcess:
    """Runs the command line in a folder of its own, with nothing of this process' settings."""
    (folder / "cwd").mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "reproductions", *arguments],
        cwd=folder / "cwd",
        env={**kept, **env, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def written(folder: Path) -> dict[str, bytes]:
    """What runs in a folder wrote, but for provenance.json, which holds times."""
    results = folder / "cwd/results"
    return {
        path.relative_to(results).as_posix(): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.name != "provenance.json"
    }
