"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table
from reproductions.evidence.statistics import generator
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


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The listing's vector, random vectors, and the reconstruction with what decides it."""
    solutions = _solutions(spec)
    return {
        "listing": _listing(spec),
        "random_vectors": _random_vectors(spec),
        "float_limits": _float_limits(),
        "far_temperatures": _far_temperatures(spec),
        "solutions": _long(solutions),
        "bars": _bars(spec, solutions["evenly spaced"]),
        "entropies": _entropies(spec, solutions),
        "entropy_curve": _entropy_curve(solutions),
        "arithmetic": _arithmetic(spec, solutions["evenly spaced"]),
        "determination": _determination(spec, solutions["evenly spaced"]),
        "gap": _gap(spec),
        "units": _units(spec),
        "attainable": _attainable(spec),
    }


def _softmax(logits, temperature: float, dtype: str = "float64") -> np.ndarray:
    from custom_layers import Softmax

    return Softmax(temperature, dtype=dtype)(np.asarray(logits, dtype)).numpy()


def _entropy(p: np.ndarray) -> np.ndarray:
    """Entropy in nats along the last axis, to full relative accuracy where p is nearly one-hot.

    The greatest probability is then 1 less a number that float64 cannot hold beside 1, so its
    term is taken from the sum of the others.
    """
    from scipy.special import xlog1py, xlogy

    others = np.sort(p, axis=-1)[..., :-1]
    rest = others.sum(axis=-1)
    return -xlog1py(1 - rest, -rest) - xlogy(others, others).sum(axis=-1)


def _listing(spec: Spec) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": range(1, len(spec.listing_logits) + 1),
            "logit": np.array(spec.listing_logits, float),
            "probability": _softmax(spec.listing_logits, 1),
            "printed": spec.listing_printed,
        }
    )


def _random_vectors(spec: Spec) -> pd.DataFrame:
    """Properties of softmax on one random logit vector a seed, over all temperatures."""
    import tensorflow as tf

    low, high = np.log(spec.logit_scales)
    logits = np.empty((spec.seeds, spec.classes))
    for seed in range(spec.seeds):
        random = generator(seed)
        logits[seed] = np.exp(random.uniform(low, high)) * random.normal(size=spec.classes)
    p = np.stack([_softmax(logits, temperature) for temperature in spec.temperatures])
    entropy = _entropy(p)
    lower, upper = entropy[:-1], entropy[1:]
    one = p[spec.temperatures.index(1)]
    order = np.argsort(logits, axis=1)
    variance = (one * logits**2).sum(1) - (one * logits).sum(1) ** 2
    # H depends on x / T alone, so dH/dT = -(x . dH/dx) / T; here at T = 1, through the layer.
    x = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(x)
        q = _layer(1)(x)
        h = -tf.reduce_sum(q * tf.math.log(q), axis=1)
    slope = -(logits * tape.gradient(h, x).numpy()).sum(1)
    return pd.DataFrame(
        {
            "seed": range(spec.seeds),
            "smallest": one.min(1),
            "largest": one.max(1),
            "sum_error": np.abs(p.sum(2) - 1).max(0),
            "order_kept": (np.diff(np.take_along_axis(one, order, 1), axis=1) > 0).all(1),
            "argmax_changes": (p.argmax(2) != logits.argmax(1)).sum(0),
            "steps": len(entropy) - 1,
            "rises": (upper > lower).sum(0),
            "falls": (upper < lower).sum(0),
            "both_zero": ((upper == 0) & (lower == 0)).sum(0),
            "entropy_slope": slope,
            "variance": variance,
        }
    )


def _layer(temperature: float):
    from custom_layers import Softmax

    return Softmax(temperature, dtype="float64")


def _float_limits() -> pd.DataFrame:
    """From which gap between two logits on the outputs are exactly 1 and 0."""
    gaps = np.arange(0, 800, 0.25)
    rows = []
    for dtype in ("float32", "float64"):
        p = _softmax(np.stack([gaps, 0 * gaps], axis=1), 1, dtype)
        rows.append((dtype, gaps[(p[:, 0] == 1).argmax()], gaps[(p[:, 1] == 0).argmax()]))
    return pd.DataFrame(rows, columns=["dtype", "one_from", "zero_from"])


