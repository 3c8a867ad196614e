"""Sex from height: what a threshold loses in bits, and a logistic unit that learns the posterior.

Document: perceptron-post, "Threshold의 단점" and "Sigmoid 함수".
Setup: two normal populations of adult heights, as many men as women; thresholds from 145 to 195 cm
against the posterior probability of a man; a Dense(1) unit with a sigmoid, trained by full-batch
gradient descent on 2,000 people drawn afresh for every seed.
Assumptions: the post draws two humps without numbers. Taken here: women 162 cm, men 175 cm, both
with a standard deviation of 6.5 cm. The threshold between them is the midpoint, where the humps
cross. With equal deviations the posterior is exactly a sigmoid; with unequal ones its log odds
would be a parabola, which no single unit on the height alone can follow.
Known differences: the unit sees standardised heights, and its weights are turned back into those
for centimetres; the optimum is the same, and gradient descent gets there in hundreds of steps.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import drawing
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, Claim, Judgement, by
from reproductions.suite.kinds import Close, Exact, Rate, Table
from reproductions.suite.progress import progress
from reproductions.suite.statistics import generator, wilson


@dataclass(frozen=True)
class Spec:
    """The two populations, the heights that the post names, and the training."""

    mean_women_cm: float = 162.0
    mean_men_cm: float = 175.0
    deviation_cm: float = 6.5
    named_cm: tuple[float, ...] = (160.0, 180.0)
    people: int = 2000
    seeds: int = 200
    learning_rate: float = 4.0
    steps: int = 300

    @property
    def midpoint_cm(self) -> float:
        """Where the two densities cross: the threshold that is right most often."""
        return (self.mean_women_cm + self.mean_men_cm) / 2

    @property
    def slope_per_cm(self) -> float:
        """The posterior's weight, (m1 - m0) / s^2, from the ratio of the two densities."""
        return (self.mean_men_cm - self.mean_women_cm) / self.deviation_cm**2

    @property
    def bias(self) -> float:
        """The posterior's bias, -(m1^2 - m0^2) / (2 s^2); 0 is added for equal shares."""
        return (self.mean_women_cm**2 - self.mean_men_cm**2) / (2 * self.deviation_cm**2)


SPEC = Spec()


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """The populations, the thresholds' losses in bits, and the trained units."""
    units = _train(spec)
    return {
        "posterior": _posterior(spec, np.arange(140, 200.25, 0.5)),
        "named_heights": _named_heights(spec),
        "information": _information(spec),
        "units": units,
        "coverage": _coverage(units),
    }


def _densities(spec: Spec, height_cm):
    from scipy.stats import norm

    return (
        norm.pdf(height_cm, spec.mean_women_cm, spec.deviation_cm),
        norm.pdf(height_cm, spec.mean_men_cm, spec.deviation_cm),
    )


def _sigmoid(spec: Spec, height_cm):
    """The closed-form posterior through the layer under test."""
    from custom_layers import Sigmoid

    return Sigmoid(dtype="float64")(spec.slope_per_cm * height_cm + spec.bias).numpy()


def _posterior(spec: Spec, height_cm) -> pd.DataFrame:
    from custom_layers import Threshold

    women, men = _densities(spec, height_cm)
    return pd.DataFrame(
        {
            "height_cm": height_cm,
            "density_women": women,
            "density_men": men,
            "posterior_man": men / (women + men),
            "sigmoid": _sigmoid(spec, height_cm),
            "threshold_answer": Threshold(spec.midpoint_cm, dtype="float64")(height_cm),
        }
    )


def _entropy_bits(p):
    """The entropy of a yes-or-no question whose answer is yes with probability p."""
    from scipy.special import entr

    return (entr(p) + entr(1 - p)) / np.log(2)


