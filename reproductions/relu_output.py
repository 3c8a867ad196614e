"""ReLU as the output layer: what it does to XOR, against linear, leaky and sigmoid outputs.

Document: relu-post, part 3 (ReLU is recommended for hidden layers only).
Setup: 2-5-1 with tanh and with ReLU in the hidden layer and one of four functions at the output;
mean squared error for all, targets 0 and 1, Glorot's initial weights, SGD on all four points,
3,001 updates at four learning rates; the same seeds everywhere.
Assumptions: a seed has solved XOR when all four answers are at least 0.1 on their side of 1/2. A
ReLU output is dead when it is exactly 0 on all four points: then no weight has a gradient, and
nothing ever changes again. It is blind to a point when it is 0 there although the target is 1: the
point is wrong, and its gradient is 0. Each output is judged at the learning rate at which it solves
most.
Known differences: the post trains nothing. The targets 0 and 1 favour ReLU, which can say both: a
negative target is out of its reach at any weights. Leaky ReLU (slope 0.2) is ours, to tell what
ReLU's shape costs from what its zero gradient costs.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import drawing, measured, shards, xor
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.suite.statistics import generator, share_of


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 512
    hiddens: tuple[xor.Activation, ...] = ("tanh", "relu")
    outputs: tuple[xor.Activation, ...] = ("relu", "leaky_relu", "linear", "sigmoid")
    rates: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0)
    width: int = 5
    steps: int = 3_001
    every: int = 100

    def __post_init__(self):
        if "relu" not in self.outputs or len(self.outputs) < 2:
            raise ValueError(f"outputs must hold relu and another. Received: {self.outputs}")


SPEC = Spec()
QUICK = {"hiddens": ("tanh",), "rates": (0.1, 1.0), "outputs": ("relu", "linear", "sigmoid")}
SMALL = {"hiddens": ("tanh",), "rates": (0.1, 1.0), "steps": 201}

MARGIN = 0.1
RELU = "relu"
NAMES = drawing.FUNCTION_NAMES | {"leaky_relu": "leaky ReLU 0.2"}
RESAMPLES = 2_000


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Trains every network at every rate."""
    networks = list(itertools.product(spec.hiddens, spec.outputs))
    calls = [(spec, *network) for network in networks]
    found = shards.by_seeds(_train, calls, spec.seeds, "relu_output", each=len(spec.rates))
    answers = {}  # by network, for each rate the answers and who stayed finite
    for network, parts in zip(networks, found, strict=True):
        own = shards.whole(parts)
        answers[network] = list(zip(own["answers"], own["finite"], strict=True))
    outcomes, curves = [], []
    for (hidden, output), by_rate in answers.items():
        for rate, (own, finite) in zip(spec.rates, by_rate, strict=True):
            cell = {"hidden": hidden, "output": output, "rate": rate, "seeds": spec.seeds}
            outcomes.append({**cell, **_outcome(own, finite)})
            curves.append(_curve(spec, cell, own))
    outcomes = pd.DataFrame(outcomes)
    return {
        "outcomes": outcomes,
        "differences": _differences(spec, answers, outcomes),
        "curves": pd.concat(curves, ignore_index=True),
    }


def _train(spec, hidden, output, start, stop) -> shards.Part:
    """A network's answers, (rate, record, point, seed), and who stayed finite, (rate, seed)."""
    from reproductions.suite import replicas

    engine = _engine(hidden, output, spec.width)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    trained = engine.train(
        [np.concatenate([w] * len(spec.rates), axis=-1) for w in weights],
        xor.X,
        xor.Y,
        np.repeat(spec.rates, stop - start),
        spec.steps,
        every=spec.every,
        done=shards.advance,
    )
    return {
        "answers": np.split(trained.records["answers"], len(spec.rates), axis=-1),
        "finite": np.split(trained.finite_steps >= 0, len(spec.rates)),
    }


@shards.cached
def _engine(hidden, output, width):
    import keras
    import tensorflow as tf

    from reproductions.suite import replicas

    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(width),
            xor.activation(hidden),
            keras.layers.Dense(1),
            xor.activation(output),
        ]
    )
    return replicas.Replicas(
        model,
        lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
        lambda y, answer: {"answers": answer[:, 0]},
        watch=False,
        threads=1,
    )


def _solved(answers) -> np.ndarray:
    """Who has all points on their side of 1/2, with a margin; over the last axis but one."""
    side = np.where(xor.Y > 0.5, 1, -1)
    return (side * (answers - 0.5) >= MARGIN).all(axis=-2)


def _dead(answers) -> np.ndarray:
    """Who answers exactly 0 to everything; of the outputs only ReLU is then dead."""
    return (answers == 0).all(axis=-2)


def _blind(answers) -> np.ndarray:
    """Who answers exactly 0 where the target is 1, but not everywhere."""
    return ((answers == 0) & (xor.Y > 0.5)).any(axis=-2) & ~_dead(answers)


