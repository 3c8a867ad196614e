"""Whether a softmax's outputs are the probabilities of the classes, and why.

Document: perceptron-post, "Softmax 함수": as the outputs lie between 0 and 1 and sum to 1, they can
be read as the probabilities of the classes, given the input.
Setup: three classes, such as dog, cat and tiger, are told apart by two measurements, which are
normally distributed with the same spread in each class. By Bayes' rule the true probability of each
class is a softmax of affine functions of the measurements. Softmax classifiers then learn from
2,000 animals each, by Newton's method on the cross entropy, and their weights are held against the
true ones. As a control, a softmax at temperature 3 gets the same logits. It is calibrated if the
class with the largest output is right as often as this output says, on 1,000 other animals.
Assumptions: the post gives no numbers; means and shares of the classes are chosen so that they
overlap. Logits are taken relative to the first class, as a softmax only knows their differences.
Known differences: the post speaks of images; two measurements stand in for them, as only then is
the true probability known.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, shares
from reproductions.evidence.statistics import generator, share_of, wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN


@dataclass(frozen=True)
class Spec:
    """The classes, the animals that are drawn, and the control's temperature."""

    means: tuple[tuple[float, float], ...] = field(
        default=((0.0, 0.0), (2.0, 0.0), (1.0, 2.0)), metadata=ANY_SIGN
    )
    deviation: float = 1.0
    shares: tuple[float, ...] = (0.5, 0.3, 0.2)
    seeds: int = 200
    animals: int = 2000
    other_animals: int = 1000
    steps: int = 12
    temperature: float = 3.0

    @property
    def prior(self) -> np.ndarray:
        """The classes' shares, which sum to 1."""
        return np.array(self.shares) / sum(self.shares)

    @property
    def weights(self) -> np.ndarray:
        """The true logits' weights relative to the first class, (class, 3), the bias last.

        The log of the ratio of two densities with the same spread is affine.
        """
        means, variance = np.array(self.means), self.deviation**2
        bias = np.log(self.prior) - (means**2).sum(axis=1) / (2 * variance)
        weights = np.column_stack([means / variance, bias])
        return weights[1:] - weights[0]


SPEC = Spec()

GRID = np.arange(-3.0, 6.0)
"""Of each measurement, where the true probability is worked out."""

BINS = 10
"""Of outputs from 0 to 1."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The true probabilities, the learned weights, and how often the outputs are right."""
    drawn = [_drawn(spec, seed) for seed in pool.progress(range(spec.seeds), what="animals")]
    x, label, other_x, other_label = (np.array(part) for part in zip(*drawn, strict=True))
    classifiers = _classifiers(spec, x, label)
    calibration, holds = _calibration(spec, other_x, other_label)
    holds = [("weights", 1.0, _inside(spec, classifiers)), *holds]
    return {
        "posterior": _posterior(spec),
        "classifiers": classifiers,
        "calibration": calibration,
        "coverage": pd.DataFrame(
            [
                {
                    "region": region,
                    "temperature": temperature,
                    "covered": int(inside.sum()),
                    "seeds": spec.seeds,
                    **share_of(int(inside.sum()), spec.seeds),
                }
                for region, temperature, inside in holds
            ]
        ),
    }


def _drawn(spec: Spec, seed: int) -> tuple[np.ndarray, ...]:
    """Measurements (animal, 3), the last one always 1, and classes, of some and of others."""
    random = generator(seed)
    parts = []
    for count in (spec.animals, spec.other_animals):
        label = random.choice(len(spec.prior), count, p=spec.prior)
        x = random.normal(np.array(spec.means)[label], spec.deviation)
        parts += [np.column_stack([x, np.ones(count)]), label]
    return tuple(parts)


