"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing, functions, measured
from reproductions.experiments.xor.deep_xor.run import Spec
from reproductions.training import xor


def figures(spec: Spec, tables) -> drawing.Figures:
    """Outcomes of all seeds, their curves, and single seeds as the post draws them."""
    return {
        "outcomes": lambda: _outcome_figure(spec, tables["rates"]),
        "curves": lambda: _curve_figure(spec, tables["curves"], tables["costs"]),
        "single_seed": lambda: _single_figure(spec, tables["single_seed"]),
    }


OUTCOME_COLORS = {
    "solved": drawing.GREEN,
    "plateau": drawing.ORANGE,
    "other": "#BBBBBB",
    "non-finite": drawing.BLACK,
}

LOSS_STYLES = {"document": (drawing.VERMILION, "-"), "stable": (drawing.BLUE, "--")}


def _names(spec) -> list[str]:
    return [functions.label(activation) for activation in spec.activations]


def _task(spec) -> str:
    """What all titles begin with."""
    return f"{len(spec.hidden) + 1} layers on XOR at learning rate {spec.rate:g}"


def _step_axis(panel, last):
    ticks = [0, last // 2, last]
    panel.set_xlabel("step")
    panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])


def _outcome_figure(spec, rates):
    losses, places = spec.losses, range(len(spec.activations))
    figure, axes = drawing.panels(1, len(losses), width=8.4 / len(losses), height=4.0, sharey=True)
    for panel, loss in zip(axes[0], losses, strict=True):
        rows = rates[rates["loss"] == loss]
        bottom = np.zeros(len(places))
        for outcome, color in OUTCOME_COLORS.items():
            chosen = rows[rows["event"] == outcome].set_index("activation")
            shares = chosen.loc[list(spec.activations), "share"].to_numpy()
            panel.bar(places, shares, bottom=bottom, color=color, label=outcome)
            ink = "black" if outcome in ("plateau", "other") else "white"
            for place in np.flatnonzero(shares > 0.05):
                middle = bottom[place] + shares[place] / 2
                text = f"{shares[place]:.0%}"
                panel.text(place, middle, text, ha="center", va="center", color=ink)
            bottom += shares
        panel.set_xticks(places, _names(spec))
        panel.set_title(f"{loss} loss")
        panel.grid(visible=False)
    axes[0, 0].set_ylabel("share of initialisations")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    seeds = int(rates["seeds"].max())
    figure.suptitle(f"{_task(spec)}: {seeds:,} initialisations each")
    return figure


def _curve_figure(spec, curves, costs):
    losses = spec.losses
    figure, axes = drawing.panels(
        len(losses) + 1, len(spec.activations), width=3.1, height=2.3, sharex=True, sharey="row"
    )
    for column, activation, name in zip(axes.T, spec.activations, _names(spec), strict=True):
        for panel, loss in zip(column, losses, strict=False):
            color, dash = LOSS_STYLES[loss]
            rows, levels = (
                table[(table["activation"] == activation) & (table["loss"] == loss)]
                for table in (curves, costs)
            )
            _bands(panel, levels, color, dash)
            solved, finite = (rows[name] / rows["seeds"] for name in ("solved", "finite"))
            shares = {"color": color, "linewidth": 1.5}
            column[-1].plot(rows["step"], solved, dash, label=f"solved, {loss} loss", **shares)
            column[-1].plot(rows["step"], finite, ":", label=f"finite, {loss} loss", **shares)
        column[0].set_title(name)
        column[-1].set_ylim(-0.03, 1.05)
        _step_axis(column[-1], curves["step"].max())
    for row, loss in zip(axes[:, 0], losses, strict=False):
        row.set_ylabel(f"cost (nats),\n{loss} loss")
    axes[-1, 0].set_ylabel("share of seeds")
    handles = [*axes[0, 0].get_legend_handles_labels()[0], *axes[-1, 0].lines]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    figure.suptitle(f"{_task(spec)}: cost and success by step")
    return figure


def _bands(axes, rows, color, dash):
    """Quantiles of the cost over the seeds whose cost is finite, read from the counts."""
    steps = sorted(rows["step"].unique())
    quantiles = []
    for _, at in rows.groupby("step"):
        shares = np.maximum.accumulate(at["count"] / at["finite"])
        quantiles.append(np.interp((0.05, 0.25, 0.5, 0.75, 0.95), shares, np.log(at["below"])))
    q05, q25, q50, q75, q95 = np.exp(np.array(quantiles).T)
    for low, high, share, alpha in ((q05, q95, 90, 0.18), (q25, q75, 50, 0.35)):
        label = f"{share} % of finite seeds"
        axes.fill_between(steps, low, high, color=color, alpha=alpha, linewidth=0, label=label)
    axes.plot(steps, q50, dash, color=color, label="median")
    axes.axhline(xor.PLATEAU_COST, color=drawing.BLACK, linewidth=0.8, label="every answer 1/2")
    axes.set(yscale="log", ylim=(1e-5, 10))


def _single_figure(spec, single):
    """The post's own kind of figure: one seed, cost above accuracy."""
    single = measured.rows(single, loss="document")
    last = single["step"].max()
    figure, axes = drawing.panels(
        2, len(spec.activations), width=3.0, height=2.4, sharex=True, sharey="row"
    )
    for column, activation, name in zip(axes.T, spec.activations, _names(spec), strict=True):
        rows = single[single["activation"] == activation]
        color = functions.color(activation)
        column[0].plot(rows["step"], rows["cost"], color=color)
        column[1].plot(rows["step"], rows["accuracy"], color=color)
        column[0].set_title(name)
        if rows["cost"].isna().all():
            column[0].text(last / 2, 0.6, "NaN from the start", ha="center")
        column[1].set_ylim(-0.05, 1.05)
        _step_axis(column[1], last)
    axes[0, 0].set(ylabel="cost (nats)", ylim=(0, 1.5))
    axes[1, 0].set_ylabel("accuracy")
    figure.suptitle("One seed of each, as the post shows: seed 0, the post's loss")
    return figure
