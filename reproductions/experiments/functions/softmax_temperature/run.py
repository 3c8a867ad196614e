"""Computes the softmax of printed and of random logits, and logits for the slide's entropies."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table
from reproductions.evidence.statistics import generator
from reproductions.experiments.functions.softmax_temperature.entropy import entropy_nats, softmax
from reproductions.experiments.functions.softmax_temperature.reconstruction import Equations
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The documents' numbers, and how many random vectors are tried."""

    listing_logits: tuple[float, ...] = (-3, -1.5, 0.3, 0.6, 1, 1.8, 3)
    listing_printed: tuple[float, ...] = (0.002, 0.007, 0.042, 0.056, 0.084, 0.187, 0.622)
    slide_temperatures: tuple[float, float, float] = (0.01, 1, 5)
    slide_entropies: tuple[float, float, float] = (1.04e-14, 0.989, 2.21)
    classes: int = 10
    seeds: int = 1000
    logit_scales: tuple[float, float] = (0.1, 3)
    temperatures: tuple[float, ...] = (
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
    )  # fmt: skip
    far_temperatures: tuple[float, ...] = (1e-3, 1e-2, 1, 1e2, 1e6, 1e12, 1e18)
    starts: int = 40
    newton_steps: int = 20
    unit_vectors: int = 100_000
    unit_scales: tuple[float, float] = (0.5, 20)
    unit_margin: float = 0.05

    def __post_init__(self):
        if 1 not in self.temperatures:
            raise ValueError(f"temperatures must hold 1. Received: {self.temperatures}")

    def equations(self, unit_nats: float = 1.0) -> Equations:
        """What the slide's entropies say of its logits, if they are printed in such a unit."""
        cold, warm, hot = (unit_nats * entropy for entropy in self.slide_entropies)
        return Equations(
            self.slide_temperatures, (cold, warm, hot), self.classes, self.newton_steps
        )


UNITS = {"nats": 1.0, "bits": float(np.log(2))}
"""Units of an entropy, in nats."""

SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The listing's vector, random vectors, and the logits that give the slide's entropies."""
    solutions = _solutions(spec)
    evenly_spaced = solutions["evenly spaced"]
    return {
        "listing": _listing(spec),
        "random_vectors": _random_vectors(spec),
        "float_limits": _float_limits(),
        "far_temperatures": _far_temperatures(spec),
        "solutions": _by_rank(solutions),
        "bars": _bars(spec, evenly_spaced),
        "entropies": _entropies(spec, solutions),
        "entropy_curve": _entropy_curve(solutions),
        "arithmetic": _arithmetic(spec, evenly_spaced),
        "determination": _determination(spec, evenly_spaced),
        "gap": _gap(spec),
        "units": _units(spec),
        "attainable": _attainable(spec),
    }


def _listing(spec: Spec) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": range(1, len(spec.listing_logits) + 1),
            "logit": np.array(spec.listing_logits, float),
            "probability": softmax(spec.listing_logits, 1),
            "printed": spec.listing_printed,
        }
    )


def _random_vectors(spec: Spec) -> pd.DataFrame:
    """What softmax does to one random vector of logits per seed, over all temperatures."""
    low, high = np.log(spec.logit_scales)
    logits = np.empty((spec.seeds, spec.classes))
    for seed in range(spec.seeds):
        random = generator(seed)
        logits[seed] = np.exp(random.uniform(low, high)) * random.normal(size=spec.classes)
    p = np.stack([softmax(logits, temperature) for temperature in spec.temperatures])
    entropy = entropy_nats(p)
    colder, warmer = entropy[:-1], entropy[1:]
    p_at_1 = p[spec.temperatures.index(1)]
    order = np.argsort(logits, axis=1)
    return pd.DataFrame(
        {
            "seed": range(spec.seeds),
            "smallest": p_at_1.min(1),
            "largest": p_at_1.max(1),
            "sum_error": np.abs(p.sum(2) - 1).max(0),
            "order_kept": (np.diff(np.take_along_axis(p_at_1, order, 1), axis=1) > 0).all(1),
            "argmax_changes": (p.argmax(2) != logits.argmax(1)).sum(0),
            "steps": len(entropy) - 1,
            "rises": (warmer > colder).sum(0),
            "falls": (warmer < colder).sum(0),
            "both_zero": ((warmer == 0) & (colder == 0)).sum(0),
            "entropy_slope": _entropy_slope_at_1(logits),
            "variance": (p_at_1 * logits**2).sum(1) - (p_at_1 * logits).sum(1) ** 2,
        }
    )


def _entropy_slope_at_1(logits: np.ndarray) -> np.ndarray:
    """dH/dT at T = 1, by automatic differentiation through the layer.

    H depends on x / T alone, so dH/dT = -(x . dH/dx) / T.
    """
    import tensorflow as tf

    from custom_layers import Softmax

    x = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(x)
        p = Softmax(dtype="float64")(x)
        entropy = -tf.reduce_sum(p * tf.math.log(p), axis=1)
    return -(logits * tape.gradient(entropy, x).numpy()).sum(1)


def _float_limits() -> pd.DataFrame:
    """The smallest gaps between two logits at which an output is exactly 1 and exactly 0."""
    gaps = np.arange(0, 800, 0.25)
    rows = []
    for dtype in ("float32", "float64"):
        p = softmax(np.stack([gaps, 0 * gaps], axis=1), 1, dtype)
        rows.append((dtype, gaps[(p[:, 0] == 1).argmax()], gaps[(p[:, 1] == 0).argmax()]))
    return pd.DataFrame(rows, columns=["dtype", "one_from", "zero_from"])


def _far_temperatures(spec: Spec) -> pd.DataFrame:
    """The listing's vector at very low and very high temperatures."""
    p = np.stack([softmax(spec.listing_logits, t) for t in spec.far_temperatures])
    return pd.DataFrame(
        {
            "temperature": np.array(spec.far_temperatures, float),
            "argmax_class": p.argmax(1) + 1,
            "sum": p.sum(1),
            "different_values": [len(set(outputs)) for outputs in p],
        }
    )


