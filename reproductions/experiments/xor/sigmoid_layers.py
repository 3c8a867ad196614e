"""One, two and three layers of sigmoids on XOR, at equal width and with more units.

Document: xor-post, part 1 (two sigmoids are more efficient than one, and three than two).
Setup: 2-1, 2-2-1 and 2-2-2-1 networks of sigmoids start from weights and biases drawn from N(0, 1)
and are trained by 10,001 updates of SGD at learning rate 0.1 on all four points, under the post's
loss. 2-10-1 and 2-10-10-1 are trained in the same way, to tell the effect of depth from that of
width. All use the same seeds.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4: with a wrong point the cost
cannot be so low. "More efficient" is taken as: solves XOR from more initial weights.
Known differences: the post refers to an earlier one for these networks and gives neither widths nor
learning rate; those used here are from lessons of the same kind.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds are trained."""

    seeds: int = 2048
    widths: tuple[int, ...] = (2, 10)
    most_layers: int = 3
    rate: float = 0.1
    steps: int = 10_001


SPEC = Spec()
QUICK = {"widths": (2,)}
SMALL = {"steps": 201, "widths": (2,)}

EQUAL_WIDTH = 2
"""The width at which the claim is judged: the least that two layers need."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every network from the same seeds, and compares each with that of a layer less."""
    networks = [(width, layers) for width in spec.widths for layers in _layers(spec)]
    calls = [(spec, *network) for network in networks]
    trained = pool.by_seeds(_train, calls, spec.seeds, "sigmoid_layers")
    costs = {
        network: whole(ranges_of_seeds)["cost"]
        for network, ranges_of_seeds in zip(networks, trained, strict=True)
    }
    rows, gains = [], []
    for (width, layers), cost in costs.items():
        key, solved = {"width": width, "layers": layers}, cost < xor.SOLVED_COST
        share = share_of(int(solved.sum()), spec.seeds)
        network = network_name(width, layers)
        row = {**key, "network": network, "solved": int(solved.sum()), "seeds": spec.seeds}
        rows.append({**row, **share, "cost_q50": np.median(cost)})
        if layers > 1:
            before = costs[width, layers - 1] < xor.SOLVED_COST
            gains.append({**key, "seeds": spec.seeds, **_gain(before, solved)})
    return {"networks": pd.DataFrame(rows), "gains": pd.DataFrame(gains)}


def _layers(spec: Spec) -> range:
    return range(1, spec.most_layers + 1)


def network_name(width: int, layers: int) -> str:
    """A network's widths, such as 2-2-1; the width of hidden layers and the number of layers."""
    return "-".join(map(str, (2, *[width] * (layers - 1), 1)))


def _gain(before: np.ndarray, after: np.ndarray) -> dict[str, float]:
    """How much larger the share is with one layer more, over the same seeds, 95 % interval.

    The interval is McNemar's: only seeds that the two networks end differently on vary.
    """
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    difference = (gained - lost) / len(after)
    spread = np.sqrt((gained + lost) / len(after) - difference**2) / np.sqrt(len(after))
    ends = {"low": difference - 1.96 * spread, "high": difference + 1.96 * spread}
    return {"gained": gained, "lost": lost, "difference": difference, **ends}


def _train(shard: Shard, spec: Spec, width: int, layers: int, start: int, stop: int) -> Arrays:
    """The last costs of the seeds from `start` to `stop`."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, (width,) * (layers - 1), "sigmoid", "document")
    weights = replicas.initial_weights(engine.model, range(start, stop))
    trained = engine.train(
        weights, xor.X, xor.Y, spec.rate, spec.steps, every=spec.steps - 1, done=shard.advance
    )
    return {"cost": trained.records["cost"][-1]}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share that solves XOR, by the number of layers and by width."""
    return {"shares": lambda: _draw(spec, tables["networks"])}


STYLES = ((drawing.BLUE, "o", "-"), (drawing.ORANGE, "s", "--"))


def _draw(spec: Spec, networks: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.4, height=4.0)
    for width, (color, marker, dash) in zip(spec.widths, itertools.cycle(STYLES), strict=False):
        rows = measured.rows(networks, width=width)
        errors = drawing.error_bars(rows)
        label = f"{width} units in each hidden layer"
        axes.errorbar(
            rows["layers"],
            rows["share"],
            yerr=errors,
            color=color,
            marker=marker,
            linestyle=dash,
            capsize=4,
            label=label,
        )
    axes.set_xticks(list(_layers(spec)))
    axes.set(xlabel="layers of sigmoids", ylabel="share solved, 95 % interval", ylim=(-0.03, 1.05))
    axes.set_title(f"XOR, learning rate {spec.rate:g}: {networks['seeds'].max():,} initialisations")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


PAIRED = Close(
    0, 0.05, "follows from the two counts beside it, which are held as rates", least=-1, most=1
)

TABLES = {
    "networks": Table(
        key=("width", "layers"),
        columns={
            "network": Exact(),
            **shares("solved"),
            "cost_q50": Close(0.2, 0, "it lies among many seeds that solve XOR, or that do not"),
        },
        over_seeds=True,
    ),
    "gains": Table(
        key=("width", "layers"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("gained", "lost"), Rate(trials="seeds")),
            **dict.fromkeys(("difference", "low", "high"), PAIRED),
        },
        over_seeds=True,
    ),
}


def _more_layers_are_better(tables: Tables) -> Judgement:
    networks, gains = tables["networks"], tables["gains"]
    two, three = (measured.row(gains, width=EQUAL_WIDTH, layers=layers) for layers in (2, 3))
    better = [gain["low"] > 0 for gain in (two, three)]
    equal = measured.rows(networks, width=EQUAL_WIDTH).set_index("layers")["share"]
    values = {f"equal_{layers}": equal[layers] for layers in (1, 2, 3)}
    notes = ["main"]
    wide = networks[networks["width"] > EQUAL_WIDTH]
    if len(wide):
        wide = wide[wide["width"] == wide["width"].max()].set_index("layers")
        values |= {f"wide_{layers}": wide["share"][layers] for layers in (2, 3)}
        values |= {f"cost_{layers}": wide["cost_q50"][layers] for layers in (2, 3)}
        values["width"] = int(wide["width"].iloc[0])
        notes.append("wide")
    verdict = graded(all(better), in_part=any(better))
    ends = three["low"], three["high"]
    return Judgement(verdict, three["difference"], *ends, notes=notes, values=values)


CLAIMS = {"XP-01": _more_layers_are_better}