def _far_temperatures(spec: Spec) -> pd.DataFrame:
    """The listing's vector at temperatures far out."""
    p = np.stack([_softmax(spec.listing_logits, t) for t in spec.far_temperatures])
    return pd.DataFrame(
        {
            "temperature": np.array(spec.far_temperatures, float),
            "argmax_class": p.argmax(1) + 1,
            "sum": p.sum(1),
            "different_values": [len(set(row)) for row in p],
        }
    )


def _system(spec: Spec, logits: np.ndarray, targets: np.ndarray):
    """The three equations that the printed entropies set, and their derivatives by the logits.

    Args:
        spec: for the temperatures.
        logits: of shape (vectors, classes).
        targets: entropies in nats, of shape (3,).

    Returns:
        Residuals of shape (vectors, 3) and Jacobians of shape (vectors, 3, classes). An entropy
        near 0 falls like exp(-gap / T): T ln H is nearly straight in the gap, H is not.
    """
    from scipy.special import xlog1py, xlogy

    residuals, jacobians = [], []
    for temperature, target in zip(spec.slide_temperatures, targets, strict=True):
        p = _softmax(logits, temperature)
        entropy = _entropy(p)[:, None]
        top = p == p.max(axis=1, keepdims=True)
        rest = np.where(top, 0, p).sum(axis=1, keepdims=True)
        terms = np.where(top, xlog1py(p, -rest), xlogy(p, p))  # as in _entropy
        slope = -(terms + p * entropy) / temperature
        if target < 0.01:
            residuals.append(temperature * np.log(entropy / target))
            jacobians.append(temperature * slope / entropy)
        else:
            residuals.append(entropy - target)
            jacobians.append(slope)
    return np.concatenate(residuals, axis=1), np.stack(jacobians, axis=1)


def _solve(spec: Spec, logits: np.ndarray, targets, directions: np.ndarray) -> np.ndarray:
    """Newton steps of least norm, within the span of the directions, from each row of logits."""
    for _ in range(spec.newton_steps):
        residuals, jacobians = _system(spec, logits, np.asarray(targets))
        steps = np.linalg.pinv(jacobians @ directions) @ residuals[..., None]
        steps = np.clip((directions @ steps)[..., 0], -0.5, 0.5)
        logits = logits - steps
    return logits


def _shaped(spec: Spec, targets, rest: np.ndarray, start: tuple) -> np.ndarray:
    """The solution whose third to last logits have a given shape, with three unknowns.

    Args:
        spec: the equations.
        targets: entropies in nats, of shape (3,).
        rest: two columns, of shape (classes - 2, 2): the depths below the second logit are
            `rest` times the last two unknowns.
        start: the first guess of the gap between the first two logits, and of those two.
    """
    directions = np.zeros((spec.classes, 3))
    directions[1:, 0] = -1
    directions[2:, 1:] = -rest
    return _solve(spec, (directions @ np.array(start))[None], targets, directions)[0]


def _evenly_spaced(spec: Spec, targets, start: tuple) -> np.ndarray:
    others = spec.classes - 2
    return _shaped(spec, targets, np.stack([np.ones(others), np.arange(others)], axis=1), start)


def _two_levels(spec: Spec, targets, upper: int) -> np.ndarray:
    high = np.arange(spec.classes - 2) < upper
    return _shaped(spec, targets, np.stack([1.0 * high, 1.0 * ~high], axis=1), (0.36, 3.0, 5.0))


def _solutions(spec: Spec) -> dict[str, np.ndarray]:
    """Logit vectors that give the three printed entropies, sorted, the greatest at 0."""
    targets, others = spec.slide_entropies, spec.classes - 2
    even = _evenly_spaced(spec, targets, (0.36, 2.8, 0.4))
    starts = np.array(
        [
            np.r_[0, -0.36, -4.3 + generator(start, 2).normal(size=others)]
            for start in range(spec.starts)
        ]
    )
    found = _solve(spec, starts, targets, np.eye(spec.classes))
    found = -np.sort(-found, axis=1)
    found -= found[:, :1]
    return {
        "evenly spaced": even,
        "evenly spaced, 4 decimals": np.round(even, 4),
        **{
            f"two levels, {upper} and {others - upper}": _two_levels(spec, targets, upper)
            for upper in range(1, others)
        },
        **{f"random start {start:02d}": row for start, row in enumerate(found)},
    }


