"""The figures, drawn from the tables."""

import itertools

from reproductions.evidence import drawing
from reproductions.experiments.gradients.zigzag.run import (
    ACROSS,
    CONTROL_PAIRS,
    MEAN_PAIRS,
    PLANE,
    TUNED,
    Spec,
)


def figures(spec: Spec, tables) -> drawing.Figures:
    """The paths in the plane, the batches, and what lengthens a path."""
    return {
        "plane": lambda: _plane_figure(tables["plane"]),
        "batches": lambda: _batch_figure(tables["paths"]),
        "causes": lambda: _cause_figure(spec, tables["unit_pairs"], tables["network_pairs"]),
    }


TITLES = {
    "sigmoid": "sigmoid",
    "rotated": "sigmoid, axes turned",
    "sigmoid - 1/2": "sigmoid − 1/2",
    "tanh": "tanh",
    "tanh + 1": "tanh + 1",
    "relu": "ReLU",
    "relu - mean": "ReLU − its mean",
    "mirrored": "sigmoid, half the samples negated",
    "stretched tanh": "tanh stretched to sigmoid's Hessian",
    "whitened": "sigmoid whitened, mean kept",
    "one at a time": "largest input alone, as 0 or √{width}",
}

STYLES = {
    "sigmoid": (drawing.BLUE, "-", "o"),
    "sigmoid - 1/2": (drawing.BLUE, (0, (3, 1)), "s"),
    "tanh + 1": (drawing.GREEN, "-", "^"),
    "tanh": (drawing.GREEN, (0, (3, 1)), "v"),
    "relu": (drawing.VERMILION, "-", "D"),
    "relu - mean": (drawing.VERMILION, (0, (3, 1)), "P"),
}


