"""Image networks as Keras has them: the functions of their hidden layers, and of their outputs.

Document: slides, part 7-4, the summary table: ReLU, leaky ReLU and ELU are used a lot in CNNs, and
softmax in the last layer of a classifier. The perceptron-post, the network-post (1.2.4, 1.2.5), the
xor-post (3-1) and the relu-post say too which functions are used most, a lot, or hardly, and where.
Setup: one network of each family of convolutional networks in `keras.applications`, built without
trained weights; every activation that is not linear is counted, that of convolutions and dense
layers as well as activations that are layers of their own.
Assumptions: a family counts once, whatever its size. The last activation is the output's, all
before it are hidden. ReLU cut off at 6, as MobileNet has it, counts as a function of its own.
Known differences: the collection holds classifiers of images alone; detectors and networks that
make images, in which leaky ReLU is common, are not in it. The images are smaller than the
networks' own, and the classes fewer; no activation depends on either.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import keras

Network = Literal[
    "VGG16",
    "ResNet50",
    "ResNet50V2",
    "InceptionV3",
    "InceptionResNetV2",
    "Xception",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
    "DenseNet121",
    "NASNetMobile",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "ConvNeXtTiny",
]


@dataclass(frozen=True)
class Spec:
    """The networks, one of each family, and what they are built for."""

    networks: tuple[Network, ...] = get_args(Network)
    pixels: int = 96
    classes: int = 10


SPEC = Spec()


SMALL = {"networks": ("VGG16", "MobileNet")}

HIDDEN, OUTPUT = "hidden", "output"

LABELS = {
    **{name: functions.label(name) for name in functions.FUNCTIONS},
    **{"relu6": "ReLU6", "gelu": "GELU", "silu": "SiLU", "hard_silu": "hard SiLU"},
}
"""What functions are called, by the names that they have in Keras."""

NAMED = ("relu", "leaky_relu", "elu")
"""The functions of which the slides say that they are used a lot in CNNs."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Builds each network and counts its activations."""
    bar = pool.progress(spec.networks, what="keras_networks", unit="network")
    return {"activations": pd.concat([_counts(spec, name) for name in bar], ignore_index=True)}


def _counts(spec: Spec, network: str) -> pd.DataFrame:
    """How often each function is in the hidden layers of a network, and which is the output's."""
    import keras

    make = getattr(keras.applications, network)
    shape = (spec.pixels, spec.pixels, 3)
    with keras.StatelessScope(initialize_variables=False):  # no initial weights are drawn
        model = make(weights=None, input_shape=shape, classes=spec.classes)
    names = [name for name in map(activation_of, model.layers) if name]
    keras.backend.clear_session(free_memory=False)
    where = pd.Series([HIDDEN] * (len(names) - 1) + [OUTPUT], name="where")
    frame = pd.DataFrame({"network": network, "where": where, "function": names})
    return frame.groupby(["network", "where", "function"]).size().rename("count").reset_index()


