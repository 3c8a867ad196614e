"""Draws which units leave a negative bias, the census of dead stacks, and deaths in training."""

import itertools
from typing import TYPE_CHECKING

import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.gradients.dying_relu.run import PLACES, SLOPE, Spec

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Single units by their first bias, dead stacks by depth, and dead units by epoch."""
    return {
        "unit": lambda: _unit_figure(tables["units"]),
        "census": lambda: _census_figure(tables["census"]),
        "training": lambda: _training_figure(tables["deaths"]),
    }


TITLES = {"alone": "unit alone", "hidden": "hidden unit"}


def _unit_figure(units: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(2, 2, width=4.8, height=3.0, sharex=True, sharey=True)
    biases = sorted(units["bias"].unique(), reverse=True)
    units = units.assign(x=units["bias"].map(biases.index))
    for (active, unmoved), place in zip(axes.T, PLACES, strict=True):
        for function, rows in units[units["place"] == place].groupby("function", sort=False):
            style = {**functions.style(function), "label": functions.label(function, SLOPE)}
            errors = drawing.error_bars(rows)
            active.errorbar(rows["x"], rows["share"], yerr=errors, marker="o", capsize=3, **style)
            unmoved.plot(rows["x"], rows["unmoved"] / rows["seeds"], marker="o", **style)
            on_top = {"color": style["color"], "linestyle": "none", "zorder": 4, "markersize": 9}
            diverging = rows[rows["non_finite"] > rows["seeds"] / 2]
            active.plot(
                diverging["x"],
                diverging["share"],
                marker="X",
                markeredgecolor=drawing.BLACK,
                **on_top,
            )
            longer = rows[rows["continued"] > 0]
            active.plot(
                longer["x"],
                longer["active_later"] / longer["continued"],
                marker="s",
                markerfacecolor="none",
                **on_top,
            )
        active.set_title(f"{TITLES[place]}: active on at least one sample")
        unmoved.set(title=f"{TITLES[place]}: weights unchanged bit for bit", xlabel="initial bias")
    axes[0, 0].set(ylim=(-0.04, 1.04))
    axes[0, 0].set_xticks(range(len(biases)), [f"{bias:g}" for bias in biases])
    for panel in axes[:, 0]:
        panel.set_ylabel("share of seeds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    if units["continued"].sum():
        style = {"color": functions.color("elu"), "markerfacecolor": "none", "markersize": 9}
        handles += axes[0, 0].plot([], [], "s", **style)
        labels.append(f"inactive ELU units after {units['updates_later'].max():,} updates")
    style = {"color": "white", "markeredgecolor": drawing.BLACK, "markersize": 9}
    handles += axes[0, 0].plot([], [], "X", **style)
    labels.append("most units diverge")
    figure.legend(handles, labels, loc="outside lower center", ncols=5)
    figure.suptitle(
        f"One unit after {units['updates'].max():,} updates: a ReLU unit that starts far below zero"
        " never moves"
    )
    return figure


def _census_figure(census: pd.DataFrame) -> "Figure":
    figure, ((axes,),) = drawing.panels(width=6.6, height=4.2)
    colors = [drawing.BLUE, drawing.GREEN, drawing.VERMILION, drawing.ORANGE]
    looks = itertools.cycle(zip(colors, "os^D", strict=True))
    for (color, marker), (width, rows) in zip(looks, census.groupby("width"), strict=False):
        axes.plot(rows["depth"], rows["formula"], color=color, linewidth=1)
        errors = drawing.error_bars(rows)
        axes.errorbar(
            rows["depth"],
            rows["share"],
            yerr=errors,
            fmt=marker,
            color=color,
            capsize=3,
            label=f"width {width}, at one input",
        )
        axes.plot(rows["depth"], rows["dead_at_all"] / rows["seeds"], ":", color=color)
    axes.plot([], [], color=drawing.GREY, linewidth=1, label="formula, at one input")
    axes.plot([], [], ":", color=drawing.GREY, label="at all four XOR points")
    axes.set_xticks(sorted(census["depth"].unique()))
    axes.set(xlabel="hidden layers", ylabel="share of stacks that are dead", ylim=(-0.02, 1.02))
    axes.set_title(
        "Narrow and deep ReLU stacks are often dead before training\n(N(0, 1) weights and biases)"
    )
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _training_figure(deaths: pd.DataFrame) -> "Figure":
    layers = sorted(deaths["layer"].unique())
    figure, axes = drawing.panels(2, len(layers), width=4.6, height=3.0, sharex=True, sharey="row")
    rates = sorted(deaths["rate"].unique())
    colors = [drawing.SKY, drawing.BLUE, drawing.GREEN, drawing.ORANGE, drawing.VERMILION]
    for panels, layer in zip(axes.T, layers, strict=True):
        for color, rate in zip(itertools.cycle(colors), rates, strict=False):
            rows = deaths[(deaths["layer"] == layer) & (deaths["rate"] == rate)]
            for panel, name in zip(panels, ("dead", "back"), strict=True):
                panel.plot(rows["epoch"], rows[name], color=color, label=f"{rate:g}")
                panel.fill_between(
                    rows["epoch"], rows[f"{name}_low"], rows[f"{name}_high"], color=color, alpha=0.2
                )
        panels[0].set_title(f"hidden layer {layer}: dead after each epoch")
        panels[1].set(title=f"hidden layer {layer}: have come back so far", xlabel="epoch")
    for panel in axes[:, 0]:
        panel.set_ylabel("share of units")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", title="learning rate")
    figure.suptitle(
        "Training on the digits: no dead unit of the first layer comes back\n"
        "(mean over seeds, 95 % interval)"
    )
    return figure
