"""Finds logits whose softmax has given entropies at given temperatures."""

from dataclasses import dataclass

import numpy as np

from reproductions.experiments.functions.softmax_temperature.entropy import (
    entropy_nats,
    entropy_of_logits_nats,
    softmax,
)

Guess = tuple[float, float, float]
"""First guesses of the gap between the first two logits, and of two depths below the second."""


@dataclass(frozen=True)
class Equations:
    """Three equations for the logits: the entropy at each temperature is the given one.

    Attributes:
        temperatures: three temperatures.
        entropies_nats: the entropy at each of them.
        classes: how many logits there are.
        newton_steps: how many steps solve the equations.
    """

    temperatures: tuple[float, float, float]
    entropies_nats: tuple[float, float, float]
    classes: int
    newton_steps: int

    def residuals(self, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far logits miss the equations, and the derivatives of that by the logits.

        An entropy H near 0 falls like exp(-gap / T) with the gap between the first two logits. In
        its place T ln H is used, which is nearly a straight line in the gap.

        Args:
            logits: of shape (vectors, classes).

        Returns:
            Residuals of shape (vectors, 3) and Jacobians of shape (vectors, 3, classes).
        """
        from scipy.special import xlog1py, xlogy

        residuals, jacobians = [], []
        for temperature, target in zip(self.temperatures, self.entropies_nats, strict=True):
            p = softmax(logits, temperature)
            entropy = entropy_nats(p)[:, None]
            greatest = p == p.max(axis=1, keepdims=True)
            r = np.where(greatest, 0, p).sum(axis=1, keepdims=True)
            terms = np.where(greatest, xlog1py(p, -r), xlogy(p, p))  # as in `entropy_nats`
            slope = -(terms + p * entropy) / temperature
            if target < 0.01:
                residuals.append(temperature * np.log(entropy / target))
                jacobians.append(temperature * slope / entropy)
            else:
                residuals.append(entropy - target)
                jacobians.append(slope)
        return np.concatenate(residuals, axis=1), np.stack(jacobians, axis=1)

    def solve(self, logits: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Newton steps of least norm from each row of logits, within the span of the directions.

        Args:
            logits: where the steps start, of shape (vectors, classes).
            directions: as columns, of shape (classes, directions).
        """
        for _ in range(self.newton_steps):
            residuals, jacobians = self.residuals(logits)
            steps = np.linalg.pinv(jacobians @ directions) @ residuals[..., None]
            logits = logits - np.clip((directions @ steps)[..., 0], -0.5, 0.5)
        return logits

    def evenly_spaced(self, guess: Guess) -> np.ndarray:
        """The solution whose third to last logits are evenly spaced.

        Args:
            guess: its depths are that of the third logit below the second, and the spacing.
        """
        others = self.classes - 2
        return self._with_depths(np.stack([np.ones(others), np.arange(others)], axis=1), guess)

    def two_levels(self, upper: int) -> np.ndarray:
        """The solution whose third to last logits stand on two levels, `upper` of them higher."""
        high = np.arange(self.classes - 2) < upper
        return self._with_depths(np.stack([1.0 * high, 1.0 * ~high], axis=1), (0.36, 3.0, 5.0))

    def _with_depths(self, shape: np.ndarray, guess: Guess) -> np.ndarray:
        """The solution whose depths below the second logit are `shape` times two unknowns."""
        directions = np.zeros((self.classes, 3))
        directions[1:, 0] = -1
        directions[2:, 1:] = -shape
        return self.solve((directions @ np.array(guess))[None], directions)[0]

    def with_one_level(self, others: int) -> Guess:
        """Two leading logits and some others on one level that give the first two entropies.

        The classes that are left have no probability.

        Args:
            others: how many stand on the level.

        Returns:
            The gap of the leading two, the depth of the level below the first, and the entropy in
            nats at the third temperature.
        """
        from scipy.optimize import brentq

        (cold, warm, hot), (h_cold, h_warm, _) = self.temperatures, self.entropies_nats

        def entropy(gap: float, depth: float, temperature: float) -> float:
            logits = np.r_[0, -gap, -depth * np.ones(others)]
            return entropy_of_logits_nats(logits, temperature)

        gap = brentq(lambda g: np.log(entropy(g, 99, cold) / h_cold), 0.1, 1, xtol=1e-14)
        depth = brentq(lambda d: entropy(gap, d, warm) - h_warm, gap, 40, xtol=1e-14)
        return gap, depth, entropy(gap, depth, hot)
