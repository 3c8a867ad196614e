"""How often networks with more layers fold the plane.

Document: slides, part 7-1, the summary (to stack more layers is to fold, unfold and pull the space
several times).
Setup: the slides' 2-3-2-1 and networks with two, three and four layers of three tanh units before
the layer of two; the two circles, squared loss, SGD in batches of 32 at one rate for all, Keras'
default initial weights; the same seeds for all. A fold is where the determinant of the Jacobian of
the map from the plane to the layer of two units changes its sign: the plane is turned over there.
Assumptions: folds are counted inside the outer circle, on a grid, as the number of regions of one
sign, less one; regions of fewer than nine points of the grid count as none, as a grid makes such
crumbs along a slanting line. To fold several times is to have at least two folds.
Known differences: the slides show no network with more layers, and say nothing of how many folds.
The layer before the output has two units in all networks, as in the slides'; in a space of three
dimensions a plane need not fold to be bent over.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, how they are trained, and with how many seeds."""

    seeds: int = 128
    layers: tuple[int, ...] = (1, 2, 3, 4)  # of three units, before the layer of two
    rate: float = 0.05
    epochs: int = 30
    grid: int = 61  # points along the disc's diameter


SPEC = Spec()
QUICK = {"epochs": 5, "layers": (1, 2, 4)}
SMALL = {"epochs": 1, "layers": (1, 2), "grid": 21}

WIDTH, LAST = 3, 2
CRUMB = 9
"""A region of fewer points than this is none."""

SEVERAL = 2
"""From so many folds on, the plane is folded several times."""

START, END = "before training", "after training"
MOMENTS = (START, END)


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the networks of each depth, and counts folds before and after."""
    calls = [(spec, layers) for layers in spec.layers]
    shards_by_call = pool.by_seeds(_train, calls, spec.seeds, "folds_by_depth")
    rows = []
    for layers, shards in zip(spec.layers, shards_by_call, strict=True):
        folds = whole(shards)["folds"]
        for moment, counts in zip(MOMENTS, folds, strict=True):
            several = int((counts >= SEVERAL).sum())
            rows.append(
                {
                    "layers": layers,
                    "moment": moment,
                    "once": int((counts >= 1).sum()),
                    "several": several,
                    "seeds": spec.seeds,
                    **share_of(several, spec.seeds),
                    "folds_mean": counts.mean(),
                    "folds_most": counts.max(),
                }
            )
    return {"folds": pd.DataFrame(rows)}


def _train(shard: Shard, spec: Spec, layers: int, start: int, stop: int) -> Arrays:
    """The number of folds of each seed, (moment, seed)."""
    from reproductions.training import replicas

    engine = shard.once(circles.engine, (WIDTH,) * layers + (LAST,))
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    trained, _ = circles.train(engine, weights, spec.rate, range(spec.epochs), done=shard.advance)
    points, inside = disc(spec.grid)
    signs = [np.sign(determinant(w[:-2], points)) for w in (weights, trained)]
    counts = [
        [folds(seed_signs, inside) for seed_signs in moment_signs.T] for moment_signs in signs
    ]
    return {"folds": np.array(counts)}


def disc(across: int) -> tuple[np.ndarray, np.ndarray]:
    """The points of a square grid inside the outer circle, (point, 2), and which they are.

    Args:
        across: points along the diameter.
    """
    points = circles.square_points(np.linspace(-1, 1, across))
    inside = np.hypot(*points.T) <= circles.RADII["outer"]
    return points[inside], inside.reshape(across, across)


def determinant(weights: list[np.ndarray], points: np.ndarray) -> np.ndarray:
    """The determinant of the Jacobian of tanh layers that end with two units, (point, seed).

    Args:
        weights: kernel (in, out, seed) and bias (out, seed) of each layer in turn.
        points: (point, 2).
    """
    signal = np.broadcast_to(
        np.asarray(points, "float64")[..., None], (*points.shape, weights[0].shape[-1])
    )
    jacobian = np.broadcast_to(np.eye(2)[None, ..., None], (len(points), 2, 2, signal.shape[-1]))
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        kernel = np.asarray(kernel, "float64")
        sums = np.einsum("pis,ijs->pjs", signal, kernel) + np.asarray(bias, "float64")
        signal = np.tanh(sums)
        # As 1 / cosh², the slope stays above 0 where 1 - tanh² is rounded to 0.
        jacobian = np.einsum("pais,ijs->pajs", jacobian, kernel) / np.cosh(sums)[:, None] ** 2
    return jacobian[:, 0, 0] * jacobian[:, 1, 1] - jacobian[:, 0, 1] * jacobian[:, 1, 0]


def folds(signs: np.ndarray, inside: np.ndarray) -> int:
    """How many folds lie between the regions of one sign.

    Args:
        signs: of the determinant at the points inside the disc.
        inside: which points of the square grid these are, (row, column).
    """
    from scipy import ndimage

    square = np.zeros(inside.shape)
    square[inside] = signs
    regions = 0
    for sign in (1, -1):
        labels, _ = ndimage.label(square == sign)
        regions += int((np.bincount(labels.ravel())[1:] >= CRUMB).sum())
    return max(regions - 1, 0)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share of networks that fold the plane several times, by depth."""
    return {"folds": lambda: _draw(spec, tables["folds"])}


STYLES = {START: (drawing.GREY, "o--"), END: (drawing.BLUE, "o-")}


def _draw(spec: Spec, counted: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.8, height=3.6)
    for moment, (color, style) in STYLES.items():
        rows = measured.rows(counted, moment=moment)
        ends = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
        axes.errorbar(
            rows["layers"],
            rows["share"],
            yerr=ends,
            fmt=style,
            color=color,
            label=moment,
            capsize=4,
        )
    axes.set_xticks(sorted(counted["layers"].unique()))
    axes.set(ylim=(0, 1), xlabel="layers of three units before the layer of two")
    axes.set(ylabel="share with several folds")
    axes.set_title(f"More layers fold the plane more often than one ({spec.seeds:,} seeds each)")
    figure.legend(loc="outside lower left", ncols=2)
    return figure


TABLES = {
    "folds": Table(
        key=("layers", "moment"),
        columns={
            "once": Rate(trials="seeds"),
            **shares("several"),
            "folds_mean": Unchecked(),
            "folds_most": Unchecked(),
        },
        over_seeds=True,
    ),
}


def _more_layers_more_folds(tables: Tables) -> Judgement:
    trained = measured.rows(tables["folds"], moment=END).sort_values("layers")
    low, high = trained["low"].to_numpy(), trained["high"].to_numpy()
    each = bool((low[1:] > high[:-1]).all())
    first, last = trained.iloc[0], trained.iloc[-1]
    at_start = measured.row(tables["folds"], moment=START, layers=last["layers"])
    values = {
        "layers": {f"{row.layers}:": row.share for row in trained.itertuples()},
        "once": first["once"] / first["seeds"],
        "fewest": first["layers"],
        "most": last["layers"],
        "start": at_start["share"],
    }
    return Judgement(
        graded(each, in_part=low[-1] > high[0]),
        float(last["share"]),
        float(last["low"]),
        float(last["high"]),
        notes=("main",),
        values=values,
    )


CLAIMS = {"SL-32": _more_layers_more_folds}
