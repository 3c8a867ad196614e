"""Test error on held-out digits: ReLU against leaky ReLU, ELU, softplus and swish.

Document: relu-post, the last paragraph of section 3 (dying is no great problem for performance, and
the functions made to solve it perform worse in some cases).
Setup: scikit-learn's handwritten digits; two perceptrons, 64-32-32-10 and, deeper and narrower, so
that units that die are missed sooner, 64-16-16-16-16-10; Glorot's initial weights, cross entropy,
plain SGD in batches of 32. Each seed draws its own split into training, validation and test images,
its initial weights and its order of batches, the same for every function. The learning rate of each
function in each network is the one with the lowest validation error, on average over seeds that
are used for nothing else. Then the test error is taken once, on images that neither training nor
the choice of the rate has seen. A difference of two functions is the median over the seeds, with an
interval from the order of the differences, which presumes no distribution.
Assumptions: the functions made to solve dying are leaky ReLU (slope 0.2) and ELU; softplus is older
than the problem, and swish comes from a search for better functions. "No great problem" means that
none of the four is better by a whole percentage point of test error. The intervals of all
differences together hold with 95 % (Bonferroni). The rate is chosen on twelve seeds: in a first run
it was chosen on four, and leaky ReLU was given a rate at which none of these four, but more than a
third of the other seeds diverged.
Known differences: the post names no network, no data and no measure of performance.
It runs only when it is named: ten settings are trained at six rates each, which takes more than
half a minute on one core.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, digits
from reproductions.training.activations import Activation
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool, joined


@dataclass(frozen=True)
class Spec:
    """The networks, how they are trained, and with how many seeds."""

    seeds: int = 120
    functions: tuple[Activation, ...] = ("relu", "leaky_relu", "elu", "softplus", "swish")
    wide: tuple[int, ...] = (32, 32)
    deep: tuple[int, ...] = (16, 16, 16, 16)
    rates: tuple[float, ...] = (0.06, 0.1, 0.2, 0.3, 0.5, 0.8)
    tuning_seeds: int = 12
    updates: int = 500
    batch: int = 32
    held_out: int = 360  # images for validation, and as many for the test

    def __post_init__(self):
        if self.functions[0] != REFERENCE:
            raise ValueError(f"functions must begin with relu. Received: {self.functions}")


REFERENCE = "relu"

MADE_FOR_IT = ("leaky_relu", "elu")
"""The functions that were made to solve dying."""

SPEC = Spec()
OPTIONAL = True

QUICK = {"rates": (0.1, 0.3), "updates": 350, "tuning_seeds": 6}

SMALL = {
    "rates": (0.1, 0.3),
    "updates": 20,
    "tuning_seeds": 1,
    "functions": ("relu", "leaky_relu", "elu"),
}

FIRST_TUNING_SEED = 3_000_000
SPLIT_STREAM = 8
POINT = 0.01
"""A percentage point of test error: from so much on a function counts as better."""

FAILED = 0.5
"""With a greater test error a run has failed to learn."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Tunes and trains every function in both networks, and compares the test errors."""
    images = _all_images()
    jobs: list[tuple[tuple[int, ...], str]] = [
        (hidden, name) for hidden in (spec.wide, spec.deep) for name in spec.functions
    ]
    total = 2 * len(jobs) * spec.updates
    with (
        pool.progress(total=total, what="digits_test_error", unit="update") as bar,
        workers() as executor,
    ):
        made = executor.map(lambda job: _tables(spec, images, job[0], job[1], bar.update), jobs)
        tables = joined(list(made))
    tables["differences"] = differences(tables["errors"])
    return tables


def _all_images() -> digits.Images:
    """All images as training images: each seed splits them anew."""
    images = digits.load()
    x = np.concatenate([images.x_train, images.x_test])
    y = np.concatenate([images.y_train, images.y_test])
    return digits.Images(x, y, x[:0], y[:0])


def splits(images: int, held_out: int, seeds: list[int]) -> list[np.ndarray]:
    """The places of the training, validation and test images of each seed, (seed, image)."""
    orders = np.stack([generator(seed, SPLIT_STREAM).permutation(images) for seed in seeds])
    return np.split(orders, [images - 2 * held_out, images - held_out], axis=1)