def _outcome(answers, finite):
    """What the seeds of one cell came to."""
    seeds = answers.shape[-1]
    solved, dead = _solved(answers), _dead(answers)
    alive = ~dead[0]
    return {
        "solved": int(solved[-1].sum()),
        **share_of(solved[-1].sum(), seeds),
        "dead_start": int(dead[0].sum()),
        "dead_end": int(dead[-1].sum()),
        "blind_end": int(_blind(answers[-1]).sum()),
        # Dead at one record and not at a later one: of a ReLU output, arithmetic forbids it.
        "revived": int((dead[:-1] & ~dead[1:]).any(axis=0).sum()),
        "alive_start": int(alive.sum()),
        "solved_of_alive": int(solved[-1][alive].sum()),
        "non_finite": int((~finite).sum()),
        "loss_q50": float(np.median(_loss(answers[-1])[finite])) if finite.any() else np.nan,
    }


def _loss(answers) -> np.ndarray:
    return ((answers.astype("float64") - xor.Y) ** 2).mean(axis=-2)


def _curve(spec, cell, answers):
    records = np.unique(np.geomspace(1, len(answers), 30).round().astype(int)) - 1
    return pd.DataFrame(
        {
            **cell,
            "step": records * spec.every,
            "solved": _solved(answers)[records].sum(axis=1),
            "dead": _dead(answers)[records].sum(axis=1),
            "blind": _blind(answers)[records].sum(axis=1),
        }
    )


