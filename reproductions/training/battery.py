"""The battery: the same short measurements for any activation function, each with its interval.

One function a check. Each takes what makes the activation, a Keras layer without state that acts on
each element alone, called with `dtype`, and a setting; it returns rows as `measure` and `share`
make them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reproductions.evidence.statistics import mean_of, share_of
from reproductions.training import activations, xor

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from reproductions.training.descent_path import Paths

Rows = list[dict]


@dataclass(frozen=True)
class Setting:
    """How much is measured."""

    seeds: int = 1_024  # of the XOR network; a quarter as many start from Glorot's weights too
    xor_depth: int = 10
    xor_width: int = 5
    xor_rate: float = 0.01
    xor_steps: int = 20_001
    flow_depth: int = 20
    flow_width: int = 32
    flow_seeds: int = 256
    zigzag_width: int = 8
    zigzag_seeds: int = 256
    zigzag_limit: int = 2_000
    digits_rates: tuple[float, ...] = (0.1, 0.3, 1.0)
    digits_steps: int = 440
    digits_seeds: int = 20
    digits_error: float = 0.1
    circles_rate: float = 0.05
    circles_epochs: int = 8
    circles_seeds: int = 64
    cost_elements: int = 2**18
    cost_rounds: int = 15


FIRST_TUNING_SEED, TUNING_SEEDS = 1_000_000, 3
CIRCLES = (3, 2)
HIDDEN = (32, 32)
SOON = 200
"""Updates after which replicas that are not finite are left alone: a function may be slow there."""


def measure(
    check: str,
    quantity: str,
    value: float,
    low: float = np.nan,
    high: float = np.nan,
    left_out: str = "",
) -> dict:
    """A row for a number with its 95 % interval, NaN where it has none.

    Args:
        check: what it belongs to, from `CHECKS`.
        quantity: what it is.
        value: the number.
        low: the lower end of its interval.
        high: the upper end.
        left_out: what the number leaves out, and why; empty where it holds all there is.
    """
    if quantity.startswith(SHARES):
        # Student's interval does not know that no mean of shares lies outside [0, 1]. Cut there, it
        # covers the mean as often as before.
        low, high = np.clip((low, high), 0, 1)
    ends = {"value": float(value), "low": float(low), "high": float(high)}
    counts = {"count": 0, "trials": 0, "left_out": left_out}
    return {"check": check, "quantity": quantity, **ends, **counts}


def share(check: str, quantity: str, count: int, trials: int) -> dict:
    """A row for a share of initialisations, with its Wilson interval."""
    own = share_of(int(count), int(trials))
    ends = {"value": own["share"], "low": own["low"], "high": own["high"]}
    counts = {"count": int(count), "trials": int(trials), "left_out": ""}
    return {"check": check, "quantity": quantity, **ends, **counts}


def _left_out(total: int, of: str, counts: dict[str, int]) -> str:
    """Says how many of all are left out of a number, by reason; empty if none is."""
    return ", ".join(f"{why} in {n} of {total} {of}" for why, n in counts.items() if n)


def _not_finite(what: str, values: np.ndarray) -> str:
    return _left_out(values.size, "inputs", {f"{what} not finite": (~np.isfinite(values)).sum()})


def _seeds(setting: Setting, most: int) -> range:
    return range(min(setting.seeds, most))


def signal(factory: Callable, setting: Setting) -> Rows:
    """Saturation and zero-centring under z ~ N(0, 1), by the midpoint rule; there is no chance."""
    from reproductions.training.gradients import SATURATED, largest_slope, value_and_slope

    layer = factory(dtype="float64")
    z = (np.arange(-5_000, 5_000) + 0.5) / 1_000
    weight = np.exp(-(z**2) / 2)
    weight /= weight.sum()
    value, slope = (np.asarray(part) for part in value_and_slope(layer, z))
    largest = largest_slope(layer)
    flat = np.abs(slope) < SATURATED * largest
    rows = [
        measure("signal", "mean output", weight @ value, left_out=_not_finite("f", value)),
        measure(
            "signal", "RMS slope", np.sqrt(weight @ slope**2), left_out=_not_finite("f'", slope)
        ),
        measure("signal", "saturated share", weight @ flat),
    ]
    if not np.isfinite(largest):  # then no slope is known to be small beside it
        why = "f' is not finite at every input from -50 to 50"
        rows[-1] = measure("signal", "saturated share", np.nan, left_out=why)
    return rows


def stack_gradients(factory: Callable, setting: Setting) -> np.ndarray:
    """The gradient's RMS at each layer of deep stacks with Glorot's weights, (layer, seed)."""
    from reproductions.training import gradients

    depth, seeds = setting.flow_depth, _seeds(setting, setting.flow_seeds)
    stacks = gradients.stacks(setting.flow_width, depth, seeds, "glorot").shortened(depth)
    return gradients.flow(factory, stacks).gradient[-1]


def flow(factory: Callable, setting: Setting) -> Rows:
    """The gradient's factor a layer in deep stacks with Glorot's weights."""
    from reproductions.training.gradients import slope_per_layer

    gradient = stack_gradients(factory, setting)
    slopes = slope_per_layer(gradient)
    whole = np.isfinite(slopes)
    # From the input up, a gradient that vanishes grows: the factor is taken on the way down.
    interval = np.exp(-np.array(mean_of(slopes[whole])))
    middle, high, low = interval
    broken = ~np.isfinite(gradient).all(axis=0)
    reasons = {"gradient exactly 0": (~whole & ~broken).sum(), "gradient not finite": broken.sum()}
    left_out = _left_out(len(slopes), "stacks", reasons)
    return [measure("gradient flow", "factor a layer", middle, low, high, left_out)]


@dataclass(frozen=True)
class Ends:
    """What networks came to that were trained on XOR; the replica is always the last axis.

    Attributes:
        weights: of the networks, as `Trained` has them.
        finite: whether the weights and all costs stayed finite, (replica,).
        solved: whether the network has solved XOR, (replica,).
    """

    weights: list[np.ndarray]
    finite: np.ndarray
    solved: np.ndarray


def xor_ends(factory: Callable, setting: Setting, seeds: Mapping[str, int]) -> dict[str, Ends]:
    """Trains the deep network on XOR; its hidden layers are compiled once.

    Args:
        factory: makes the activation.
        setting: the network, and how it is trained.
        seeds: how many, by the scheme of the initial weights.

    Returns:
        What the networks come to, by scheme.
    """
    import keras

    from reproductions.training import replicas

    hidden = [setting.xor_width] * (setting.xor_depth - 1)
    parts = [p for width in hidden for p in (keras.layers.Dense(width), factory(dtype="float32"))]
    model = keras.Sequential([keras.Input((2,)), *parts, keras.layers.Dense(1)])
    engine = replicas.Replicas(model, xor.stable_loss, xor.records("stable"), watch=False)

    def after(scheme: str, count: int) -> Ends:
        weights = replicas.initial_weights(model, range(count), scheme)
        finite = solved = np.ones(count, bool)
        for steps in (early := min(SOON, setting.xor_steps // 2), setting.xor_steps - early):
            if not finite.any():
                break
            trained = engine.train(
                [w[..., finite] for w in weights],
                xor.X,
                xor.Y,
                setting.xor_rate,
                steps,
                every=steps - 1,
            )
            kept, solved = finite.copy(), np.zeros(count, bool)
            ended = xor.outcomes(trained.records["cost"], trained.finite_steps < 0)
            kept[finite], solved[finite] = ended != "non-finite", ended == "solved"
            for whole, part in zip(weights, trained.weights, strict=True):
                whole[..., finite] = part
            finite = kept
        return Ends(weights, finite, solved)

    return {scheme: after(scheme, count) for scheme, count in seeds.items()}


def dead_shares(factory: Callable, weights: Sequence[np.ndarray]) -> np.ndarray:
    """The share of dead hidden units in XOR networks of these weights, (replica,)."""
    from reproductions.training import units

    layers = units.pre_activations(lambda: factory(dtype="float32"), weights, xor.X)
    return np.mean([units.dead(slopes) for _, slopes, _ in layers], axis=(0, 2))


def ten_layers(factory: Callable, setting: Setting) -> Rows:
    """How often the XOR network solves XOR, breaks, and holds dead units in the end.

    From the xor-post's N(0, 1) weights, and from Glorot's, which suit functions of a larger slope.
    """
    seeds = {"glorot": -(-setting.seeds // 4), "normal": setting.seeds}
    ends = xor_ends(factory, setting, seeds)
    rows = []
    for scheme, name in (("glorot", ", Glorot weights"), ("normal", "")):
        solved, broken = ends[scheme].solved.sum(), (~ends[scheme].finite).sum()
        rows.append(share("XOR, 10 layers", f"solved{name}", solved, seeds[scheme]))
        rows.append(share("XOR, 10 layers", f"non-finite{name}", broken, seeds[scheme]))
    finite = ends["normal"].finite
    dead = dead_shares(factory, ends["normal"].weights)
    left_out = _left_out(len(finite), "initialisations", {"NaN or infinite": (~finite).sum()})
    if not finite.any():
        left_out = "no initialisation stayed finite"
    dead_share = measure("dead units", "share after XOR", *mean_of(dead[finite]), left_out)
    return [*rows, dead_share]


def descents(features: np.ndarray, setting: Setting) -> "Paths":
    """The paths of the weights of a unit that these features feed, one for each seed."""
    from reproductions.training import descent_path

    width, seeds = setting.zigzag_width, _seeds(setting, setting.zigzag_seeds)
    moment = descent_path.second_moment(features)
    # By the mean squared input, so that a function's scale alone changes nothing.
    rate = 0.1 / float(np.trace(moment)) if np.trace(moment) > 0 else 0.1
    start = descent_path.starts(width, seeds)
    return descent_path.descend(features, start, seeds, rate, limit=setting.zigzag_limit)


def zigzag(factory: Callable, setting: Setting) -> Rows:
    """Length over displacement of the weights of a unit that the function feeds; 1 is straight."""
    from reproductions.training import descent_path

    inputs = descent_path.inputs(setting.zigzag_width)
    features = descent_path.outputs(factory(dtype="float32"), inputs)
    if left_out := _not_finite("f", features):
        return [measure("zigzag", "path over distance", np.nan, left_out=left_out)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = descents(features, setting).ratio
    whole = np.isfinite(ratio)
    left_out = _left_out(len(ratio), "descents", {"weights that come nowhere": (~whole).sum()})
    return [measure("zigzag", "path over distance", *mean_of(ratio[whole]), left_out)]


def updates_to_error(factory: Callable, setting: Setting) -> np.ndarray:
    """Updates to an error on the digits, (seed,), at the rate that is best on seeds of its own.

    NaN where a network never gets there.
    """
    from reproductions.training import classifiers, digits

    images, classifier = digits.load(), classifiers.Classifier(hidden=HIDDEN)
    record_at = np.unique(np.geomspace(2, setting.digits_steps, 40).round().astype(int))

    def steps(seeds: range, rates: Sequence[float]) -> np.ndarray:
        """Updates to the error, (rate, seed)."""
        errors, _ = classifiers.train(
            classifier,
            lambda: factory(dtype="float32"),
            images,
            classifier.weights(images, np.tile(seeds, len(rates))),
            np.repeat(rates, len(seeds)),
            record_at,
        )
        found = classifiers.steps_to(errors, record_at, setting.digits_error)
        return found.reshape(len(rates), len(seeds))

    rates = setting.digits_rates
    tuning = range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + TUNING_SEEDS)
    late = counted_late(steps(tuning, rates), setting)
    best = rates[int(np.argmin(np.median(late, axis=1)))]
    return steps(_seeds(setting, setting.digits_seeds), [best])[0]


def counted_late(steps: np.ndarray, setting: Setting) -> np.ndarray:
    """Updates to the error, where a run that never gets there counts as the last update."""
    return np.where(np.isnan(steps), setting.digits_steps, steps)


def convergence(factory: Callable, setting: Setting) -> Rows:
    """How many networks reach an error on the digits, and after how many updates."""
    steps = updates_to_error(factory, setting)
    return [
        share("digits", "reached", np.isfinite(steps).sum(), len(steps)),
        measure("digits", "updates", *mean_of(counted_late(steps, setting))),
    ]


def circles_separated(factory: Callable, setting: Setting) -> np.ndarray:
    """Whether the slides' 2-3-2-1 network separates the two circles in the end, (seed,)."""
    import keras

    from custom_layers import Sigmoid
    from reproductions.training import circles, replicas

    parts = [p for width in CIRCLES for p in (keras.layers.Dense(width), factory(dtype="float32"))]
    model = keras.Sequential([keras.Input((2,)), *parts, keras.layers.Dense(1), Sigmoid()])
    engine = replicas.Replicas(
        model, circles.squared_loss, circles.record, watch=False, threads=1, block=32
    )
    seeds = _seeds(setting, setting.circles_seeds)
    weights = replicas.initial_weights(model, seeds, "glorot")
    epochs = range(setting.circles_epochs)
    _, records = circles.train(engine, weights, setting.circles_rate, epochs)
    return circles.accuracy(records)[-1] == 1