def name_of(hidden: tuple[int, ...]) -> str:
    """A network by the widths of its layers."""
    return "-".join(map(str, (64, *hidden, 10)))


def _tables(
    spec: Spec,
    images: digits.Images,
    hidden: tuple[int, ...],
    function: str,
    done: Callable[[int], object],
) -> dict[str, pd.DataFrame]:
    """The tables of one function in one network."""
    from reproductions.training import classifiers, own_orders

    classifier = classifiers.Classifier(hidden=hidden)
    count = len(images.x_train)

    def train(seeds: list[int], rates: np.ndarray, watch: str) -> own_orders.Run:
        training, validation, test = splits(count, spec.held_out, seeds)
        members = np.zeros((len(seeds), count), bool)
        np.put_along_axis(members, {"validation": validation, "test": test}[watch], True, axis=1)
        watched = {watch: own_orders.Watched(images.x_train, images.y_train, members)}
        return own_orders.train(
            classifier,
            lambda: activations.layer(function),
            images,
            seeds,
            rates,
            [spec.updates],
            watched,
            batch=spec.batch,
            places=training,
            done=done,
        )

    tuning = list(range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds))
    tuned = train(tuning * len(spec.rates), np.repeat(spec.rates, len(tuning)), "validation")
    validation = tuned.errors["validation"][-1].reshape(len(spec.rates), -1).mean(axis=1)
    best = int(validation.argmin())
    judged = list(range(spec.seeds))
    trained = train(judged, np.full(spec.seeds, spec.rates[best]), "test")
    layer = activations.layer(function)
    signals = classifier.signals(layer, trained.weights, images.x_train)[:-1]
    dead = sum(np.all(np.asarray(value) <= 0, axis=1).sum(axis=-1) for _, value in signals)
    key = {"network": name_of(hidden), "function": function}
    tables = {
        "tuning": pd.DataFrame(
            {
                "rate": spec.rates,
                "validation_error": validation,
                "chosen": (np.arange(len(spec.rates)) == best).astype(int),
            }
        ),
        "errors": pd.DataFrame(
            {"seed": judged, "rate": spec.rates[best], "test_error": trained.errors["test"][-1]}
        ),
        "units": pd.DataFrame(
            {
                "dead": [int(np.sum(dead))] if function == REFERENCE else [0],
                "units": [sum(hidden) * spec.seeds],
                "networks_with_dead": [int((dead > 0).sum())] if function == REFERENCE else [0],
                "seeds": [spec.seeds],
            }
        ),
    }
    return {name: table.assign(**key) for name, table in tables.items()}


