"""The settings that are compared: the post's, and what changes make of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reproductions.evidence import functions
from reproductions.training import xor
from reproductions.training.activations import layer, one_of

if TYPE_CHECKING:
    import keras

    from reproductions.training.replicas import Weights

FROM_KERAS = ("gelu", "selu")

ACTIVATIONS = ("tanh", "relu", "leaky_relu", "elu", "swish", *FROM_KERAS)

POST, ALL = "post", "all"
"""The post's network, and the one with all the changes that `Spec.together` names."""

WORKING = ("tanh", "batch_norm")
"""Changes with each of which alone the post's network works."""

TUNED = {"rate": "sgd", "momentum": "momentum", "rmsprop": "rmsprop", "adam": "adam"}
"""The optimizers of the changes whose learning rate is chosen on other seeds."""


@dataclass(frozen=True)
class Spec:
    """The post's setting, what is changed in it, and how many seeds are trained."""

    seeds: int = 1_024
    tuning_seeds: int = 128  # others than these, on which learning rates are chosen
    long_seeds: int = 256  # with more updates
    probed_seeds: int = 128  # whose gradients and signals are looked at
    hidden: tuple[int, ...] = (5,) * 9
    rate: float = 0.01
    steps: int = 20_001
    short_steps: int = 5_001  # of pairs, and of networks that work
    records: int = 100
    changes: tuple[str, ...] = (
        *("glorot", "he", "lecun", "orthogonal", "lsuv", "identity", "scales"),
        *("logit", "centred", "rate", "longer", "momentum", "rmsprop", "adam"),
        *("layer_norm", "batch_norm", "skip", "last_norm", "norm_one", "wide", *ACTIVATIONS),
    )
    best: tuple[str, ...] = ("batch_norm", "tanh", "skip", "adam", "identity")
    together: tuple[str, ...] = ("skip", "adam", "glorot", "logit")
    working: tuple[str, ...] = WORKING
    made_worse: tuple[str, ...] = (ALL, *WORKING)
    scales: tuple[float, ...] = (0.5, 2.0, 4.0)  # times N(0, 1)
    identity_scale: float = 4.0  # at which a sigmoid, whose slope is 1/4, passes signals on
    longer: int = 10  # times as many updates
    wide: int = 10  # units in each hidden layer
    sgd_rate: float = 1.0
    momentum_rate: float = 0.3
    rmsprop_rate: float = 0.01
    adam_rate: float = 0.001
    sgd_rates: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0)
    momentum_rates: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0)
    rmsprop_rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03)
    adam_rates: tuple[float, ...] = (0.0003, 0.001, 0.003, 0.01)
    factor: float = 0.2  # from layer to layer, where the gradient is made to vanish
    near: float = 0.99  # in place of the input 0, where the points are brought together
    slower: int = 10  # times lower a learning rate