def circles_apart(factory: Callable, setting: Setting) -> Rows:
    """How often the slides' 2-3-2-1 network separates the two circles."""
    separated = circles_separated(factory, setting)
    return [share("circles", "separated", separated.sum(), len(separated))]


def cost(factories: dict[str, Callable], setting: Setting) -> dict[str, Rows]:
    """Time an element over ReLU's, in turns, for several functions at once; alone on the machine.

    Compiled by XLA, float32; the forward pass, and that with the gradient.
    """
    from reproductions.training.cost import element_times

    layers = {"reference": lambda dtype: activations.layer("relu", dtype=dtype), **factories}
    times, _ = element_times(
        layers,
        "reference",
        modes=("xla",),
        sizes=(setting.cost_elements,),
        rounds=setting.cost_rounds,
    )
    names = {"forward": "forward over ReLU's", "gradient": "with gradient over ReLU's"}
    return {
        function: [
            measure("cost", names[row.work], row.ratio, row.ratio_low, row.ratio_high)
            for row in times[times["function"] == function].itertuples()
        ]
        for function in factories
    }


CHECKS: dict[str, Callable[[Callable, Setting], Rows]] = {
    # The longest first.
    "XOR, 10 layers": ten_layers,
    "circles": circles_apart,
    "digits": convergence,
    "signal": signal,
    "gradient flow": flow,
    "zigzag": zigzag,
}

