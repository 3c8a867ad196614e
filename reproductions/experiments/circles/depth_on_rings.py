"""Depth at a fixed width of 3 and of 4, on more rings than two layers separate.

Document: slides, part 7-1, the summary: with more layers a more complex mapping can be learned.
Setup: rings around the origin whose labels take turns; networks of tanh layers that are all 3 or
all 4 units wide, a sigmoid at the end, mean squared error, SGD in batches of 32, Keras' default
initial weights, as the slides' networks; 2 hidden layers, as the slides have, against 3, 4 and 6.
Width 2 is trained beside them as a control: a network as narrow as its input separates no rings at
any depth (Johnson 2018, "Deep, Skinny Neural Networks are not Universal Approximators").
Assumptions: each width has its own number of rings, the smallest that two layers of that width
separate in fewer than half of the tuning initialisations (table `room`); width 2 gets the fewest of
these. Each network trains at the rate at which it
separates them most often in the tuning initialisations, and the deeper network that is compared
with two layers is the one that does so most often (table `tuning`); ties go to the smaller rate,
and to fewer layers. The initialisations that are judged are others. A network separates the rings
if it classifies every point of a dense grid on all of them correctly.
Known differences: the slides name no task for this statement, and show no network with more layers.
It runs only when it is named: ten networks are compiled, which takes most of its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import rings
from reproductions.training.pool import Arrays, Pool, Shard, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


SHALLOW = 2
"""Hidden layers of the slides' networks, with which deeper ones are compared."""

NARROW = 2
"""The width of the control."""


@dataclass(frozen=True)
class Spec:
    """The task, the networks with the rates chosen for them, and with how many seeds they train.

    Attributes:
        networks: rings, width, hidden layers, learning rate.
        compared: width and hidden layers of the networks that are compared with two layers.
    """

    seeds: int = 256
    networks: tuple[tuple[int, int, int, float], ...] = (
        (3, 2, 2, 0.1),
        (3, 2, 6, 0.1),
        (3, 3, 2, 1.0),
        (3, 3, 3, 0.3),
        (3, 3, 4, 0.3),
        (3, 3, 6, 0.3),
        (4, 4, 2, 1.0),
        (4, 4, 3, 0.3),
        (4, 4, 4, 0.3),
        (4, 4, 6, 0.1),
    )
    compared: tuple[tuple[int, int], ...] = ((3, 4), (4, 4))
    steps: int = 10_000
    tuning_seeds: int = 32
    rates: tuple[float, ...] = (0.1, 0.3, 1.0)
    rings_tried: tuple[int, ...] = (2, 3, 4)

    def __post_init__(self):
        shallow = {width for _, width, layers, _ in self.networks if layers == SHALLOW}
        if not shallow or not {width for width, _ in self.compared} <= shallow:
            raise ValueError(
                f"each width that is compared must have a network of {SHALLOW} hidden layers."
                f" Received: {self.networks}"
            )
        for count in (*self.rings_tried, *(network[0] for network in self.networks)):
            if rings.POINTS % count:
                raise ValueError(
                    f"the number of rings must divide {rings.POINTS:,}. Received: {count}"
                )


SPEC = Spec()
OPTIONAL = True

QUICK = {"rings_tried": (2, 3), "rates": (1.0,)}

