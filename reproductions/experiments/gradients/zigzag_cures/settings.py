"""The settings that are compared: the network as it is, and what each change makes of it."""

import itertools
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from reproductions.training.activations import one_of


@dataclass(frozen=True)
class Spec:
    """What is changed, the best learning rates, and the number of seeds."""

    seeds: int = 256
    tuning_seeds: int = 24  # others than these, on which learning rates are chosen
    steps: int = 2_048  # at most
    look: int = 4  # updates between two looks at the loss
    losses: tuple[float, ...] = (0.2, 0.05)  # at which paths end; rates are for the lowest
    batch: int = 16
    batches: tuple[int, ...] = (64, 256)
    slower: tuple[int, ...] = (2, 4)  # times lower a learning rate
    changes: tuple[str, ...] = (
        *("centred", "tanh", "momentum", "rmsprop", "adam", "unaveraged"),
        *("batch_norm_before", "batch_norm_after", "layer_norm_before", "layer_norm_after"),
    )
    momentum: float = 0.9
    rate: float = 0.4
    centred_rate: float = 0.4
    tanh_rate: float = 0.2
    batch_rates: tuple[float, ...] = (0.4, 0.2)
    momentum_rate: float = 0.2
    rmsprop_rate: float = 0.128
    adam_rate: float = 0.256
    unaveraged_rate: float = 0.128
    batch_norm_before_rate: float = 0.2
    batch_norm_after_rate: float = 0.2
    layer_norm_before_rate: float = 0.4
    layer_norm_after_rate: float = 0.2
    rates: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8)  # of SGD, with momentum or without
    adaptive_rates: tuple[float, ...] = (0.032, 0.064, 0.128, 0.256, 0.512)


@dataclass(frozen=True)
class Setting:
    """One network and how it is trained.

    Attributes:
        rate: the learning rate.
        batch: samples in an update.
        function: of the hidden units.
        shift: what is added to their outputs, and made up for by the biases.
        optimizer: "sgd", "rmsprop" or "adam".
        momentum: of SGD; of Adam, how much of its average of gradients it keeps.
        normalization: "", "layer" or "batch".
        after: whether the normalization is after the function, and not before it.
    """

    rate: float
    batch: int
    function: str = "sigmoid"
    shift: float = 0.0
    optimizer: str = "sgd"
    momentum: float = 0.0
    normalization: str = ""
    after: bool = False

    @property
    def at_any_rate(self) -> "Setting":
        """The same but for its learning rate, which compiles nothing anew."""
        return replace(self, rate=0.0)

    @property
    def compiled(self) -> "Setting":
        """The same but for what compiles nothing anew, or is compiled by the call."""
        return replace(self, rate=0.0, batch=0)


class Cell(NamedTuple):
    """A change: its name, its value, what it is called, the setting that it makes.

    A cell whose learning rate is chosen on other seeds has the rates that are tried there.
    """

    change: str
    value: float
    label: str
    setting: Setting
    rates: tuple[float, ...] = ()

    @property
    def key(self) -> dict[str, Any]:
        """The columns that name it in a table."""
        return {"change": self.change, "value": float(self.value)}


def cells(spec: Spec) -> list[Cell]:
    """The network as it is, and each single change.

    Raises:
        ValueError: there is no such change.
    """
    plain = Setting(spec.rate, spec.batch)
    averaged = {"optimizer": "adam", "momentum": spec.momentum}
    known: dict[str, tuple[str, dict[str, Any]]] = {
        "centred": ("mean of hidden outputs taken off", {"shift": -0.5}),
        "tanh": ("tanh", {"function": "tanh"}),
        "momentum": ("momentum", {"momentum": spec.momentum}),
        "rmsprop": ("RMSprop", {"optimizer": "rmsprop"}),
        "adam": ("Adam", averaged),
        "unaveraged": ("Adam without its average", {"optimizer": "adam"}),
    }
    for kind, after in itertools.product(("batch", "layer"), (False, True)):
        place = "after" if after else "before"
        label = f"{kind} normalization {place} the sigmoid"
        known[f"{kind}_norm_{place}"] = label, {"normalization": kind, "after": after}
    made = [Cell("nothing", 0.0, "nothing changed", plain, spec.rates)]
    for change in spec.changes:
        label, fields = one_of("change", change, known)
        setting = replace(plain, rate=getattr(spec, f"{change}_rate"), **fields)
        rates = spec.rates if setting.optimizer == "sgd" else spec.adaptive_rates
        made.append(Cell(change, 0.0, label, setting, rates))
    for times in spec.slower:
        setting = replace(plain, rate=spec.rate / times)
        made.append(Cell("slower", times, f"learning rate {times} times lower", setting))
    for batch, rate in zip(spec.batches, spec.batch_rates, strict=True):
        setting = replace(plain, rate=rate, batch=batch)
        made.append(Cell("batch", batch, f"batches of {batch}", setting, spec.rates))
    return made