@dataclass(frozen=True)
class Setting:
    """One network and how it is trained; by default as the post has it.

    Attributes:
        hidden: the widths of the hidden layers.
        rate: the learning rate.
        steps: the number of updates.
        activation: of the hidden layers.
        scheme: of the initial weights, as in `initializers.initial_weights`.
        scale: of that scheme.
        loss: the post's, "document", or the same from the logit, "stable".
        optimizer: "sgd", "momentum", "rmsprop" or "adam".
        lowest: what the inputs have in place of 0.
        normalization: "", "layer" or "batch", of what the hidden layers' activations get.
        skip: whether each hidden layer but the first adds what it gets to what it gives.
        gradient: "", or how each layer's gradient is rescaled: "last_norm", to the norm of the
            last layer's; "norm_one"; or "vanishing", by a factor from layer to layer.
        factor: of the gradients that are made to vanish.
    """

    hidden: tuple[int, ...]
    rate: float
    steps: int
    activation: str = "sigmoid"
    scheme: str = "normal"
    scale: float = 1.0
    loss: xor.Loss = "document"
    optimizer: str = "sgd"
    lowest: float = 0.0
    normalization: str = ""
    skip: bool = False
    gradient: str = ""
    factor: float = 1.0

    @property
    def inputs(self) -> np.ndarray:
        """The four points, (point, 2)."""
        return np.where(xor.X > 0, xor.X, np.float32(self.lowest))

    @property
    def compiled(self) -> "Setting":
        """The setting without what needs no new compilation; equal ones share a compiled loop."""
        return replace(self, rate=0.0, steps=0, scheme="", scale=0.0, lowest=0.0)

    def network(self, dtype: str = "float32", output: bool = True) -> "keras.Model":
        """The Keras model.

        Args:
            dtype: of weights and signals.
            output: whether it has its output layer.
        """
        import keras

        signal = x = keras.Input((2,), dtype=dtype)
        for place, width in enumerate(self.hidden):
            before, signal = signal, keras.layers.Dense(width, dtype=dtype)(signal)
            if self.normalization:
                kinds = {
                    "layer": keras.layers.LayerNormalization,
                    "batch": keras.layers.BatchNormalization,
                }
                make = one_of("normalization", self.normalization, kinds)
                signal = make(dtype=dtype)(signal)
            of_keras = self.activation in FROM_KERAS
            function = getattr(keras.activations, self.activation) if of_keras else self.activation
            signal = layer(function, dtype=dtype)(signal)
            if self.skip and place:
                signal = keras.layers.Add(dtype=dtype)([before, signal])
        if output:
            last = one_of("loss", self.loss, {"document": "sigmoid", "stable": "linear"})
            signal = keras.layers.Dense(1, dtype=dtype)(signal)
            signal = layer(last, dtype=dtype)(signal)
        return keras.Model(x, signal)

    def weights(self, model: "keras.Model", seeds: Sequence[int]) -> "Weights":
        """The initial weights of these seeds."""
        from reproductions.training import initializers

        return initializers.initial_weights(model, seeds, self.scheme, self.scale, self.inputs)

    def transform(self) -> Callable | None:
        """What rescales the gradients before the optimizer gets them."""
        from reproductions.training import rescaling

        transforms = {
            "": None,
            "last_norm": rescaling.to_norm_of_last,
            "norm_one": rescaling.to_norm_one,
            "vanishing": rescaling.shrunk_by_layer(self.factor),
        }
        return one_of("gradient", self.gradient, transforms)

    def rule(self) -> "keras.optimizers.Optimizer":
        """A new optimizer, with Keras' defaults and, where it is momentum's, the momentum 0.9."""
        import keras

        rules = {
            "sgd": keras.optimizers.SGD,
            "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
            "rmsprop": keras.optimizers.RMSprop,
            "adam": keras.optimizers.Adam,
        }
        return one_of("optimizer", self.optimizer, rules)()


class Cell(NamedTuple):
    """A row of a table: its key, what it is called, its setting, and how many seeds it has."""

    key: dict[str, str]
    label: str
    setting: Setting
    seeds: int


def post(spec: Spec) -> Setting:
    """The post's setting."""
    return Setting(spec.hidden, spec.rate, spec.steps)


def changes(spec: Spec) -> dict[str, dict[str, Any]]:
    """The fields of the post's setting that each change changes."""
    made: dict[str, dict[str, Any]] = {
        **{name: {"scheme": name} for name in ("glorot", "he", "lecun", "orthogonal", "lsuv")},
        "identity": {"scheme": "identity", "scale": spec.identity_scale},
        **{scale_name(scale): {"scale": scale} for scale in spec.scales},
        "logit": {"loss": "stable"},
        "centred": {"lowest": -1.0},
        "longer": {"steps": spec.longer * (spec.steps - 1) + 1},
        "layer_norm": {"normalization": "layer"},
        "batch_norm": {"normalization": "batch"},
        "skip": {"skip": True},
        "last_norm": {"gradient": "last_norm"},
        "norm_one": {"gradient": "norm_one"},
        "wide": {"hidden": (spec.wide,) * len(spec.hidden)},
        **{name: {"activation": name} for name in ACTIVATIONS},
        "vanishing": {"gradient": "vanishing", "factor": spec.factor},
        "near": {"lowest": spec.near},
    }
    for change, name in TUNED.items():
        made[change] = {"optimizer": name, "rate": getattr(spec, f"{name}_rate")}
    return made


