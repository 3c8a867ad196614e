"""How fast each activation learns real images: updates to a training error, each at its best rate.

Document: slides, part 7-2 (ReLU converges faster under SGD than sigmoid and tanh); relu-post, part
2 (about 6 times faster).
Setup: scikit-learn's handwritten digits; a perceptron 64-32-32-10 and a CNN (3 x 3 convolutions of
4 and 8 filters, each with a 2 x 2 pool, then 10 classes); Glorot's initial weights, cross entropy,
plain SGD in batches of 32, 1,760 and 880 updates; 20 seeds, the same for all.
Assumptions: the learning rate is chosen for each activation, network and threshold on three other
seeds, out of 0.1, 0.3, 1, 3 and 10: the one with the fewest updates in the median, the lower of
equals. A ratio to ReLU is one of medians, with a 95 % bootstrap interval over the seeds that both
share; a run that never gets there counts as the last update, which makes a ratio of such runs a
lower bound. The error is taken on 512 of the training images.
Known differences: the figure behind the post's "6 times" is a CNN on CIFAR-10, ReLU against tanh at
25 % training error; with `--dataset` this runs on any images of that kind. One batch order is
shared by all seeds. Glorot's weights suit tanh: they are the document's default and a confound.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from reproductions.suite import digits, drawing, measured, xor
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.suite.parallel import workers
from reproductions.suite.progress import progress
from reproductions.suite.statistics import generator


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 20
    dataset: str = digits.DIGITS
    perceptron: tuple[xor.Activation, ...] = (
        "relu", "tanh", "sigmoid", "leaky_relu", "elu", "swish",
    )  # fmt: skip
    cnn: tuple[xor.Activation, ...] = ("relu", "tanh", "sigmoid")
    perceptron_steps: int = 1_760
    cnn_steps: int = 880
    rates: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)
    thresholds: tuple[float, ...] = (0.25, 0.1, 0.02)
    tuning_seeds: int = 3
    records: int = 96
    batch: int = 32

    def __post_init__(self):
        for functions in (self.perceptron, self.cnn):
            if functions and "relu" not in functions:
                raise ValueError(f"each network must be tried with relu. Received: {functions}")


SPEC = Spec()
QUICK = {
    "perceptron": ("relu", "tanh", "sigmoid"),
    "cnn": (),
    "rates": (0.3, 1.0, 3.0),
    "records": 40,
}
SMALL = {
    "perceptron": ("relu", "tanh", "sigmoid"),
    "cnn": (),
    "perceptron_steps": 60,
    "rates": (0.3, 1.0),
    "tuning_seeds": 1,
    "records": 8,
}

PERCEPTRON, CNN = "perceptron", "CNN"
HIDDEN, FILTERS = (32, 32), (4, 8)
FIRST_TUNING_SEED = 1_000_000
NAMES = drawing.FUNCTION_NAMES | {"leaky_relu": "leaky ReLU 0.2"}
ABOUT_SIX = (4, 9)
LEVELS = (30, 100, 300, 1_000)  # updates


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Trains every activation in every network, two side by side."""
    images = digits.load(spec.dataset)
    jobs = [(CNN, function) for function in spec.cnn]
    jobs += [(PERCEPTRON, function) for function in spec.perceptron]
    total = sum(2 * _steps(spec, network) for network, _ in jobs)
    with progress(total=total, what="convergence_speed", unit="update") as bar, workers() as pool:
        results = list(pool.map(lambda job: _train(spec, images, *job, bar.update), jobs))
    tuning = pd.concat([tuning for tuning, _, _ in results], ignore_index=True)
    steps = pd.concat([steps for _, steps, _ in results], ignore_index=True)
    curves = pd.concat([curves for _, _, curves in results], ignore_index=True)
    return {"tuning": tuning, "steps": steps, "speed": _speed(spec, steps), "curves": curves}


def _steps(spec, network):
    return {PERCEPTRON: spec.perceptron_steps, CNN: spec.cnn_steps}[network]