Solutions = Mapping[str, np.ndarray]
"""Vectors of logits that give the slide's entropies, by what sets them apart."""

EVENLY_SPACED_GUESS = {"nats": (0.36, 2.8, 0.4), "bits": (0.36, 6.0, 2.4)}


def _solutions(spec: Spec) -> Solutions:
    """Vectors of logits that give the three printed entropies, sorted, the greatest at 0."""
    equations, others = spec.equations(), spec.classes - 2
    even = equations.evenly_spaced(EVENLY_SPACED_GUESS["nats"])
    starts = np.array(
        [
            np.r_[0, -0.36, -4.3 + generator(start, 2).normal(size=others)]
            for start in range(spec.starts)
        ]
    )
    from_starts = -np.sort(-equations.solve(starts, np.eye(spec.classes)), axis=1)
    from_starts -= from_starts[:, :1]
    return {
        "evenly spaced": even,
        "evenly spaced, 4 decimals": np.round(even, 4),
        **{
            f"two levels, {upper} and {others - upper}": equations.two_levels(upper)
            for upper in range(1, others)
        },
        **{f"random start {start:02d}": logits for start, logits in enumerate(from_starts)},
    }


def _by_rank(solutions: Solutions) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame({"solution": name, "rank": range(1, len(logits) + 1), "logit": logits})
        for name, logits in solutions.items()
    )


def _bars(spec: Spec, logits: np.ndarray) -> pd.DataFrame:
    """The probabilities that the slide shows as bars."""
    return pd.concat(
        pd.DataFrame(
            {
                "temperature": float(temperature),
                "rank": range(1, len(logits) + 1),
                "probability": softmax(logits, temperature),
            }
        )
        for temperature in spec.slide_temperatures
    )


def _entropies(spec: Spec, solutions: Solutions) -> pd.DataFrame:
    """The entropies of every solution, beside the printed ones."""
    logits = np.stack(list(solutions.values()))
    return pd.concat(
        pd.DataFrame(
            {
                "solution": list(solutions),
                "temperature": float(temperature),
                "entropy_nats": entropy_nats(softmax(logits, temperature)),
                "printed": printed,
            }
        )
        for temperature, printed in zip(spec.slide_temperatures, spec.slide_entropies, strict=True)
    )


