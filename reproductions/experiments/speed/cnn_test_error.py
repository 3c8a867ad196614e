"""Test error of a small convolutional network on digits: ReLU, sigmoid, tanh and no activation.

Document: network-post, 1.2.5 (ReLU performed well in CNNs).
Setup: scikit-learn's handwritten digits; 3 x 3 convolutions of 4 and 8 filters, each followed by
2 x 2 pooling, then 10 classes; Glorot's initial weights, cross entropy, plain SGD in batches of 32.
Each seed draws its initial weights and its order of batches, the same for every function. The
learning rate of each function is the one with the lowest validation error, on average over seeds
that are used for nothing else. The test error is taken once, in the end.
Assumptions: good performance is a low error on images that training has not seen. It is compared
with that of the same network without activation functions, whose layers are linear between the
poolings, and with the sigmoid and tanh, the other non-linear functions with which the post's
networks could be trained. "As good" allows for a whole percentage point.
Known differences: the post names no network, no data and no measure. All seeds share one split of
the images. The network and the images are far smaller than those by which ReLU became known.
It runs only when it is named: four functions are trained at five rates each.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Exact, Table, Unchecked
from reproductions.evidence.statistics import mean_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, digits
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RELU, NONE, OTHERS = "relu", "linear", ("sigmoid", "tanh")


@dataclass(frozen=True)
class Spec:
    """The network, how it is trained, and with how many seeds."""

    seeds: int = 24
    functions: tuple[Activation, ...] = (RELU, NONE, *OTHERS)
    filters: tuple[int, ...] = (4, 8)
    rates: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 3.0)
    tuning_seeds: int = 6
    updates: int = 880
    batch: int = 32
    validation: int = 360  # images

    def __post_init__(self):
        if self.functions[0] != RELU:
            raise ValueError(f"functions must begin with relu. Received: {self.functions}")


SPEC = Spec()
OPTIONAL = True
QUICK = {"rates": (0.5, 3.0), "updates": 440, "tuning_seeds": 3}
SMALL = {"rates": (0.5, 3.0), "updates": 20, "tuning_seeds": 1}

FIRST_TUNING_SEED = 5_000_000


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Tunes and trains the network with every function, and compares the test errors."""
    calls = [(spec, name) for name in spec.functions]
    arrays = dict(zip(spec.functions, pool.gather(_train, calls, "cnn_test_error"), strict=True))
    relu = arrays[RELU]["error"]
    tuning, errors = [], []
    for name, found in arrays.items():
        best = found["validation"].argmin()
        mean, low, high = mean_of(found["error"])
        less, less_low, less_high = mean_of(relu - found["error"])
        errors.append(
            {
                **{"function": name, "rate": spec.rates[best], "seeds": spec.seeds},
                **{"error": mean, "low": low, "high": high},
                **{"relu_less": less, "relu_less_low": less_low, "relu_less_high": less_high},
            }
        )
        tuning += [
            {"function": name, "rate": rate, "validation_error": error, "chosen": int(i == best)}
            for i, (rate, error) in enumerate(zip(spec.rates, found["validation"], strict=True))
        ]
    return {"errors": pd.DataFrame(errors), "tuning": pd.DataFrame(tuning)}


def _train(shard: Shard, spec: Spec, name: str) -> Arrays:
    """The mean validation error of each rate, and each seed's test error at the best of them."""
    from reproductions.training import classifiers, own_orders

    whole = digits.load()
    held, kept = np.split(np.arange(len(whole.x_train)), [spec.validation])
    images = digits.Images(whole.x_train[kept], whole.y_train[kept], whole.x_test, whole.y_test)
    classifier = classifiers.Classifier(filters=spec.filters)

    def errors(seeds: list[int], rates: np.ndarray, watched: own_orders.Watched) -> np.ndarray:
        return own_orders.train(
            classifier,
            lambda: activations.layer(name),
            images,
            seeds,
            rates,
            [spec.updates],
            {"watched": watched},
            batch=spec.batch,
        ).errors["watched"][-1]

    tuning = list(range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds))
    validation = errors(
        tuning * len(spec.rates),
        np.repeat(spec.rates, len(tuning)),
        own_orders.Watched(whole.x_train[held], whole.y_train[held]),
    )
    means = validation.reshape(len(spec.rates), -1).mean(axis=1)
    rate = spec.rates[int(means.argmin())]
    test = own_orders.Watched(whole.x_test, whole.y_test)
    error = errors(list(range(spec.seeds)), np.full(spec.seeds, rate), test)
    return {"validation": means, "error": error}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The test error with each function."""
    return {"errors": lambda: _draw(spec, tables["errors"])}


def _label(name: str) -> str:
    return "none" if name == NONE else functions.label(name)


def _draw(spec: Spec, errors: pd.DataFrame) -> "Figure":
    figure, ((axes,),) = drawing.panels(width=5.0, height=2.6)
    for place, (_, row) in enumerate(errors.iterrows()):
        bars = [100 * end for end in drawing.error_bars(row, "error")]
        style = {"fmt": "o", "capsize": 4, "color": functions.color(row["function"])}
        axes.errorbar(100 * row["error"], place, xerr=bars, **style)
    axes.set_yticks(range(len(errors)), map(_label, errors["function"]))
    axes.set(xlabel="test error (%)", ylim=(len(errors) - 0.5, -0.5))
    axes.set_xlim(left=0)
    axes.set_title(f"A small CNN on digits: means over {spec.seeds} seeds, 95 % intervals")
    return figure


ERROR = Close(
    rtol=0, atol=0.02, reason="trained weights differ in their last bits", least=0, most=1
)
LESS = Close(
    rtol=0, atol=0.02, reason="trained weights differ in their last bits", least=-1, most=1
)

TABLES = {
    "errors": Table(
        key=("function",),
        columns={
            "rate": Unchecked(),
            "seeds": Exact(),
            "error": ERROR,
            **dict.fromkeys(("low", "high"), LESS),
            **dict.fromkeys(("relu_less", "relu_less_low", "relu_less_high"), LESS),
        },
        over_seeds=True,
    ),
    "tuning": Table(
        key=("function", "rate"),
        columns=dict.fromkeys(("validation_error", "chosen"), Unchecked()),
        over_seeds=True,
    ),
}


def _performs_well(tables: Tables, *, point: float = 0.01) -> Judgement:
    errors = tables["errors"]
    relu, none = (measured.row(errors, function=name) for name in (RELU, NONE))
    others = errors[errors["function"].isin(OTHERS)].set_index("function")
    gains = bool(none["relu_less_high"] < 0)
    as_good = bool((others["relu_less_high"] < point).all())
    values = {"none": none["error"], "others": others["error"].to_dict()}
    ends = float(relu["low"]), float(relu["high"])
    verdict = graded(gains and as_good, in_part=gains or as_good)
    return Judgement(verdict, float(relu["error"]), *ends, notes=("main",), values=values)


CLAIMS = {"NP-26": _performs_well}
