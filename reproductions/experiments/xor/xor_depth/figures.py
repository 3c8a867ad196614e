"""Draws the post's networks, the costs at which 2-2-1 networks end, and the share by depth."""

import itertools

import numpy as np

from reproductions.evidence import drawing, measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.xor.xor_depth.run import (
    BETWEEN,
    LEVELS,
    POST_NETWORKS,
    SMALLEST,
    SOLVED,
    Spec,
    cliff_text,
    level_of,
    network_name,
)
from reproductions.training import xor


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The post's networks, the costs at which 2-2-1 networks end, and the share solved by depth."""
    return {
        "networks": lambda: _network_figure(spec, tables["networks"], tables["curves"]),
        "minima": lambda: _minima_figure(tables["seed_curves"], tables["costs"], tables["levels"]),
        "depths": lambda: _depth_figure(spec, tables["depths"]),
    }


NETWORK_STYLES = {
    "2-1": (drawing.BLACK, "-"),
    SMALLEST: (drawing.ORANGE, (0, (5, 1.5))),
    "2-10-1": (drawing.SKY, (0, (3, 1))),
    "2-2-2-2-1": (drawing.VERMILION, (0, (4, 1, 1, 1))),
    "2-10-10-10-1": (drawing.BLUE, "-"),
}

OTHER_STYLES = (
    (drawing.GREEN, "-"),
    (drawing.PURPLE, (0, (5, 1.5))),
    (drawing.GREY, (0, (3, 1))),
    (drawing.YELLOW, (0, (4, 1, 1, 1))),
)

LEVEL_STYLES = {
    SOLVED: (drawing.GREEN, "-"),
    "two points at 1/2": (drawing.ORANGE, "-"),
    "three points at 1/3 or 2/3": (drawing.VERMILION, (0, (4, 1))),
    "all four at 1/2": (drawing.BLACK, (0, (1, 1))),
    BETWEEN: (drawing.GREY, (0, (4, 1, 1, 1))),
}


def _styles(spec: Spec) -> dict[str, tuple]:
    """Colour and dash of each network; those that the stored setting lacks share what is left."""
    others = itertools.cycle(OTHER_STYLES)
    names = map(network_name, spec.networks)
    return {name: NETWORK_STYLES.get(name) or next(others) for name in names}


def _network_figure(spec, networks, curves):
    figure, ((shares, costs),) = drawing.panels(1, 2, width=5.2, height=4.0)
    styles = _styles(spec)
    for place, (name, (color, dash)) in enumerate(styles.items()):
        row = measured.row(networks, network=name)
        errors = drawing.error_bars(row)
        shares.barh(place, row["share"], color=color, height=0.6)
        shares.errorbar(row["share"], place, xerr=errors, color=drawing.GREY, capsize=3)
        shares.text(row["high"] + 0.02, place, f"{row['share']:.1%}", va="center")
        curve = measured.rows(curves, network=name)
        width = 4 if name == "2-1" else 1.8  # another curve covers most of this one
        for quantile, linewidth in (("cost_q50", width), ("cost_q05", 0.6), ("cost_q95", 0.6)):
            line = {"color": color, "linestyle": dash, "linewidth": linewidth}
            costs.plot(curve["step"], curve[quantile], **line)
        costs.plot([], [], color=color, linestyle=dash, label=name)
    labels = [name if name in POST_NETWORKS else f"{name} (added)" for name in styles]
    shares.set_yticks(range(len(labels)), labels)
    shares.invert_yaxis()
    shares.grid(visible=False, axis="y")
    shares.set(
        xlim=(0, 1.2), xlabel="share solved, with 95 % interval", title="Share that solves XOR"
    )
    shares.set_xticks([0, 0.25, 0.5, 0.75, 1])
    costs.set(yscale="log", xlabel="step", ylabel="cost (nats)")
    costs.set_title("Cost: median; thin lines: 5 % and 95 %")
    costs.xaxis.set_major_formatter("{x:,.0f}")
    costs.legend(loc="lower left")
    seeds = int(networks["seeds"].max())
    figure.suptitle(
        f"Sigmoid networks at learning rate {spec.rate:g}: {seeds:,} initialisations each"
    )
    return figure