def _named_heights(spec: Spec) -> pd.DataFrame:
    from scipy.stats import norm

    at = _posterior(spec, np.array(spec.named_cm))
    women, men = (
        norm(mean, spec.deviation_cm).cdf(at["height_cm"])
        for mean in (spec.mean_women_cm, spec.mean_men_cm)
    )
    return pd.DataFrame(
        {
            "height_cm": at["height_cm"],
            "threshold_answer": at["threshold_answer"],
            "posterior_man": at["posterior_man"],
            "entropy_left_bits": _entropy_bits(at["posterior_man"]),
            # The post asks of everyone up to 160 cm, and of everyone from 180 cm.
            "men_up_to_here": men / (women + men),
            "women_from_here": (1 - women) / (2 - women - men),
        }
    )


def _information(spec: Spec) -> pd.DataFrame:
    """Mutual information with the sex, which is worth one bit: of heights and of answers."""
    from scipy.integrate import trapezoid
    from scipy.special import rel_entr
    from scipy.stats import norm

    # 12 deviations beyond either mean; for a smooth integrand that fades at both ends the
    # trapezoidal rule is exact to rounding.
    reach = 12 * spec.deviation_cm
    grid = np.arange(spec.mean_women_cm - reach, spec.mean_men_cm + reach, 0.01)
    women, men = _densities(spec, grid)
    everyone = (women + men) / 2
    height = sum(trapezoid(rel_entr(p, everyone), grid) / 2 for p in (women, men)) / np.log(2)
    probability = 1 - trapezoid(everyone * _entropy_bits(_sigmoid(spec, grid)), grid)

    levels = np.arange(145, 195.25, 0.5)
    above_women = norm.sf(levels, spec.mean_women_cm, spec.deviation_cm)
    above_men = norm.sf(levels, spec.mean_men_cm, spec.deviation_cm)
    answers = (
        _entropy_bits((above_women + above_men) / 2)
        - (_entropy_bits(above_women) + _entropy_bits(above_men)) / 2
    )
    rows = [("height", 0.0, height), ("probability", 0.0, probability)]
    rows += [("threshold answer", *row) for row in zip(levels, answers, strict=True)]
    frame = pd.DataFrame(rows, columns=["signal", "threshold_cm", "information_bits"])
    return frame.assign(lost_bits=height - frame["information_bits"])


def _train(spec: Spec) -> pd.DataFrame:
    """A logistic unit a seed, trained to convergence, with its Wald statistics.

    The standard errors come from the Fisher information at the estimate, and the joint statistic
    from both coefficients together: slope and bias are correlated almost perfectly, as no one is
    0 cm tall.
    """
    import keras
    import tensorflow as tf

    from custom_layers import Sigmoid

    dense = keras.layers.Dense(1, dtype="float64")
    unit = keras.Sequential(
        [keras.Input((1,), dtype="float64"), dense, Sigmoid(dtype="float64")],
    )
    optimizer = keras.optimizers.SGD(spec.learning_rate)
    optimizer.build(unit.trainable_variables)

    @tf.function(jit_compile=True, autograph=False)
    def train(x, man):
        def step(i, *_):
            with tf.GradientTape() as tape:
                loss = keras.ops.mean(keras.ops.binary_crossentropy(man, unit(x)))
            gradients = tape.gradient(loss, unit.trainable_variables)
            optimizer.apply(gradients, unit.trainable_variables)
            return i + 1, *gradients

        start = (0, *map(tf.zeros_like, unit.trainable_variables))
        _, *gradients = tf.while_loop(lambda i, *_: i < spec.steps, step, start)
        return gradients

    truth = np.array([spec.slope_per_cm, spec.bias])
    rows = []
    for seed in progress(range(spec.seeds), what="logistic units"):
        random = generator(seed)
        man = random.integers(0, 2, spec.people)
        mean = np.where(man == 1, spec.mean_men_cm, spec.mean_women_cm)
        height = random.normal(mean, spec.deviation_cm)
        centre, scale = height.mean(), height.std()
        x = ((height - centre) / scale)[:, None]
        dense.set_weights([np.zeros((1, 1)), np.zeros(1)])
        gradients = train(x, man[:, None].astype(float))
        weight, bias = (float(value.ravel()[0]) for value in dense.get_weights())
        estimate = np.array([weight / scale, bias - weight * centre / scale])

        p = unit(x).numpy()
        on_x = np.hstack([x, np.ones_like(x)])
        to_cm = np.array([[1 / scale, 0], [-centre / scale, 1]])
        covariance = to_cm @ np.linalg.inv(on_x.T @ (p * (1 - p) * on_x)) @ to_cm.T
        z = (estimate - truth) / np.sqrt(np.diag(covariance))
        miss = np.linalg.solve(to_cm, estimate - truth)  # in the well-conditioned coordinates
        rows.append(
            {
                "seed": seed,
                "slope_per_cm": estimate[0],
                "bias": estimate[1],
                "slope_error_per_cm": np.sqrt(covariance[0, 0]),
                "bias_error": np.sqrt(covariance[1, 1]),
                "slope_z": z[0],
                "bias_z": z[1],
                "joint_chi2": miss @ (on_x.T @ (p * (1 - p) * on_x)) @ miss,
                "converged": max(float(abs(g).numpy().max()) for g in gradients) < 1e-10,
            }
        )
    return pd.DataFrame(rows)


