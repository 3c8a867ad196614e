"""The figures, drawn from the tables."""

import itertools

import numpy as np

from reproductions.evidence import drawing, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.experiments.circles.width_and_depth.run import (
    NARROW,
    NARROW_WIDTH,
    WIDER,
    Spec,
    _depths,
    of_width,
)
from reproductions.training import circles


def figures(spec: Spec, tables) -> drawing.Figures:
    """Width at equal rates; depth; the best that narrow networks do; one that is written down."""
    return {
        "equal_rates": lambda: _rate_figure(spec, tables["networks"], tables["shapes"]),
        "depth": lambda: _depth_figure(spec, tables["networks"], tables["shapes"]),
        "best_narrow": lambda: _best_figure(tables["networks"], tables["best"]),
        "by_hand": lambda: _hand_figure(tables["hand_weights"]),
    }


BAR_STYLES = (
    (drawing.VERMILION, ""), (drawing.BLUE, "//"), (drawing.GREEN, ".."), (drawing.ORANGE, "xx"),
)  # fmt: skip

SHAPE_STYLES = {
    "nothing": (drawing.GREEN, ""),
    "one arc of the outer circle": (drawing.SKY, ""),
    "two arcs of the outer circle": (drawing.ORANGE, "//"),
    "more arcs of the outer circle": (drawing.YELLOW, "xx"),
    "some of the inner circle": (drawing.GREY, ".."),
}


def _rate_figure(spec, networks, shapes):
    figure, axes = drawing.panels(1, 2, width=5.4, height=4.0)
    bars, stacks = axes[0]
    short, rates = spec.epochs, sorted(spec.rates)
    count = len(spec.slides)
    looks = zip(map(circles.name, spec.slides), itertools.cycle(BAR_STYLES), strict=False)
    for place, (network, (color, hatch)) in enumerate(looks):
        rows = networks[(networks["network"] == network) & (networks["epochs"] == short)]
        rows = rows[rows["rate"].isin(spec.rates)].sort_values("rate")
        at = np.arange(len(rows)) + 0.81 / count * (place - (count - 1) / 2)
        bars.bar(
            at, rows["share"], 0.75 / count, color=color, hatch=hatch, edgecolor="white",
            label=circles.dimension(network),
        )  # fmt: skip
        errors = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
        bars.errorbar(at, rows["share"], yerr=errors, color=drawing.BLACK, fmt="none", capsize=3)
        for x, row in zip(at, rows.itertuples(), strict=True):
            bars.text(x, row.high + 0.02, f"{row.share:.0%}", ha="center", fontsize=9)
    bars.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
    bars.set(xlabel="learning rate, the same for all", ylabel="share of seeds", ylim=(0, 1.12))
    bars.set_title(f"separate the circles in {short} epochs")
    bars.legend(title="width", loc="upper left", bbox_to_anchor=(0, 0.9))
    bars.grid(visible=False, axis="x")
    own = measured.rows(shapes, network=NARROW)
    labels = [(rate, epochs) for rate in rates for epochs in sorted(own["epochs"].unique())]
    texts = [f"{rate:g}\n{epochs:,}" for rate, epochs in labels]
    _stack(stacks, own.set_index(["rate", "epochs"]), labels, texts)
    stacks.set(xlabel="learning rate, epochs", title="2-D: what stays wrong")
    handles, names = stacks.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    seeds = int(networks["seeds"].max())
    longer = f" ({int(own['seeds'].min()):,} for the longer runs)" if spec.longer > 1 else ""
    figure.suptitle(f"Width at equal learning rates: {seeds:,} initialisations each{longer}")
    return figure


def _stack(axes, shapes, labels, texts):
    """A bar for each label, the shares of what its seeds get wrong."""
    bottom = np.zeros(len(labels))
    for shape, (color, hatch) in SHAPE_STYLES.items():
        rows = shapes[shapes["shape"] == shape].reindex(labels)
        share = (rows["count"] / rows["seeds"]).to_numpy()
        axes.bar(
            range(len(labels)), share, 0.7, bottom, color=color, hatch=hatch, edgecolor="white",
            label=shape,
        )  # fmt: skip
        bottom += share
    axes.set_xticks(range(len(labels)), texts)
    axes.set(ylabel="share of seeds", ylim=(0, 1))
    axes.grid(visible=False)


WIDTH_COLORS = (drawing.VERMILION, drawing.BLUE, drawing.GREEN, drawing.ORANGE)

RATE_LINES = (("o", ":"), ("s", "-"), ("^", "--"), ("D", (0, (4, 1, 1, 1))))