def _logits(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The logits of all classes, (..., animal, class); those of the first class are 0."""
    others = x @ np.swapaxes(weights, -1, -2)
    return np.concatenate([np.zeros_like(others[..., :1]), others], axis=-1)


def _softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """What the layer under test makes of logits."""
    from custom_layers import Softmax

    return np.array(Softmax(temperature, dtype="float64")(logits))


def _posterior(spec: Spec) -> pd.DataFrame:
    """The probability of each class by Bayes' rule, and by softmax at both temperatures."""
    from scipy.stats import norm

    places = np.array([(a, b) for a in GRID for b in GRID])
    density = norm.pdf(places[:, None], np.array(spec.means), spec.deviation).prod(axis=2)
    joint = spec.prior * density
    logits = _logits(np.column_stack([places, np.ones(len(places))]), spec.weights)
    columns = {
        "bayes": joint / joint.sum(axis=1, keepdims=True),
        "softmax": _softmax(logits),
        "at_temperature": _softmax(logits, spec.temperature),
    }
    classes = len(spec.prior)
    key = {
        "x": np.repeat(places[:, 0], classes),
        "y": np.repeat(places[:, 1], classes),
        "class": np.tile(np.arange(1, classes + 1), len(places)),
    }
    return pd.DataFrame({**key, **{name: values.ravel() for name, values in columns.items()}})


def _classifiers(spec: Spec, x: np.ndarray, label: np.ndarray) -> pd.DataFrame:
    """One classifier per seed, all trained at once, and how far it is from the true weights."""
    weights = np.zeros((spec.seeds, *spec.weights.shape))
    for _ in range(spec.steps):
        gradient, information = _derivatives(x, label, weights)
        weights = weights - np.linalg.solve(information, gradient[..., None]).reshape(weights.shape)
    gradient, information = _derivatives(x, label, weights)
    error = (weights - spec.weights).reshape(spec.seeds, -1)
    return pd.DataFrame(
        {
            "seed": range(spec.seeds),
            "joint_chi2": np.einsum("si,sij,sj->s", error, information, error),
            "converged": np.abs(gradient).max(axis=1) < 1e-10 * spec.animals,
        }
    )


def _derivatives(
    x: np.ndarray, label: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of the summed cross entropy, and its Hessian, the Fisher information."""
    from scipy.special import softmax

    p = softmax(_logits(x, weights), axis=-1)[..., 1:]
    count = p.shape[-1]
    missed = p - (label[..., None] == np.arange(1, count + 1))
    gradient = np.swapaxes(missed, 1, 2) @ x
    rows = []
    for k in range(count):
        factors = [p[..., k] * ((k == other) - p[..., other]) for other in range(count)]
        rows.append([np.swapaxes(x * factor[..., None], 1, 2) @ x for factor in factors])
    return gradient.reshape(len(x), -1), np.block(rows)


def _inside(spec: Spec, classifiers: pd.DataFrame) -> np.ndarray:
    """Whether each classifier's 95 % region holds the true weights."""
    from scipy.stats import chi2

    return (classifiers["joint_chi2"] < chi2(spec.weights.size).ppf(0.95)).to_numpy()


def _calibration(
    spec: Spec, x: np.ndarray, label: np.ndarray
) -> tuple[pd.DataFrame, list[tuple[str, float, np.ndarray]]]:
    """How often the class with the largest output is right, by what the output says.

    And for each seed, whether the 95 % interval of the mean difference between the two holds 0.
    """
    from scipy.stats import t

    logits = _logits(x, spec.weights)
    right = logits.argmax(axis=-1) == label
    frames, holds = [], []
    for temperature in (1.0, spec.temperature):
        output = _softmax(logits, temperature).max(axis=-1)
        gap = right - output
        error = gap.std(axis=1, ddof=1) / np.sqrt(gap.shape[1])
        reach = t.ppf(0.975, gap.shape[1] - 1) * error
        holds.append(("output", temperature, np.abs(gap.mean(axis=1)) < reach))
        bins = np.minimum((BINS * output).astype(int), BINS - 1)
        frame = pd.DataFrame(
            {"bin": bins.ravel(), "output": output.ravel(), "right": right.ravel()}
        )
        frames.append(
            frame.groupby("bin")
            .agg(output=("output", "mean"), right=("right", "sum"), animals=("right", "size"))
            .reset_index()
            .assign(temperature=temperature, all_animals=bins.size)
        )
    table = pd.concat(frames, ignore_index=True)
    counts = zip(table["right"], table["animals"], strict=True)
    return table.join(pd.DataFrame([share_of(*pair) for pair in counts])), holds


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How often outputs are right, with and without the temperature."""
    return {"calibration": lambda: _draw(tables["calibration"])}


def _draw(calibration: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=4.6, height=3.8)
    axes.plot((0.3, 1), (0.3, 1), color=drawing.GREY, linewidth=1)
    styles = ((drawing.BLUE, "o"), (drawing.VERMILION, "s"))
    for (temperature, rows), (color, marker) in zip(
        calibration.groupby("temperature"), styles, strict=False
    ):
        axes.errorbar(
            rows["output"],
            rows["share"],
            yerr=drawing.error_bars(rows),
            color=color,
            marker=marker,
            linestyle="none",
            capsize=3,
            label="softmax" + (f" at temperature {temperature:g}" if temperature != 1 else ""),
        )
    axes.set(xlabel="largest output", ylabel="share in which its class is right")
    axes.set_title("Both softmaxes sum to one,\nbut only one says how often it is right")
    axes.legend(loc="lower right")
    return figure


def _learned(tables: Tables) -> tuple[pd.Series, bool]:
    """How many regions hold the true weights, and whether that is as it should be."""
    regions = measured.row(tables["coverage"], region="weights")
    as_expected = regions["low"] <= 0.95 <= regions["high"]
    return regions, bool(tables["classifiers"]["converged"].all() and as_expected)


def _sums_to_one(posterior: pd.DataFrame, column: str) -> bool:
    """Whether all outputs lie strictly between 0 and 1, and those for an input sum to 1."""
    sums = posterior.groupby(["x", "y"])[column].sum()
    between = posterior[column].between(0, 1, inclusive="neither").all()
    return bool(between and ((sums - 1).abs() < 1e-12).all())


def _softmax_is_the_probability(tables: Tables) -> Judgement:
    posterior, calibration = tables["posterior"], tables["calibration"]
    regions, learned = _learned(tables)
    same = ((posterior["softmax"] - posterior["bayes"]).abs() < 1e-12).all()
    outputs = measured.rows(tables["coverage"], region="output").sort_values("temperature")
    calibrated, control = outputs.iloc[0], outputs.iloc[-1]
    enough = _sums_to_one(posterior, "at_temperature") and control["high"] >= calibrated["low"]
    says = {
        temperature: np.average(rows["output"], weights=rows["animals"])
        for temperature, rows in calibration.groupby("temperature")
    }
    rows = measured.rows(calibration, temperature=control["temperature"])
    right, animals = rows["right"].sum(), rows["animals"].sum()
    low, high = wilson(right, animals)
    return Judgement(
        graded(same and learned and enough, in_part=same and learned),
        float(regions["share"]),
        float(regions["low"]),
        float(regions["high"]),
        notes=("main", "reason"),
        values={
            "temperature": control["temperature"],
            "says": says[control["temperature"]],
            "softmax_says": says[calibrated["temperature"]],
            "right": right / animals,
            "low": low,
            "high": high,
        },
    )


CLAIMS = {"PP-20": _softmax_is_the_probability}

FORMULA = Close(rtol=1e-9, atol=1e-15, reason="a few operations in float64 each")

OPTIMUM = Close(
    rtol=1e-6,
    atol=1e-6,
    reason="a convex problem solved in float64 until its gradient is below 1e-10",
)

TABLES = {
    "posterior": Table(
        key=("x", "y", "class"),
        columns=dict.fromkeys(("bayes", "softmax", "at_temperature"), FORMULA),
    ),
    "classifiers": Table(key=("seed",), columns={"joint_chi2": OPTIMUM, "converged": Exact()}),
    "calibration": Table(
        key=("temperature", "bin"),
        columns={
            "output": FORMULA,
            **shares("right", "animals"),
            # How many animals a bin has is chance; how many there are is not.
            "animals": Rate(trials="all_animals"),
            "all_animals": Exact(),
        },
        over_seeds=True,
    ),
    "coverage": Table(key=("region", "temperature"), columns=shares("covered"), over_seeds=True),
}