def _train(spec, images, network, function, done):
    """Tunes on seeds of its own, then trains at every rate that was chosen for some threshold."""
    from reproductions.suite import classifiers

    classifier = {
        PERCEPTRON: classifiers.Classifier(hidden=HIDDEN),
        CNN: classifiers.Classifier(filters=FILTERS),
    }[network]
    steps = _steps(spec, network)
    record_at = np.unique(np.geomspace(2, steps, spec.records).round().astype(int))

    def errors(seeds, rates):
        """(record, rate, seed)."""
        pairs = np.tile(seeds, len(rates)), np.repeat(rates, len(seeds))
        found, _ = classifiers.train(
            classifier,
            lambda: xor.activation(function),
            images,
            classifier.weights(images, pairs[0]),
            pairs[1],
            record_at,
            batch=spec.batch,
            done=done,
        )
        return found.reshape(len(record_at), len(rates), len(seeds))

    def steps_to(errors, threshold):
        return classifiers.steps_to(errors, record_at, threshold)

    tuning_seeds = range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds)
    tried = errors(tuning_seeds, spec.rates)
    rows, chosen = [], {}
    for threshold in spec.thresholds:
        to = steps_to(tried, threshold)  # (rate, seed)
        medians = np.median(np.where(np.isnan(to), np.inf, to), axis=1)
        # Where none gets there, the lowest error in the end chooses.
        best = medians.argmin() if np.isfinite(medians).any() else tried[-1].mean(axis=1).argmin()
        chosen[threshold] = spec.rates[best]
        for i, rate in enumerate(spec.rates):
            rows.append(
                {
                    "network": network,
                    "function": function,
                    "threshold": threshold,
                    "rate": rate,
                    "seeds": spec.tuning_seeds,
                    "reached": int(np.isfinite(to[i]).sum()),
                    "steps_q50": medians[i] if np.isfinite(medians[i]) else np.nan,
                    "error_end": tried[-1, i].mean(),
                    "chosen": int(i == best),
                }
            )
    rates = sorted(set(chosen.values()))
    evaluated = errors(range(spec.seeds), rates)
    label = {"network": network, "function": function}
    steps_rows = [
        {**label, "threshold": threshold, "seed": seed, "rate": rate, "steps": to, "of": steps}
        for threshold, rate in chosen.items()
        for seed, to in enumerate(steps_to(evaluated[:, rates.index(rate)], threshold))
    ]
    shown = evaluated[:, rates.index(chosen[spec.thresholds[0]])]
    low, middle, high = np.quantile(shown, (0.05, 0.5, 0.95), axis=1)
    curves = pd.DataFrame(
        {**label, "step": record_at, "error_q05": low, "error_q50": middle, "error_q95": high}
    )
    return pd.DataFrame(rows), pd.DataFrame(steps_rows), curves


def _speed(spec, steps) -> pd.DataFrame:
    """Each activation at each threshold, beside ReLU on the same seeds."""
    rows = []
    for (network, threshold, function), own in steps.groupby(
        ["network", "threshold", "function"], sort=False
    ):
        there = (steps["network"] == network) & (steps["threshold"] == threshold)
        relu = steps[there & (steps["function"] == "relu")].sort_values("seed")
        own = own.sort_values("seed")
        to, reference = (side["steps"].fillna(side["of"]).to_numpy() for side in (own, relu))
        rows.append(
            {
                "network": network,
                "function": function,
                "threshold": threshold,
                "rate": own["rate"].iloc[0],
                "seeds": spec.seeds,
                "reached": int(own["steps"].notna().sum()),
                **{f"within_{level}": int((own["steps"] <= level).sum()) for level in LEVELS},
                "steps_q50": np.median(to),
                **dict(zip(("ratio", "low", "high"), _ratio(to, reference), strict=True)),
            }
        )
    return pd.DataFrame(rows)


def _ratio(steps, reference) -> tuple[float, float, float]:
    """The ratio of medians, with a 95 % bootstrap interval over paired seeds."""
    from scipy.stats import bootstrap

    def ratio(a, b, axis=-1):
        return np.median(a, axis=axis) / np.median(b, axis=axis)

    value = float(ratio(steps, reference))
    if len(steps) < 3 or np.array_equal(steps, reference):
        return value, value, value
    interval = bootstrap(
        (steps, reference), ratio, paired=True, method="percentile", rng=generator(0)
    ).confidence_interval
    return value, float(interval.low), float(interval.high)