def differences(errors: pd.DataFrame) -> pd.DataFrame:
    """Each function's test error less ReLU's on the same seeds, with intervals for all at once."""
    networks, names = errors["network"].unique(), errors["function"].unique()
    others = [name for name in names if name != REFERENCE]
    confidence = 1 - 0.05 / (len(networks) * len(others))
    rows = []
    for network in networks:
        by_seed = errors[errors["network"] == network].pivot(
            index="seed", columns="function", values="test_error"
        )
        for name in others:
            gaps = (by_seed[name] - by_seed[REFERENCE]).to_numpy()
            low, high = median_interval(gaps, confidence)
            rows.append(
                {
                    "network": network,
                    "function": name,
                    "error": by_seed[name].median(),
                    "relu_error": by_seed[REFERENCE].median(),
                    "difference": np.median(gaps),
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def median_interval(gaps: np.ndarray, confidence: float) -> tuple[float, float]:
    """An interval of the median of differences, from -1 to 1 where they are too few for less."""
    from scipy.stats import quantile_test

    ends = quantile_test(gaps, p=0.5).confidence_interval(confidence)
    low, high = np.nan_to_num(ends.low, nan=-1), np.nan_to_num(ends.high, nan=1)
    return float(low), float(high)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The differences of test error, and the validation error by learning rate."""
    return {
        "differences": lambda: _draw_differences(tables["differences"], spec.seeds),
        "tuning": lambda: _draw_tuning(tables["tuning"]),
    }


def _draw_differences(table: pd.DataFrame, seeds: int):
    networks = table["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=4.8, height=2.9, sharex=True, sharey=True)
    for panel, network in zip(axes[0], networks, strict=True):
        rows = table[table["network"] == network]
        for y, row in enumerate(rows.itertuples()):
            ends = [[row.difference - row.low], [row.high - row.difference]]
            style = {"fmt": "o", "capsize": 4, "color": functions.color(row.function)}
            panel.errorbar(100 * row.difference, y, xerr=[[100 * end[0]] for end in ends], **style)
        panel.axvline(0, color=drawing.BLACK, linewidth=1)
        panel.axvline(-100 * POINT, color=drawing.GREY, linewidth=1, linestyle=":")
        panel.set_yticks(range(len(rows)), [functions.label(name) for name in rows["function"]])
        panel.set_title(f"{network}: ReLU {100 * rows['relu_error'].iloc[0]:.1f} %")
        panel.set_xlabel("test error less ReLU's (percentage points)")
    axes[0, 0].invert_yaxis()
    figure.suptitle(
        f"Test error beside ReLU's: medians of {seeds:,} seeds, intervals for all together"
        " (dotted: a point better)"
    )
    return figure


def _draw_tuning(table: pd.DataFrame):
    networks = table["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=4.6, height=3.2, sharey=True)
    for panel, network in zip(axes[0], networks, strict=True):
        for name, rows in table[table["network"] == network].groupby("function", sort=False):
            style, label = functions.style(name), functions.label(name)
            panel.plot(rows["rate"], 100 * rows["validation_error"], label=label, **style)
            best = rows[rows["chosen"] == 1]
            panel.plot(best["rate"], 100 * best["validation_error"], "o", color=style["color"])
        panel.set(title=network, xscale="log", yscale="log", xlabel="learning rate")
        rates = sorted(table["rate"].unique())
        panel.set_xticks(rates, [f"{rate:g}" for rate in rates])
        panel.set_yticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"])
        panel.minorticks_off()
    axes[0, 0].set_ylabel("validation error (%)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle("How the learning rate is chosen: the lowest mean validation error (dot)")
    return figure


BITS = "trained weights differ in their last bits; 1 in 360 test images is 0.003"
MEDIAN = Close(rtol=0, atol=0.01, reason=BITS, least=0, most=1)
DIFFERENCE = Close(rtol=0, atol=0.01, reason=BITS, least=-1, most=1)

TABLES = {
    "tuning": Table(
        key=("network", "function", "rate"),
        columns=dict.fromkeys(("validation_error", "chosen"), Unchecked()),
        over_seeds=True,
    ),
    "errors": Table(
        key=("network", "function", "seed"),
        columns=dict.fromkeys(("rate", "test_error"), Unchecked()),
    ),
    "differences": Table(
        key=("network", "function"),
        columns={
            **dict.fromkeys(("error", "relu_error"), MEDIAN),
            **dict.fromkeys(("difference", "low", "high"), DIFFERENCE),
        },
        over_seeds=True,
    ),
    "units": Table(
        key=("network", "function"),
        columns={
            "dead": Unchecked(),
            "units": Exact(),
            "networks_with_dead": Rate(trials="seeds"),
            "seeds": Exact(),
        },
        over_seeds=True,
    ),
}


def _dying_is_no_great_problem(tables: Tables, *, point: float = POINT) -> Judgement:
    table = tables["differences"]
    units = measured.rows(tables["units"], function=REFERENCE)
    no_problem = bool((table["low"] > -point).all())
    made_for_it = table["function"].isin(MADE_FOR_IT)
    worse = table["low"] > 0
    some_worse = bool((worse & made_for_it).any())
    best = table.loc[table["difference"].idxmin()]
    failed = tables["errors"]["test_error"] > FAILED
    values = {
        "best": functions.label(best["function"]),
        "network": best["network"],
        "failed": int(failed.sum()),
        "runs": len(failed),
        "worse": int((worse & made_for_it).sum()),
        "count": int(made_for_it.sum()),
        "others_worse": int((worse & ~made_for_it).sum()),
        "others": int((~made_for_it).sum()),
        "with_dead": int(units["networks_with_dead"].sum()),
        "networks": int(units["seeds"].sum()),
    }
    return Judgement(
        graded(no_problem and some_worse, in_part=no_problem or some_worse),
        -100 * best["difference"],
        -100 * best["high"],
        -100 * best["low"],
        notes=["worse", *(["failed"] if failed.any() else []), "dead"],
        values=values,
    )


CLAIMS = {"RP-11": _dying_is_no_great_problem}
