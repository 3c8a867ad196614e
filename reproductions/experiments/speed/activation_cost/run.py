"""The setting, the runs, and the shape of the tables."""

import functools
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from reproductions.evidence.kinds import Table, Unchecked
from reproductions.training.pool import Pool

REFERENCE = "relu"

NO_WORK = "linear"

EXP, NOTHING, LEAKY = "exp", "negation", "leaky_relu"

MARGIN = 1.5

Function = Literal[
    "threshold", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish",
    "softmax", "exp", "negation",
]  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """What is timed, at which sizes, and how often."""

    modes: tuple[Literal["eager", "graph", "xla"], ...] = ("eager", "graph", "xla")
    dtypes: tuple[Literal["float32", "bfloat16"], ...] = ("float32", "bfloat16")
    sizes: tuple[int, ...] = (2**12, 2**16, 2**20, 2**22)
    functions: tuple[Function, ...] = (
        "threshold", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish",
        "softmax", "exp", "negation",
    )  # fmt: skip
    rounds: int = 9
    at_least_s: float = 0.0005
    step_modes: tuple[Literal["graph", "xla"], ...] = ("graph", "xla")
    step_functions: tuple[Function, ...] = ("linear", "relu", "sigmoid", "tanh")
    widths: tuple[int, ...] = (64, 1024)
    step_at_least_s: float = 0.005  # they differ less
    depth: int = 4
    batch: int = 64

    def __post_init__(self):
        if REFERENCE not in self.functions:
            raise ValueError(f"functions must hold {REFERENCE}. Received: {self.functions}")
        if not {REFERENCE, NO_WORK} <= set(self.step_functions):
            raise ValueError(
                f"step_functions must hold {REFERENCE} and {NO_WORK}."
                f" Received: {self.step_functions}"
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
}

SMALL = QUICK | {"sizes": (2**8,), "at_least_s": 0.0, "step_at_least_s": 0.0, "widths": (4,)}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Times the functions by themselves, then networks with them."""
    from reproductions.training import cost

    makers = _makers()
    elements, copies = cost.element_times(
        {name: makers[name] for name in spec.functions},
        REFERENCE,
        spec.modes,
        spec.dtypes,
        spec.sizes,
        rounds=spec.rounds,
        at_least_s=spec.at_least_s,
        pool=pool,
    )
    steps = cost.step_times(
        {name: makers[name] for name in spec.step_functions},
        REFERENCE,
        NO_WORK,
        spec.widths,
        spec.step_modes,
        spec.depth,
        spec.batch,
        rounds=spec.rounds,
        at_least_s=spec.step_at_least_s,
        pool=pool,
    )
    return {"elements": elements, "copies": copies, "steps": steps}


def _makers():
    import keras

    import custom_layers as layers

    return {
        "threshold": layers.Threshold,
        "linear": layers.Linear,
        "sigmoid": layers.Sigmoid,
        "tanh": layers.Tanh,
        "relu": layers.ReLU,
        "leaky_relu": functools.partial(layers.LeakyReLU, 0.1),
        "elu": layers.ELU,
        "softplus": layers.Softplus,
        "swish": layers.Swish,
        "softmax": layers.Softmax,
        EXP: functools.partial(keras.layers.Activation, keras.ops.exp),
        NOTHING: functools.partial(keras.layers.Activation, keras.ops.negative),
    }


MODE_NAMES = {"eager": "op by op", "graph": "tf.function", "xla": "XLA"}


def _modes(frame):
    return [mode for mode in MODE_NAMES if mode in set(frame["mode"])]


def _spread(*names):
    return dict.fromkeys((f"{n}{end}" for n in names for end in ("", "_low", "_high")), Unchecked())


TABLES = {
    "elements": Table(
        key=("mode", "dtype", "elements", "work", "function"),
        columns=_spread("time_ns", "ratio"),
        over_seeds=True,  # over rounds: a first look leaves settings out
    ),
    "copies": Table(
        key=("dtype", "elements"),
        columns={**_spread("time_ns"), "gb_per_s": Unchecked()},
        over_seeds=True,
    ),
    "steps": Table(
        key=("mode", "width", "function"),
        columns=_spread("step_us", "ratio", "share"),
        over_seeds=True,
    ),
}
