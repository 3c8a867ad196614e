"""The figures, drawn from the tables."""

from reproductions.evidence import drawing, functions
from reproductions.experiments.xor.relu_output.run import RELU, Spec, best_rates


def figures(spec: Spec, tables) -> drawing.Figures:
    """The share solved by learning rate, and what becomes of the outputs over training."""
    return {
        "by_rate": lambda: _rate_figure(spec, tables["outcomes"]),
        "dead": lambda: _dead_figure(spec, tables["outcomes"], tables["curves"]),
    }


MARKERS = {"relu": "o", "leaky_relu": "s", "linear": "^", "sigmoid": "D"}


def _where(hidden) -> str:
    return f"{functions.label(hidden)} in the hidden layer"


def _rate_figure(spec, outcomes):
    figure, axes = drawing.panels(1, len(spec.hiddens), width=4.8, height=3.8, sharey=True)
    for panel, hidden in zip(axes[0], spec.hiddens, strict=True):
        for output in spec.outputs:
            own = outcomes[(outcomes["hidden"] == hidden) & (outcomes["output"] == output)]
            errors = [own["share"] - own["low"], own["high"] - own["share"]]
            panel.errorbar(
                own["rate"], own["share"], yerr=errors, marker=MARKERS.get(output, "v"), capsize=3,
                label=functions.label(output, 0.2), **functions.style(output),
            )  # fmt: skip
        panel.set(xscale="log", ylim=(-0.03, 1.03), xlabel="learning rate", title=_where(hidden))
    axes[0, 0].set_ylabel("share solved, with 95 % interval")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, title="output", loc="outside lower center", ncols=4)
    figure.suptitle(
        f"XOR by its output function, mean squared error: {outcomes['seeds'].max():,} seeds"
    )
    return figure


def _dead_figure(spec, outcomes, curves):
    best = best_rates(outcomes).set_index(["hidden", "output"])["rate"]
    figure, axes = drawing.panels(1, len(spec.hiddens), width=4.8, height=3.8, sharey=True)
    for panel, hidden in zip(axes[0], spec.hiddens, strict=True):
        rate = best[hidden, RELU]
        own = curves[
            (curves["hidden"] == hidden) & (curves["output"] == RELU) & (curves["rate"] == rate)
        ]
        parts = [own[part] / own["seeds"] for part in ("dead", "blind", "solved")]
        panel.stackplot(
            own["step"],
            *parts,
            1 - sum(parts),
            colors=[drawing.BLACK, drawing.VERMILION, drawing.GREEN, "#CCCCCC"],
            labels=["dead: 0 on all points", "blind to a point", "solved", "other"],
        )
        panel.set(xlabel="step", ylim=(0, 1), title=f"{_where(hidden)}, learning rate {rate:g}")
        panel.xaxis.set_major_formatter("{x:,.0f}")
        panel.grid(visible=False)
    axes[0, 0].set_ylabel("share of seeds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    figure.suptitle("What becomes of a ReLU output, at its best learning rate")
    return figure
