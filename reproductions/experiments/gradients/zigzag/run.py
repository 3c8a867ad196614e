"""The setting, the runs, and the shape of the tables."""

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.evidence.statistics import generator
from reproductions.training import activations, descent_path
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool

Function = Literal["sigmoid", "sigmoid - 1/2", "tanh", "tanh + 1", "relu", "relu - mean"]


@dataclass(frozen=True)
class Spec:
    """The unit, the network, and how many seeds see them."""

    seeds: int = 256
    width: int = 5
    rates: tuple[float, ...] = (0.03, 0.1)  # times the largest eigenvalue
    grid: tuple[float, ...] = tuple(round(0.03 * 2 ** (k / 2), 4) for k in range(13))
    batches: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128)
    limit: int = 5_000
    network_functions: tuple[Function, ...] = (
        "sigmoid", "sigmoid - 1/2", "tanh", "tanh + 1", "relu", "relu - mean",
    )  # fmt: skip
    network_batches: tuple[int, ...] = (1, 16)
    network_rate: float = 0.025
    network_grid: tuple[float, ...] = (0.0125, 0.025, 0.05, 0.1)
    network_steps: int = 2_048
    tuning_seeds: int = 32


SPEC = Spec()

QUICK = {
    "batches": (1, 8, 128), "grid": (0.03, 0.1, 0.3, 1.0), "network_batches": (1,),
    "network_grid": (0.025, 0.1), "tuning_seeds": 8,
    "network_functions": ("sigmoid", "sigmoid - 1/2"),
}  # fmt: skip

SMALL = {
    "batches": (1, 8), "grid": (0.3,), "network_batches": (1,), "network_grid": (0.025,),
    "network_steps": 64, "limit": 300, "tuning_seeds": 2,
    "network_functions": ("sigmoid", "sigmoid - 1/2"),
}  # fmt: skip

RELU_MEAN = 1 / np.sqrt(2 * np.pi)

SHIFTS = {
    # The function, and what is added to it: E ReLU(z) = 1 / sqrt(2 pi); tanh(z) + 1 = 2 s(2z).
    "sigmoid": ("sigmoid", 0.0),
    "sigmoid - 1/2": ("sigmoid", -0.5),
    "tanh": ("tanh", 0.0),
    "tanh + 1": ("tanh", 1.0),
    "relu": ("relu", 0.0),
    "relu - mean": ("relu", -RELU_MEAN),
}

CONTROLS = ("rotated", "mirrored", "whitened", "stretched tanh", "one at a time")

MEAN_PAIRS = {"sigmoid": "sigmoid - 1/2", "tanh + 1": "tanh", "relu": "relu - mean"}

CONTROL_PAIRS = {
    "rotated": "sigmoid",
    "mirrored": "sigmoid",
    "stretched tanh": "sigmoid",
    "whitened": "sigmoid - 1/2",
    "one at a time": "sigmoid - 1/2",
}

ACROSS = (("sigmoid", "tanh"), ("relu", "tanh"))

PAIRS = (*MEAN_PAIRS.items(), *CONTROL_PAIRS.items(), *ACROSS)

TUNED = "tuned"

LEAST_FULL = 0.2

TUNING = 1_000_000  # the first of the seeds that tune

RESAMPLES = 2_000