def _coverage(units: pd.DataFrame) -> pd.DataFrame:
    """How often the 95 % interval of a coefficient, or of both together, holds the true one."""
    from scipy.stats import chi2, norm

    edge = norm.ppf(0.975)
    inside = {
        "slope": units["slope_z"].abs() < edge,
        "bias": units["bias_z"].abs() < edge,
        "both": units["joint_chi2"] < chi2(2).ppf(0.95),
    }
    return pd.DataFrame(
        [
            {
                "coefficient": name,
                "covered": int(held.sum()),
                "units": len(held),
                **dict(zip(("low", "high"), wilson(held.sum(), len(held)), strict=True)),
            }
            for name, held in inside.items()
        ]
    )


def figures(spec: Spec, tables) -> drawing.Figures:
    """The document's two-part figure, the information kept, and the learned coefficients."""
    return {
        "heights": lambda: _draw_heights(tables),
        "information": lambda: _draw_information(tables),
        "learned_units": lambda: _draw_units(spec, tables),
    }


def _draw_heights(tables):
    posterior, named = tables["posterior"], tables["named_heights"]
    figure, ((upper,), (lower,)) = drawing.panels(rows=2, width=6.5, height=3, sharex=True)
    height = posterior["height_cm"]
    for name, color, dash in (("women", drawing.ORANGE, "-"), ("men", drawing.BLUE, "--")):
        density = posterior[f"density_{name}"]
        upper.plot(height, density, color=color, linestyle=dash, label=name)
        upper.fill_between(height, density, color=color, alpha=0.15, linewidth=0)
    upper.set(title="Heights of women and men overlap", ylabel="density  (1/cm)", ylim=(0, None))
    upper.legend(loc="upper right")

    lower.plot(
        height,
        posterior["threshold_answer"],
        drawstyle="steps-pre",  # at the threshold itself the answer is still 0
        label="threshold at the midpoint: 0 or 1",
        **drawing.FUNCTION_STYLE["threshold"],
    )
    lower.plot(
        height,
        posterior["sigmoid"],
        label="sigmoid = P(man | height)",
        **drawing.FUNCTION_STYLE["sigmoid"],
    )
    lower.plot(named["height_cm"], named["posterior_man"], "o", color=drawing.VERMILION)
    for row in named.itertuples():
        left = row.posterior_man < 0.5
        lower.annotate(
            f"{row.height_cm:g} cm: {row.posterior_man:.3f}",
            (row.height_cm, row.posterior_man),
            xytext=(-8, 9) if left else (8, -14),
            textcoords="offset points",
            ha="right" if left else "left",
            color=drawing.VERMILION,
        )
    lower.set(
        title="The threshold answers as if there were no overlap",
        xlabel="height  (cm)",
        ylabel="is it a man?",
        ylim=(-0.05, 1.05),
    )
    lower.legend(loc="center left", bbox_to_anchor=(0, 0.62))
    return figure