SMALL = {
    "steps": 100,
    "rings_tried": (2, 3),
    "tuning_seeds": 2,
    "networks": tuple(network for network in SPEC.networks if network[2] <= 4),
}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Counts what separates the rings: on the way to the task and the rates, and at the end."""
    shallow = [width for _, width, layers, _ in spec.networks if layers == SHALLOW < width]
    room = [
        (count, width, SHALLOW, rate)
        for count in spec.rings_tried
        for width in shallow
        for rate in spec.rates
    ]
    tuning = [
        (count, width, layers, rate)
        for count, width, layers, _ in spec.networks
        for rate in spec.rates
    ]
    tried = list(dict.fromkeys([*room, *tuning]))
    by_call = pool.by_seeds(
        _train,
        [
            *((spec, *call, rings.TUNING) for call in tried),
            *((spec, *network, 0) for network in spec.networks),
        ],
        [spec.tuning_seeds] * len(tried) + [spec.seeds] * len(spec.networks),
        "depth_on_rings",
        network=lambda spec, count, width, layers, *_: (width, layers),
    )
    right = [whole(shards)["right"] for shards in by_call]
    separated = {
        call: int((of_call == call[0] * rings.ANGLES).sum())
        for call, of_call in zip(tried, right[: len(tried)], strict=True)
    }
    return {
        "room": _counts(spec, room, separated).drop(columns="layers"),
        "tuning": _counts(spec, tuning, separated),
        "networks": pd.DataFrame(
            _network(spec, *network, of_network)
            for network, of_network in zip(spec.networks, right[len(tried) :], strict=True)
        ),
    }


def _train(
    shard: Shard,
    spec: Spec,
    count: int,
    width: int,
    layers: int,
    rate: float,
    first: int,
    start: int,
    stop: int,
) -> Arrays:
    """How many points each of the seeds `first + start` to `first + stop` has right at the end."""
    engine = shard.once(rings.engine, (width,) * layers, "tanh")
    seeds = range(first + start, first + stop)
    weights = rings.train(engine, count, seeds, rate, spec.steps)
    shard.advance(stop - start)
    return {"right": rings.right(weights, "tanh", count)}


def _counts(spec: Spec, calls: Sequence[tuple], separated: dict[tuple, int]) -> pd.DataFrame:
    """A row for each number of rings, network and rate: how many tuning seeds separate them."""
    rows = []
    for call in calls:
        label = dict(zip(("rings", "width", "layers", "rate"), call, strict=True))
        counts = {"separates": separated[call], "seeds": spec.tuning_seeds}
        rows.append({**label, **counts, **share_of(separated[call], spec.tuning_seeds)})
    return pd.DataFrame(rows)


def _network(
    spec: Spec, count: int, width: int, layers: int, rate: float, right: np.ndarray
) -> dict:
    """The row of one network: how many of the judged seeds separate the rings."""
    points = count * rings.ANGLES
    separates = int((right == points).sum())
    return {
        "width": width,
        "layers": layers,
        "rings": count,
        "rate": rate,
        "compared": (width, layers) in spec.compared,
        "separates": separates,
        "seeds": len(right),
        **share_of(separates, len(right)),
        "accuracy_q50": np.median(right) / points,
        "accuracy_best": right.max() / points,
    }


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share that separates, by depth; and how the number of rings was chosen."""
    return {
        "depth": lambda: _draw_depth(spec, tables["networks"]),
        "room": lambda: _draw_room(spec, tables["room"]),
    }


STYLES = {
    2: (drawing.VERMILION, "o", ":"),
    3: (drawing.BLUE, "s", "-"),
    4: (drawing.GREEN, "^", "--"),
}

OTHER_STYLE = (drawing.ORANGE, "D", "-.")


