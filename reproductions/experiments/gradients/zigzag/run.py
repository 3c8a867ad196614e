"""Descends with the unit and with the network, from the same seeds for every function."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.evidence.statistics import bootstrap_interval, generator
from reproductions.experiments.gradients.zigzag.excess import excess_rows
from reproductions.experiments.gradients.zigzag.problems import (
    CONTROL_PAIRS,
    CONTROLS,
    MEAN_PAIRS,
    OTHER_PAIRS,
    SHIFTS,
    Problem,
    make_problem,
)
from reproductions.training import activations, descent_path
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    from reproductions.training.shifted_network import ShiftedNetwork, Trained

Function = Literal["sigmoid", "sigmoid - 1/2", "tanh", "tanh + 1", "relu", "relu - mean"]


@dataclass(frozen=True)
class Spec:
    """The unit, the network, and how many seeds each of them is trained from."""

    seeds: int = 256
    width: int = 5
    rates: tuple[float, ...] = (0.03, 0.1)  # in units of 1 / (largest eigenvalue)
    grid: tuple[float, ...] = tuple(round(0.03 * 2 ** (k / 2), 4) for k in range(13))
    batches: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128)
    limit: int = 5_000
    network_functions: tuple[Function, ...] = (
        "sigmoid",
        "sigmoid - 1/2",
        "tanh",
        "tanh + 1",
        "relu",
        "relu - mean",
    )
    network_batches: tuple[int, ...] = (1, 16)
    network_rate: float = 0.025
    network_grid: tuple[float, ...] = (0.0125, 0.025, 0.05, 0.1)
    network_steps: int = 2_048
    tuning_seeds: int = 32


SPEC = Spec()

QUICK = {
    "batches": (1, 8, 128),
    "grid": (0.03, 0.1, 0.3, 1.0),
    "network_batches": (1,),
    "network_grid": (0.025, 0.1),
    "tuning_seeds": 8,
    "network_functions": ("sigmoid", "sigmoid - 1/2"),
}

SMALL = {
    "batches": (1, 8),
    "grid": (0.3,),
    "network_batches": (1,),
    "network_grid": (0.025,),
    "network_steps": 64,
    "limit": 300,
    "tuning_seeds": 2,
    "network_functions": ("sigmoid", "sigmoid - 1/2"),
}

COMMON, TUNED = "common", "tuned"
"""Names of the network's rates. The unit's are named by their number, or `TUNED`."""

LEAST_FOR_BATCHES = 0.2
"""The lowest rate of the grid for batches: lower ones suit single samples alone."""

TUNING = 1_000_000  # the first of the seeds on which rates are tuned

RESAMPLES = 2_000

PLANE = ("sigmoid", "rotated", "sigmoid - 1/2", "tanh", "relu")
"""The problems whose paths are shown for two weights, in the plane."""

Rows = list[dict[str, Any]]

Descents = dict[tuple[str, int], tuple[float, descent_path.Paths]]
"""By the rate's name and the batch: the rate in units of 1 / (largest eigenvalue), the paths."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Descends with the unit and with the network, one function on each core at a time."""
    problems = {name: make_problem(name, spec.width) for name in (*SHIFTS, *CONTROLS)}
    cells = list(itertools.product(spec.network_functions, spec.network_batches))
    total = len(problems) + len(cells)
    with pool.progress(total=total, what="zigzag", unit="function") as bar, workers() as executor:

        def submit(function, *arguments):
            future = executor.submit(function, spec, *arguments)
            future.add_done_callback(lambda _: bar.update())
            return future

        units = {name: submit(_descend, name, problems[name]) for name in problems}
        networks = {cell: submit(_train_network, *cell) for cell in cells}
        units = {name: future.result() for name, future in units.items()}
        networks = {cell: future.result() for cell, future in networks.items()}
    signs = [_unit_signs(name, problems[name]) for name in problems]
    return {
        "functions": pd.DataFrame([_moments(name, problems[name]) for name in problems]),
        "signs": pd.DataFrame([*signs, *(row for _, rows in networks.values() for row in rows)]),
        "paths": pd.DataFrame([row for name in units for row in _path_rows(name, units[name])]),
        "seeds": pd.concat([_seed_rows(name, units[name]) for name in units]),
        "unit_pairs": pd.DataFrame(_unit_pairs(spec, units, problems)),
        "excess": pd.DataFrame(excess_rows(units)),
        "network": pd.DataFrame(
            [
                row
                for cell, (trained, _) in networks.items()
                for row in _network_rows(*cell, trained)
            ]
        ),
        "network_pairs": pd.DataFrame(
            _network_pairs(spec, networks), columns=TABLES["network_pairs"].names
        ),
        "plane": pd.concat([_plane(name, batch) for name in PLANE for batch in (1, 128)]),
        "slopes": _slopes(),
    }