def _long(solutions) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame({"solution": name, "rank": range(1, len(row) + 1), "logit": row})
        for name, row in solutions.items()
    )


def _bars(spec: Spec, logits: np.ndarray) -> pd.DataFrame:
    """The probabilities that the slide shows as bars."""
    return pd.concat(
        pd.DataFrame(
            {
                "temperature": float(temperature),
                "rank": range(1, len(logits) + 1),
                "probability": _softmax(logits, temperature),
            }
        )
        for temperature in spec.slide_temperatures
    )


def _entropies(spec: Spec, solutions) -> pd.DataFrame:
    logits = np.stack(list(solutions.values()))
    return pd.concat(
        pd.DataFrame(
            {
                "solution": list(solutions),
                "temperature": float(temperature),
                "entropy_nats": _entropy(_softmax(logits, temperature)),
                "printed": printed,
            }
        )
        for temperature, printed in zip(spec.slide_temperatures, spec.slide_entropies, strict=True)
    )


def _entropy_curve(solutions) -> pd.DataFrame:
    """Entropy against temperature: the evenly spaced vector, and the range of all that fit."""
    logits = np.stack(list(solutions.values()))
    rows = []
    for exponent in range(-2, 2):
        for mantissa in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8):
            temperature = float(f"{mantissa}e{exponent}")  # a key: the same on every machine
            entropy = _entropy(_softmax(logits, temperature))
            rows.append((temperature, entropy[0], entropy.min(), entropy.max()))
    return pd.DataFrame(rows, columns=["temperature", "evenly_spaced", "lowest", "highest"])


def _arithmetic(spec: Spec, logits: np.ndarray) -> pd.DataFrame:
    """What the slide's formula, -sum p ln p as it stands, gives in float32 and float64."""
    rows = []
    for dtype in ("float32", "float64"):
        for temperature in spec.slide_temperatures:
            p = _softmax(logits, temperature, dtype)
            with np.errstate(divide="ignore", invalid="ignore"):
                as_printed = -np.sum(p * np.log(p))
            kept = p[p > 0]
            without_zeros = -np.sum(kept * np.log(kept))
            rows.append((dtype, float(temperature), as_printed, without_zeros))
    columns = ["dtype", "temperature", "as_printed", "without_zeros"]
    return pd.DataFrame(rows, columns=columns).astype({c: float for c in columns[1:]})


def _determination(spec: Spec, logits: np.ndarray) -> pd.DataFrame:
    """Singular values of the three equations' Jacobian: how many directions they hold."""
    _, jacobians = _system(spec, logits[None], np.array(spec.slide_entropies))
    values = np.linalg.svd(jacobians[0], compute_uv=False)
    return pd.DataFrame({"direction": range(1, len(values) + 1), "singular_value": values})


def _gap(spec: Spec) -> pd.DataFrame:
    """The gaps between the two greatest logits that print the lowest entropy as it is."""
    from scipy.optimize import brentq

    temperature, printed = spec.slide_temperatures[0], spec.slide_entropies[0]
    half = 0.005e-14  # three digits are printed

    def gap_for(entropy, top):
        def excess(gap):
            p = np.exp(-gap / temperature)
            return np.log((p * gap / temperature + top * p) / entropy)

        return brentq(excess, 0.1, 1, xtol=1e-14)

    # The greatest probability is 1 - p and its term p; in float32 it is 1 and its term 0.
    return pd.DataFrame(
        [
            (name, gap_for(printed + half, top), gap_for(printed - half, top))
            for name, top in (("exact", 1.0), ("greatest probability rounded to 1", 0.0))
        ],
        columns=["arithmetic", "low", "high"],
    )


UNITS = {"nats": 1.0, "bits": float(np.log(2))}