def figures(spec: Spec, tables) -> drawing.Figures:
    """The learning curves at each one's best rate, and the updates of each beside ReLU's."""
    return {
        "curves": lambda: _curve_figure(spec, tables["curves"]),
        "ratios": lambda: _ratio_figure(tables["speed"]),
    }


MARKERS = "o^sDvPX"


def _percent(share: float, space: str = " ") -> str:
    return f"{100 * share:g}{space}%"


def _curve_figure(spec, curves):
    networks = curves["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=5.2, height=3.8, sharey=True)
    for panel, network in zip(axes[0], networks, strict=True):
        for function, rows in curves[curves["network"] == network].groupby("function", sort=False):
            style = drawing.FUNCTION_STYLE[function]
            panel.plot(rows["step"], rows["error_q50"], label=NAMES[function], **style)
            panel.fill_between(
                rows["step"], rows["error_q05"], rows["error_q95"], color=style["color"], alpha=0.12
            )
        for threshold in spec.thresholds:
            panel.axhline(threshold, color=drawing.GREY, linewidth=0.8, linestyle=":")
        panel.set(xscale="log", yscale="symlog", xlabel="update", title=network, ylim=(0, 1))
        panel.set_yscale("symlog", linthresh=0.01)
        ticks = sorted({*spec.thresholds, 1})
        panel.set_yticks([0, *ticks], ["0", *map(_percent, ticks)])
    axes[0, 0].set_ylabel("training error")
    handles = {}
    for panel in axes[0]:
        handles.update(
            dict(reversed(pair) for pair in zip(*panel.get_legend_handles_labels(), strict=True))
        )
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=6)
    data = "the digits" if spec.dataset == digits.DIGITS else Path(spec.dataset).name
    figure.suptitle(
        f"Training error on {data}: median over seeds, 5 % to 95 %"
        f" (rates for {_percent(spec.thresholds[0])})"
    )
    return figure


