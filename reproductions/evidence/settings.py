"""The libraries' settings on which numbers depend: the suite's own, whatever the user's are.

Keras, TensorFlow and others read files and environment variables, most of them once, when they are
imported. So importing `reproductions` fixes the variables, and what it cannot fix is refused before
a run. `custom_layers` alone leaves a user's settings as they are.
"""

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reproductions.evidence.errors import InputError

XLA = (
    # The replica engine's training loop, three times faster: the whole loop compiled as one kernel,
    # not as some fifty a step; 16 floats an instruction where the processor can; and fewer copies
    # of the weights. None of them changes a result.
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1000000000",
    "--xla_cpu_prefer_vector_width=512",
    "--xla_cpu_copy_insertion_use_region_analysis=true",
    # Large sums would go to a library that such a kernel cannot call.
    "--xla_cpu_experimental_ynn_fusion_type=",
    # Matrix products would be split over as many threads as the machine has, and so rounded.
    "--xla_cpu_multi_thread_eigen=false",
)

FIXED = {
    "KERAS_BACKEND": "tensorflow",  # the documents are written for it
    # A folder that cannot be: Keras reads no keras.json there, and writes none.
    "KERAS_HOME": f"{os.devnull}/keras",
    # oneDNN rounds differently from one processor to the next; networks this small gain nothing.
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF2_BEHAVIOR": "1",  # as TensorFlow itself sets it when it is imported
    "XLA_FLAGS": " ".join(XLA),
    # One on every machine, as on the workers of a cluster: how sums are rounded depends on it.
    "OPENBLAS_NUM_THREADS": "1",
}

PROGRAM = {
    # Of a process that is the suite's alone; in a reader's own, his figures are his. Keras imports
    # Matplotlib, which fails over the name of a backend that it has not.
    "MPLBACKEND": "agg",
    "MATPLOTLIBRC": os.devnull,
}

READERS = {
    # Who reads the variables that begin so. Those that are not fixed are taken away.
    "KERAS_": "keras",
    "TF_": "tensorflow",
    "TF2_": "tensorflow",
    "TFRT_": "tensorflow",
    "TENSORFLOW_": "tensorflow",
    "AUTOGRAPH_": "tensorflow",
    "DTENSOR_": "tensorflow",
    "XLA_": "tensorflow",
    "ONEDNN_": "tensorflow",
    "DNNL_": "tensorflow",
    "PROTOCOL_BUFFERS_": "google.protobuf",
    "NPY_": "numpy",
    "NUMPY_": "numpy",
    "OPENBLAS_": "numpy",
    "GOTO_": "numpy",
    "SCIPY_": "scipy",
    "PANDAS_": "pandas",
    "SKLEARN_": "sklearn",
    "PILLOW_": "PIL",
    "LOKY_": "joblib",
    "JOBLIB_": "joblib",
    "TQDM_": "tqdm",
}
PROCESSOR = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "GLIBC_TUNABLES")
"""The processor for which libraries compute, which users name where these find the wrong one.
Numbers then move as they do from one processor to another."""

KEPT = ("TF_CPP_", "JOBLIB_TEMP_FOLDER", *PROCESSOR)
"""Besides those, what is logged and where files lie for a moment, on which no number depends."""

KERAS = {
    # What `keras.config` gives, fixed with KERAS_HOME and KERAS_BACKEND; a program can change it.
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "dtype_policy": "float32",
    "max_epochs": None,
    "max_steps_per_epoch": None,
}

DRIFT = "REPRODUCTIONS_DRIFT"
"""Names one of `DRIFTS`. `make drift` alone sets it, for the processes that it starts."""

NUMPY_WIDE = "X86_V4 AVX512_ICL AVX512_SPR"
DRIFTS = {
    # What each changes of the above.
    "no AVX-512": {
        "XLA_FLAGS": f"--xla_cpu_max_isa=AVX2 {FIXED['XLA_FLAGS']}",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": NUMPY_WIDE,
    },
    "no AVX2": {
        "XLA_FLAGS": f"--xla_cpu_max_isa=SSE4_2 {FIXED['XLA_FLAGS']}",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": f"{NUMPY_WIDE} X86_V3",
    },
    "one thread": {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
    "four threads": {"TF_NUM_INTRAOP_THREADS": "4", "TF_NUM_INTEROP_THREADS": "4"},
    "oneDNN on": {"TF_ENABLE_ONEDNN_OPTS": "1"},
}

_late: dict[str, str] = {}


def drift() -> str:
    """The name of the setting of `make drift` in which this process runs; empty where it does not.

    Raises:
        InputError: there is no such setting.
    """
    name = os.environ.get(DRIFT, "")
    if name and name not in DRIFTS:
        raise InputError(f"{DRIFT} is for `make drift` alone. Received: {DRIFT}={name}")
    return name


def fix(program: bool) -> None:
    """Puts the variables that the libraries read as the suite has them.

    What came too late for a library that is imported already is kept for `hold`.

    Args:
        program: whether the process is the suite's alone.
    """
    _put(PROGRAM if program else {})
    # TensorFlow's start-up messages would bury ours.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    wanted = FIXED | DRIFTS.get(os.environ.get(DRIFT, ""), {})
    for name in sorted({*os.environ, *wanted}):
        reader = next((READERS[start] for start in READERS if name.startswith(start)), None)
        given = os.environ.get(name)
        left_alone = name.startswith(KEPT) and name not in wanted
        if reader is None or left_alone or given == wanted.get(name):
            continue
        # Without the suite's variables TensorFlow rounds otherwise; the others stay as they are.
        if reader in sys.modules and (given is not None or reader == "tensorflow"):
            _late[name] = reader
        _put({name: wanted.get(name)})


@contextmanager
def variables(**values: str | None) -> Iterator[None]:
    """Environment variables that hold within; None takes one away."""
    before = {name: os.environ.get(name) for name in values}
    _put(values)
    try:
        yield
    finally:
        _put(before)


def _put(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def hold() -> None:
    """Refuses to measure where the libraries are set otherwise than the suite has them.

    Raises:
        InputError: a library was imported before the suite could fix its variables, a program
            changed Keras' settings, or Matplotlib could not read a file of the current folder.
    """
    drift()
    for name, reader in _late.items():
        raise InputError(
            f"`import reproductions` must come before `import {reader}`, which reads {name} then."
            f" Received: {reader}, imported before"
        )
    _hold_keras()
    _hold_layers()
    # Matplotlib reads it before it looks anywhere else, and fails where it cannot.
    if (path := Path("matplotlibrc")).is_file():
        try:
            path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise InputError(f"cannot read {path.absolute()}: {reason}") from error


def _hold_layers() -> None:
    """Refuses other layers than those that stand beside the suite, as of the current folder."""
    own = Path(__file__).resolve().parents[2] / "custom_layers" / "__init__.py"
    given = importlib.util.find_spec("custom_layers")
    if given and given.origin and Path(given.origin).resolve() != own:
        raise InputError(f"the suite measures the layers in {own.parent}. Received: {given.origin}")


def _hold_keras() -> None:
    if "keras" not in sys.modules:
        return
    import keras

    for name, wanted in KERAS.items():
        value = getattr(keras.config, name)()
        value = getattr(value, "name", value)  # of a dtype policy
        if value != wanted:
            raise InputError(
                f"Keras' {name} must be {wanted}, as the stored numbers have it. Received: {value}"
            )