def _plane_figure(plane):
    figure, axes = drawing.panels(1, len(PLANE), width=2.9, height=4.0)
    for panel, name in zip(axes[0], PLANE, strict=True):
        own = plane[plane["function"] == name]
        single, full = (own[own["batch"] == batch] for batch in (1, own["batch"].max()))
        panel.plot(single["w1"], single["w2"], color=drawing.BLUE, linewidth=0.9)
        panel.plot(full["w1"], full["w2"], color=drawing.ORANGE, linestyle=(0, (4, 1)))
        goal = single.iloc[0]
        panel.plot([0], [0], "o", color=drawing.BLACK, markersize=6)
        panel.plot(goal["goal1"], goal["goal2"], "*", color=drawing.VERMILION, markersize=13)
        text = (
            f"{single['updates'].iloc[0]:,} updates, {single['ratio'].iloc[0]:.1f} times straight"
        )
        panel.set_title(f"{TITLES[name]}\n{text}", fontsize=9)
        panel.set(aspect="equal", xlabel="w₁")
        panel.set_adjustable("datalim")
    axes[0, 0].set_ylabel("w₂")
    largest = plane["batch"].max()
    handles = [
        *axes[0, 0].plot([], [], color=drawing.BLUE, label="single samples"),
        *axes[0, 0].plot([], [], color=drawing.ORANGE, linestyle=(0, (4, 1)),
                         label=f"batches of {largest}"),
        *axes[0, 0].plot([], [], "o", color=drawing.BLACK, label="start"),
        *axes[0, 0].plot([], [], "*", color=drawing.VERMILION, markersize=11, label="goal"),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    figure.suptitle("Two weights on their way, at the same rate in units of the largest eigenvalue")
    return figure


def _batch_figure(paths):
    least = paths["rate"].iloc[0]
    figure, ((axes,),) = drawing.panels(width=6.8, height=5.0)
    for name, (color, dash, marker) in STYLES.items():
        own = paths[(paths["function"] == name) & (paths["rate"] == least)]
        errors = [own["ratio"] - own["low"], own["high"] - own["ratio"]]
        axes.errorbar(
            own["batch"], own["ratio"], yerr=errors, color=color, linestyle=dash, marker=marker,
            capsize=3, label=TITLES[name],
        )  # fmt: skip
        best = paths[(paths["function"] == name) & (paths["rate"] == TUNED)]
        axes.plot(best["batch"], best["ratio"], marker, color=color, markersize=8, fillstyle="none")
    axes.axhline(1, color=drawing.GREY, linewidth=1, linestyle=":")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    ticks = [1, 1.5, 2, 3, 4, 6, 8, 12]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    batches = sorted(paths["batch"].unique())
    axes.set_xticks(batches, [str(b) for b in batches])
    axes.set(xlabel="samples in an update", ylabel="path length / displacement")
    axes.set_title(
        f"Rate {least} / largest eigenvalue: the zigzag fades with the batch, the mean's last;\n"
        "hollow, each at its own tuned rate: with a mean it does not",
        fontsize=10,
    )
    figure.legend(title="fed to the unit", ncols=3, loc="outside lower center")
    return figure


RATE_STYLES = ((drawing.BLUE, "o"), (drawing.ORANGE, "s"), (drawing.BLACK, "D"))

NETWORK_STYLES = {"common": (drawing.GREEN, "^"), TUNED: (drawing.PURPLE, "v")}


def _cause_figure(spec, unit_pairs, network_pairs):
    titles = {name: title.format(width=spec.width) for name, title in TITLES.items()}
    figure, axes = drawing.panels(2, 2, width=5.4, height=3.6, sharey="row")
    groups = (tuple(MEAN_PAIRS.items()), (*CONTROL_PAIRS.items(), *ACROSS))
    for line, pairs in zip(axes, groups, strict=True):
        for panel, what in zip(line, ("length", "steps"), strict=True):
            for place, pair in enumerate(pairs):
                own = unit_pairs[
                    (unit_pairs["function"] == pair[0])
                    & (unit_pairs["against"] == pair[1])
                    & (unit_pairs["batch"] == 1)
                ]
                for i, (row, (color, marker)) in enumerate(
                    zip(own.to_dict("records"), itertools.cycle(RATE_STYLES), strict=False)
                ):
                    _point(panel, row, what, place + 0.16 * (i - 1), color, marker)
                inside = network_pairs[
                    (network_pairs["function"] == pair[0])
                    & (network_pairs["against"] == pair[1])
                    & (network_pairs["batch"] == 1)
                ]
                for i, row in enumerate(inside.to_dict("records") if what == "length" else []):
                    color, marker = NETWORK_STYLES[row["rate"]]
                    _point(panel, row, what, place + 0.16 * (i + 2), color, marker)
                predicted = own[f"{what}_predicted"].iloc[0]
                panel.plot(predicted, place, "|", color=drawing.VERMILION, markersize=26,
                           markeredgewidth=1.5)  # fmt: skip
            panel.axvline(1, color=drawing.GREY, linewidth=1, linestyle=":")
            panel.set_xscale("log")
            ticks = [0.5, 1, 2, 3, 5, 10, 20] if what == "steps" else [0.5, 1, 1.5, 2, 3, 4]
            panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
            panel.minorticks_off()
            panel.set_yticks(
                range(len(pairs)), [f"{titles[a]}\nagainst {titles[b]}" for a, b in pairs],
                fontsize=8,
            )  # fmt: skip
    for line, title in zip(axes, ("The mean alone", "Controls, and across"), strict=True):
        line[0].invert_yaxis()
        line[0].set_title(f"{title}: length of the path, ratio")
        line[1].set_title(f"{title}: updates needed, ratio")
    rates = list(unit_pairs["rate"].drop_duplicates())
    handles = [
        axes[0, 0].plot([], [], marker, color=color, label=_rate_label(rate))[0]
        for rate, (color, marker) in zip(rates, itertools.cycle(RATE_STYLES), strict=False)
    ]
    handles += [
        axes[0, 0].plot([], [], marker, color=color, label=f"in a network, {name} rate")[0]
        for name, (color, marker) in NETWORK_STYLES.items()
    ]
    handles += axes[0, 0].plot(
        [],
        [],
        "|",
        color=drawing.VERMILION,
        markersize=12,
        label="for small steps, from the Hessian's eigenvalues",
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    figure.suptitle("What lengthens the path of single samples: ratios of the same seeds, 95 %")
    return figure


def _rate_label(rate):
    return "tuned rate" if rate == TUNED else f"rate {rate} / largest eigenvalue"


def _point(panel, row, what, place, color, marker):
    middle = row[what]
    errors = [[middle - row[f"{what}_low"]], [row[f"{what}_high"] - middle]]
    panel.errorbar(middle, place, xerr=errors, color=color, marker=marker, markersize=5, capsize=2)
