"""Draws what the networks come to on the spirals, in the order that XOR gives them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.summary.second_task import settings
from reproductions.experiments.summary.second_task.claims import orders
from reproductions.experiments.summary.second_task.settings import BY_WEIGHTS, USELESS, Spec

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The updates that cures and functions need, and what keeps units alive."""
    return {
        "cures": lambda: _cures(spec, tables),
        "functions": lambda: _functions(spec, tables),
        "dying": lambda: _dying(spec, tables["dying"]),
    }


UPDATES = "mean number of updates until the spirals are learned"


def by_xor(pairs: pd.DataFrame) -> list[str]:
    """What is compared, the best on XOR first: it is first in most pairs."""
    wins = pairs["first"].value_counts()
    names = dict.fromkeys([*pairs["first"], *pairs["second"]])
    return sorted(names, key=lambda name: -wins.get(name, 0))


def _dots(spec: Spec, axes: Any, networks: pd.DataFrame, names: list[str], colors: list[str]):
    """The updates that each network needs, one below the other; a cross where none learns."""
    for place, (name, color) in enumerate(zip(names, colors, strict=True)):
        row = measured.row(networks, network=name)
        if row["learned"]:
            errors = drawing.error_bars(row, "updates", "updates_low", "updates_high")
            ends = np.nan_to_num(errors)
            axes.errorbar(row["updates"], place, xerr=ends, fmt="o", color=color, capsize=3)
        else:
            axes.plot(spec.steps - 1, place, "x", color=color, markersize=8)
    axes.set(xlim=(0, 1.06 * spec.steps), ylim=(len(names) - 0.5, -0.5), xlabel=UPDATES)


def _cures(spec: Spec, tables: Tables) -> "Figure":
    networks, pairs = tables["networks"], measured.rows(tables["pairs"], finding="cures")
    cures = by_xor(pairs)
    names = [*cures, *USELESS]
    figure, ((axes,),) = drawing.panels(width=7.4, height=3.7)
    colors = [drawing.BLUE] * len(cures) + [drawing.GREY] * len(USELESS)
    _dots(spec, axes, networks, names, colors)
    labels = [settings.NETWORKS[name][0] for name in names]
    axes.set_yticks(range(len(names)), labels)
    axes.axhline(len(cures) - 0.5, color=drawing.GREY, linewidth=0.8, linestyle=":")
    axes.text(0, -0.75, "from top to bottom: as often as they learn XOR", fontsize=8)
    found = orders(pairs)
    work = sum(measured.row(networks, network=name)["low"] > 0.5 for name in cures)
    told = sum(map(len, found.values()))
    figure.suptitle(
        f"{work} of {len(cures)} cures work on two spirals, too;"
        f" {len(found['same'])} of {told} pairs keep the order of XOR\n"
        f"{len(spec.hidden)} hidden layers, {spec.seeds} initialisations each; × none learns"
    )
    return figure


WEIGHTS = {"normal": "from weights of N(0, 1)", "glorot": "from Glorot's weights"}


def _functions(spec: Spec, tables: Tables) -> "Figure":
    figure, axes = drawing.panels(1, 2, width=4.4, height=3.0)
    counted = []
    for panel, (weights, title) in zip(axes[0], WEIGHTS.items(), strict=True):
        pairs = measured.rows(tables["pairs"], finding=weights)
        names = by_xor(pairs)
        found = orders(pairs)
        counted.append(f"{len(found['same'])} of {sum(map(len, found.values()))} pairs {title}")
        colors = [functions.color(name) for name in names]
        networks = [BY_WEIGHTS[weights][name] for name in names]
        _dots(spec, panel, tables["networks"], networks, colors)
        panel.set_yticks(range(len(names)), [functions.label(name) for name in names])
        panel.set_title(title)
        panel.set_xlabel("mean number of updates")
    figure.suptitle(
        "On two spirals, the order of functions on XOR (from top to bottom) is kept by\n"
        f"{' and '.join(counted)}; × none learns"
    )
    return figure


def _dying(spec: Spec, table: pd.DataFrame) -> "Figure":
    fast = measured.rows(table, rate="fast")
    fast = fast.assign(place=range(len(fast))).sort_values(
        ["share", "inactive", "place"], ascending=[False, True, True]
    )
    between = table[table["rate"] == "between"]
    figure, axes = drawing.panels(1, 2, width=4.4, height=3.6, sharey=True)
    columns = {
        "Networks that have learned": ("share", "low", "high"),
        "Inactive hidden units": ("inactive", "inactive_low", "inactive_high"),
    }
    places = dict(zip(fast["label"], range(len(fast)), strict=True))
    for panel, (title, of) in zip(axes[0], columns.items(), strict=True):
        for rows, color, marker, rate, shift in (
            (fast, drawing.VERMILION, "s", spec.fast, 0.12),
            (between, drawing.BLUE, "o", spec.between, -0.12),
        ):
            panel.errorbar(
                rows[of[0]],
                [places[label] + shift for label in rows["label"]],
                xerr=np.nan_to_num(drawing.error_bars(rows, *of)),
                fmt=marker,
                color=color,
                capsize=3,
                label=f"learning rate {rate:g}",
            )
        panel.set(xlim=(-0.03, 1.03), xlabel="share, 95 % interval")
        panel.set_title(title)
    axes[0, 0].set_yticks(range(len(fast)), fast["label"])
    axes[0, 0].set_ylim(len(fast) - 0.5, -0.5)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    changed = fast[fast["change"] != "nothing"]
    learn = int((changed["low"] > 0.5).sum())
    figure.suptitle(
        f"At learning rate {spec.fast:g}, {learn} of {len(changed)} changes let ReLU networks"
        f" learn the spirals\n{spec.seeds} initialisations each;"
        " where weights are not finite, all units count as inactive"
    )
    return figure