def _moments(name: str, problem: Problem) -> dict[str, Any]:
    features, values = problem.features, descent_path.eigenvalues(problem.features)
    return {
        "function": name,
        "mean": np.sqrt((features.mean(0) ** 2).mean()),
        "variance": features.var(0).mean(),
        "smallest_eigenvalue": values[0],
        "largest_eigenvalue": values[-1],
        "condition": values[-1] / values[0],
        "length_factor": descent_path.length_factor(features),
    }


def _unit_signs(name: str, problem: Problem) -> dict[str, Any]:
    features = problem.features
    random = generator(0, features.shape[1], 6)
    weights, goal = random.standard_normal((2, features.shape[1]))
    gradients = descent_path.unit_gradients(features, weights, features @ goal)
    return _sign_row("unit", name, descent_path.signs(gradients))


def _sign_row(
    place: str, name: str, signs: dict[str, np.ndarray], seeds: int = 1
) -> dict[str, Any]:
    """Counts of samples, over units and seeds, and of the seeds that have opposed signs at all."""
    compared, opposed = signs["compared"], signs["opposed"]
    return {
        "place": place,
        "function": name,
        "seeds": seeds,
        "seeds_opposed": int(opposed.reshape(-1, seeds).any(axis=0).sum()),
        "samples": compared.size,
        "compared": int(compared.sum()),
        "opposed": int(opposed.sum()),
        "opposed_share": opposed.sum() / max(compared.sum(), 1),
        "all_same_share": signs["all_same"].mean(),
    }


def _descend(spec: Spec, name: str, problem: Problem) -> Descents:
    """All descents of the unit on one problem; the controls see single samples only."""
    seeds, tuning_seeds = range(spec.seeds), range(TUNING, TUNING + spec.tuning_seeds)
    start = {s: descent_path.starts(spec.width, s) for s in (seeds, tuning_seeds)}

    def descend(seeds: range, factor: float, batch: int) -> descent_path.Paths:
        return problem.descend(start[seeds], seeds, factor, batch, spec.limit)

    def tuned(batch: int) -> float:
        grid = [factor for factor in spec.grid if batch == 1 or factor >= LEAST_FOR_BATCHES]
        mean_steps = []
        for factor in grid or spec.grid:
            paths = descend(tuning_seeds, factor, batch)
            mean_steps.append(np.where(paths.arrived, paths.steps, np.inf).mean())
        return (grid or spec.grid)[int(np.argmin(mean_steps))]

    cells = [*((f"{factor:g}", 1, factor) for factor in spec.rates), (TUNED, 1, tuned(1))]
    if name in SHIFTS:
        lowest, *_ = spec.rates
        cells += [(f"{lowest:g}", batch, lowest) for batch in spec.batches[1:]]
        cells += [(TUNED, batch, tuned(batch)) for batch in spec.batches[1:][-1:]]
    return {(rate, batch): (factor, descend(seeds, factor, batch)) for rate, batch, factor in cells}


def _path_rows(name: str, descents: Descents) -> Iterator[dict[str, Any]]:
    for (rate, batch), (factor, paths) in descents.items():
        yield {
            "function": name,
            "rate": rate,
            "batch": batch,
            "factor": factor,
            "seeds": len(paths.steps),
            "arrived": int(paths.arrived.sum()),
            "steps_q50": np.median(paths.steps),
            **geometric_mean("ratio", paths.ratio),
        }