def _ratio_figure(speed):
    networks = speed["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=5.0, height=3.8, sharex=True)
    for panel, network in zip(axes[0], networks, strict=True):
        rows = speed[speed["network"] == network]
        functions = [f for f in rows["function"].unique() if f != "relu"]
        thresholds = sorted(rows["threshold"].unique(), reverse=True)
        for i, function in enumerate(functions):
            own = rows[rows["function"] == function].set_index("threshold").loc[thresholds]
            places = i + 0.22 * (np.arange(len(own)) - (len(own) - 1) / 2)
            errors = [own["ratio"] - own["low"], own["high"] - own["ratio"]]
            color = drawing.FUNCTION_STYLE[function]["color"]
            panel.errorbar(own["ratio"], places, xerr=errors, fmt="none", color=color, capsize=3)
            for place, marker, (_, row) in zip(
                places, itertools.cycle(MARKERS), own.iterrows(), strict=False
            ):
                bound = row["reached"] < row["seeds"]
                face = "white" if bound else color
                panel.plot(row["ratio"], place, marker, color=color, markerfacecolor=face)
        panel.axvspan(*ABOUT_SIX, color=drawing.YELLOW, alpha=0.25, linewidth=0)
        panel.axvline(1, color=drawing.BLACK, linewidth=1)
        panel.set_yticks(range(len(functions)), [NAMES[f] for f in functions])
        panel.invert_yaxis()
        panel.set(xscale="log", xlabel="updates, times ReLU's", title=network)
        panel.set_xticks([0.5, 1, 2, 4, 6, 9], ["0.5", "1", "2", "4", "6", "9"])
        panel.minorticks_off()
    thresholds = sorted(speed["threshold"].unique(), reverse=True)
    for marker, threshold in zip(itertools.cycle(MARKERS), thresholds, strict=False):
        axes[0, 0].plot(
            [], [], marker, color=drawing.GREY, label=f"to {_percent(threshold, '')} error"
        )
    axes[0, 0].plot(
        [], [], "o", color=drawing.GREY, markerfacecolor="white",
        label="some never get there: a lower bound",
    )  # fmt: skip
    axes[0, 0].fill_between([], [], color=drawing.YELLOW, alpha=0.25, label="'about 6 times'")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle("Updates to a training error, each at its best rate (95 % interval)")
    return figure


RATIO = Close(rtol=0.6, atol=0, reason="of two rates about as good, last bits choose the best")
TABLES = {
    "tuning": Table(
        key=("network", "function", "threshold", "rate"),
        columns={
            "seeds": Exact(),
            "reached": Rate(trials="seeds"),
            # Which of two rates is best can hang on one update of one seed.
            **dict.fromkeys(("steps_q50", "error_end", "chosen"), Unchecked(nan=True)),
        },
        over_seeds=True,
    ),
    "steps": Table(
        key=("network", "function", "threshold", "seed"),
        columns=dict.fromkeys(("rate", "steps", "of"), Unchecked(nan=True)),
    ),
    "speed": Table(
        key=("network", "function", "threshold"),
        columns={
            "rate": Unchecked(),
            "seeds": Exact(),
            **dict.fromkeys(("reached", *(f"within_{n}" for n in LEVELS)), Rate(trials="seeds")),
            "steps_q50": Unchecked(),
            **dict.fromkeys(("ratio", "low", "high"), RATIO),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("network", "function", "step"),
        columns=dict.fromkeys(("error_q05", "error_q50", "error_q95"), Unchecked()),
        over_seeds=True,
    ),
}


def _rows(tables, *functions):
    speed = tables["speed"]
    for function in functions:
        measured.rows(speed, function=function)
    return speed[speed["function"].isin(functions)]


def _faster(tables) -> Judgement:
    rows = _rows(tables, "sigmoid", "tanh")
    above = rows["low"] > 1
    by_function = above.groupby(rows["function"]).all()
    verdict = REPRODUCED if above.all() else IN_PART if by_function.any() else NOT_REPRODUCED
    worst = rows.loc[rows["ratio"].idxmin()]
    share = above.groupby(rows["function"]).agg(["sum", "size"])
    note = (
        f"least ratio, {worst['function']} in the {worst['network']} to"
        f" {_percent(worst['threshold'], '')};"
        f" ReLU is faster with its interval in {share.loc['sigmoid', 'sum']} of"
        f" {share.loc['sigmoid', 'size']} comparisons with sigmoid and"
        f" {share.loc['tanh', 'sum']} of {share.loc['tanh', 'size']} with tanh"
    )
    return Judgement(verdict, worst["ratio"], worst["low"], worst["high"], note)


def _six_times(tables) -> Judgement:
    rows = _rows(tables, "sigmoid", "tanh")
    about = (rows["low"] <= ABOUT_SIX[1]) & (rows["high"] >= ABOUT_SIX[0])
    networks = rows["network"].unique()
    network = CNN if CNN in networks else networks[0]
    figure = rows[(rows["network"] == network) & (rows["threshold"] == rows["threshold"].max())]
    if about[figure.index].all():
        verdict = REPRODUCED
    else:
        verdict = IN_PART if about.any() else NOT_REPRODUCED
    tanh, sigmoid = (measured.row(figure, function=name) for name in ("tanh", "sigmoid"))
    where = ", ".join(
        f"{row.function} in the {row.network} to {_percent(row.threshold, '')}"
        for row in rows[about].itertuples()
    )
    note = (
        f"tanh in the {network} to {_percent(tanh['threshold'], '')}, as in the figure that the"
        " number is"
        f" from; sigmoid there {sigmoid['ratio']:.2g}; intervals reach into 4 to 9 for:"
        f" {where or 'none'}"
    )
    return Judgement(verdict, tanh["ratio"], tanh["low"], tanh["high"], note)


CLAIMS = [
    Claim(
        "SL-13",
        "in both networks and at all three errors, sigmoid and tanh need more updates than ReLU,"
        " the ratio's 95 % interval above 1; in part if that holds of one of the two functions",
        _faster,
    ),
    Claim(
        "RP-05",
        "in the CNN, to 25 % training error, the ratios of tanh and of sigmoid to ReLU both have a"
        " 95 % interval that reaches into 4 to 9; in part if any ratio of theirs does, in any"
        " network, to any error",
        _six_times,
    ),
]
