"""The figures, drawn from the tables."""

import itertools

from reproductions.evidence import drawing, functions
from reproductions.experiments.gradients.dying_relu.run import PLACES, SLOPE, Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """Who leaves a negative bias; the census; deaths and returns in training."""
    return {
        "unit": lambda: _unit_figure(tables["units"]),
        "census": lambda: _census_figure(tables["census"]),
        "training": lambda: _training_figure(tables["deaths"]),
    }


def _unit_figure(units):
    figure, axes = drawing.panels(2, 2, width=4.8, height=3.0, sharex=True, sharey=True)
    biases = sorted(units["bias"].unique(), reverse=True)
    places = {bias: place for place, bias in enumerate(biases)}
    for column, place in zip(axes.T, PLACES, strict=True):
        for function, rows in units[units["place"] == place].groupby("function", sort=False):
            style = {**functions.style(function), "label": functions.label(function, SLOPE)}
            bias = rows["bias"].map(places)
            errors = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
            column[0].errorbar(bias, rows["share"], yerr=errors, marker="o", capsize=3, **style)
            column[1].plot(bias, rows["unmoved"] / rows["seeds"], marker="o", **style)
            on_top = {"color": style["color"], "linestyle": "none", "zorder": 4, "markersize": 9}
            broken = rows[rows["non_finite"] > rows["seeds"] / 2]
            column[0].plot(
                broken["bias"].map(places), broken["share"], marker="X",
                markeredgecolor=drawing.BLACK, **on_top,
            )  # fmt: skip
            longer = rows[rows["continued"] > 0]
            column[0].plot(
                longer["bias"].map(places), longer["active_later"] / longer["continued"],
                marker="s", markerfacecolor="none", **on_top,
            )  # fmt: skip
        column[0].set_title(f"{place}: active on some sample in the end")
        column[1].set_title(f"{place}: weights bit-identical in the end")
        column[1].set_xlabel("bias at the start")
    axes[0, 0].set(ylim=(-0.04, 1.04))
    axes[0, 0].set_xticks(range(len(biases)), [f"{bias:g}" for bias in biases])
    for row in axes:
        row[0].set_ylabel("share of seeds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    longest = units["updates_later"].max()
    if units["continued"].sum():
        color = functions.color("elu")
        style = {"color": color, "markerfacecolor": "none", "markersize": 9}
        handles += axes[0, 0].plot([], [], "s", **style)
        labels.append(f"ELU units inactive so far, after {longest:,}")
    style = {"color": "white", "markeredgecolor": drawing.BLACK, "markersize": 9}
    handles += axes[0, 0].plot([], [], "X", **style)
    labels.append("most of that function's diverge")
    figure.legend(handles, labels, loc="outside lower center", ncols=5)
    updates = units["updates"].max()
    figure.suptitle(f"One unit that starts with a negative bias, {updates:,} updates")
    return figure


def _census_figure(census):
    figure, ((axes,),) = drawing.panels(width=6.6, height=4.2)
    colors = [drawing.BLUE, drawing.GREEN, drawing.VERMILION, drawing.ORANGE]
    looks = itertools.cycle(zip(colors, "os^D", strict=True))
    for (color, marker), (width, rows) in zip(looks, census.groupby("width"), strict=False):
        axes.plot(rows["depth"], rows["formula"], color=color, linewidth=1)
        errors = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
        axes.errorbar(
            rows["depth"], rows["share"], yerr=errors, fmt=marker, color=color, capsize=3,
            label=f"width {width}",
        )  # fmt: skip
        axes.plot(rows["depth"], rows["dead_at_all"] / rows["seeds"], ":", color=color)
    axes.plot([], [], color=drawing.GREY, linewidth=1, label="formula, at one input")
    axes.plot([], [], ":", color=drawing.GREY, label="at all four XOR points")
    axes.set_xticks(sorted(census["depth"].unique()))
    axes.set(xlabel="hidden layers", ylabel="share of stacks that are dead", ylim=(-0.02, 1.02))
    axes.set_title("ReLU stacks that are dead before training, N(0, 1) weights and biases")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _training_figure(deaths):
    layers = sorted(deaths["layer"].unique())
    figure, axes = drawing.panels(2, len(layers), width=4.6, height=3.0, sharex=True, sharey="row")
    rates = sorted(deaths["rate"].unique())
    colors = [drawing.SKY, drawing.BLUE, drawing.GREEN, drawing.ORANGE, drawing.VERMILION]
    for column, layer in zip(axes.T, layers, strict=True):
        for color, rate in zip(itertools.cycle(colors), rates, strict=False):
            rows = deaths[(deaths["layer"] == layer) & (deaths["rate"] == rate)]
            for panel, name in zip(column, ("dead", "back"), strict=True):
                panel.plot(rows["epoch"], rows[name], color=color, label=f"{rate:g}")
                panel.fill_between(
                    rows["epoch"], rows[f"{name}_low"], rows[f"{name}_high"], color=color, alpha=0.2
                )
        column[0].set_title(f"hidden layer {layer}: dead now")
        column[1].set_title(f"hidden layer {layer}: came back, so far")
        column[1].set_xlabel("epoch")
    for row in axes:
        row[0].set_ylabel("share of units")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", title="learning rate")
    figure.suptitle("ReLU units in training on the digits: mean over seeds, 95 % interval")
    return figure