def geometric_mean(name: str, ratios: np.ndarray, prefix: str = "") -> dict[str, float]:
    """The geometric mean over seeds with its 95 % bootstrap interval, as columns of a row.

    If each ratio is one of two runs from the same seed, this is the paired interval.

    Args:
        name: the column of the mean.
        ratios: (seed,).
        prefix: of the columns `low` and `high`.
    """
    logarithms = np.log(ratios)
    mean = low = high = logarithms.mean()
    if np.ptp(logarithms) >= 1e-9:  # otherwise resampling changes nothing
        low, high = bootstrap_interval(np.mean, logarithms, resamples=RESAMPLES)
    ends = {name: mean, f"{prefix}low": low, f"{prefix}high": high}
    return {column: float(np.exp(value)) for column, value in ends.items()}


def _seed_rows(name: str, descents: Descents) -> pd.DataFrame:
    """The descents on single samples, seed by seed."""
    frames = [
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
        for (rate, batch), (_, paths) in descents.items()
        if batch == 1
    ]
    return pd.concat(frames)


def _unit_pairs(
    spec: Spec, units: dict[str, Descents], problems: dict[str, Problem]
) -> Iterator[dict[str, Any]]:
    """The ratios of path lengths and of updates of each pair, seed by seed."""
    for pair in (*MEAN_PAIRS.items(), *CONTROL_PAIRS.items(), *OTHER_PAIRS):
        function, against = pair
        features, features_against = (problems[name].features for name in pair)
        length, length_against = map(descent_path.length_factor, (features, features_against))
        steps, steps_against = map(descent_path.steps_factor, (features, features_against))
        for rate, batch in units[function]:
            if (rate, batch) not in units[against]:
                continue
            paths, paths_against = (units[name][rate, batch][1] for name in pair)
            yield {
                "function": function,
                "against": against,
                "rate": rate,
                "batch": batch,
                "seeds": spec.seeds,
                "arrived": int((paths.arrived & paths_against.arrived).sum()),
                **geometric_mean("length", paths.ratio / paths_against.ratio, "length_"),
                "length_predicted": length / length_against,
                **geometric_mean("steps", paths.steps / paths_against.steps, "steps_"),
                "steps_predicted": steps / steps_against,
            }


def _train_network(
    spec: Spec, name: str, batch: int
) -> "tuple[dict[str, tuple[float, Trained]], Rows]":
    """Trains one network at the common rate and at its tuned one.

    Returns:
        By the rate's name, the rate and the trained network; and, of single samples, the rows of
        the signs of its gradients before training and after it.
    """
    from reproductions.training import shifted_network

    function, shift = SHIFTS[name]
    network = shifted_network.ShiftedNetwork(lambda: activations.layer(function), shift, batch)
    seeds = range(spec.seeds)
    rates = {COMMON: spec.network_rate, TUNED: _tuned_network_rate(spec, network)}
    trained = {
        rate: network.train(seeds, np.full(spec.seeds, rate), spec.network_steps)
        for rate in dict.fromkeys(rates.values())
    }
    signs = []
    if batch == 1:
        after = trained[spec.network_rate].weights
        for when, weights in (("before", network.initial_weights(seeds)), ("after", after)):
            signs.append(_sign_row(f"network, {when}", name, network.signs(weights), spec.seeds))
    return {kind: (rate, trained[rate]) for kind, rate in rates.items()}, signs


def _tuned_network_rate(spec: Spec, network: "ShiftedNetwork") -> float:
    """The rate of the grid with the lowest median loss on the tuning seeds."""
    seeds = np.arange(TUNING, TUNING + spec.tuning_seeds)
    rates = np.repeat(spec.network_grid, len(seeds))
    trained = network.train(np.tile(seeds, len(spec.network_grid)), rates, spec.network_steps)
    loss = np.where(np.isfinite(trained.loss), trained.loss, np.inf)
    return spec.network_grid[int(np.argmin(np.median(loss.reshape(-1, len(seeds)), axis=1)))]


def _network_rows(
    name: str, batch: int, networks: "dict[str, tuple[float, Trained]]"
) -> Iterator[dict[str, Any]]:
    for kind, (rate, trained) in networks.items():
        finite = trained.finite
        yield {
            "function": name,
            "rate": kind,
            "batch": batch,
            "value": rate,
            "seeds": len(finite),
            "finite": int(finite.sum()),
            **geometric_mean("ratio", trained.ratio[finite]),
            "loss_q50": np.median(trained.loss[finite]),
        }


