"""Whether the 10-layer ReLU networks that fail on XOR are dead.

Document: relu-post, last paragraph (there are cases in which ReLU's drawbacks stand out).
Setup: the xor-post's network with ReLU, 2-5x9-1, starts from weights and biases drawn from N(0, 1),
and SGD at learning rate 0.01 makes 20,001 updates on all four points, under the loss computed from
the logit. At the end the four points are passed through each network. How many ReLU and leaky ReLU
networks solve XOR from the same weights is read from the tables of `deep_xor`.
Assumptions: a network is dead if all units of one hidden layer give 0 for all four points. Then its
answer is the same for every point, and the gradient of every weight up to this layer is exactly 0.
It has failed if its last cost is not below log(2)/4.
Known differences: the post names no case. Of the two functions only the slope below 0 differs, 0
or 0.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Rate, Table, shares
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, xor
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The network, its training, and how many seeds go through it."""

    seeds: int = 256
    hidden: tuple[int, ...] = (5,) * 9
    rate: float = 0.01
    steps: int = 20_001


SPEC = Spec()
SMALL = {"hidden": (2, 2), "steps": 101}

INPUTS = {"deep_xor": ("rates",)}

SOLVED = "cost below log(2)/4 at some record"
"""As `deep_xor` calls it: the post's loss turns some networks that have solved XOR into NaN."""

ENDS = ("solved", "not solved")


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """Trains all seeds, and counts the dead among those that fail."""
    (shards,) = pool.by_seeds(_train, [(spec,)], spec.seeds, "dead_networks")
    arrays = whole(shards)
    is_solved = arrays["solved"]
    ends = [
        {
            "end": end,
            "dead_at_start": int(arrays["dead_at_start"][chosen].sum()),
            "dead_at_end": int(arrays["dead_at_end"][chosen].sum()),
            "networks": int(chosen.sum()),
            "seeds": spec.seeds,
        }
        for end, chosen in zip(ENDS, (is_solved, ~is_solved), strict=True)
    ]
    rates = inputs["deep_xor"]["rates"]
    rates = rates[rates["activation"].isin(["relu", "leaky_relu"]) & (rates["event"] == SOLVED)]
    return {
        "ends": pd.DataFrame(ends),
        "solved": rates.rename(columns={"count": "solved"}).drop(columns="event"),
    }


def _train(shard: Shard, spec: Spec, start: int, stop: int) -> Arrays:
    """Which seeds solve XOR, and which are dead before and after training."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, spec.hidden, "relu", "stable")
    weights = replicas.initial_weights(engine.model, range(start, stop))
    trained = engine.train(
        weights, xor.X, xor.Y, spec.rate, spec.steps, every=spec.steps - 1, done=shard.advance
    )
    return {
        "solved": trained.records["cost"][-1] < xor.SOLVED_COST,
        "dead_at_start": is_dead(weights),
        "dead_at_end": is_dead(trained.weights),
    }


def is_dead(weights: list[np.ndarray]) -> np.ndarray:
    """Which networks have a hidden layer that gives 0 for all four points, (replica,)."""
    from reproductions.training import units

    layers = units.pre_activations(lambda: activations.layer("relu"), weights, xor.X)
    return np.any([units.dead(slopes).all(axis=1) for _, slopes, _ in layers], axis=0)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """What becomes of the networks."""
    return {"ends": lambda: _draw(spec, tables["ends"].set_index("end"))}


def _draw(spec: Spec, ends: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=2.6)
    failed = ends.loc["not solved"]
    at_start, at_end = failed["dead_at_start"], failed["dead_at_end"]
    counts = {
        "solves XOR": (ends["networks"]["solved"], drawing.GREEN),
        "fails, alive": (failed["networks"] - at_end, drawing.ORANGE),
        "fails, died in training": (at_end - at_start, drawing.GREY),
        "fails, dead at the start": (at_start, drawing.BLACK),
    }
    left = 0.0
    for label, (count, color) in counts.items():
        axes.barh(0, count / spec.seeds, left=left, color=color, label=label, height=0.5)
        left += count / spec.seeds
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.set(xlim=(0, 1), xlabel="share of networks")
    figure.legend(loc="outside lower center", ncols=2)
    layers = len(spec.hidden) + 1
    axes.set_title(f"ReLU networks of {layers} layers on XOR, {spec.seeds:,} initialisations")
    return figure


TABLES = {
    "ends": Table(
        key=("end",),
        columns={
            **dict.fromkeys(("dead_at_start", "dead_at_end"), Rate(trials="networks")),
            "networks": Rate(trials="seeds"),
            "seeds": Exact(),
        },
        over_seeds=True,
    ),
    "solved": Table(key=("activation", "loss"), columns=shares("solved"), over_seeds=True),
}


def _drawback_stands_out(
    tables: Tables, *, most: float = 0.5, hardly_any: float = 0.05
) -> Judgement:
    failed = tables["ends"].set_index("end").loc["not solved"]
    networks, dead = int(failed["networks"]), int(failed["dead_at_end"])
    if not networks:
        raise NotMeasured("every network of the tables solves XOR")
    solved = tables["solved"].pivot(index="loss", columns="activation", values=["low", "high"])
    fewer = bool((solved["high"]["relu"] < solved["low"]["leaky_relu"]).all())
    low, high = wilson(dead, networks)
    verdict = graded(fewer and low > most, in_part=fewer and low > hardly_any)
    by_loss = tables["solved"].pivot(index="loss", columns="activation", values="share").iloc[-1]
    values = {
        "at_start": int(failed["dead_at_start"]),
        "networks": networks,
        "relu": by_loss["relu"],
        "leaky": by_loss["leaky_relu"],
    }
    return Judgement(verdict, dead / networks, low, high, notes=("main", "start"), values=values)


CLAIMS = {"RP-23": _drawback_stands_out}