def _entropy_curve(solutions: Solutions) -> pd.DataFrame:
    """Entropy against temperature: of the evenly spaced vector, and its range over all vectors."""
    logits = np.stack(list(solutions.values()))
    rows = []
    for exponent in range(-2, 2):
        for mantissa in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            temperature = float(f"{mantissa}e{exponent}")  # a key must be the same everywhere
            entropy = entropy_nats(softmax(logits, temperature))
            rows.append((temperature, entropy[0], entropy.min(), entropy.max()))
    return pd.DataFrame(rows, columns=["temperature", "evenly_spaced", "lowest", "highest"])


def _arithmetic(spec: Spec, logits: np.ndarray) -> pd.DataFrame:
    """What -sum p ln p, computed exactly as the slide writes it, gives in float32 and float64."""
    rows = []
    for dtype in ("float32", "float64"):
        for temperature in spec.slide_temperatures:
            p = softmax(logits, temperature, dtype)
            with np.errstate(divide="ignore", invalid="ignore"):
                as_printed = -np.sum(p * np.log(p))
            kept = p[p > 0]
            without_zeros = -np.sum(kept * np.log(kept))
            rows.append((dtype, float(temperature), as_printed, without_zeros))
    columns = ["dtype", "temperature", "as_printed", "without_zeros"]
    return pd.DataFrame(rows, columns=columns).astype({c: float for c in columns[1:]})


def _determination(spec: Spec, logits: np.ndarray) -> pd.DataFrame:
    """The singular values of the three equations' Jacobian.

    Those above 0 tell how many directions in the space of logits the equations determine.
    """
    _, jacobians = spec.equations().residuals(logits[None])
    values = np.linalg.svd(jacobians[0], compute_uv=False)
    return pd.DataFrame({"direction": range(1, len(values) + 1), "singular_value": values})


def _gap(spec: Spec) -> pd.DataFrame:
    """The gaps between the two greatest logits for which the lowest entropy is printed as it is.

    Only these two logits matter at so low a temperature.
    """
    from scipy.optimize import brentq

    temperature, printed = spec.slide_temperatures[0], spec.slide_entropies[0]
    half_a_digit = 0.005e-14  # three digits are printed

    def gap_for(entropy: float, term_of_greatest: float) -> float:
        def excess(gap: float) -> float:
            p = np.exp(-gap / temperature)
            return np.log((p * gap / temperature + term_of_greatest * p) / entropy)

        return brentq(excess, 0.1, 1, xtol=1e-14)

    # The greatest probability is 1 - p, and its term in the entropy is p; in float32 it is rounded
    # to 1, and its term to 0.
    return pd.DataFrame(
        [
            (name, gap_for(printed + half_a_digit, term), gap_for(printed - half_a_digit, term))
            for name, term in (("exact", 1.0), ("greatest probability rounded to 1", 0.0))
        ],
        columns=["arithmetic", "low", "high"],
    )


def _units(spec: Spec) -> pd.DataFrame:
    """For nats and bits: a solution, how deep its logits go, and how many random vectors fit."""
    random = generator(spec.classes, 3)
    low, high = np.log(spec.unit_scales)
    scale = np.exp(random.uniform(low, high, (spec.unit_vectors, 1)))
    logits = scale * random.normal(size=(spec.unit_vectors, spec.classes))
    _, *warm_and_hot = spec.slide_temperatures
    entropies_nats = np.stack([entropy_nats(softmax(logits, t)) for t in warm_and_hot])
    printed = np.array(spec.slide_entropies[1:])[:, None]
    rows = []
    for name, unit_nats in UNITS.items():
        equations = spec.equations(unit_nats)
        solution = equations.evenly_spaced(EVENLY_SPACED_GUESS[name])
        residuals, _ = equations.residuals(solution[None])
        near = np.abs(entropies_nats / unit_nats - printed) < spec.unit_margin
        rows.append(
            {
                "unit": name,
                "residual": np.abs(residuals).max(),
                "deepest_evenly_spaced": -solution[-1],
                "deepest_at_least": equations.with_one_level(spec.classes - 2)[1],
                "zeros_when_cold": bool((softmax(solution, equations.temperatures[0]) == 0).any()),
                "matches": near.all(axis=0).sum(),
                "vectors": spec.unit_vectors,
            }
        )
    return pd.DataFrame(rows)


