"""Whether training ends at a local minimum: 2-2-1 networks on XOR, and a single sigmoid unit.

Document: slides, last pages (from A training falls into a local minimum, from B it can reach the
global one).
Setup: 2-2-1 networks of sigmoids start from weights and biases drawn from N(0, 1), and are trained
by 100,001 updates of SGD at learning rate 0.1 on all four points, under the post's loss. Nothing
but the seed differs. At the end, the gradient and the matrix of second derivatives are computed in
double precision, and Newton's method looks for a point of rest near by. On XOR, with the squared
error, such networks are proved to have no local minimum at finite weights (Hamey 1998). So a second
model is one that has two: a sigmoid unit with one weight w, drawn from N(0, 1), answers to the
inputs 1 and -10, both with target 0.8, and 10,001 updates of gradient descent lower the mean
squared error. No w fits both, and where one answer saturates the other alone is fitted, as in the
units of Auer, Herbster and Warmuth (1996). The error is 0.09 at w = 0, 0.33 at 1/2, 0.32 at 1.39
and 0.34 far out, so that there is a local minimum above 1/2; the global one lies below 0.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4. It ends at a point of rest
if Newton's method finds one, with a gradient below 1e-12, at a distance below 1 from its weights. A
point of rest is a minimum if all curvatures, the eigenvalues of that matrix, are positive, else a
saddle. Where there is none near by, the cost is still falling. The unit has reached the global
minimum if its error is less than 0.01 above the lowest on a fine grid of weights.
Known differences: the slides show a drawn landscape and train nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import generator, share_of, wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The training, and how many seeds go through it."""

    seeds: int = 1024
    rate: float = 0.1
    steps: int = 100_001
    every: int = 5_000  # steps from one record to the next
    unit_inputs: tuple[float, ...] = (1.0, -10.0)
    unit_target: float = 0.8
    unit_steps: int = 10_001


SPEC = Spec()
SMALL = {"steps": 1_001, "every": 250, "unit_steps": 101}

HIDDEN = 2
REST, NEAR, NEWTON_STEPS = 1e-12, 1.0, 20
ENDS = ("solved", "not solved")
KINDS = ("local minimum", "saddle", "still falling")
GLOBAL = "global minimum"
UNIT_ENDS = (GLOBAL, *KINDS)
UNIT = 5
"""The stream of the unit's weights."""
GRID = (-4.0, 6.0, 1_001)
"""The weights at which the unit's error is taken: first, last, how many."""
NEAR_BEST = 0.01
QUANTILES = {"gradient_q05": 0.05, "gradient_q50": 0.5, "gradient_q95": 0.95}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains all seeds, and looks at where they end and how they come there."""
    (trained,) = pool.by_seeds(_train, [(spec,)], spec.seeds, "local_minima")
    arrays = whole(trained)
    is_solved = arrays["cost"][-1] < xor.SOLVED_COST
    ends, course = [], []
    for end, chosen in zip(ENDS, (is_solved, ~is_solved), strict=True):
        for kind in KINDS:
            count, seeds = int((arrays["kind"][chosen] == kind).sum()), int(chosen.sum())
            row = {"end": end, "kind": kind, "count": count, "seeds": seeds}
            ends.append({**row, "all_seeds": spec.seeds})
        course.append(_course(spec, end, arrays, chosen))
    solved = int(is_solved.sum())
    outcome = {"solved": solved, "seeds": spec.seeds, **share_of(solved, spec.seeds)}
    return {
        "outcomes": pd.DataFrame([{"network": "2-2-1", **outcome}]),
        "ends": pd.DataFrame(ends),
        "course": pd.concat(course, ignore_index=True),
        **_unit_tables(spec),
    }


def _train(shard: Shard, spec: Spec, start: int, stop: int) -> Arrays:
    """Costs, gradients and sizes of weights at each record, and what the seeds end at."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, (HIDDEN,), "sigmoid", "document", snapshots=True)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options: dict[str, Any] = {"every": spec.every, "done": shard.advance}
    records = engine.train(weights, xor.X, xor.Y, spec.rate, spec.steps, **options).records
    snapshots = [records[f"weight_{i}"] for i in range(len(weights))]
    at_records = [_flat(arrays) for arrays in zip(*snapshots, strict=True)]
    return {
        "cost": records["cost"],
        "gradient": np.stack([np.linalg.norm(gradient(w), axis=0) for w in at_records]),
        "size": np.stack([np.abs(w).max(axis=0) for w in at_records]),
        "kind": kinds_of_rest(at_records[-1]),
    }