def _draw_information(tables):
    information, named = tables["information"], tables["named_heights"]
    figure, ((axes,),) = drawing.panels(width=6, height=3.6)
    answer = information[information["signal"] == "threshold answer"]
    bits = information.set_index("signal")["information_bits"]
    axes.axhline(
        bits["probability"], color=drawing.BLUE, label="the probability (all that the height tells)"
    )
    axes.plot(
        answer["threshold_cm"],
        answer["information_bits"],
        color=drawing.BLACK,
        linestyle="--",
        label="the answer of a threshold",
    )
    best = answer.loc[answer["information_bits"].idxmax()]
    marked = answer[answer["threshold_cm"].isin([*named["height_cm"], best["threshold_cm"]])]
    axes.plot(marked["threshold_cm"], marked["information_bits"], "o", color=drawing.VERMILION)
    for row in marked.itertuples():
        middle = row.threshold_cm == best["threshold_cm"]
        left = row.threshold_cm < best["threshold_cm"]
        axes.annotate(
            f"{row.threshold_cm:g} cm: {row.information_bits:.3f}",
            (row.threshold_cm, row.information_bits),
            xytext=(0, 8) if middle else ((-8, 2) if left else (8, 2)),
            textcoords="offset points",
            ha="center" if middle else ("right" if left else "left"),
            color=drawing.VERMILION,
        )
    axes.set(
        title="Every threshold loses some of what a height tells",
        xlabel="threshold  (cm)",
        ylabel="information about the sex  (bits)",
        ylim=(0, 0.65),
    )
    axes.legend(loc="upper right")
    return figure


def _draw_units(spec, tables):
    from scipy.special import expit
    from scipy.stats import chi2

    units, posterior = tables["units"], tables["posterior"]
    figure, ((left, right),) = drawing.panels(columns=2, width=4.2, height=3.6)
    height = posterior["height_cm"].to_numpy()
    curves = expit(np.outer(units["slope_per_cm"], height) + units["bias"].to_numpy()[:, None])
    left.fill_between(
        height,
        curves.min(axis=0),
        curves.max(axis=0),
        color=drawing.SKY,
        linewidth=0,
        label=f"all of {len(units)} trained units",
    )
    left.plot(height, posterior["posterior_man"], color=drawing.BLACK, label="true posterior")
    left.set(title="What the units learned", xlabel="height  (cm)", ylabel="P(man)")
    left.legend(loc="upper left")

    inside = units["joint_chi2"] < chi2(2).ppf(0.95)
    middle = -units["bias"] / units["slope_per_cm"]
    for held, marker, color, label in (
        (inside, "o", drawing.BLUE, "95 % region holds the truth"),
        (~inside, "x", drawing.VERMILION, "it does not"),
    ):
        right.plot(
            middle[held],
            units["slope_per_cm"][held],
            marker,
            color=color,
            markersize=4 if marker == "o" else 6,
            alpha=0.7,
            label=f"{label}: {held.sum()}",
        )
    right.plot(
        spec.midpoint_cm, spec.slope_per_cm, "+", color=drawing.BLACK, markersize=16, label="truth"
    )
    right.set(
        title="Their coefficients",
        xlabel="height answered with 1/2  (cm)",
        ylabel="slope  (1/cm)",
    )
    right.margins(y=0.12)
    low, high = right.get_ylim()
    right.set_ylim(low, high + 0.35 * (high - low))  # room for the legend
    right.legend(loc="upper left")
    return figure


