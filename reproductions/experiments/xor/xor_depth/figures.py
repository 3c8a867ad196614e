"""The figures, drawn from the tables."""

import itertools

import numpy as np

from reproductions.evidence import drawing
from reproductions.evidence.statistics import wilson
from reproductions.experiments.xor.xor_depth.run import (
    BETWEEN,
    LEVEL_WIDTH,
    LEVELS,
    SOLVED,
    THREE,
    Spec,
    _name,
    cliff_text,
)
from reproductions.training import xor


def figures(spec: Spec, tables) -> drawing.Figures:
    """The post's networks, the minima of 2-2-1, and the cliff over depth."""
    return {
        "networks": lambda: _network_figure(spec, tables["networks"], tables["curves"]),
        "minima": lambda: _minima_figure(tables["seed_curves"], tables["costs"], tables["levels"]),
        "depths": lambda: _depth_figure(spec, tables["depths"]),
    }


NETWORK_STYLES = {
    "2-1": (drawing.BLACK, "-"),
    "2-2-1": (drawing.ORANGE, (0, (5, 1.5))),
    "2-10-1": (drawing.SKY, (0, (3, 1))),
    "2-2-2-2-1": (drawing.VERMILION, (0, (4, 1, 1, 1))),
    "2-10-10-10-1": (drawing.BLUE, "-"),
}

OTHER_STYLES = (
    (drawing.GREEN, "-"), (drawing.PURPLE, (0, (5, 1.5))), (drawing.GREY, (0, (3, 1))),
    (drawing.YELLOW, (0, (4, 1, 1, 1))),
)  # fmt: skip

LEVEL_STYLES = {
    SOLVED: (drawing.GREEN, "-"),
    "two points at 1/2": (drawing.ORANGE, "-"),
    "three points at 1/3 or 2/3": (drawing.VERMILION, (0, (4, 1))),
    "all four at 1/2": (drawing.BLACK, (0, (1, 1))),
    BETWEEN: (drawing.GREY, (0, (4, 1, 1, 1))),
}


def _styles(names) -> dict[str, tuple]:
    """Colour and dash of each network; of those that the stored setting lacks, what is left."""
    others = itertools.cycle(OTHER_STYLES)
    return {name: NETWORK_STYLES.get(name) or next(others) for name in names}


def _network_figure(spec, networks, curves):
    figure, axes = drawing.panels(1, 2, width=5.2, height=4.0)
    shares, costs = axes[0]
    rows = networks.set_index("network")
    styles = _styles(map(_name, spec.networks))
    for place, (name, (color, dash)) in enumerate(styles.items()):
        row = rows.loc[name]
        errors = [[row["share"] - row["low"]], [row["high"] - row["share"]]]
        shares.barh(place, row["share"], color=color, height=0.6)
        shares.errorbar(row["share"], place, xerr=errors, color=drawing.GREY, capsize=3)
        shares.text(row["high"] + 0.02, place, f"{row['share']:.1%}", va="center")
        own = curves[curves["network"] == name]
        width = 4 if name == "2-1" else 1.8  # under another curve for most of its length
        costs.plot(own["step"], own["cost_q50"], color=color, linestyle=dash, linewidth=width)
        for quantile in ("cost_q05", "cost_q95"):
            costs.plot(own["step"], own[quantile], color=color, linestyle=dash, linewidth=0.6)
    labels = [f"{name}{'' if name in THREE else ' (ours)'}" for name in styles]
    shares.set_yticks(range(len(labels)), labels)
    shares.invert_yaxis()
    shares.grid(visible=False, axis="y")
    shares.set(xlim=(0, 1.2), xlabel="share solved, with 95 % interval", title="Who solves XOR")
    shares.set_xticks([0, 0.25, 0.5, 0.75, 1])
    costs.set(yscale="log", xlabel="step", ylabel="cost (nats)")
    costs.set_title("Cost: median; thin, 5 % and 95 %")
    costs.xaxis.set_major_formatter("{x:,.0f}")
    for name, (color, dash) in styles.items():
        costs.plot([], [], color=color, linestyle=dash, label=name)
    costs.legend(loc="lower left")
    seeds = int(networks["seeds"].max())
    figure.suptitle(
        f"Sigmoid networks at learning rate {spec.rate:g}: {seeds:,} initialisations each"
    )
    return figure