def _with_others(spec: Spec, unit: float, others: int) -> tuple[float, float, float]:
    """Two leading logits and some others on one level that give the first two entropies.

    Returns:
        The gap of the leading two, the depth of the others below the first, and the entropy at
        the third temperature; what is left of the classes has no probability.
    """
    from scipy.optimize import brentq

    (cold, warm, hot), (h_cold, h_warm, _) = spec.slide_temperatures, spec.slide_entropies

    def entropy(gap, depth, temperature):
        return _numpy_entropy(np.r_[0, -gap, -depth * np.ones(others)], temperature)

    gap = brentq(lambda g: np.log(entropy(g, 99, cold) / (h_cold * unit)), 0.1, 1, xtol=1e-14)
    depth = brentq(lambda d: entropy(gap, d, warm) - h_warm * unit, gap, 40, xtol=1e-14)
    return gap, depth, entropy(gap, depth, hot)


def _numpy_entropy(logits, temperature):
    """As through the layer, without its cost a call: root finding calls it often."""
    powers = np.exp((logits - logits.max()) / temperature)
    return _entropy(powers / powers.sum())


def _attainable(spec: Spec) -> pd.DataFrame:
    """Which third entropy the first two leave room for, by the number of other classes."""
    rows = []
    for name, unit in UNITS.items():
        for others in range(1, spec.classes - 1):
            _, depth, hot = _with_others(spec, unit, others)
            rows.append((name, others, depth, hot / unit))
    return pd.DataFrame(rows, columns=["unit", "others", "depth", "entropy"])


def _units(spec: Spec) -> pd.DataFrame:
    """Nats or bits: whether each has a solution, how deep its logits go, and how usual it is."""
    random = generator(spec.classes, 3)
    low, high = np.log(spec.unit_scales)
    scale = np.exp(random.uniform(low, high, (spec.unit_vectors, 1)))
    logits = scale * random.normal(size=(spec.unit_vectors, spec.classes))
    warm, hot = (_entropy(_softmax(logits, t)) for t in spec.slide_temperatures[1:])
    starts = {"nats": (0.36, 2.8, 0.4), "bits": (0.36, 6.0, 2.4)}
    rows = []
    for name, unit in UNITS.items():
        targets = unit * np.array(spec.slide_entropies)
        solution = _evenly_spaced(spec, targets, starts[name])
        residuals, _ = _system(spec, solution[None], targets)
        near = np.abs(warm / unit - spec.slide_entropies[1]) < spec.unit_margin
        near &= np.abs(hot / unit - spec.slide_entropies[2]) < spec.unit_margin
        deepest = _with_others(spec, unit, spec.classes - 2)[1]
        zeros = bool((_softmax(solution, spec.slide_temperatures[0]) == 0).any())
        rows.append(
            (name, np.abs(residuals).max(), -solution[-1], deepest, zeros, near.sum(), len(near))
        )
    return pd.DataFrame(
        rows,
        columns=[
            "unit", "residual", "deepest_evenly_spaced", "deepest_at_least", "zeros_when_cold",
            "matches", "vectors",
        ],
    )  # fmt: skip


ELEMENTWISE = "a few float64 operations; libraries differ in the last bits of exp"

SOLVED = "a root of three equations; rounding moves it along the directions that they leave free"

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
    "gap": Table(
        key=("arithmetic",),
        columns={
            side: Close(rtol=1e-9, atol=0, reason="a root found to 1e-14")
            for side in ("low", "high")
        },
    ),
    "units": Table(
        key=("unit",),
        columns={
            "residual": Close(rtol=0, atol=1e-10, reason="rounding errors of the equations"),
            "deepest_evenly_spaced": Close(rtol=1e-9, atol=0, reason=SOLVED),
            "deepest_at_least": Close(rtol=1e-9, atol=0, reason="a root found to 1e-14"),
            "zeros_when_cold": Exact(),
            "matches": Rate(trials="vectors"),
            "vectors": Exact(),
        },
    ),
    "attainable": Table(
        key=("unit", "others"),
        columns={
            "depth": Close(rtol=1e-9, atol=0, reason="a root found to 1e-14"),
            "entropy": Close(rtol=1e-9, atol=0, reason="a root found to 1e-14"),
        },
    ),
}