def _draw_depth(spec: Spec, networks: pd.DataFrame) -> "Figure":
    counts = sorted(networks["rings"].unique())
    figure, axes = drawing.panels(1, len(counts) + 1, width=3.6, height=3.7)
    *tasks, shown = axes[0]
    for panel, count in zip(tasks, counts, strict=True):
        _draw_task(panel, count)
    for (width, count), rows in networks.sort_values("layers").groupby(["width", "rings"]):
        color, marker, dash = STYLES.get(width, OTHER_STYLE)
        ends = drawing.error_bars(rows)
        shown.errorbar(
            rows["layers"],
            rows["share"],
            yerr=ends,
            color=color,
            marker=marker,
            linestyle=dash,
            capsize=3,
            label=f"width {width}, {drawing.in_words(count)} rings",
        )
    shown.set(xlabel="hidden layers", ylabel="share of seeds", ylim=(-0.03, 1.03))
    shown.set_xticks(sorted(networks["layers"].unique()))
    shown.set_title("separate all rings")
    figure.legend(*shown.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.suptitle(
        f"Depth at a fixed width: {int(networks['seeds'].max()):,} initialisations each"
    )
    return figure


def _draw_task(axes: "Axes", count: int) -> None:
    """The rings, by label."""
    angle = np.linspace(0, 2 * np.pi, 200)
    colors = (drawing.BLUE, drawing.VERMILION)  # from the outermost ring on
    for place, radius in enumerate(rings.radii(count)[::-1]):
        x, y = radius * np.sin(angle), radius * np.cos(angle)
        axes.plot(x, y, color=colors[place % 2], linestyle="-" if place % 2 == 0 else "--")
    axes.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes.set_title(f"{drawing.in_words(count)} rings, two labels")


def _draw_room(spec: Spec, room: pd.DataFrame) -> "Figure":
    figure, ((axes,),) = drawing.panels(width=5.2, height=3.4)
    for width, rows in room.groupby("width"):
        best = rows.loc[rows.groupby("rings")["separates"].idxmax()].sort_values("rings")
        color, marker, dash = STYLES.get(width, OTHER_STYLE)
        ends = drawing.error_bars(best)
        axes.errorbar(
            best["rings"],
            best["share"],
            yerr=ends,
            color=color,
            marker=marker,
            linestyle=dash,
            capsize=3,
            label=f"width {width}",
        )
    axes.axhline(0.5, color=drawing.BLACK, linewidth=1, linestyle=":")
    axes.set(xlabel="rings", ylabel="share of tuning seeds", ylim=(-0.03, 1.03))
    axes.set_xticks(sorted(room["rings"].unique()))
    axes.legend()
    axes.set_title(f"{drawing.in_words(SHALLOW).capitalize()} layers, at the best rate of each")
    return figure


TABLES = {
    "room": Table(("rings", "width", "rate"), shares("separates"), over_seeds=True),
    "tuning": Table(("rings", "width", "layers", "rate"), shares("separates"), over_seeds=True),
    "networks": Table(
        key=("width", "layers"),
        columns={
            "rings": Exact(),
            "rate": Exact(),
            "compared": Exact(),
            **shares("separates"),
            "accuracy_q50": Unchecked(),
            "accuracy_best": Unchecked(),
        },
        over_seeds=True,
    ),
}


def _deeper_is_better(tables: Tables) -> Judgement:
    networks = tables["networks"]
    compared = networks[networks["compared"].astype(bool)].sort_values("width")
    if len(compared) < 2:
        raise NotMeasured("the tables have no two widths at which depths are compared")
    pairs = [
        (measured.row(networks, width=deeper["width"], layers=SHALLOW), deeper)
        for _, deeper in compared.iterrows()
    ]
    better = [deeper["low"] > shallow["high"] for shallow, deeper in pairs]
    (first, first_deeper), *_, (last, last_deeper) = pairs
    narrow = networks[networks["width"] == NARROW]
    deepest = [
        rows.loc[rows["layers"].idxmax()]
        for rows in (measured.rows(networks, width=deeper["width"]) for _, deeper in pairs)
    ]
    falls = all(
        end["layers"] == deepest[0]["layers"] and end["share"] < deeper["share"]
        for end, (_, deeper) in zip(deepest, pairs, strict=True)
    )
    notes = {"narrow": len(narrow) > 0, "deepest": falls}
    return Judgement(
        graded(all(better), in_part=any(better)),
        None,
        notes=[name for name, holds in notes.items() if holds],
        values={
            "width": first["width"],
            "two": first["share"],
            "layers": first_deeper["layers"],
            "deep": first_deeper["share"],
            "rings": first["rings"],
            "other_rings": last["rings"],
            "other_width": last["width"],
            "other_two": last["share"],
            "other_layers": last_deeper["layers"],
            "other_deep": last_deeper["share"],
            "most_layers": deepest[0]["layers"],
            "most_deep": deepest[0]["share"],
            "other_most_deep": deepest[-1]["share"],
            "separates": narrow["separates"].sum(),
            "seeds": narrow["seeds"].sum(),
        },
    )


CLAIMS = {"SL-09": _deeper_is_better}