QUANTITIES = (
    # In the order in which they are shown: check, quantity.
    ("signal", "mean output"),
    ("signal", "RMS slope"),
    ("signal", "saturated share"),
    ("gradient flow", "factor a layer"),
    ("XOR, 10 layers", "solved"),
    ("XOR, 10 layers", "non-finite"),
    ("XOR, 10 layers", "solved, Glorot weights"),
    ("XOR, 10 layers", "non-finite, Glorot weights"),
    ("dead units", "share after XOR"),
    ("zigzag", "path over distance"),
    ("digits", "reached"),
    ("digits", "updates"),
    ("circles", "separated"),
    ("cost", "forward over ReLU's"),
    ("cost", "with gradient over ReLU's"),
)
SHARES = ("saturated", "solved", "non-finite", "share", "reached", "separated")
"""How the quantities between 0 and 1 begin."""


def figure(
    scores: "pd.DataFrame",
    functions: Sequence[str],
    marked: str | None = None,
    titles: Mapping[str, str] | None = None,
) -> "Figure":
    """A panel a quantity, a dot with its interval a function.

    Args:
        scores: a data frame with the columns function, check, quantity, value, low and high.
        functions: from top to bottom.
        marked: the one that the others are held against.
        titles: what the panels call a check whose name says the stored setting's number.
    """
    from reproductions.evidence import drawing

    drawn, axes = drawing.panels(3, 5, width=2.5, height=2.6, sharey=True)
    places = {function: -i for i, function in enumerate(functions)}
    for panel in axes.flat[len(QUANTITIES) :]:
        panel.set_visible(False)
    for panel, (check, quantity) in zip(axes.flat, QUANTITIES, strict=False):
        rows = scores[(scores["check"] == check) & (scores["quantity"] == quantity)]
        for row in rows.itertuples():
            own = row.function == marked
            color = drawing.VERMILION if own else drawing.BLUE
            ends = np.nan_to_num([[row.value - row.low], [row.high - row.value]])
            panel.errorbar(
                row.value,
                places[row.function],
                xerr=np.maximum(ends, 0),
                color=color,
                capsize=2,
                fmt="D" if own else "o",
                markersize=6 if own else 4,
                linewidth=1.2,
            )
            if own and np.isfinite(row.value):
                panel.axvline(row.value, color=color, linewidth=0.8, linestyle=":")
        panel.set_title(f"{(titles or {}).get(check, check)}:\n{quantity}", fontsize=9)
        panel.set_yticks(list(places.values()), list(places))
        panel.set_ylim(-len(places) + 0.5, 0.5)
        panel.locator_params(axis="x", nbins=4)
        panel.grid(visible=False, axis="y")
        if quantity.startswith(SHARES):
            panel.set_xlim(-0.03, 1.03)
    drawn.suptitle("The battery: values with 95 % intervals")
    return drawn


def scores(tables: Mapping[str, "pd.DataFrame"]) -> "pd.DataFrame":
    """One data frame of the battery experiment's tables: function, check, quantity, value, ends."""
    import pandas as pd

    formulas = tables["formulas"].assign(check="signal", low=np.nan, high=np.nan)
    shares = tables["shares"].rename(columns={"share": "value"})
    parts = [formulas, tables["measures"], shares.drop(columns=["count", "trials"])]
    columns = ["function", "check", "quantity", "value", "low", "high"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)