def _minima_figure(seed_curves, costs, levels):
    figure, ((curves, *histograms),) = drawing.panels(1, 3, width=4.0, height=4.4, sharey=True)
    for _, curve in seed_curves.groupby("seed"):
        color, dash = LEVEL_STYLES[str(level_of(curve["cost"].iloc[-1]))]
        line = {"color": color, "linestyle": dash, "linewidth": 1, "alpha": 0.6}
        curves.plot(curve["step"], curve["cost"], **line)
    curves.set(xscale="log", xlabel="step", ylabel="cost (nats)", ylim=(-0.02, 0.8))
    curves.set_title(f"{seed_curves['seed'].nunique()} seeds; nothing else differs")
    for panel, step in zip(histograms, sorted(costs["step"].unique()), strict=True):
        bins = measured.rows(costs, step=step)
        middle, share = (bins["from"] + bins["to"]) / 2, bins["count"] / bins["seeds"]
        colors = [LEVEL_STYLES[level][0] for level in level_of(middle)]
        panel.barh(middle, share, height=0.01, color=colors)
        panel.set(xscale="log", xlim=(1e-4, 1.2), xlabel="share of seeds")
        panel.set_xticks([1e-3, 1e-2, 1e-1, 1], ["0.1 %", "1 %", "10 %", "100 %"])
        panel.set_title(f"all {bins['seeds'].max():,} seeds at step {step:,}")
        for row in levels[(levels["step"] == step) & (levels["level"] != BETWEEN)].itertuples():
            height = LEVELS.get(row.level, 0.11)
            panel.text(1.15, height + 0.02, f"{row.share:.1%}", ha="right")
    for panel in (curves, *histograms):
        for height in (0, *LEVELS.values()):
            panel.axhline(height, color=drawing.GREY, linewidth=0.7, linestyle=":")
    for level, (color, dash) in LEVEL_STYLES.items():
        curves.plot([], [], color=color, linestyle=dash, label=level)
    figure.legend(title="the answers at the end", loc="outside lower center", ncols=5)
    figure.suptitle(
        f"The initial weights decide at which cost {SMALLEST} ends (dotted: the possible floors)"
    )
    return figure


def _depth_figure(spec, depths):
    figure, ((axes,),) = drawing.panels(width=6.8, height=4.4)
    depth, seeds = depths["depth"], depths["seeds"]
    axes.plot(
        depth,
        depths["plateau"] / seeds,
        ":",
        color=drawing.GREY,
        label=f"cost still within {xor.PLATEAU_WIDTH:g} of log 2 after {spec.depth_steps:,}"
        " updates",
    )
    errors = drawing.error_bars(depths)
    axes.errorbar(
        depth,
        depths["share"],
        yerr=errors,
        color=drawing.BLUE,
        marker="o",
        capsize=3,
        label=f"solved after {spec.depth_steps:,} updates",
    )
    share, low, high = np.array([_share_later(row) for row in depths.itertuples()]).T
    axes.errorbar(
        depth,
        share,
        yerr=[share - low, high - share],
        color=drawing.ORANGE,
        marker="s",
        linestyle="--",
        fillstyle="none",
        capsize=3,
        label=f"solved after {drawing.in_words(spec.longer)} times as many, estimated from"
        f" {spec.longer_seeds:,} of the unsolved at most",
    )
    axes.set_xlabel(f"depth (layers of sigmoids, width {spec.width})")
    axes.set(ylim=(-0.03, 1.05), ylabel="share of seeds, 95 % interval")
    axes.set_title(f"At learning rate {spec.rate:g}, {cliff_text(depths)}")
    axes.set_xticks(depth)
    figure.legend(loc="outside lower center", ncols=1)
    return figure


def _share_later(row):
    """The share solved after more updates and its interval, estimated from seeds that went on."""
    if not row.continued:
        return [row.share] * 3
    late = (row.solved_later / row.continued, *wilson(row.solved_later, row.continued))
    return [row.share + (1 - row.share) * share for share in late]