def best_rates(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The row of each hidden and output function at the rate that solves most, lowest if equal."""
    order = outcomes.sort_values(["solved", "rate"], ascending=[False, True])
    return order.groupby(["hidden", "output"], as_index=False).first()


def _differences(spec, answers, outcomes):
    """ReLU against every other output, seed by seed, each at its best rate."""
    best = best_rates(outcomes).set_index(["hidden", "output"])["rate"]

    def solved(hidden, output):
        return _solved(answers[hidden, output][spec.rates.index(best[hidden, output])][0][-1])

    rows = []
    for hidden, other in itertools.product(spec.hiddens, spec.outputs):
        if other == RELU:
            continue
        ours, theirs = solved(hidden, RELU), solved(hidden, other)
        difference, low, high = _paired(ours, theirs)
        rows.append(
            {
                "hidden": hidden,
                "other": other,
                "rate": best[hidden, RELU],
                "other_rate": best[hidden, other],
                "seeds": spec.seeds,
                "only_relu": int((ours & ~theirs).sum()),
                "only_other": int((theirs & ~ours).sum()),
                "difference": difference,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def _paired(ours, theirs) -> tuple[float, float, float]:
    """The difference of two shares over the same seeds, with a paired bootstrap interval."""
    from scipy.stats import bootstrap

    difference = ours.astype(float) - theirs
    if np.ptp(difference) == 0:  # nothing to resample
        return (float(difference[0]),) * 3
    interval = bootstrap(
        (difference,),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=generator(0),
    ).confidence_interval
    return float(difference.mean()), float(interval.low), float(interval.high)


def figures(spec: Spec, tables) -> drawing.Figures:
    """The share solved by learning rate, and what becomes of the outputs over training."""
    return {
        "by_rate": lambda: _rate_figure(spec, tables["outcomes"]),
        "dead": lambda: _dead_figure(spec, tables["outcomes"], tables["curves"]),
    }


MARKERS = {"relu": "o", "leaky_relu": "s", "linear": "^", "sigmoid": "D"}


def _where(hidden) -> str:
    return f"{drawing.FUNCTION_NAMES[hidden]} in the hidden layer"


def _rate_figure(spec, outcomes):
    figure, axes = drawing.panels(1, len(spec.hiddens), width=4.8, height=3.8, sharey=True)
    for panel, hidden in zip(axes[0], spec.hiddens, strict=True):
        for output in spec.outputs:
            own = outcomes[(outcomes["hidden"] == hidden) & (outcomes["output"] == output)]
            errors = [own["share"] - own["low"], own["high"] - own["share"]]
            panel.errorbar(
                own["rate"], own["share"], yerr=errors, marker=MARKERS.get(output, "v"), capsize=3,
                label=NAMES[output], **drawing.FUNCTION_STYLE[output],
            )  # fmt: skip
        panel.set(xscale="log", ylim=(-0.03, 1.03), xlabel="learning rate", title=_where(hidden))
    axes[0, 0].set_ylabel("share solved, with 95 % interval")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, title="output", loc="outside lower center", ncols=4)
    figure.suptitle(
        f"XOR by its output function, mean squared error: {outcomes['seeds'].max():,} seeds"
    )
    return figure


def _dead_figure(spec, outcomes, curves):
    best = best_rates(outcomes).set_index(["hidden", "output"])["rate"]
    figure, axes = drawing.panels(1, len(spec.hiddens), width=4.8, height=3.8, sharey=True)
    for panel, hidden in zip(axes[0], spec.hiddens, strict=True):
        rate = best[hidden, RELU]
        own = curves[
            (curves["hidden"] == hidden) & (curves["output"] == RELU) & (curves["rate"] == rate)
        ]
        parts = [own[part] / own["seeds"] for part in ("dead", "blind", "solved")]
        panel.stackplot(
            own["step"],
            *parts,
            1 - sum(parts),
            colors=[drawing.BLACK, drawing.VERMILION, drawing.GREEN, "#CCCCCC"],
            labels=["dead: 0 on all points", "blind to a point", "solved", "other"],
        )
        panel.set(xlabel="step", ylim=(0, 1), title=f"{_where(hidden)}, learning rate {rate:g}")
        panel.xaxis.set_major_formatter("{x:,.0f}")
        panel.grid(visible=False)
    axes[0, 0].set_ylabel("share of seeds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    figure.suptitle("What becomes of a ReLU output, at its best learning rate")
    return figure


COUNTED = "follows from the count beside it, which is held as a rate"
TABLES = {
    "outcomes": Table(
        key=("hidden", "output", "rate"),
        columns={
            "seeds": Exact(),
            "solved": Rate(trials="seeds"),
            **shares("solved"),
            "dead_start": Rate(trials="seeds"),
            "dead_end": Rate(trials="seeds"),
            "blind_end": Rate(trials="seeds"),
            "revived": Rate(trials="seeds"),
            "alive_start": Rate(trials="seeds"),
            "solved_of_alive": Rate(trials="alive_start"),
            "non_finite": Rate(trials="seeds"),
            "loss_q50": Unchecked(nan=True),
        },
        over_seeds=True,
    ),
    "differences": Table(
        key=("hidden", "other"),
        columns={
            # Two rates may solve as many: which is best then hangs on a seed.
            "rate": Unchecked(),
            "other_rate": Unchecked(),
            "seeds": Exact(),
            "only_relu": Rate(trials="seeds"),
            "only_other": Rate(trials="seeds"),
            **dict.fromkeys(
                ("difference", "low", "high"), Close(rtol=0, atol=0.12, reason=COUNTED)
            ),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("hidden", "output", "rate", "step"),
        columns={
            "seeds": Exact(),
            "solved": Rate(trials="seeds"),
            "dead": Rate(trials="seeds"),
            "blind": Rate(trials="seeds"),
        },
        over_seeds=True,
    ),
}

USUAL = ("linear", "sigmoid")


def _hidden_only(tables) -> Judgement:
    differences, best = tables["differences"], best_rates(tables["outcomes"])
    for output in USUAL:
        measured.rows(tables["outcomes"], output=output)
    usual = differences[differences["other"].isin(USUAL)]
    worse = usual["high"] < 0
    verdict = REPRODUCED if worse.all() else IN_PART if worse.any() else NOT_REPRODUCED
    best = best.set_index(["hidden", "output"])
    shares = best["solved"] / best["seeds"]
    obtained = "; ".join(
        f"{hidden} hidden: "
        + ", ".join(f"{output} {shares[hidden, output]:.1%}" for output in (RELU, *USUAL))
        for hidden in usual["hidden"].unique()
    )
    relu = best.xs(RELU, level="output")

    def shares_of(column, trials="seeds"):
        return " and ".join(
            f"{row[column] / max(row[trials], 1):.1%}" for _, row in relu.iterrows()
        )

    outcomes = tables["outcomes"]
    revived = outcomes.loc[outcomes["output"] == RELU, "revived"].sum()
    note = (
        f"with {' and '.join(relu.index)} hidden: a ReLU output is dead before training in"
        f" {shares_of('dead_start')} of seeds, after it in {shares_of('dead_end')} ({revived} came"
        f" back), and is blind to a point whose target is 1 in {shares_of('blind_end')}; of those"
        f" alive at the start {shares_of('solved_of_alive', 'alive_start')} solve XOR"
    )
    if "leaky_relu" in shares.index.get_level_values("output"):
        leaky = " and ".join(f"{shares[hidden, 'leaky_relu']:.1%}" for hidden in relu.index)
        note += f"; a leaky output solves {leaky}: the zero gradient costs it, not the shape"
    worst = usual.loc[usual["difference"].idxmax()]
    return Judgement(verdict, obtained, worst["low"], worst["high"], note)


CLAIMS = [
    Claim(
        "RP-10",
        "each output at its best learning rate, the share of seeds that solves XOR with a ReLU"
        " output is lower than with a linear and with a sigmoid output, in both networks, 95 %"
        " intervals of the paired differences below 0; in part if for some of the four (the"
        " interval given is that of the smallest lag)",
        _hidden_only,
    ),
]
