"""Draws how often each output function solves XOR, and how many ReLU outputs die."""

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.xor.relu_output.run import Spec, best_rates
from reproductions.training.activations import TENSORFLOW_SLOPE


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share solved by learning rate, and the states of ReLU outputs during training."""
    return {
        "by_rate": lambda: _rate_figure(spec, tables["outcomes"]),
        "dead": lambda: _dead_figure(spec, tables["outcomes"], tables["curves"]),
    }


MARKERS = {"relu": "o", "leaky_relu": "s", "linear": "^", "sigmoid": "D"}


def _rate_figure(spec, outcomes):
    figure, axes = drawing.panels(1, len(spec.hiddens), width=4.8, height=3.8, sharey=True)
    for panel, hidden in zip(axes[0], spec.hiddens, strict=True):
        for output in spec.outputs:
            rows = measured.rows(outcomes, hidden=hidden, output=output)
            errors = drawing.error_bars(rows)
            panel.errorbar(
                rows["rate"],
                rows["share"],
                yerr=errors,
                marker=MARKERS.get(output, "v"),
                capsize=3,
                label=functions.label(output, TENSORFLOW_SLOPE),
                **functions.style(output),
            )
        panel.set(xscale="log", ylim=(-0.03, 1.03), xlabel="learning rate")
        panel.set_title(f"{functions.label(hidden)} in the hidden layer")
    axes[0, 0].set_ylabel("share solved, with 95 % interval")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, title="output function", loc="outside lower center", ncols=4)
    seeds = int(outcomes["seeds"].max())
    figure.suptitle(f"Share of {seeds:,} seeds that solve XOR, by output function")
    return figure


def _dead_figure(spec, outcomes, curves):
    best = best_rates(outcomes)["rate"]
    figure, axes = drawing.panels(1, len(spec.hiddens), width=4.8, height=3.8, sharey=True)
    for panel, hidden in zip(axes[0], spec.hiddens, strict=True):
        rate = best[hidden, "relu"]
        rows = measured.rows(curves, hidden=hidden, output="relu", rate=rate)
        shares = [rows[state] / rows["seeds"] for state in ("dead", "blind", "solved")]
        panel.stackplot(
            rows["step"],
            *shares,
            1 - sum(shares),
            colors=[drawing.BLACK, drawing.VERMILION, drawing.GREEN, "#CCCCCC"],
            labels=["dead: 0 on all points", "blind: 0 on a point of target 1", "solved", "other"],
        )
        panel.set(xlabel="step", ylim=(0, 1))
        panel.set_title(f"{functions.label(hidden)} in the hidden layer, learning rate {rate:g}")
        panel.xaxis.set_major_formatter("{x:,.0f}")
        panel.grid(visible=False)
    axes[0, 0].set_ylabel("share of seeds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle("States of a ReLU output during training, at its best learning rate")
    return figure
