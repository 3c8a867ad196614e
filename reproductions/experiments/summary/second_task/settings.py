"""The networks that are trained on the spirals, and how."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reproductions.evidence import functions
from reproductions.training import spirals, xor
from reproductions.training.activations import TENSORFLOW_SLOPE

if TYPE_CHECKING:
    import keras

    from reproductions.training.replicas import Replicas, Weights


@dataclass(frozen=True)
class Spec:
    """The task, the networks, and how many seeds are trained."""

    seeds: int = 128
    tuning_seeds: int = 16  # others than these, on which learning rates are chosen
    each: int = 96  # points on each spiral
    turns: float = 1.0
    hidden: tuple[int, ...] = (8,) * 6
    batch: int = 32
    steps: int = 2_501
    every: int = 50  # updates from one record to the next
    right: float = 0.95  # of the points between those of the training set, to have learned
    fast: float = 1.0  # the learning rate at which most units die
    slower: int = 10  # times lower a learning rate
    between: float = 0.2  # a learning rate between the two
    norm: float = 0.1  # to which the whole gradient is clipped
    biases: tuple[float, ...] = (0.1, 1.0)  # of the hidden layers before training


IDENTITY = 4.0
"""Times the identity, at which a sigmoid, whose slope is at most 1/4, passes signals on."""


@dataclass(frozen=True)
class Setting:
    """One network, and how it starts and is trained.

    Attributes:
        activation: of the hidden layers.
        scheme: of the initial weights, as in `initializers.initial_weights`.
        adam: whether it is trained by Adam, and not by SGD.
        normalized: whether the hidden layers have batch normalization.
        skip: whether there are skip connections.
        norm: the most that the norm of the whole gradient may be; 0 for no limit.
        rate: the learning rate.
        bias: of the hidden layers before training, in place of the scheme's; 0 for the scheme's.
    """

    activation: str = "sigmoid"
    scheme: str = "normal"
    adam: bool = False
    normalized: bool = False
    skip: bool = False
    norm: float = 0.0
    rate: float = 0.0
    bias: float = 0.0

    @property
    def compiled(self) -> "Setting":
        """The same but for what compiles nothing anew."""
        return replace(self, scheme="", rate=0.0, bias=0.0)

    def engine(self, hidden: tuple[int, ...]) -> "Replicas":
        """What trains such networks, on one thread."""
        import keras

        from reproductions.training.replicas import Replicas

        sgd = keras.optimizers.SGD(global_clipnorm=self.norm or None)
        return Replicas(
            spirals.network(hidden, self.activation, self.normalized, self.skip),
            xor.stable_loss,
            spirals.record,
            watch=False,
            threads=1,
            optimizer=keras.optimizers.Adam() if self.adam else sgd,
        )

    def weights(self, model: "keras.Model", seeds: Sequence[int]) -> "Weights":
        """The initial weights of these seeds."""
        from reproductions.training import initializers

        scale = IDENTITY if self.scheme == "identity" else 1.0
        weights = initializers.initial_weights(model, seeds, self.scheme, scale)
        if self.bias:
            for bias in weights[1:-2:2]:
                bias[:] = self.bias
        return weights


SGD_RATES, ADAM_RATES = (0.1, 0.3, 1.0, 3.0), (0.003, 0.01, 0.03, 0.1)
"""Of networks of sigmoids; those of other functions have their own below."""

NETWORKS: dict[str, tuple[str, Setting, tuple[float, ...]]] = {
    "sigmoid": ("nothing changed", Setting(rate=1.0), SGD_RATES),
    "glorot": ("Glorot's weights", Setting(scheme="glorot", rate=1.0), SGD_RATES),
    "he": ("He's weights", Setting(scheme="he", rate=1.0), SGD_RATES),
    "identity": (
        f"weights {IDENTITY:g} × identity",
        Setting(scheme="identity", rate=1.0),
        SGD_RATES,
    ),
    "adam": ("Adam", Setting(adam=True, rate=0.03), ADAM_RATES),
    "batch_norm": (
        "batch normalization",
        Setting(normalized=True, rate=3.0),
        (0.3, 1.0, 3.0, 10.0),
    ),
    "skip": ("skip connections", Setting(skip=True, rate=3.0), (0.3, 1.0, 3.0, 10.0)),
    "tanh": (
        functions.label("tanh"),
        Setting("tanh", rate=0.03),
        (0.01, 0.03, 0.1, 0.3),
    ),
    "relu": (functions.label("relu"), Setting("relu", rate=0.03), (0.003, 0.01, 0.03, 0.1)),
    "leaky_relu": (
        functions.label("leaky_relu"),
        Setting("leaky_relu", rate=0.03),
        (0.003, 0.01, 0.03, 0.1),
    ),
    **{
        f"{name}_glorot": (
            functions.label(name),
            Setting(name, "glorot", rate=0.1),
            (0.03, 0.1, 0.3, 1.0),
        )
        for name in ("tanh", "relu", "leaky_relu")
    },
}
"""The networks of (a) and (b): what each is called, its setting, and the rates that it chose from.

The rate in a setting is the one at which the other seeds need the fewest updates; a test holds it
against the stored table `tuning`.
"""

CURES = ("batch_norm", "tanh", "skip", "adam", "identity")
"""The changes that make most networks learn XOR."""

USELESS = ("sigmoid", "glorot", "he")
"""Those that make none: to change nothing, and two kinds of initial weights."""

FUNCTIONS = ("tanh", "leaky_relu", "relu", "sigmoid")

BY_WEIGHTS = {
    "normal": {name: name for name in FUNCTIONS},
    "glorot": {"sigmoid": "glorot", **{name: f"{name}_glorot" for name in FUNCTIONS[:3]}},
}
"""By kind of initial weights, the network of each function."""


def dying(spec: Spec) -> dict[tuple[str, str, float], tuple[str, Setting]]:
    """The networks of (c), what they are called and their settings, by rate, change and value.

    The rate is "fast" or "between".
    """
    plain = Setting("relu", "glorot", rate=spec.fast)
    leaky = replace(plain, activation="leaky_relu")
    leaky_label = f"leaky ReLU, slope {TENSORFLOW_SLOPE:g}"
    cells = {
        ("fast", "nothing", 0.0): ("nothing changed", plain),
        ("fast", "slower", float(spec.slower)): (
            f"learning rate {spec.slower} times lower",
            replace(plain, rate=spec.fast / spec.slower),
        ),
        ("fast", "clip", spec.norm): (
            f"gradient's norm at most {spec.norm:g}",
            replace(plain, norm=spec.norm),
        ),
        ("fast", "batch_norm", 0.0): ("batch normalization", replace(plain, normalized=True)),
        **{
            ("fast", "bias", bias): (f"initial bias {bias:g}", replace(plain, bias=bias))
            for bias in spec.biases
        },
        ("fast", "leaky", TENSORFLOW_SLOPE): (leaky_label, leaky),
        ("between", "nothing", 0.0): ("nothing changed", replace(plain, rate=spec.between)),
        ("between", "leaky", TENSORFLOW_SLOPE): (leaky_label, replace(leaky, rate=spec.between)),
    }
    return cells
