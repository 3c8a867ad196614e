"""Computes what a threshold on the height loses in bits, and trains logistic units."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Share, Table
from reproductions.evidence.statistics import generator, wilson
from reproductions.training.pool import Pool


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


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The posterior over heights, the information that thresholds keep, and the trained units."""
    units = _trained_units(spec, pool)
    return {
        "posterior": _posterior(spec, np.arange(140, 200.25, 0.5)),
        "named_heights": _named_heights(spec),
        "information": information(spec),
        "units": units,
        "coverage": _coverage(units),
    }


def densities(spec: Spec, height_cm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The densities of women's and of men's heights, per centimetre."""
    from scipy.stats import norm

    return (
        norm.pdf(height_cm, spec.mean_women_cm, spec.deviation_cm),
        norm.pdf(height_cm, spec.mean_men_cm, spec.deviation_cm),
    )


def _sigmoid(spec: Spec, height_cm: np.ndarray) -> np.ndarray:
    """The posterior in closed form, through the layer under test."""
    from custom_layers import Sigmoid

    return Sigmoid(dtype="float64")(spec.slope_per_cm * height_cm + spec.bias).numpy()


def _posterior(spec: Spec, height_cm: np.ndarray) -> pd.DataFrame:
    """The probability of a man by Bayes' rule and by the sigmoid, beside the threshold's answer."""
    from custom_layers import Threshold

    women, men = densities(spec, height_cm)
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


def _entropy_bits(p: np.ndarray) -> np.ndarray:
    """The entropy of a question whose answer is yes with probability p and else no."""
    from scipy.special import entr

    return (entr(p) + entr(1 - p)) / np.log(2)


def _named_heights(spec: Spec) -> pd.DataFrame:
    """What the threshold and the posterior say of the heights that the post names."""
    from scipy.stats import norm

    posterior = _posterior(spec, np.array(spec.named_cm))
    women, men = (
        norm(mean, spec.deviation_cm).cdf(posterior["height_cm"])
        for mean in (spec.mean_women_cm, spec.mean_men_cm)
    )
    return posterior[["height_cm", "threshold_answer", "posterior_man"]].assign(
        entropy_left_bits=_entropy_bits(posterior["posterior_man"]),
        # The post asks about everyone up to 160 cm, and about everyone from 180 cm.
        men_up_to_here=men / (women + men),
        women_from_here=(1 - women) / (2 - women - men),
    )


def information(spec: Spec) -> pd.DataFrame:
    """The mutual information with the sex in bits: of the height, the probability, each answer.

    The sex itself is worth one bit, as there are as many women as men.
    """
    from scipy.integrate import trapezoid
    from scipy.special import rel_entr
    from scipy.stats import norm

    # The trapezoidal rule is exact to rounding for a smooth integrand that fades at both ends, as
    # all of these do 12 deviations beyond the means.
    reach = 12 * spec.deviation_cm
    grid = np.arange(spec.mean_women_cm - reach, spec.mean_men_cm + reach, 0.01)
    women, men = densities(spec, grid)
    everyone = (women + men) / 2
    height = sum(trapezoid(rel_entr(p, everyone), grid) / 2 for p in (women, men)) / np.log(2)
    probability = 1 - trapezoid(everyone * _entropy_bits(_sigmoid(spec, grid)), grid)

    thresholds = np.arange(145, 195.25, 0.5)
    above_women = norm.sf(thresholds, spec.mean_women_cm, spec.deviation_cm)
    above_men = norm.sf(thresholds, spec.mean_men_cm, spec.deviation_cm)
    answers = (
        _entropy_bits((above_women + above_men) / 2)
        - (_entropy_bits(above_women) + _entropy_bits(above_men)) / 2
    )
    rows = [("height", 0.0, height), ("probability", 0.0, probability)]
    rows += [("threshold answer", *row) for row in zip(thresholds, answers, strict=True)]
    frame = pd.DataFrame(rows, columns=["signal", "threshold_cm", "information_bits"])
    return frame.assign(lost_bits=height - frame["information_bits"])


def _trained_units(spec: Spec, pool: Pool) -> pd.DataFrame:
    """One trained logistic unit per seed, with its Wald statistics."""
    train = _trainer(spec)
    rows = []
    for seed in pool.progress(range(spec.seeds), what="logistic units"):
        random = generator(seed)
        man = random.integers(0, 2, spec.people)
        mean = np.where(man == 1, spec.mean_men_cm, spec.mean_women_cm)
        height = random.normal(mean, spec.deviation_cm)
        centre, scale = height.mean(), height.std()
        x = ((height - centre) / scale)[:, None]
        weight, bias, p, largest_gradient = train(x, man[:, None].astype(float))
        slope_and_bias = np.array([weight / scale, bias - weight * centre / scale])
        to_cm = np.array([[1 / scale, 0], [-centre / scale, 1]])
        rows.append(
            {
                "seed": seed,
                "slope_per_cm": slope_and_bias[0],
                "bias": slope_and_bias[1],
                **_wald_statistics(spec, x, p, slope_and_bias, to_cm),
                "converged": largest_gradient < 1e-10,
            }
        )
    return pd.DataFrame(rows)


def _trainer(spec: Spec) -> Callable[..., tuple[float, float, np.ndarray, float]]:
    """A function that trains one logistic unit from zero weights on inputs and targets.

    It returns the weight and the bias, the outputs, and the largest gradient of the last step.
    """
    import keras
    import tensorflow as tf

    from custom_layers import Sigmoid

    dense = keras.layers.Dense(1, dtype="float64")
    unit = keras.Sequential([keras.Input((1,), dtype="float64"), dense, Sigmoid(dtype="float64")])
    optimizer = keras.optimizers.SGD(spec.learning_rate)
    optimizer.build(unit.trainable_variables)

    @tf.function(jit_compile=True, autograph=False)
    def descend(x, man):
        def step(i, *_):
            with tf.GradientTape() as tape:
                loss = keras.ops.mean(keras.ops.binary_crossentropy(man, unit(x)))
            gradients = tape.gradient(loss, unit.trainable_variables)
            optimizer.apply(gradients, unit.trainable_variables)
            return i + 1, *gradients

        start = (0, *map(tf.zeros_like, unit.trainable_variables))
        _, *gradients = tf.while_loop(lambda i, *_: i < spec.steps, step, start)
        return gradients

    def train(x: np.ndarray, man: np.ndarray) -> tuple[float, float, np.ndarray, float]:
        dense.set_weights([np.zeros((1, 1)), np.zeros(1)])
        gradients = descend(x, man)
        weight, bias = (float(value.ravel()[0]) for value in dense.get_weights())
        largest_gradient = max(float(abs(g).numpy().max()) for g in gradients)
        return weight, bias, unit(x).numpy(), largest_gradient

    return train


def _wald_statistics(
    spec: Spec, x: np.ndarray, p: np.ndarray, estimate: np.ndarray, to_cm: np.ndarray
) -> dict[str, float]:
    """The errors of a unit's slope and bias, as estimated from its data and as they are.

    The standard errors come from the Fisher information at the estimate, which is computed from the
    standardised heights x and the outputs p; `to_cm` turns coefficients for x into those for
    centimetres. The joint statistic is of both coefficients together: slope and bias are correlated
    almost perfectly, as no one is 0 cm tall.
    """
    design = np.hstack([x, np.ones_like(x)])
    fisher_information = design.T @ (p * (1 - p) * design)
    covariance = to_cm @ np.linalg.inv(fisher_information) @ to_cm.T
    standard_errors = np.sqrt(np.diag(covariance))
    error = estimate - np.array([spec.slope_per_cm, spec.bias])
    z = error / standard_errors
    standardised_error = np.linalg.solve(to_cm, error)  # well conditioned, unlike the one in cm
    return {
        "slope_error_per_cm": standard_errors[0],
        "bias_error": standard_errors[1],
        "slope_z": z[0],
        "bias_z": z[1],
        "joint_chi2": standardised_error @ fisher_information @ standardised_error,
    }


def _coverage(units: pd.DataFrame) -> pd.DataFrame:
    """How often the 95 % region of a coefficient, or of both together, holds the true value."""
    from scipy.stats import chi2, norm

    edge = norm.ppf(0.975)
    covered = {
        "slope": (units["slope_z"].abs() < edge).sum(),
        "bias": (units["bias_z"].abs() < edge).sum(),
        "both": (units["joint_chi2"] < chi2(2).ppf(0.95)).sum(),
    }
    return pd.DataFrame(
        [(name, count, len(units), *wilson(count, len(units))) for name, count in covered.items()],
        columns=["coefficient", "covered", "units", "low", "high"],
    )


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
            "low": Share("covered", "units", "low"),
            "high": Share("covered", "units", "high"),
        },
        over_seeds=True,
    ),
}