def _flat(arrays) -> np.ndarray:
    """All weights of each seed in a column, float64, (weight, seed)."""
    return np.concatenate([w.reshape(-1, w.shape[-1]) for w in arrays]).astype("float64")


def gradient(weights: np.ndarray) -> np.ndarray:
    """The gradient of the cost of 2-2-1 networks on XOR, (weight, seed).

    Args:
        weights: as `get_weights()` has them, flat, (weight, seed); real or complex.
    """
    seeds = weights.shape[-1]
    kernel, bias, last, last_bias = np.split(weights, (2 * HIDDEN, 3 * HIDDEN, 4 * HIDDEN))
    x = xor.X.astype("float64")
    inside = np.einsum("pi,ihs->phs", x, kernel.reshape(2, HIDDEN, seeds)) + bias
    hidden = 1 / (1 + np.exp(-inside))
    answer = 1 / (1 + np.exp(-(np.einsum("phs,hs->ps", hidden, last) + last_bias)))
    error = (answer - xor.Y) / len(x)
    below = error[:, None] * last * hidden * (1 - hidden)
    return np.concatenate(
        [
            np.einsum("pi,phs->ihs", x, below).reshape(-1, seeds),
            below.sum(axis=0),
            np.einsum("phs,ps->hs", hidden, error),
            error.sum(axis=0)[None],
        ]
    )


Slope = Callable[[np.ndarray], np.ndarray]
"""A gradient by weights, both (weight, seed)."""


def curvature(weights: np.ndarray, slope: Slope | None = None) -> np.ndarray:
    """The second derivatives of the cost, (seed, weight, weight), exact up to rounding.

    A derivative by a complex step takes no difference, and so loses no digits.

    Args:
        weights: (weight, seed).
        slope: the gradient of the cost, by default that of 2-2-1 networks on XOR.
    """
    slope, step = slope or gradient, 1e-30
    columns = [
        slope(weights + 1j * step * direction[:, None]).imag / step
        for direction in np.eye(len(weights))
    ]
    return np.moveaxis(np.stack(columns), -1, 0)


def kinds_of_rest(weights: np.ndarray, slope: Slope | None = None) -> np.ndarray:
    """What is near each seed's weights: one of `KINDS`, (seed,); arguments as for `curvature`."""
    slope = slope or gradient
    place, lost = weights.copy(), np.zeros(weights.shape[-1], bool)
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            values, vectors = np.linalg.eigh(curvature(place, slope))
            slopes = np.einsum("swk,ws->sk", vectors, slope(place))
            move = np.einsum("swk,sk->ws", vectors, slopes / values)
            # What has left the neighbourhood stays where it was, so that nothing overflows.
            lost |= ~(np.linalg.norm(place - move - weights, axis=0) < NEAR)
            place = np.where(lost, place, place - move)
    at_rest = ~lost & (np.linalg.norm(slope(place), axis=0) < REST)
    positive = (np.linalg.eigvalsh(curvature(place, slope)) > 0).all(axis=-1)
    return np.select([at_rest & positive, at_rest], KINDS[:2], KINDS[2])


def unit_error(spec: Spec, weight: np.ndarray) -> np.ndarray:
    """The mean squared error of the sigmoid unit, by weight, of the weights' shape."""
    answers = [1 / (1 + np.exp(-x * weight)) for x in spec.unit_inputs]
    return np.mean([(answer - spec.unit_target) ** 2 for answer in answers], axis=0)


