"""Times the functions by themselves, and training steps of networks with them."""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from reproductions.evidence.functions import FUNCTIONS
from reproductions.evidence.kinds import Table, Unchecked
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import keras

REFERENCE = "relu"

NO_WORK = "linear"

EXP, NEGATION, LEAKY = "exp", "negation", "leaky_relu"

LEAKY_SLOPE = 0.1

MARGIN = 1.5
""""Much faster" means that the other function takes more than so many times as long."""

NOTICEABLE = 1.1
"""From so many times on, a difference in the time of a training step counts as one."""

MODES = {"eager": "op by op", "graph": "tf.function", "xla": "XLA"}
"""The ways of running a function, as the figures and notes call them."""

Function = Literal[
    "threshold",
    "linear",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "swish",
    "softmax",
    "exp",
    "negation",
]


@dataclass(frozen=True)
class Spec:
    """What is timed, for which sizes, and how often."""

    modes: tuple[Literal["eager", "graph", "xla"], ...] = ("eager", "graph", "xla")
    dtypes: tuple[Literal["float32", "bfloat16"], ...] = ("float32", "bfloat16")
    sizes: tuple[int, ...] = (2**12, 2**16, 2**20, 2**22)
    functions: tuple[Function, ...] = get_args(Function)
    rounds: int = 9
    at_least_s: float = 0.0005
    step_modes: tuple[Literal["graph", "xla"], ...] = ("graph", "xla")
    step_functions: tuple[Function, ...] = ("linear", "relu", "sigmoid", "tanh")
    widths: tuple[int, ...] = (64, 1024)
    step_at_least_s: float = 0.005  # longer, because steps differ less
    depth: int = 4
    batch: int = 64
    # Whole training steps that the claims are judged by: (width, batch) of each network.
    trained: tuple[tuple[int, int], ...] = ((32, 32), (64, 256), (128, 1024), (256, 64), (512, 256))
    trained_functions: tuple[Function, ...] = ("linear", "relu", "leaky_relu", "sigmoid", "tanh")

    def __post_init__(self):
        if REFERENCE not in self.functions:
            raise ValueError(f"functions must hold {REFERENCE}. Received: {self.functions}")
        if not {REFERENCE, NO_WORK} <= set(self.step_functions):
            raise ValueError(
                f"step_functions must hold {REFERENCE} and {NO_WORK}."
                f" Received: {self.step_functions}"
            )
        if not {REFERENCE, NO_WORK} <= set(self.trained_functions):
            raise ValueError(
                f"trained_functions must hold {REFERENCE} and {NO_WORK}."
                f" Received: {self.trained_functions}"
            )


SPEC = Spec()

ALONE = True

QUICK = {
    "modes": ("eager", "xla"),
    "dtypes": ("float32",),
    "sizes": (2**12, 2**20),
    "functions": ("sigmoid", "tanh", "relu", "leaky_relu", "exp", "negation"),
    "rounds": 6,
    "step_modes": ("xla",),
    "widths": (64,),
    "trained": ((32, 32), (64, 256), (256, 64)),
    "trained_functions": ("linear", "relu", "sigmoid", "tanh"),
}

SMALL = QUICK | {"sizes": (2**8,), "at_least_s": 0.0, "step_at_least_s": 0.0, "widths": (4,)}
SMALL |= {"trained": ((4, 2), (6, 2))}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Times the functions by themselves, then networks with them."""
    sizes = [(spec, dtype, size) for dtype, size in itertools.product(spec.dtypes, spec.sizes)]
    elements, copies = zip(*pool.apart(_elements, sizes, "cost per element"), strict=True)
    networks = [(spec, spec.step_functions, width, spec.batch) for width in spec.widths]
    networks += [(spec, spec.trained_functions, *size) for size in spec.trained]
    times = pool.apart(_steps, networks, "cost in a step")
    steps, training = times[: len(spec.widths)], times[len(spec.widths) :]
    return {
        "elements": pd.concat(elements, ignore_index=True),
        "copies": pd.concat(copies, ignore_index=True),
        "steps": pd.concat(steps, ignore_index=True).drop(columns="batch"),
        "training": pd.concat(training, ignore_index=True),
    }


def _elements(spec: Spec, dtype: str, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Times the functions by themselves, and copies, on so many elements."""
    from reproductions.training import cost

    layers = _layers()
    return cost.element_times(
        {name: layers[name] for name in spec.functions},
        REFERENCE,
        spec.modes,
        (dtype,),
        (size,),
        rounds=spec.rounds,
        at_least_s=spec.at_least_s,
    )


def _steps(spec: Spec, functions: tuple[str, ...], width: int, batch: int) -> pd.DataFrame:
    """Times whole training steps of a network of one size, in every mode."""
    from reproductions.training import cost

    layers = _layers()
    return cost.step_times(
        {name: layers[name] for name in functions},
        REFERENCE,
        NO_WORK,
        (width,),
        spec.step_modes,
        spec.depth,
        batch,
        rounds=spec.rounds,
        at_least_s=spec.step_at_least_s,
    ).assign(batch=batch)


def _layers() -> dict[str, Callable[..., "keras.Layer"]]:
    """What makes the layer of each function, by name."""
    import keras

    import custom_layers

    layers = {name: getattr(custom_layers, entry.layer) for name, entry in FUNCTIONS.items()}
    return layers | {
        LEAKY: functools.partial(custom_layers.LeakyReLU, LEAKY_SLOPE),
        EXP: functools.partial(keras.layers.Activation, keras.ops.exp),
        NEGATION: functools.partial(keras.layers.Activation, keras.ops.negative),
    }


def modes_in(frame: pd.DataFrame) -> list[str]:
    """The modes that a table has, in the order of `MODES`."""
    return [mode for mode in MODES if mode in set(frame["mode"])]


def _with_intervals(*names: str) -> dict[str, Unchecked]:
    """Columns of medians over rounds, each with the ends of its interval."""
    ends = ("", "_low", "_high")
    return dict.fromkeys((f"{name}{end}" for name in names for end in ends), Unchecked())


# Rows sum up all rounds, and a first look leaves settings out, as with seeds: hence `over_seeds`.
TABLES = {
    "elements": Table(
        key=("mode", "dtype", "elements", "work", "function"),
        columns=_with_intervals("time_ns", "ratio"),
        over_seeds=True,
    ),
    "copies": Table(
        key=("dtype", "elements"),
        columns={**_with_intervals("time_ns"), "gb_per_s": Unchecked()},
        over_seeds=True,
    ),
    "steps": Table(
        key=("mode", "width", "function"),
        columns=_with_intervals("step_us", "ratio", "share"),
        over_seeds=True,
    ),
    "training": Table(
        key=("mode", "width", "batch", "function"),
        columns=_with_intervals("step_us", "ratio", "share"),
        over_seeds=True,
    ),
}