def _depth_figure(spec, networks, shapes):
    figure, axes = drawing.panels(1, 3, width=4.0, height=4.0)
    separates, best, stacks = axes[0]
    rows = networks[networks["epochs"] == spec.epochs]
    looks = itertools.product(
        zip([width for width, _ in spec.depths], itertools.cycle(WIDTH_COLORS), strict=False),
        zip(spec.depth_rates, itertools.cycle(RATE_LINES), strict=False),
    )
    for (width, color), (rate, (marker, dash)) in looks:
        own = of_width(rows[rows["rate"] == rate], width).sort_values("network", key=_depths)
        depth = _depths(own["network"])
        style = {"color": color, "marker": marker, "linestyle": dash, "markersize": 5}
        errors = [own["share"] - own["low"], own["high"] - own["share"]]
        label = f"width {width}, rate {rate:g}"
        separates.errorbar(depth, own["share"], yerr=errors, capsize=3, label=label, **style)
        best.plot(depth, own["accuracy_best"], **style)
    separates.set(ylim=(-0.03, 1.03), ylabel="share of seeds", title="separate the circles")
    best.axhline(circles.LINE_ACCURACY, color=drawing.BLACK, linewidth=1, linestyle=":")
    best.text(0.98, circles.LINE_ACCURACY + 0.005, "best straight line", ha="right",
              transform=best.get_yaxis_transform())  # fmt: skip
    best.set(ylim=(0.64, 1.02), ylabel="share of both circles that is right")
    best.set_title("the best seed")
    for panel in (separates, best):
        panel.set(xlabel="hidden layers", xticks=range(1, _deepest(spec) + 1))
    rate = spec.depth_rates[-1]
    own = shapes[(shapes["epochs"] == spec.epochs) & (shapes["rate"] == rate)]
    own = of_width(own, NARROW_WIDTH).set_index("network")
    names = sorted(own.index.unique(), key=len)
    _stack(stacks, own, names, [str(len(circles.widths(n))) for n in names])
    stacks.set_xlabel(f"hidden layers of width {NARROW_WIDTH}")
    stacks.set_title(f"what stays wrong, rate {rate:g}")
    handles, texts = stacks.get_legend_handles_labels()
    lines, names = separates.get_legend_handles_labels()
    figure.legend(lines + handles, names + texts, loc="outside lower center", ncols=4)
    figure.suptitle(
        f"Depth against width: {int(rows['seeds'].min()):,} initialisations each or more"
    )
    return figure


def _deepest(spec) -> int:
    return max(depth for _, depths in spec.depths for depth in depths)


def _best_figure(networks, best):
    """What the best seed of each network of width 2 answers, and that of the smallest wider one."""
    narrow = set(of_width(networks, NARROW_WIDTH)["network"])
    if not narrow:
        raise NotMeasured(f"the tables have no network of width {NARROW_WIDTH}")
    names = [*sorted(narrow, key=len), *({WIDER} & set(networks["network"]))]
    figure, axes = drawing.panels(2, -(-len(names) // 2), width=3.0, height=3.65)
    for panel in axes.flat:
        panel.set_visible(False)
    for panel, network in zip(axes.flat, names, strict=False):
        panel.set_visible(True)
        rows = networks[networks["network"] == network]
        row = rows.loc[rows["accuracy_best"].idxmax()]
        own = best[
            (best["network"] == network)
            & (best["rate"] == row["rate"])
            & (best["epochs"] == row["epochs"])
        ]
        weights = circles.unflatten(own, network)
        circles.PlaneView(panel, size=300).update(weights)
        panel.set_title(
            f"{network}: {row['accuracy_best']:.1%}\nrate {row['rate']:g},"
            f" {row['epochs']:,} epochs, {len(own)} weights",
            fontsize=9,
        )
    circles.legend(figure, line=False)
    figure.suptitle(
        f"The best seed of each: width {NARROW_WIDTH} always leaves the inside a way out"
    )
    return figure


def _hand_figure(hand):
    """The written-down networks: three units' sum by radius, the plane, the layer of two units."""
    figure, axes = drawing.panels(1, 4, width=3.2, height=3.3)
    three, two = (
        circles.unflatten(rows, network)
        for network, rows in sorted(hand.groupby("network"), key=lambda item: len(item[0]))
    )
    radius = np.linspace(0, 1.25, 126)
    styles = [(drawing.BLUE, "-"), (drawing.ORANGE, "--"), (drawing.BLACK, ":")]
    for degrees, (color, dash) in zip((0, 30, 60), styles, strict=True):
        direction = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        total = circles.layers(three, radius[:, None] * direction)[0].sum(axis=1)
        axes[0, 0].plot(radius, total, color=color, linestyle=dash, label=f"at {degrees} degrees")
    middle = -three[3][0] / three[2][0, 0]
    axes[0, 0].axhline(middle, color=drawing.BLACK, linewidth=1)
    axes[0, 0].text(0.02, middle + 0.02, "answer 1/2")
    for circle, r in circles.RADII.items():
        axes[0, 0].axvline(r, color=circles.COLORS[circle], linewidth=1)
    axes[0, 0].set(xlabel="radius", ylabel="sum of the three units", title="2-3-1: three tanh")
    axes[0, 0].legend(loc="upper left")
    circles.PlaneView(axes[0, 1], size=300).update(three)
    for x, y in three[0].T:
        axes[0, 1].annotate("", (x * 0.4, y * 0.4), (0, 0), arrowprops={"arrowstyle": "->"})
    axes[0, 1].set_title("2-3-1: the plane, the units' directions")
    circles.LayerView(axes[0, 2]).update(two)
    axes[0, 2].set_title("2-3-2-1: the layer of two units")
    circles.PlaneView(axes[0, 3], size=300).update(two)
    axes[0, 3].set_title("2-3-2-1: the plane")
    circles.legend(figure)
    figure.suptitle("Separated by weights that are written down, not learned")
    return figure