def unit_gradient(spec: Spec, weight: np.ndarray) -> np.ndarray:
    """The derivative of `unit_error`."""
    x = np.reshape(spec.unit_inputs, (-1, *[1] * np.ndim(weight)))
    answer = 1 / (1 + np.exp(-x * weight))
    return np.mean(2 * (answer - spec.unit_target) * answer * (1 - answer) * x, axis=0)


def _unit_tables(spec: Spec) -> dict[str, pd.DataFrame]:
    """Trains the sigmoid unit, and says where it ends and how the error depends on its weight."""
    grid = np.linspace(*GRID)
    errors = unit_error(spec, grid)
    weight = np.array([[generator(seed, UNIT).standard_normal() for seed in range(spec.seeds)]])
    for _ in range(spec.unit_steps):
        weight = weight - spec.rate * unit_gradient(spec, weight)
    is_global = unit_error(spec, weight[0]) < errors.min() + NEAR_BEST
    kinds = kinds_of_rest(weight, lambda w: unit_gradient(spec, w))
    rows = []
    for end in UNIT_ENDS:
        chosen = is_global if end == GLOBAL else ~is_global & (kinds == end)
        count, middle = int(chosen.sum()), np.median(weight[0, chosen]) if chosen.any() else np.nan
        row = {"end": end, "count": count, "seeds": spec.seeds, **share_of(count, spec.seeds)}
        rows.append({**row, "weight_q50": middle})
    landscape = pd.DataFrame({"weight": grid, "error": errors})
    return {"unit": pd.DataFrame(rows), "landscape": landscape}


def _course(spec: Spec, end: str, arrays, chosen: np.ndarray) -> pd.DataFrame:
    """The gradient's quantiles and the size of weights at each record, of some seeds."""
    records = len(arrays["cost"])
    empty = np.full((len(QUANTILES), records), np.nan)
    norms, sizes = (arrays[name][:, chosen] for name in ("gradient", "size"))
    quantiles = np.quantile(norms, [*QUANTILES.values()], axis=1) if chosen.any() else empty
    return pd.DataFrame(
        {
            "end": end,
            "step": np.arange(records) * spec.every,
            **dict(zip(QUANTILES, quantiles, strict=True)),
            "size_q50": np.median(sizes, axis=1) if chosen.any() else empty[0],
        }
    )


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """What the networks end at, and how the gradient falls on the way."""
    return {
        "ends": lambda: _draw(spec, tables["ends"], tables["course"]),
        "unit": lambda: _draw_unit(tables["unit"], tables["landscape"]),
    }


STYLES = {"solved": (drawing.GREEN, "-"), "not solved": (drawing.VERMILION, "--")}
COLORS = dict(zip(KINDS, (drawing.BLUE, drawing.ORANGE, "#BBBBBB"), strict=True))


def _draw(spec: Spec, ends: pd.DataFrame, course: pd.DataFrame):
    figure, ((bars, norms),) = drawing.panels(1, 2, width=4.8, height=3.6)
    totals = ends.groupby("end")["seeds"].max()
    left = np.zeros(len(ENDS))
    for kind, color in COLORS.items():
        counts = ends[ends["kind"] == kind].set_index("end")["count"]
        width = [counts[end] / max(totals[end], 1) for end in ENDS]
        bars.barh(range(len(ENDS)), width, left=left, color=color, label=kind, height=0.5)
        left += width
    bars.set_yticks(range(len(ENDS)), [f"{end}\n({totals[end]:,} seeds)" for end in ENDS])
    bars.set(xlabel="share of these seeds", xlim=(0, 1))
    bars.set_title("Where training ends")
    bars.grid(visible=False)
    bars.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3)
    for end, (color, dash) in STYLES.items():
        rows = course[(course["end"] == end) & (course["step"] > 0)]
        norms.plot(rows["step"], rows["gradient_q50"], dash, color=color, label=end)
        ends_of_band = rows["gradient_q05"], rows["gradient_q95"]
        norms.fill_between(rows["step"], *ends_of_band, color=color, alpha=0.2, linewidth=0)
    norms.set(xscale="log", yscale="log", xlabel="step", ylabel="norm of the gradient")
    norms.set_title("Gradient: median, 5 % to 95 %")
    norms.legend(loc="lower left")
    seeds = int(ends.groupby("end")["seeds"].max().sum())
    figure.suptitle(f"2-2-1 on XOR, learning rate {spec.rate:g}, {seeds:,} initialisations")
    return figure