PLANE = ("sigmoid", "rotated", "sigmoid - 1/2", "tanh", "relu")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Descends with the unit and with the network, each function on a core."""
    problems = {name: _problem(spec.width, name) for name in (*SHIFTS, *CONTROLS)}
    inside = list(itertools.product(spec.network_functions, spec.network_batches))
    total = len(problems) + len(inside)
    with pool.progress(total=total, what="zigzag", unit="function") as bar, workers() as executor:

        def start(function, *arguments):
            future = executor.submit(function, spec, *arguments)
            future.add_done_callback(lambda _: bar.update())
            return future

        units = {name: start(_unit, name, *problem) for name, problem in problems.items()}
        networks = {key: start(_network, *key) for key in inside}
        units = {name: future.result() for name, future in units.items()}
        networks = {key: future.result() for key, future in networks.items()}
    return {
        "functions": pd.DataFrame([_moments(name, *p) for name, p in problems.items()]),
        "signs": pd.DataFrame(
            [_unit_signs(name, features) for name, (features, _) in problems.items()]
            + [row for own in networks.values() for row in own["signs"]]
        ),
        "paths": pd.DataFrame([row for own in units.values() for row in _path_rows(own)]),
        "seeds": pd.concat([_seed_rows(name, own) for name, own in units.items()]),
        "unit_pairs": pd.DataFrame(_unit_pairs(spec, units, problems)),
        "network": pd.DataFrame([row for own in networks.values() for row in own["rows"]]),
        "network_pairs": pd.DataFrame(
            _network_pairs(spec, networks), columns=TABLES["network_pairs"].names
        ),
        "plane": pd.concat([_plane(name, batch) for name in PLANE for batch in (1, 128)]),
        "slopes": _slopes(),
    }


def _problem(width, name):
    """What feeds the unit, and the matrix that takes each seed's start to these features' axes."""
    z = descent_path.inputs(width)

    def fed(of):
        function, shift = SHIFTS[of]
        return descent_path.outputs(activations.layer(function), z) + shift

    same = np.eye(width)
    if name in SHIFTS:
        return fed(name), same
    sigmoid, moment = fed("sigmoid"), descent_path.second_moment(fed("sigmoid"))
    if name == "rotated":
        axes = _rotation(width)
        return sigmoid @ axes, axes
    if name == "mirrored":
        sign = generator(0, width, 5).choice([-1.0, 1.0], size=(len(z), 1))
        return sign * sigmoid, same
    if name == "whitened":
        return sigmoid @ _power(moment, -0.5), same
    if name == "stretched tanh":
        tanh = fed("tanh")
        whitened = tanh @ _power(descent_path.second_moment(tanh), -0.5)
        return whitened @ _power(moment, 0.5), same
    # The largest input alone gets through: never negative, and no two weights at once.
    return np.sqrt(width) * (z == z.max(axis=1, keepdims=True)), same


def _power(matrix, exponent):
    values, vectors = np.linalg.eigh(matrix)
    return vectors * values**exponent @ vectors.T


def _rotation(width):
    """Orthogonal, its first column along (1, ..., 1): a Householder reflection."""
    normal = np.full(width, 1 / np.sqrt(width)) - np.eye(width)[0]
    return np.eye(width) - 2 * np.outer(normal, normal) / (normal @ normal)


def _moments(name, features, _axes):
    values = np.linalg.eigvalsh(descent_path.second_moment(features))
    return {
        "function": name,
        "mean": np.sqrt((features.mean(0) ** 2).mean()),
        "variance": features.var(0).mean(),
        "smallest_eigenvalue": values[0],
        "largest_eigenvalue": values[-1],
        "condition": values[-1] / values[0],
        "length_factor": descent_path.length_factor(features),
    }


def _unit_signs(name, features):
    random = generator(0, features.shape[1], 6)
    weights, goal = random.standard_normal((2, features.shape[1]))
    gradients = descent_path.unit_gradients(features, weights, features @ goal)
    return _sign_row("unit", name, descent_path.signs(gradients))


def _sign_row(place, name, signs, seeds=1):
    """Counts of samples, over units and seeds, and of the seeds with any opposed signs."""
    compared = signs["compared"]
    opposed = int(signs["opposed"].sum())
    by_seed = signs["opposed"].reshape(-1, seeds).any(axis=0)
    return {
        "place": place,
        "function": name,
        "seeds": seeds,
        "seeds_opposed": int(by_seed.sum()),
        "samples": compared.size,
        "compared": int(compared.sum()),
        "opposed": opposed,
        "opposed_share": opposed / max(compared.sum(), 1),
        "all_same_share": signs["all_same"].mean(),
    }


def _unit(spec, name, features, axes) -> dict:
    """Every descent of one unit: (rate's name, batch) -> (rate, paths)."""
    largest = np.linalg.eigvalsh(descent_path.second_moment(features))[-1]
    seeds = range(spec.seeds)
    start = descent_path.starts(spec.width, seeds) @ axes
    tuning = range(TUNING, TUNING + spec.tuning_seeds)
    tuning_start = descent_path.starts(spec.width, tuning) @ axes

    def descend(factor, batch):
        return descent_path.descend(features, start, seeds, factor / largest, batch, spec.limit)

    def tuned(batch):
        # Where single samples still pass, whole batches are far from their best.
        grid = spec.grid if batch == 1 else [f for f in spec.grid if f >= LEAST_FULL] or spec.grid
        steps = []
        for factor in grid:
            rate = factor / largest
            paths = descent_path.descend(features, tuning_start, tuning, rate, batch, spec.limit)
            steps.append(np.where(paths.arrived, paths.steps, np.inf).mean())
        return grid[int(np.argmin(steps))]

    found = {(f"{f:g}", 1): (f, descend(f, 1)) for f in spec.rates}
    both = (1, spec.batches[-1]) if name in SHIFTS else (1,)
    for batch in both:
        factor = tuned(batch)
        found[TUNED, batch] = factor, descend(factor, batch)
    if name in SHIFTS:
        least = spec.rates[0]
        for batch in spec.batches[1:]:
            found[f"{least:g}", batch] = least, descend(least, batch)
    return {"name": name, "paths": found}


def _path_rows(own):
    for (rate, batch), (factor, paths) in own["paths"].items():
        seeds, arrived = len(paths.steps), int(paths.arrived.sum())
        ratio, low, high = _interval(np.log(paths.ratio))
        yield {
            "function": own["name"],
            "rate": rate,
            "batch": batch,
            "factor": factor,
            "seeds": seeds,
            "arrived": arrived,
            "steps_q50": np.median(paths.steps),
            "ratio": ratio,
            "low": low,
            "high": high,
        }


def _interval(logarithms) -> tuple[float, float, float]:
    """The geometric mean over seeds with its 95 % bootstrap interval.

    Of logarithms of ratios of the same seed it is the paired interval.
    """
    from scipy.stats import bootstrap

    middle = float(np.exp(logarithms.mean()))
    if np.ptp(logarithms) < 1e-9:  # nothing to resample
        return middle, middle, middle
    found = bootstrap(
        (logarithms,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=generator(0)
    ).confidence_interval
    return middle, float(np.exp(found.low)), float(np.exp(found.high))


def _seed_rows(name, own):
    frames = []
    for (rate, batch), (_, paths) in own["paths"].items():
        if batch > 1:
            continue
        frames.append(
            pd.DataFrame(
                {
                    "function": name,
                    "rate": rate,
                    "seed": range(len(paths.steps)),
                    "steps": paths.steps,
                    "arrived": paths.arrived,
                    "ratio": paths.ratio.round(5),
                }
            )
        )
    return pd.concat(frames)


def _unit_pairs(spec, units, problems):
    """Each pair's paths and steps, seed by seed."""
    for one, other in PAIRS:
        factor = [descent_path.length_factor(problems[name][0]) for name in (one, other)]
        slowness = [_slowness(problems[name][0]) for name in (one, other)]
        ours, theirs = (units[name]["paths"] for name in (one, other))
        for rate, batch in ours:
            if (rate, batch) not in theirs:
                continue
            (_, a), (_, b) = ours[rate, batch], theirs[rate, batch]
            length, low, high = _interval(np.log(a.ratio / b.ratio))
            steps, steps_low, steps_high = _interval(np.log(a.steps / b.steps))
            yield {
                "function": one,
                "against": other,
                "rate": rate,
                "batch": batch,
                "seeds": spec.seeds,
                "arrived": int((a.arrived & b.arrived).sum()),
                "length": length,
                "length_low": low,
                "length_high": high,
                "length_predicted": factor[0] / factor[1],
                "steps": steps,
                "steps_low": steps_low,
                "steps_high": steps_high,
                "steps_predicted": slowness[0] / slowness[1],
            }


def _slowness(features):
    """The largest eigenvalue over the mean of the others: updates needed at rate 1 / largest."""
    values = np.linalg.eigvalsh(descent_path.second_moment(features))
    return values[-1] / values[:-1].mean()


def _network(spec, name, batch) -> dict:
    """One network at the common rate and at its tuned one."""
    from reproductions.training import shifted_network

    function, shift = SHIFTS[name]
    network = shifted_network.ShiftedNetwork(lambda: activations.layer(function), shift, batch)
    tuning = range(TUNING, TUNING + spec.tuning_seeds)
    trained = network.train(
        np.tile(tuning, len(spec.network_grid)),
        np.repeat(spec.network_grid, spec.tuning_seeds),
        spec.network_steps,
    )
    loss = np.where(np.isfinite(trained.loss), trained.loss, np.inf)
    medians = np.median(loss.reshape(-1, spec.tuning_seeds), axis=1)
    best = spec.network_grid[int(np.argmin(medians))]
    seeds, rows, signs, results = np.arange(spec.seeds), [], [], {}
    for kind, rate in (("common", spec.network_rate), (TUNED, best)):
        own = (
            results["common"][0]
            if kind == TUNED and rate == spec.network_rate
            else (network.train(seeds, np.full(spec.seeds, rate), spec.network_steps))
        )
        finite = np.isfinite(own.loss) & np.isfinite(own.ratio)
        results[kind] = own, finite
        ratio, low, high = _interval(np.log(own.ratio[finite]))
        rows.append(
            {
                "function": name,
                "rate": kind,
                "batch": batch,
                "value": rate,
                "seeds": spec.seeds,
                "finite": int(finite.sum()),
                "ratio": ratio,
                "low": low,
                "high": high,
                "loss_q50": np.median(own.loss[finite]),
            }
        )
    if batch == 1:
        first = network.initial_weights(seeds)
        for place, weights in (("before", first), ("after", results["common"][0].weights)):
            signs.append(_sign_row(f"network, {place}", name, network.signs(weights), spec.seeds))
    return {"rows": rows, "signs": signs, "results": results}


def _network_pairs(spec, networks):
    for (one, other), batch, rate in itertools.product(
        MEAN_PAIRS.items(), spec.network_batches, ("common", TUNED)
    ):
        if not {one, other} <= set(spec.network_functions):
            continue
        (ours, fine), (theirs, too) = (
            networks[name, batch]["results"][rate] for name in (one, other)
        )
        both = fine & too
        ratios = ours.ratio[both] / theirs.ratio[both]
        length, low, high = _interval(np.log(ratios))
        loss, loss_low, loss_high = _interval(np.log(ours.loss[both] / theirs.loss[both]))
        yield {
            "function": one,
            "against": other,
            "batch": batch,
            "rate": rate,
            "seeds": int(both.sum()),
            "longer": int((ratios > 1).sum()),
            "length": length,
            "length_low": low,
            "length_high": high,
            "loss": loss,
            "loss_low": loss_low,
            "loss_high": loss_high,
        }


def _plane(name, batch, shown=400):
    """The path of two weights to a goal that lies where one must rise and the other fall."""
    features, axes = _problem(2, name)
    largest = np.linalg.eigvalsh(descent_path.second_moment(features))[-1]
    start = np.array([[-1.0, 1.0]]) @ axes
    paths = descent_path.descend(features, start, [0], 0.1 / largest, batch, limit=1_000, keep=True)
    track = paths.track[:, 0] - start  # from 0 to the goal
    steps = np.unique(np.linspace(0, len(track) - 1, shown).round().astype(int))
    return pd.DataFrame(
        {
            "function": name,
            "batch": batch,
            "step": steps,
            "w1": track[steps, 0].round(6) + 0.0,
            "w2": track[steps, 1].round(6) + 0.0,
            "goal1": -start[0, 0],
            "goal2": -start[0, 1],
            "updates": len(track) - 1,
            "ratio": paths.ratio[0],
        }
    )


def _slopes():
    import tensorflow as tf

    import custom_layers

    x = tf.constant([-10.0, -5.0, -3.0, -1.0, 0.0, 1.0, 3.0, 5.0, 10.0], "float64")
    rows = []
    for name in ("sigmoid", "tanh"):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = getattr(custom_layers, name)(x)
        slopes = np.array(tape.gradient(y, x))
        rows += [
            {"function": name, "x": a, "slope": b} for a, b in zip(np.array(x), slopes, strict=True)
        ]
    return pd.DataFrame(rows)


DESCENT = "float32 features; one seed's arrival may come an update sooner or later"

TRAINED = "trained weights differ in their last bits"

LINEAR = Close(rtol=1e-2, atol=1e-3, reason=DESCENT)

MOMENT = Close(rtol=1e-4, atol=1e-6, reason="means over float32 outputs")

TABLES = {
    "functions": Table(
        key=("function",),
        columns=dict.fromkeys(
            (
                "mean", "variance", "smallest_eigenvalue", "largest_eigenvalue", "condition",
                "length_factor",
            ),
            MOMENT,
        ),
    ),
    "signs": Table(
        key=("place", "function"),
        columns={
            "seeds": Exact(),
            "seeds_opposed": Rate(trials="seeds"),
            "samples": Exact(),
            # A seed's samples are no independent trials: the shares are held, not these counts.
            **dict.fromkeys(("compared", "opposed"), Unchecked()),
            **dict.fromkeys(
                ("opposed_share", "all_same_share"),
                Close(rtol=0, atol=0.02, reason=TRAINED),
            ),
        },
        over_seeds=True,
    ),
    "paths": Table(
        key=("function", "rate", "batch"),
        columns={
            "factor": Exact(),
            "seeds": Exact(),
            "arrived": Rate(trials="seeds"),
            **dict.fromkeys(("steps_q50", "ratio", "low", "high"), LINEAR),
        },
        over_seeds=True,
    ),
    "seeds": Table(
        key=("function", "rate", "seed"),
        columns={"steps": Unchecked(), "arrived": Rate(), "ratio": Unchecked()},
    ),
    "unit_pairs": Table(
        key=("function", "against", "rate", "batch"),
        columns={
            "seeds": Exact(),
            "arrived": Rate(trials="seeds"),
            **dict.fromkeys(
                (
                    "length", "length_low", "length_high", "length_predicted",
                    "steps", "steps_low", "steps_high", "steps_predicted",
                ),
                LINEAR,
            ),
        },
        over_seeds=True,
    ),
    "network": Table(
        key=("function", "batch", "rate"),
        columns={
            "value": Unchecked(),
            "seeds": Exact(),
            "finite": Rate(trials="seeds"),
            **dict.fromkeys(("ratio", "low", "high", "loss_q50"), Unchecked()),
        },
        over_seeds=True,
    ),
    "network_pairs": Table(
        key=("function", "against", "batch", "rate"),
        columns={
            "seeds": Close(rtol=0, atol=16, reason="those finite in both, held in `network`"),
            "longer": Rate(trials="seeds"),
            **dict.fromkeys(
                ("length", "length_low", "length_high"), Close(rtol=0.02, atol=0, reason=TRAINED)
            ),
            **dict.fromkeys(
                ("loss", "loss_low", "loss_high"), Close(rtol=0.1, atol=0, reason=TRAINED)
            ),
        },
        over_seeds=True,
    ),
    "plane": Table(
        key=("function", "batch", "step"),
        columns={
            **dict.fromkeys(("w1", "w2", "goal1", "goal2"), Close(0, 1e-3, DESCENT)),
            "updates": Unchecked(),
            "ratio": LINEAR,
        },
    ),
    "slopes": Table(
        key=("function", "x"),
        columns={"slope": Close(rtol=1e-9, atol=1e-15, reason="closed forms in float64")},
    ),
}  # fmt: skip
