"""Keras' optimizers on replicas: the same formulas, each replica by itself.

A rule is made from an optimizer of Keras, which says what it is and with which arguments. It keeps
what the optimizer keeps for each weight (a mean of gradients, say) in arrays of the weight's shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from reproductions.training.layouts import LAST, Layout

Tensors = Sequence[tf.Tensor]

Step = Callable[[tf.Tensor, Tensors, tf.Tensor, tf.Tensor], tuple[tf.Tensor, list[tf.Tensor]]]
"""What one weight moves by, given its gradient, what is kept for it, the learning rate and the
number of the update from 1 on; and what is kept from then on."""

REFUSED = {
    # Arguments of Keras' optimizers that rules do not follow, and what they must be.
    "weight_decay": (None,),
    "use_ema": (False,),
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
}


@dataclass(frozen=True)
class Rule:
    """How the weights of a block of replicas move.

    Attributes:
        kept: how many arrays are kept for each weight.
        step: the formula for one weight.
        clipped: the gradients as the formula gets them.
        rate: the optimizer's own learning rate at an update, counted from 0.
    """

    kept: int
    step: Step
    clipped: Callable[[Tensors, Layout], Tensors]
    rate: Callable[[tf.Tensor], Any]

    def start(self, weights: Tensors) -> list[tf.Tensor]:
        """What is kept before the first update: zeros, one weight's after the other's."""
        return [tf.zeros_like(weight) for weight in weights for _ in range(self.kept)]

    def moved(
        self,
        weights: Tensors,
        gradients: Tensors,
        kept: Tensors,
        rate: tf.Tensor,
        update: tf.Tensor,
        layout: Layout = LAST,
    ) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        """The weights after an update, and what is kept.

        Args:
            weights: each with one more axis, the replicas, in the layout.
            gradients: of the same shapes.
            kept: as from `start`.
            rate: the learning rate, (replica,).
            update: its number, counted from 0.
            layout: where the replicas stand.
        """
        new_weights: list[tf.Tensor] = []
        new_kept: list[tf.Tensor] = []
        number = tf.cast(update + 1, weights[0].dtype)
        gradients = self.clipped(gradients, layout)
        for i, (weight, gradient) in enumerate(zip(weights, gradients, strict=True)):
            of_weight = kept[i * self.kept : (i + 1) * self.kept]
            move, of_weight = self.step(gradient, of_weight, layout.beside(rate, weight), number)
            new_weights.append(weight - move)
            new_kept += of_weight
        return new_weights, new_kept


def rule(optimizer: keras.optimizers.Optimizer) -> Rule:
    """The rule of an optimizer.

    Args:
        optimizer: `keras.optimizers.SGD`, `RMSprop` or `Adam`, with any momentum, clipping and
            learning-rate schedule.

    Raises:
        ValueError: it is another one, or has an argument that a rule does not follow.
    """
    for name, allowed in REFUSED.items():
        if getattr(optimizer, name) not in allowed:
            raise ValueError(
                f"an optimizer of replicas must have {name} = {allowed[0]}."
                f" Received: {getattr(optimizer, name)!r}"
            )
    kinds = {keras.optimizers.SGD: _sgd, keras.optimizers.RMSprop: _rmsprop}
    kinds[keras.optimizers.Adam] = _adam
    if type(optimizer) not in kinds:
        raise ValueError(f"the optimizer must be SGD, RMSprop or Adam. Received: {optimizer}")
    kept, step = kinds[type(optimizer)](optimizer)
    return Rule(kept, step, _clipping(optimizer), _rate(optimizer))


def _rate(optimizer: keras.optimizers.Optimizer) -> Callable[[tf.Tensor], Any]:
    # Keras gives a schedule's value at the current update; the schedule itself is in the config.
    config = optimizer.get_config()["learning_rate"]
    if not isinstance(config, dict):
        return lambda update: config
    return keras.optimizers.schedules.deserialize(config)


def _sgd(optimizer: keras.optimizers.SGD) -> tuple[int, Step]:
    momentum, nesterov = optimizer.momentum, optimizer.nesterov
    if not momentum:
        return 0, lambda gradient, kept, rate, number: (rate * gradient, [])

    def step(gradient, kept, rate, number):
        velocity = momentum * kept[0] - rate * gradient
        move = momentum * velocity - rate * gradient if nesterov else velocity
        return -move, [velocity]

    return 1, step


def _rmsprop(optimizer: keras.optimizers.RMSprop) -> tuple[int, Step]:
    rho, momentum, epsilon = optimizer.rho, optimizer.momentum, optimizer.epsilon
    centered = optimizer.centered

    def step(gradient, kept, rate, number):
        square, *others = kept
        square = rho * square + (1 - rho) * gradient**2
        new, size = [square], square + epsilon
        if centered:
            mean, *others = others
            mean = rho * mean + (1 - rho) * gradient
            new.append(mean)
            size = square - mean**2 + epsilon
        move = rate * gradient / tf.sqrt(size)
        if momentum > 0:
            move = momentum * others[0] + move
            new.append(move)
        return move, new

    return 1 + bool(centered) + (momentum > 0), step


def _adam(optimizer: keras.optimizers.Adam) -> tuple[int, Step]:
    beta_1, beta_2, epsilon = optimizer.beta_1, optimizer.beta_2, optimizer.epsilon
    amsgrad = optimizer.amsgrad

    def step(gradient, kept, rate, number):
        mean, square, *largest = kept
        mean += (gradient - mean) * (1 - beta_1)
        square += (gradient**2 - square) * (1 - beta_2)
        new, size = [mean, square], square
        if amsgrad:
            size = tf.maximum(largest[0], square)
            new.append(size)
        powers = (tf.pow(tf.cast(beta, gradient.dtype), number) for beta in (beta_1, beta_2))
        of_mean, of_square = (1 - power for power in powers)
        alpha = rate * tf.sqrt(of_square) / of_mean
        return alpha * mean / (tf.sqrt(size) + epsilon), new

    return 2 + bool(amsgrad), step


def _clipping(optimizer: keras.optimizers.Optimizer) -> Callable[[Tensors, Layout], Tensors]:
    """Clips gradients as the optimizer does, by norms of each replica's own."""
    if limit := optimizer.clipnorm:
        return lambda gradients, layout: [g * _factor(g, [g], limit, layout) for g in gradients]
    if limit := optimizer.global_clipnorm:
        return lambda gradients, layout: [
            g * _factor(g, gradients, limit, layout) for g in gradients
        ]
    if limit := optimizer.clipvalue:
        return lambda gradients, layout: [tf.clip_by_value(g, -limit, limit) for g in gradients]
    return lambda gradients, layout: gradients


def _factor(gradient: tf.Tensor, together: Tensors, limit: float, layout: Layout) -> tf.Tensor:
    """What makes the norm of those together at most the limit, to be spread over the gradient."""
    squares = [tf.reduce_sum(g**2, layout.axes(g)) for g in together]
    return layout.beside(limit / tf.maximum(tf.sqrt(tf.add_n(squares)), limit), gradient)
