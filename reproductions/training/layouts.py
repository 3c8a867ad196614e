"""Where the replicas stand in the engine's arrays: on the last axis, or on the first.

On the last axis, each vector instruction advances as many replicas as it holds numbers, and a whole
training loop becomes one kernel: the fastest for layers of a few units. On the first axis, a layer
is one matrix product for each replica, by a library: the fastest for wide layers.
"""

from dataclasses import dataclass

import keras
import tensorflow as tf


@dataclass(frozen=True)
class Layout:
    """One of the two layouts.

    Attributes:
        first: whether the replica stands on the first axis.
    """

    first: bool = False

    def arranged(self, array: tf.Tensor) -> tf.Tensor:
        """An array with the replica on its last axis, in this layout."""
        if not self.first:
            return array
        return tf.transpose(array, (array.shape.rank - 1, *range(array.shape.rank - 1)))

    def restored(self, array: tf.Tensor) -> tf.Tensor:
        """An array in this layout, with the replica on its last axis."""
        if not self.first:
            return array
        return tf.transpose(array, (*range(1, array.shape.rank), 0))

    def axes(self, array: tf.Tensor) -> list[int]:
        """All axes but that of the replicas."""
        return list(range(self.first, array.shape.rank - (not self.first)))

    def replicas(self, array: tf.Tensor) -> int:
        """How many replicas an array holds."""
        return array.shape[0 if self.first else -1]

    def beside(self, values: tf.Tensor, array: tf.Tensor) -> tf.Tensor:
        """A number for each replica, (replica,), in a shape that spreads over the array."""
        if not self.first or not values.shape.rank:
            return values
        return tf.reshape(values, (-1, *[1] * (array.shape.rank - 1)))

    def over_batch(self, array: tf.Tensor) -> tf.Tensor:
        """A number for each unit, with an axis for the batch."""
        return tf.expand_dims(array, self.batch_axis)

    @property
    def batch_axis(self) -> int:
        """Which axis of a signal is the batch's."""
        return int(self.first)

    @property
    def unit_axis(self) -> int:
        """Which axis of a signal is the units'."""
        return self.batch_axis + 1


LAST, FIRST = Layout(), Layout(first=True)


# Of the layer with most weights: from how many on its products are faster by the library. Measured
# over widths from 8 to 256 and batches from 1 to 128; up to a batch of 8, the compiler writes sums
# out to a greater length. `make bench` shows both sides.
WIDE, WIDE_IN_SMALL_BATCHES, SMALL_BATCH = 200, 800, 8

HUGE = 2_000
"""From how many weights on a block holds fewer replicas, so that it stays in the cache."""


def most_weights(model: keras.Model) -> int:
    """How many weights the largest kernel of a model has."""
    kernels = [w.shape for w in model.weights if len(w.shape) == 2]
    return max(inputs * outputs for inputs, outputs in kernels)


def of_network(model: keras.Model, batch: int) -> Layout:
    """The layout in which a model trains faster, by the shapes of its layers and the batch alone.

    So the bits that come out depend on no other choice, and on no machine's speed.
    """
    least = WIDE_IN_SMALL_BATCHES if batch <= SMALL_BATCH else WIDE
    return FIRST if most_weights(model) >= least else LAST


def block(model: keras.Model) -> int:
    """How many replicas are trained in one call, so that what they need stays in a core's cache."""
    return 64 if most_weights(model) < HUGE else 16