def labels(spec: Spec) -> dict[str, str]:
    """What each change is called."""
    rates = {name: f"{getattr(spec, f'{rule}_rate'):g}" for name, rule in TUNED.items()}
    return {
        POST: "the post's network",
        "glorot": "Glorot's weights",
        "he": "He's weights",
        "lecun": "LeCun's weights",
        "orthogonal": "orthogonal weights",
        "lsuv": "LSUV weights",
        "identity": f"weights {spec.identity_scale:g} × identity",
        **{scale_name(scale): f"weights from N(0, 1) × {scale:g}" for scale in spec.scales},
        "logit": "loss from the logit",
        "centred": "inputs −1 and 1",
        "rate": f"SGD, rate {rates['rate']}",
        "longer": f"{spec.longer} times the updates",
        "momentum": f"momentum, rate {rates['momentum']}",
        "rmsprop": f"RMSprop, rate {rates['rmsprop']}",
        "adam": f"Adam, rate {rates['adam']}",
        "layer_norm": "layer normalization",
        "batch_norm": "batch normalization",
        "skip": "skip connections",
        "last_norm": "each layer's gradient to the last's norm",
        "norm_one": "each layer's gradient to norm 1",
        "wide": f"{spec.wide} units per layer",
        **{name: functions.label(name) for name in ACTIVATIONS if name not in FROM_KERAS},
        **{name: name.upper() for name in FROM_KERAS},
    }


def scale_name(scale: float) -> str:
    """What the weights from N(0, 1) times a scale are called."""
    return f"normal_{scale:g}"


def singles(spec: Spec) -> list[Cell]:
    """The post's setting, and each change alone."""
    scales = [scale_name(scale) for scale in spec.scales]
    names = [
        name for change in spec.changes for name in (scales if change == "scales" else [change])
    ]
    seeds = {"longer": min(spec.seeds, spec.long_seeds)}
    called = labels(spec)
    return [
        Cell(
            {"change": name},
            called[name],
            with_changes(spec, [name]),
            seeds.get(name, spec.seeds),
        )
        for name in (POST, *names)
    ]


def with_changes(spec: Spec, names: Sequence[str]) -> Setting:
    """The post's setting with these changes.

    Raises:
        ValueError: there is no such change.
    """
    known = {POST: {}, **changes(spec)}
    setting = post(spec)
    for name in names:
        setting = replace(setting, **one_of("change", name, known))
    return setting


def pairs(spec: Spec) -> list[Cell]:
    """Every two of the best together, and each of them alone."""
    called = labels(spec)
    return [
        Cell(
            {"first": a, "second": b},
            called[a] if a == b else f"{called[a]} + {called[b]}",
            _short(spec, with_changes(spec, [a, b])),
            spec.seeds,
        )
        for i, a in enumerate(spec.best)
        for b in spec.best[i:]
    ]


def reverse(spec: Spec) -> list[Cell]:
    """Networks that work, and what is taken away or made worse in them."""
    cells, called = [], labels(spec)
    networks = {ALL: spec.together} if spec.together else {}
    networks |= {name: (name,) for name in spec.working}
    for network, names in networks.items():
        whole = with_changes(spec, names)
        versions = {"nothing": ("nothing changed", whole)}
        if network == ALL:
            versions |= {
                name: (
                    f"without {called[name]}",
                    with_changes(spec, [n for n in names if n != name]),
                )
                for name in names
            }
        if network in spec.made_worse:
            versions |= _made_worse(spec, whole)
        cells += [
            Cell({"network": network, "without": name}, label, _short(spec, setting), spec.seeds)
            for name, (label, setting) in versions.items()
        ]
    return cells


def _made_worse(spec: Spec, whole: Setting) -> dict[str, tuple[str, Setting]]:
    """What a network that works is called and how it is trained with one thing made worse in it."""
    changed = changes(spec)
    versions = {
        "vanishing": (
            f"gradient × {spec.factor:g} from layer to layer",
            replace(whole, **changed["vanishing"]),
        ),
        "near": (f"inputs {spec.near:g} and 1", replace(whole, **changed["near"])),
        "slower": (
            f"learning rate {spec.slower} times lower",
            replace(whole, rate=whole.rate / spec.slower),
        ),
    }
    if whole.scheme != "glorot":
        versions["to_glorot"] = labels(spec)["glorot"], replace(whole, **changed["glorot"])
    return versions


def _short(spec: Spec, setting: Setting) -> Setting:
    return replace(setting, steps=spec.short_steps)