def _minima_figure(seed_curves, costs, levels):
    figure, axes = drawing.panels(1, 3, width=4.0, height=4.4, sharey=True)
    last = seed_curves["step"].max()
    ends = seed_curves[seed_curves["step"] == last].set_index("seed")["cost"]
    for seed, own in seed_curves.groupby("seed"):
        color, dash = LEVEL_STYLES[_level(ends[seed])]
        axes[0, 0].plot(
            own["step"], own["cost"], color=color, linestyle=dash, linewidth=1, alpha=0.6
        )
    shown = seed_curves["seed"].nunique()
    axes[0, 0].set(xscale="log", xlabel="step", ylabel="cost (nats)", ylim=(-0.02, 0.8))
    axes[0, 0].set_title(f"{shown} seeds, all else equal")
    for panel, step in zip(axes[0, 1:], sorted(costs["step"].unique()), strict=True):
        own = costs[costs["step"] == step]
        middle, share = (own["from"] + own["to"]) / 2, own["count"] / own["seeds"]
        colors = [LEVEL_STYLES[_level(cost)][0] for cost in middle]
        panel.barh(middle, share, height=0.01, color=colors)
        panel.set(xscale="log", xlim=(1e-4, 1.2), xlabel="share of seeds")
        panel.set_xticks([1e-3, 1e-2, 1e-1, 1], ["0.1 %", "1 %", "10 %", "100 %"])
        seeds = int(own["seeds"].max())
        panel.set_title(f"all {seeds:,} at step {step:,}")
        for row in levels[(levels["step"] == step) & (levels["level"] != BETWEEN)].itertuples():
            height = LEVELS.get(row.level, 0.11)
            panel.text(1.15, height + 0.02, f"{row.share:.1%}", ha="right")
    for panel in axes[0]:
        for height in (0, *LEVELS.values()):
            panel.axhline(height, color=drawing.GREY, linewidth=0.7, linestyle=":")
    handles = [
        axes[0, 0].plot([], [], color=color, linestyle=dash, label=level)[0]
        for level, (color, dash) in LEVEL_STYLES.items()
    ]
    figure.legend(
        handles=handles, title="the answers at the end", loc="outside lower center", ncols=5
    )
    figure.suptitle("2-2-1 on XOR: the initial weights decide the valley (floors dotted)")
    return figure


def _level(cost):
    if cost < xor.SOLVED_COST:
        return SOLVED
    near = (name for name, level in LEVELS.items() if abs(cost - level) < LEVEL_WIDTH)
    return next(near, BETWEEN)


def _depth_figure(spec, depths):
    figure, ((axes,),) = drawing.panels(width=6.8, height=4.4)
    depth, seeds = depths["depth"], depths["seeds"]
    axes.plot(
        depth, depths["plateau"] / seeds, ":", color=drawing.GREY,
        label=f"cost still within {xor.PLATEAU_WIDTH:g} of log 2 after {spec.depth_steps:,}",
    )  # fmt: skip
    errors = [depths["share"] - depths["low"], depths["high"] - depths["share"]]
    axes.errorbar(
        depth, depths["share"], yerr=errors, color=drawing.BLUE, marker="o", capsize=3,
        label=f"solved after {spec.depth_steps:,} updates",
    )  # fmt: skip
    later = [_share_later(row) for row in depths.itertuples()]
    share, low, high = np.array(later).T
    axes.errorbar(
        depth, share, yerr=[share - low, high - share], color=drawing.ORANGE, marker="s",
        linestyle="--", fillstyle="none", capsize=3,
        label=f"solved after {drawing.in_words(spec.longer)} times as many, from up to"
        f" {spec.longer_seeds:,} of the unsolved",
    )  # fmt: skip
    axes.set_xlabel(f"depth (layers of sigmoids, width {spec.width})")
    axes.set(ylim=(-0.03, 1.05), ylabel="share of seeds, 95 % interval")
    axes.set_title(f"At learning rate {spec.rate:g}, {cliff_text(depths)}")
    axes.set_xticks(depth)
    figure.legend(loc="outside lower center", ncols=1)
    return figure


def _share_later(row):
    """The share solved at ten times the updates, with interval, from the seeds that went on."""
    if not row.continued:
        return row.share, row.share, row.share
    late = (row.solved_later / row.continued, *wilson(row.solved_later, row.continued))
    return [row.share + (1 - row.share) * part for part in late]