def _attainable(spec: Spec) -> pd.DataFrame:
    """Which third entropy the first two leave possible, by the number of other classes."""
    rows = []
    for name, unit_nats in UNITS.items():
        for others in range(1, spec.classes - 1):
            _, depth, hot_nats = spec.equations(unit_nats).with_one_level(others)
            rows.append((name, others, depth, hot_nats / unit_nats))
    return pd.DataFrame(rows, columns=["unit", "others", "depth", "entropy"])


ELEMENTWISE = "a few float64 operations; libraries differ in the last bits of exp"

SOLVED = "a root of three equations; rounding moves it along the directions that they leave free"

ROOT = Close(rtol=1e-9, atol=0, reason="a root found to 1e-14")

SUBNORMAL = "processors may take numbers below the normal range as 0: 708 or 745, 87 or 104"

FORMULA = Close(rtol=1e-10, atol=1e-13, reason=ELEMENTWISE)

COLD_BARS = "the solved logits' rounding, divided by T = 0.01"

COLD = "an exponent of up to 800: its rounding, times 800, is the result's relative error"

TABLES = {
    "listing": Table(
        key=("class",),
        columns={"logit": Exact(), "probability": FORMULA, "printed": Exact()},
    ),
    "random_vectors": Table(
        key=("seed",),
        columns={
            "smallest": Close(rtol=1e-10, atol=0, reason=ELEMENTWISE),
            "largest": FORMULA,
            "sum_error": Close(rtol=0, atol=1e-14, reason="ten roundings of at most 1.1e-16 each"),
            "order_kept": Exact(),
            "argmax_changes": Exact(),
            "steps": Exact(),
            "rises": Exact(),
            "falls": Exact(),
            "both_zero": Exact(),
            "entropy_slope": FORMULA,
            "variance": FORMULA,
        },
    ),
    "float_limits": Table(
        key=("dtype",),
        columns={
            "one_from": Close(rtol=0, atol=0.25, reason="one step of the grid of gaps"),
            "zero_from": Close(rtol=0.2, atol=0, reason=SUBNORMAL),
        },
    ),
    "far_temperatures": Table(
        key=("temperature",),
        columns={"argmax_class": Exact(), "sum": FORMULA, "different_values": Exact()},
    ),
    "solutions": Table(
        key=("solution", "rank"), columns={"logit": Close(rtol=1e-9, atol=1e-9, reason=SOLVED)}
    ),
    "bars": Table(
        key=("temperature", "rank"),
        columns={"probability": Close(rtol=1e-6, atol=1e-12, reason=COLD_BARS)},
    ),
    "entropies": Table(
        key=("solution", "temperature"),
        columns={"entropy_nats": Close(rtol=1e-9, atol=0, reason=COLD), "printed": Exact()},
    ),
    "entropy_curve": Table(
        key=("temperature",),
        columns={
            name: Close(rtol=1e-6, atol=0, reason=SOLVED)
            for name in ("evenly_spaced", "lowest", "highest")
        },
    ),
    "arithmetic": Table(
        key=("dtype", "temperature"),
        columns={
            name: Close(rtol=0.03, atol=0, reason="a term of one rounding error", nan=True)
            for name in ("as_printed", "without_zeros")
        },
    ),
    "determination": Table(
        key=("direction",),
        columns={"singular_value": Close(rtol=1e-6, atol=0, reason=SOLVED)},
    ),
    "gap": Table(key=("arithmetic",), columns={"low": ROOT, "high": ROOT}),
    "units": Table(
        key=("unit",),
        columns={
            "residual": Close(rtol=0, atol=1e-10, reason="rounding errors of the equations"),
            "deepest_evenly_spaced": Close(rtol=1e-9, atol=0, reason=SOLVED),
            "deepest_at_least": ROOT,
            "zeros_when_cold": Exact(),
            "matches": Rate(trials="vectors"),
            "vectors": Exact(),
        },
    ),
    "attainable": Table(key=("unit", "others"), columns={"depth": ROOT, "entropy": ROOT}),
}
