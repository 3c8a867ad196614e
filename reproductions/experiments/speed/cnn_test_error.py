"""Test error of two convolutional networks on digits: ReLU, sigmoid, tanh and no activation.

Document: network-post, 1.2.5 (ReLU performed well in CNNs).
Setup: scikit-learn's handwritten digits; two CNNs with two 3 x 3 convolutions of 4 and 8 filters,
or of 16 and 32, each followed by 2 x 2 pooling, then 10 classes; Glorot's initial weights, cross
entropy, plain SGD in batches of 32. Each seed draws its initial weights and its order of batches,
the same for every function. The learning rate of each function is the one with the lowest
validation error, on average over seeds that are used for nothing else. The test error is taken
once, in the end.
Assumptions: good performance is a low error on images that training has not seen. It is compared
with that of the same network without activation functions, whose layers are linear between the
poolings, and with the sigmoid and tanh, the other non-linear functions with which the post's
networks could be trained. "As good" allows for less than a percentage point. In a first run the
narrow network was judged alone, at rates from 0.1 on: ReLU was best at the lowest rate and not as
good as tanh. So that neither the grid nor a handful of filters decides, lower rates and a wider
network were added.
Known differences: the post names no network, no data and no measure. All seeds share one split of
the images. The network and the images are far smaller than those by which ReLU became known.
It runs only when it is named: eight settings are trained at six rates each.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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

RELU: Final = "relu"
NONE: Final = "linear"
OTHERS: Final = ("sigmoid", "tanh")


@dataclass(frozen=True)
class Spec:
    """The network, how it is trained, and with how many seeds."""

    seeds: int = 20
    functions: tuple[Activation, ...] = (RELU, NONE, *OTHERS)
    narrow: tuple[int, ...] = (4, 8)  # filters of each convolution
    wide: tuple[int, ...] = (16, 32)
    rates: tuple[float, ...] = (0.03, 0.06, 0.15, 0.4, 1.0, 2.5)
    tuning_seeds: int = 4
    updates: int = 660
    batch: int = 32
    validation: int = 360  # images

    def __post_init__(self):
        if self.functions[0] != RELU:
            raise ValueError(f"functions must begin with relu. Received: {self.functions}")


SPEC = Spec()
OPTIONAL = True
QUICK = {"wide": (8, 16), "rates": (0.15, 1.0), "updates": 330, "tuning_seeds": 2}
SMALL = {"wide": (5, 8), "rates": (0.15, 1.0), "updates": 20, "tuning_seeds": 1}

FIRST_TUNING_SEED = 5_000_000


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Tunes and trains both networks with every function, and compares the test errors."""
    networks = (spec.wide, spec.narrow)
    keys: list[tuple[tuple[int, ...], str]] = [
        (f, name) for f in networks for name in spec.functions
    ]
    arrays = pool.gather(_train, [(spec, *key) for key in keys], "cnn_test_error")
    by_key: dict[tuple[tuple[int, ...], str], dict] = dict(zip(keys, arrays, strict=True))
    tuning, errors = [], []
    for (filters, name), found in by_key.items():
        key = {"network": name_of(filters), "function": name}
        best = found["validation"].argmin()
        mean, low, high = mean_of(found["error"])
        less, less_low, less_high = mean_of(by_key[filters, RELU]["error"] - found["error"])
        errors.append(
            {
                **key,
                **{"rate": spec.rates[best], "seeds": spec.seeds},
                **{"error": mean, "low": low, "high": high},
                **{"relu_less": less, "relu_less_low": less_low, "relu_less_high": less_high},
            }
        )
        tuning += [
            {**key, "rate": rate, "validation_error": error, "chosen": int(i == best)}
            for i, (rate, error) in enumerate(zip(spec.rates, found["validation"], strict=True))
        ]
    return {"errors": pd.DataFrame(errors), "tuning": pd.DataFrame(tuning)}


def name_of(filters: tuple[int, ...]) -> str:
    """A network by the filters of its convolutions."""
    return "-".join(map(str, filters))


def _train(shard: Shard, spec: Spec, filters: tuple[int, ...], name: str) -> Arrays:
    """The mean validation error of each rate, and each seed's test error at the best of them."""
    from reproductions.training import classifiers, own_orders

    whole = digits.load()
    held, kept = np.split(np.arange(len(whole.x_train)), [spec.validation])
    images = digits.Images(whole.x_train[kept], whole.y_train[kept], whole.x_test, whole.y_test)
    classifier = classifiers.Classifier(filters=filters)

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
    networks = [name_of(spec.narrow), name_of(spec.wide)]
    figure, axes = drawing.panels(1, 2, width=3.6, height=2.4, sharex=True, sharey=True)
    for panel, network in zip(axes[0], networks, strict=True):
        rows = measured.rows(errors, network=network)
        for place, (_, row) in enumerate(rows.iterrows()):
            bars = [100 * end for end in drawing.error_bars(row, "error")]
            style = {"fmt": "o", "capsize": 4, "color": functions.color(row["function"])}
            panel.errorbar(100 * row["error"], place, xerr=bars, **style)
        panel.set_yticks(range(len(rows)), map(_label, rows["function"]))
        panel.set(xlabel="test error (%)", ylim=(len(rows) - 0.5, -0.5))
        panel.set_title(f"{network} filters")
    axes[0, 0].set_xlim(left=0)
    figure.suptitle(f"Small CNNs on digits: means over {spec.seeds} seeds, 95 % intervals")
    return figure


ERROR = Close(
    rtol=0, atol=0.02, reason="trained weights differ in their last bits", least=0, most=1
)
LESS = Close(
    rtol=0, atol=0.02, reason="trained weights differ in their last bits", least=-1, most=1
)

TABLES = {
    "errors": Table(
        key=("network", "function"),
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
        key=("network", "function", "rate"),
        columns=dict.fromkeys(("validation_error", "chosen"), Unchecked()),
        over_seeds=True,
    ),
}


def _performs_well(tables: Tables, *, point: float = 0.01) -> Judgement:
    errors = tables["errors"]
    by_network = {
        network: {
            name: measured.row(errors, network=network, function=name)
            for name in (RELU, NONE, *OTHERS)
        }
        for network in errors["network"].unique()
    }
    gains = [bool(rows[NONE]["relu_less_high"] < 0) for rows in by_network.values()]
    as_good = [
        all(bool(rows[name]["relu_less_high"] < point) for name in OTHERS)
        for rows in by_network.values()
    ]
    best = min(by_network, key=lambda network: by_network[network][RELU]["error"])
    rows = by_network[best]
    values = {
        "network": best,
        "none": rows[NONE]["error"],
        "others": {name: rows[name]["error"] for name in OTHERS},
        "gains": sum(gains),
        "as_good": sum(as_good),
    }
    error, low, high = (float(rows[RELU][column]) for column in ("error", "low", "high"))
    verdict = graded(all(gains + as_good), in_part=any(gains + as_good))
    return Judgement(verdict, error, low, high, notes=("main", "both"), values=values)


CLAIMS = {"NP-26": _performs_well}