def _draw_unit(unit: pd.DataFrame, landscape: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=3.4)
    axes.plot(landscape["weight"], landscape["error"], color=drawing.BLACK)
    colors = {GLOBAL: drawing.GREEN, **COLORS}
    for row in unit[unit["count"] > 0].itertuples():
        height = np.interp(row.weight_q50, landscape["weight"], landscape["error"])
        label = f"{row.end}: {row.share:.0%} of the seeds"
        axes.plot(row.weight_q50, height, "o", color=colors[row.end], label=label)
    axes.set(xlabel="weight", ylabel="mean squared error", ylim=(0, None))
    axes.legend(loc="lower right")
    axes.set_title("A sigmoid unit: its initial weight decides\nwhich minimum it falls into")
    return figure


TABLES = {
    "outcomes": Table(key=("network",), columns=shares("solved"), over_seeds=True),
    "ends": Table(
        key=("end", "kind"),
        columns={
            "count": Rate(trials="seeds"),
            "seeds": Rate(trials="all_seeds"),
            "all_seeds": Exact(),
        },
        over_seeds=True,
    ),
    "course": Table(
        key=("end", "step"),
        columns=dict.fromkeys((*QUANTILES, "size_q50"), Unchecked(nan=True)),
        over_seeds=True,
    ),
    "unit": Table(
        key=("end",),
        columns={
            **shares("count"),
            "weight_q50": Close(1e-6, 1e-6, "rounding of sums in float64", nan=True),
        },
        over_seeds=True,
    ),
    "landscape": Table(
        key=("weight",), columns={"error": Close(1e-12, 0, "exp differs in the last bit")}
    ),
}


def _initialisation_decides(
    tables: Tables, *, hardly_any: float = 0.05, nearly_all: float = 0.95, most: float = 0.5
) -> Judgement:
    solved, ends = tables["outcomes"].iloc[0], tables["ends"]
    unsolved = ends[ends["end"] == "not solved"].set_index("kind")["count"]
    unit = tables["unit"].set_index("end")
    reached = unit.loc[GLOBAL]
    misses = int(unsolved.sum()), int(reached["seeds"] - reached["count"])
    if not any(misses):
        raise NotMeasured("every network and unit of the tables reaches the global minimum")
    minima = int(unsolved["local minimum"]), int(unit["count"]["local minimum"])
    both, chances = [], []
    for outcome, missed, count in zip((solved, reached), misses, minima, strict=True):
        both.append(outcome["low"] > hardly_any and outcome["high"] < nearly_all)
        chances.append((count / missed, *wilson(count, missed)) if missed else (0.0, 0.0, 0.0))
    shown = [occur and chance[1] > most for occur, chance in zip(both, chances, strict=True)]
    verdict = graded(any(shown), in_part=any(both))
    values = {
        "solved": solved["share"],
        "seeds": misses[0],
        "minima": minima[0],
        "saddles": int(unsolved["saddle"]),
        "falling": int(unsolved["still falling"]),
        "reached": reached["share"],
    }
    return Judgement(verdict, *max(chances), notes=("unit", "main", "ends"), values=values)


CLAIMS = {"SL-24": _initialisation_decides}
