"""VGG and DenseNet as Keras has them: which activation functions are in them, and where.

Document: slides, part 7-2 (ReLU: networks that use it).
Setup: the networks of `keras.applications` are built without trained weights, and the activation of
every layer that has one is counted: those of convolutions and dense layers, and activations that
are layers of their own.
Assumptions: a layer whose activation is linear has none. The last activation is the output's; all
before it are hidden.
Known differences: the images are smaller than the networks' own 224 x 224, and there are fewer
classes, so that less memory is needed; no activation depends on either.
"""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The networks, and what they are built for."""

    networks: tuple[Literal["VGG16", "VGG19", "DenseNet121", "DenseNet169", "DenseNet201"], ...] = (
        "VGG16",
        "VGG19",
        "DenseNet121",
        "DenseNet169",
        "DenseNet201",
    )
    pixels: int = 32
    classes: int = 10


SPEC = Spec()
SMALL = {"networks": ("VGG16", "DenseNet121")}

HIDDEN, OUTPUT = "hidden", "output"


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Builds each network, and lists its activations from the input to the output."""
    bar = pool.progress(spec.networks, what="vgg_and_densenet", unit="network")
    activations = pd.concat([_activations(spec, name) for name in bar], ignore_index=True)
    counts = activations.groupby(["network", "where", "function"]).size().rename("count")
    return {"activations": activations, "counts": counts.reset_index()}


def _activations(spec: Spec, network: str) -> pd.DataFrame:
    """Every activation that is not linear, in the order of the layers."""
    import keras

    shape = (spec.pixels, spec.pixels, 3)
    make = getattr(keras.applications, network)
    with keras.StatelessScope(initialize_variables=False):  # no initial weights are drawn
        model = make(weights=None, input_shape=shape, classes=spec.classes)
    named = [getattr(layer, "activation", None) for layer in model.layers]
    names = [function.__name__ for function in named if function is not None]
    names = [name for name in names if name != "linear"]
    keras.backend.clear_session(free_memory=False)
    last = len(names) - 1
    return pd.DataFrame(
        {
            "network": network,
            "place": range(1, len(names) + 1),
            "depth": [place / max(last, 1) for place in range(len(names))],
            "function": names,
            "where": [OUTPUT if place == last else HIDDEN for place in range(len(names))],
        }
    )


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Each network's activations, from the input to the output."""
    return {"activations": lambda: _draw(tables["activations"])}


def _draw(activations: pd.DataFrame):
    networks = list(activations["network"].drop_duplicates())
    figure, ((axes,),) = drawing.panels(width=8.5, height=0.5 * len(networks) + 1.6)
    for name, rows in activations.groupby("function", sort=True):
        y = rows["network"].map(networks.index)
        known = name in functions.FUNCTIONS
        label = functions.label(name) if known else name
        # Softmax's yellow would be lost on white.
        color = functions.color(name) if known and name != "softmax" else drawing.BLACK
        marker = "|" if name == "relu" else "D"
        axes.plot(rows["depth"], y, marker, color=color, markersize=9, label=label)
    counts = activations.groupby("network").size()
    axes.set_yticks(range(len(networks)), [f"{name} ({counts[name]:,})" for name in networks])
    axes.invert_yaxis()
    axes.set_ylim(len(networks) - 0.5, -0.5)
    axes.set(xlabel="place among the network's activations, from the first (0) to the last (1)")
    axes.set_title("Every activation that is not linear, and how many there are")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


TABLES = {
    "activations": Table(
        key=("network", "place"),
        columns={
            "depth": Close(rtol=1e-12, atol=0, reason="a quotient of two whole numbers"),
            "function": Exact(),
            "where": Exact(),
        },
    ),
    "counts": Table(key=("network", "where", "function"), columns={"count": Exact()}),
}


def _relu_is_used(tables: Tables, *, most: float = 0.5) -> Judgement:
    counts = tables["counts"]
    hidden = counts[counts["where"] == HIDDEN]
    relu = hidden[hidden["function"] == "relu"].groupby("network")["count"].sum()
    every = hidden.groupby("network")["count"].sum()
    shares = (relu.reindex(every.index).fillna(0) / every).to_numpy()
    at_the_end = counts[(counts["where"] == OUTPUT) & (counts["function"] == "relu")]["count"].sum()
    whole = (shares == 1).all() and at_the_end == 0
    values = {
        "relu": int(relu.sum()),
        "hidden": int(every.sum()),
        "networks": len(every),
        "least": int(every.min()),
        "most": int(every.max()),
        "last": ", ".join(sorted(set(counts[counts["where"] == OUTPUT]["function"]))),
    }
    return Judgement(
        graded(whole, in_part=(shares > most).all()),
        float(relu.sum() / every.sum()),
        notes=["main"],
        values=values,
    )


CLAIMS = {"SL-26": _relu_is_used}