FORMULA = Close(rtol=1e-9, atol=1e-15, reason="a few operations in float64 each")
INTEGRAL = Close(rtol=1e-9, atol=1e-11, reason="the trapezoidal rule in float64, exact to rounding")
OPTIMUM = Close(
    rtol=1e-6,
    atol=1e-6,
    reason="a convex problem solved in float64 until its gradient is below 1e-10",
)
TABLES = {
    "posterior": Table(
        key=("height_cm",),
        columns={
            "density_women": FORMULA,
            "density_men": FORMULA,
            "posterior_man": FORMULA,
            "sigmoid": FORMULA,
            "threshold_answer": Exact(),
        },
    ),
    "named_heights": Table(
        key=("height_cm",),
        columns={
            "threshold_answer": Exact(),
            "posterior_man": FORMULA,
            "entropy_left_bits": FORMULA,
            "men_up_to_here": FORMULA,
            "women_from_here": FORMULA,
        },
    ),
    "information": Table(
        key=("signal", "threshold_cm"),
        columns={"information_bits": INTEGRAL, "lost_bits": INTEGRAL},
    ),
    "units": Table(
        key=("seed",),
        columns={
            "slope_per_cm": OPTIMUM,
            "bias": OPTIMUM,
            "slope_error_per_cm": OPTIMUM,
            "bias_error": OPTIMUM,
            "slope_z": OPTIMUM,
            "bias_z": OPTIMUM,
            "joint_chi2": OPTIMUM,
            "converged": Exact(),
        },
    ),
    "coverage": Table(
        key=("coefficient",),
        columns={
            "covered": Rate(trials="units"),
            "units": Exact(),
            "low": Close(rtol=1e-9, atol=0, reason="Wilson's formula"),
            "high": Close(rtol=1e-9, atol=0, reason="Wilson's formula"),
        },
        over_seeds=True,
    ),
}


def _loses_information(tables) -> Judgement:
    named, information = tables["named_heights"], tables["information"]
    both = tables["coverage"].set_index("coefficient").loc["both"]
    hard = named["threshold_answer"].isin([0, 1]).all()
    soft = named["posterior_man"].between(0.001, 0.999).all()
    answer = information[information["signal"] == "threshold answer"]
    bits = information.set_index("signal")["information_bits"]
    kept = answer["information_bits"].max() / bits["height"]
    all_kept = abs(bits["probability"] - bits["height"]) < 1e-9
    posterior = tables["posterior"]
    exact = ((posterior["sigmoid"] - posterior["posterior_man"]).abs() < 1e-12).all()
    stated = hard and soft and kept < 0.99 and all_kept and exact
    learned = tables["units"]["converged"].all() and both["low"] <= 0.95 <= both["high"]
    best = answer.loc[answer["information_bits"].idxmax()]
    at = ", ".join(f"{p:.3f} at {h:g} cm" for h, p in named[["height_cm", "posterior_man"]].values)
    return Judgement(
        by(stated and learned, IN_PART if stated else NOT_REPRODUCED),
        f"at least {best['lost_bits']:.3f} of {bits['height']:.3f} bits lost",
        note=(
            f"P(man) is {at}; the best threshold, {best['threshold_cm']:g} cm, keeps {kept:.0%} of"
            f" the information; {both['covered']:g} of {both['units']:g} trained units' 95 %"
            f" regions hold the true coefficients (share {both['low']:.3f} to {both['high']:.3f})."
            " The post gives no means or deviations, they are assumed"
        ),
    )


CLAIMS = [
    Claim(
        "PP-02",
        "at 160 and 180 cm the threshold answers 0 or 1 where the posterior lies between 0.001 and"
        " 0.999; the best threshold keeps less than 99 % of the height's information, the"
        " probability all of it (to 1e-9 bits); the sigmoid with the closed-form coefficients is"
        " the posterior to 1e-12. In part if only this holds and trained units miss: the Wilson"
        " interval of the share of 95 % regions that hold the true coefficients must contain 0.95",
        _loses_information,
    ),
]
