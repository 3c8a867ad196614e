"""The activation functions by name: how they are called, and how they look in every figure.

They are those of `custom_layers/registry.toml`, read without importing Keras. A function from
outside is a `Function` of an experiment's own.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGISTRY = Path(__file__).parents[2] / "custom_layers" / "registry.toml"


@dataclass(frozen=True)
class Function:
    """One activation function.

    Attributes:
        label: what it is called in a sentence in English.
        korean: the same in Korean.
        layer: the name of its layer in `custom_layers`; empty for a function from outside.
        color: in every figure.
        dash: the lengths of strokes and gaps of its line; none for a line without gaps.
    """

    label: str
    korean: str
    layer: str
    color: str
    dash: tuple[float, ...] = ()

    def name_in(self, language: str) -> str:
        """What it is called in a sentence in English ("en") or in Korean ("ko")."""
        return self.korean if language == "ko" else self.label

    @property
    def style(self) -> dict[str, Any]:
        """Colour and line, as matplotlib's functions take them."""
        return {"color": self.color, "linestyle": (0, self.dash) if self.dash else "-"}


FUNCTIONS = {
    name: Function(**{**entry, "dash": tuple(entry.get("dash", ()))})
    for name, entry in tomllib.loads(REGISTRY.read_text(encoding="utf-8")).items()
}

ELEMENTWISE = tuple(name for name in FUNCTIONS if name != "softmax")
"""Those that act on each element alone."""


def label(name: str, slope: float | None = None) -> str:
    """What a function is called in a sentence.

    Args:
        name: of the function.
        slope: of the leaky ReLU, where it is to be named; other functions have none.
    """
    text = FUNCTIONS[name].label
    return f"{text} {slope:g}" if name == "leaky_relu" and slope is not None else text


def style(name: str) -> dict[str, Any]:
    """Colour and line of a function, as matplotlib's functions take them."""
    return FUNCTIONS[name].style


def color(name: str) -> str:
    """The colour of a function."""
    return FUNCTIONS[name].color
