"""Softmax through the layer under test, and the entropy of its outputs."""

import numpy as np
from numpy.typing import ArrayLike


def softmax(logits: ArrayLike, temperature: float, dtype: str = "float64") -> np.ndarray:
    """The layer's outputs along the last axis."""
    from custom_layers import Softmax

    return Softmax(temperature, dtype=dtype)(np.asarray(logits, dtype)).numpy()


def entropy_nats(p: np.ndarray) -> np.ndarray:
    """Entropy along the last axis, to full relative accuracy even where p is nearly one-hot.

    There the greatest probability is 1 - r, and float64 cannot hold so small an r beside 1. Its
    term is therefore computed from r, the sum of the other probabilities.
    """
    from scipy.special import xlog1py, xlogy

    others = np.sort(p, axis=-1)[..., :-1]
    r = others.sum(axis=-1)
    return -xlog1py(1 - r, -r) - xlogy(others, others).sum(axis=-1)


def entropy_of_logits_nats(logits: np.ndarray, temperature: float) -> float:
    """The entropy of the softmax of one vector, in NumPy.

    A call of the layer costs much more, and root finding needs many calls.
    """
    powers = np.exp((logits - logits.max()) / temperature)
    return float(entropy_nats(powers / powers.sum()))