def activation_of(layer: "keras.layers.Layer") -> str:
    """The name of a layer's activation function; empty where it has none, or the linear one.

    Example:
        `activation_of(keras.layers.ReLU(max_value=6.0))` is "relu6".
    """
    import keras

    if isinstance(layer, keras.layers.ReLU):
        return "relu" if layer.max_value is None else f"relu{layer.max_value:g}"
    for kind, name in (
        (keras.layers.LeakyReLU, "leaky_relu"),
        (keras.layers.ELU, "elu"),
        (keras.layers.PReLU, "prelu"),
        (keras.layers.Softmax, "softmax"),
    ):
        if isinstance(layer, kind):
            return name
    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", "") if function is not None else ""
    return "" if name == "linear" else name


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Which functions are in the hidden layers of each network."""
    return {"functions": lambda: _draw(tables["activations"])}


def _draw(activations: pd.DataFrame):
    hidden = activations[activations["where"] == HIDDEN]
    networks = sorted(hidden["network"].unique())
    others = sorted(set(hidden["function"]) - set(NAMED))
    names = [*NAMED, *others]
    figure, ((axes,),) = drawing.panels(width=8, height=0.33 * len(networks) + 1.6)
    places = hidden["network"].map(networks.index)
    share = hidden["count"] / hidden.groupby("network")["count"].transform("sum")
    axes.scatter(
        hidden["function"].map(names.index), places, s=420 * share, color=drawing.BLUE, alpha=0.75
    )
    for row, place in zip(hidden.itertuples(), places, strict=True):
        axes.text(
            names.index(row.function) + 0.22, place, f"{row.count:,}", va="center", fontsize=8
        )
    axes.set_xticks(range(len(names)), [LABELS.get(name, name) for name in names])
    axes.set_yticks(range(len(networks)), networks)
    axes.set(xlim=(-0.5, len(names) - 0.2))
    axes.invert_yaxis()
    axes.set_title("Activations in the hidden layers: how many (area: share of the network's)")
    return figure


TABLES = {
    "activations": Table(key=("network", "where", "function"), columns={"count": Exact()}),
}


def _used_a_lot(tables: Tables, *, most: float = 0.5) -> Judgement:
    activations = tables["activations"]
    hidden = activations[activations["where"] == HIDDEN]
    networks = activations["network"].nunique()
    used = {
        name: hidden[hidden["function"] == name]["network"].nunique() / networks for name in NAMED
    }
    others = sorted(set(hidden["function"]) - set(NAMED))
    return Judgement(
        graded(
            all(share > most for share in used.values()),
            in_part=any(share > most for share in used.values()),
        ),
        None,
        notes=("main",),
        values={
            "used": used,
            "networks": networks,
            "others": ", ".join(LABELS.get(name, name) for name in others),
        },
    )


def _families(tables: Tables) -> tuple[dict[str, int], int]:
    """In the hidden layers of how many families each function is, and how many families there are.

    The four functions that the documents speak of are named even where no family has them.
    """
    activations = tables["activations"]
    hidden = activations[activations["where"] == HIDDEN]
    counted = hidden.groupby("function")["network"].nunique().to_dict()
    spoken_of = dict.fromkeys(("relu", "leaky_relu", "sigmoid", "tanh"), 0)
    return spoken_of | counted, activations["network"].nunique()


def _relu_most_used(tables: Tables, *, most: float = 0.5) -> Judgement:
    families, networks = _families(tables)
    relu = families.pop("relu")
    next_name = max(families, key=lambda name: families[name])
    first = relu > families[next_name]
    values = {
        "relu": relu,
        "networks": networks,
        "next": LABELS.get(next_name, next_name),
        "next_count": families[next_name],
    }
    verdict = graded(first and relu > most * networks, in_part=first)
    return Judgement(verdict, relu / networks, notes=("main",), values=values)


def _hardly_used(tables: Tables, *, some: float = 0.2) -> Judgement:
    families, networks = _families(tables)
    used = {name: families[name] / networks for name in ("sigmoid", "tanh")}
    verdict = graded(max(used.values()) < some, in_part=used["tanh"] < some)
    values = {"used": used, "networks": networks}
    return Judgement(verdict, None, notes=("main",), values=values)


def _two_used_a_lot(tables: Tables, *, most: float = 0.5) -> Judgement:
    families, networks = _families(tables)
    used = {name: families[name] / networks for name in ("relu", "leaky_relu")}
    above = [share > most for share in used.values()]
    values = {"used": used, "networks": networks}
    return Judgement(graded(all(above), in_part=any(above)), None, notes=("main",), values=values)


def _softmax_at_the_end(tables: Tables, *, most: float = 0.5) -> Judgement:
    activations = tables["activations"]
    last = activations[activations["where"] == OUTPUT]
    softmax = (last["function"] == "softmax").sum()
    hidden = activations[(activations["where"] == HIDDEN) & (activations["function"] == "softmax")]
    networks = activations["network"].nunique()
    return Judgement(
        graded(softmax == networks and hidden.empty, in_part=softmax > most * networks),
        softmax / networks,
        notes=("main",),
        values={"networks": networks, "hidden": hidden["network"].nunique()},
    )


CLAIMS: dict[str, Judge] = {
    "SL-29": _used_a_lot,
    "SL-30": _softmax_at_the_end,
    "NP-22": _hardly_used,
    "NP-23": _relu_most_used,
    "PP-19": _relu_most_used,
    "RP-20": _relu_most_used,
    "PP-21": _softmax_at_the_end,
    "XP-22": _two_used_a_lot,
}