def _network_pairs(spec: Spec, networks: dict) -> Iterator[dict[str, Any]]:
    """The ratios of path lengths and of losses of each pair of networks, seed by seed."""
    for pair, batch, rate in itertools.product(
        MEAN_PAIRS.items(), spec.network_batches, (COMMON, TUNED)
    ):
        if not set(pair) <= set(spec.network_functions):
            continue
        trained, against = (networks[name, batch][0][rate][1] for name in pair)
        finite = trained.finite & against.finite
        ratios = trained.ratio[finite] / against.ratio[finite]
        yield {
            **dict(zip(("function", "against"), pair, strict=True)),
            "batch": batch,
            "rate": rate,
            "seeds": int(finite.sum()),
            "longer": int((ratios > 1).sum()),
            **geometric_mean("length", ratios, "length_"),
            **geometric_mean("loss", trained.loss[finite] / against.loss[finite], "loss_"),
        }


def _plane(name: str, batch: int, shown_steps: int = 400) -> pd.DataFrame:
    """The path of two weights to a goal for which one must rise and the other fall."""
    plane = make_problem(name, width=2)
    start = np.array([[-1.0, 1.0]])
    paths = plane.descend(start, [0], factor=0.1, batch=batch, limit=1_000, keep_track=True)
    gap = start @ plane.axes
    assert paths.track is not None
    track = paths.track[:, 0] - gap  # from 0 to the goal
    steps = np.unique(np.linspace(0, len(track) - 1, shown_steps).round().astype(int))
    return pd.DataFrame(
        {
            "function": name,
            "batch": batch,
            "step": steps,
            "w1": track[steps, 0].round(6) + 0.0,
            "w2": track[steps, 1].round(6) + 0.0,
            "goal1": -gap[0, 0],
            "goal2": -gap[0, 1],
            "updates": len(track) - 1,
            "ratio": paths.ratio[0],
        }
    )


def _slopes() -> pd.DataFrame:
    """The slopes of sigmoid and tanh by automatic differentiation, in float64."""
    from reproductions.training.gradients import value_and_slope

    x = np.array([-10.0, -5.0, -3.0, -1.0, 0.0, 1.0, 3.0, 5.0, 10.0])
    frames = []
    for name in ("sigmoid", "tanh"):
        _, slopes = value_and_slope(activations.layer(name, dtype="float64"), x)
        frames.append(pd.DataFrame({"function": name, "x": x, "slope": np.asarray(slopes)}))
    return pd.concat(frames)


DESCENT = "float32 features; a seed may arrive one update sooner or later"

TRAINED = "trained weights differ in their last bits"

LINEAR = Close(rtol=1e-2, atol=1e-3, reason=DESCENT)

MOMENT = Close(rtol=1e-4, atol=1e-6, reason="means over float32 outputs")

ENDS = ("", "_low", "_high")
"""Of the columns of a ratio with its interval."""

TABLES = {
    "functions": Table(
        key=("function",),
        columns={
            **dict.fromkeys(("mean", "variance"), MOMENT),
            **dict.fromkeys(("smallest_eigenvalue", "largest_eigenvalue"), MOMENT),
            **dict.fromkeys(("condition", "length_factor"), MOMENT),
        },
    ),
    "signs": Table(
        key=("place", "function"),
        columns={
            "seeds": Exact(),
            "seeds_opposed": Rate(trials="seeds"),
            "samples": Exact(),
            # The samples of one seed are not independent trials, so the shares are held instead.
            **dict.fromkeys(("compared", "opposed"), Unchecked()),
            **dict.fromkeys(
                ("opposed_share", "all_same_share"), Close(0, 0.02, TRAINED, least=0, most=1)
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
            **{
                f"{ratio}{end}": LINEAR
                for ratio in ("length", "steps")
                for end in (*ENDS, "_predicted")
            },
        },
        over_seeds=True,
    ),
    "excess": Table(
        key=("function", "against", "rate"),
        columns={"seeds": Exact(), **dict.fromkeys(("left", "low", "high"), LINEAR)},
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
            "seeds": Close(0, 16, "seeds finite in both; see `network`", least=0),
            "longer": Rate(trials="seeds"),
            **{f"length{end}": Close(rtol=0.02, atol=0, reason=TRAINED) for end in ENDS},
            **{f"loss{end}": Close(rtol=0.1, atol=0, reason=TRAINED) for end in ENDS},
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
}
