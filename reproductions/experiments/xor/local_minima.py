"""Whether 2-2-1 networks that do not solve XOR end at a local minimum of the cost.

Document: slides, last pages (from A training falls into a local minimum, from B it can reach the
global one).
Setup: 2-2-1 networks of sigmoids start from weights and biases drawn from N(0, 1), and are trained
by 100,001 updates of SGD at learning rate 0.1 on all four points, under the post's loss. Nothing
but the seed differs. At the end, the gradient and the matrix of second derivatives are computed in
double precision, and Newton's method looks for a point of rest near by.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4. It ends at a point of rest
if Newton's method finds one, with a gradient below 1e-12, at a distance below 1 from its weights. A
point of rest is a minimum if all curvatures, the eigenvalues of that matrix, are positive, else a
saddle. Where there is none near by, the cost is still falling.
Known differences: the slides show a drawn landscape and train nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of, wilson
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


SPEC = Spec()
SMALL = {"steps": 1_001, "every": 250}

HIDDEN = 2
REST, NEAR, NEWTON_STEPS = 1e-12, 1.0, 20
ENDS = ("solved", "not solved")
KINDS = ("local minimum", "saddle", "still falling")
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


def curvature(weights: np.ndarray) -> np.ndarray:
    """The second derivatives of the cost, (seed, weight, weight), exact up to rounding.

    A derivative by a complex step takes no difference, and so loses no digits.
    """
    step = 1e-30
    columns = [
        gradient(weights + 1j * step * direction[:, None]).imag / step
        for direction in np.eye(len(weights))
    ]
    return np.moveaxis(np.stack(columns), -1, 0)


def kinds_of_rest(weights: np.ndarray) -> np.ndarray:
    """What is near each seed's weights: one of `KINDS`, (seed,)."""
    place, lost = weights.copy(), np.zeros(weights.shape[-1], bool)
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            values, vectors = np.linalg.eigh(curvature(place))
            slopes = np.einsum("swk,ws->sk", vectors, gradient(place))
            move = np.einsum("swk,sk->ws", vectors, slopes / values)
            # What has left the neighbourhood stays where it was, so that nothing overflows.
            lost |= ~(np.linalg.norm(place - move - weights, axis=0) < NEAR)
            place = np.where(lost, place, place - move)
    at_rest = ~lost & (np.linalg.norm(gradient(place), axis=0) < REST)
    positive = (np.linalg.eigvalsh(curvature(place)) > 0).all(axis=-1)
    return np.select([at_rest & positive, at_rest], KINDS[:2], KINDS[2])


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
    return {"ends": lambda: _draw(spec, tables["ends"], tables["course"])}


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
}


def _initialisation_decides(
    tables: Tables, *, hardly_any: float = 0.05, nearly_all: float = 0.95, most: float = 0.5
) -> Judgement:
    outcome, ends = tables["outcomes"].iloc[0], tables["ends"]
    unsolved = ends[ends["end"] == "not solved"].set_index("kind")
    seeds = int(unsolved["seeds"].max())
    if not seeds:
        raise NotMeasured("every network of the tables solves XOR")
    minima = int(unsolved["count"]["local minimum"])
    low, high = wilson(minima, seeds)
    both = outcome["low"] > hardly_any and outcome["high"] < nearly_all
    verdict = graded(both and low > most, in_part=both)
    values = {
        "solved": outcome["share"],
        "seeds": seeds,
        "saddles": int(unsolved["count"]["saddle"]),
        "falling": int(unsolved["count"]["still falling"]),
    }
    notes = ("main", "ends")
    return Judgement(verdict, minima / seeds, low, high, notes=notes, values=values)


CLAIMS = {"SL-24": _initialisation_decides}
