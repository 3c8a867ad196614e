"""Image classifiers trained from many initialisations at once: a perceptron and a small CNN.

A replica is one initialisation at one learning rate. Here it stands on the first axis, kernels
(replica, in, out) and signals (replica, image, unit): at these sizes the dense products are worth a
batched matrix product, which TensorFlow's own kernels do faster than XLA on a processor.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from reproductions.evidence.statistics import generator
from reproductions.training.digits import Images

SIDE = 3  # of a convolution's window
POOL = 2


@dataclass(frozen=True)
class Classifier:
    """A network: convolutions, each with a pool of 2 x 2 after it, then dense layers.

    Attributes:
        filters: of each convolution, 3 x 3 with the borders filled up.
        hidden: the width of each hidden dense layer.
    """

    filters: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()

    def shapes(self, images: Images) -> list[tuple[int, int]]:
        """The kernels' shapes (in, out), a convolution's with its window on the inputs."""
        rows, columns, channels = images.x_train.shape[1:]
        shapes = []
        for filters in self.filters:
            shapes.append((SIDE * SIDE * channels, filters))
            rows, columns, channels = rows // POOL, columns // POOL, filters
        widths = (rows * columns * channels, *self.hidden, images.classes)
        return shapes + list(itertools.pairwise(widths))

    def weights(self, images: Images, seeds: ArrayLike, scale: ArrayLike = 1.0) -> list[np.ndarray]:
        """Glorot's uniform kernels, as Keras draws them by default, and biases of 0.

        Args:
            images: give the shapes.
            seeds: a whole number from 0 for each replica; each has a stream of its own.
            scale: a factor on the kernels, one for all or one a replica.
        """
        shapes = self.shapes(images)
        streams = [generator(seed) for seed in np.asarray(seeds)]
        factors = np.broadcast_to(scale, len(streams))[:, None, None]
        weights = []
        for i, shape in enumerate(shapes):
            window = SIDE * SIDE if i < len(self.filters) else 1
            reach = np.sqrt(6 / (shape[0] + shape[1] * window))
            kernel = np.stack([stream.uniform(-reach, reach, shape) for stream in streams])
            weights += [(factors * kernel).astype("float32"), np.zeros((len(kernel), 1, shape[1]))]
        return [w.astype("float32") for w in weights]

    def signals(
        self, layer: keras.Layer, weights: Sequence[tf.Tensor], x: tf.Tensor
    ) -> list[tuple[tf.Tensor, tf.Tensor]]:
        """Each layer's weighted sums and outputs; the last one's are the logits, twice.

        Args:
            layer: the activation of all layers but the last.
            weights: as from `weights`.
            x: (image, row, column, channel), the same for all replicas.
        """
        replicas = weights[0].shape[0]
        signal = x[None]
        signals: list[tuple[tf.Tensor, tf.Tensor]] = []
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            convolves = len(signals) < len(self.filters)
            if convolves:
                images, rows, columns = signal.shape[1:4]
                signal = _windows(signal)
            elif len(signal.shape) > 3:
                signal = tf.reshape(signal, (*signal.shape[:2], -1))
            z = signal @ kernel + bias
            if len(signals) == len(weights) // 2 - 1:
                return [*signals, (z, z)]
            signal = layer(z)
            signals.append((z, signal))
            if convolves:
                grid = tf.reshape(signal, (replicas, images, rows, columns, kernel.shape[2]))
                signal = _pool(grid)
        raise AssertionError("a classifier has a last layer")


def _windows(signal):
    """Every pixel's 3 x 3 window, (replica, image * row * column, window * channel)."""
    replicas, images, rows, columns, channels = signal.shape
    padded = tf.pad(signal, [(0, 0), (0, 0), (1, 1), (1, 1), (0, 0)])
    shifts = [padded[:, :, i : i + rows, j : j + columns] for i in range(SIDE) for j in range(SIDE)]
    size = (replicas, images * rows * columns, SIDE * SIDE * channels)
    return tf.reshape(tf.concat(shifts, axis=-1), size)


def _pool(grid):
    """The largest of each 2 x 2; of equal ones the first gets the gradient, as in Keras."""
    # Not by tf.maximum of slices: XLA's gradient of three of them after a tanh is wrong.
    replicas, images, *size = grid.shape
    pooled = tf.nn.max_pool2d(tf.reshape(grid, (-1, *size)), POOL, POOL, "VALID")
    return tf.reshape(pooled, (replicas, images, *pooled.shape[1:]))


def cross_entropy(classes: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The mean cross entropy of each replica, (replica,); classes as one-hot rows."""
    chosen = tf.reduce_sum(logits * classes, axis=-1)
    return tf.reduce_mean(tf.reduce_logsumexp(logits, axis=-1) - chosen, axis=1)


def batches(images: Images, steps: int, size: int) -> np.ndarray:
    """Which images each step sees, (step, size): every image once an epoch, in a new order."""
    count = len(images.x_train)
    each = count // size
    epochs = -(-steps // each)
    orders = [generator(0, epoch).permutation(count)[: each * size] for epoch in range(epochs)]
    return np.concatenate(orders).reshape(-1, size)[:steps]


def train(
    classifier: Classifier,
    factory: Callable[[], keras.Layer],
    images: Images,
    weights: list[np.ndarray],
    rates: ArrayLike,
    record_at: Sequence[int] | np.ndarray,
    batch: int = 32,
    watched: int = 512,
    done: Callable[[int], object] = lambda steps: None,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Trains by plain SGD on the cross entropy; all replicas see the same batches.

    Args:
        classifier: the network.
        factory: makes the activation, a Keras layer that acts on each element alone.
        images: what to train on.
        weights: as from `Classifier.weights`.
        rates: the learning rate of each replica.
        record_at: the numbers of updates after which the error is taken, ascending from 0 or more.
        batch: images in a batch.
        watched: how many of the training images, the first ones, the error is taken on.
        done: is told of every record's updates.

    Returns:
        The share of the watched training images that get a wrong class, (record, replica),
        float64 (an answer that is not finite is wrong); and the weights in the end.
    """
    layer = factory()
    x = tf.constant(images.x_train)
    classes = tf.constant(np.eye(images.classes, dtype="float32")[images.y_train])
    order = tf.constant(batches(images, max(record_at), batch), tf.int32)
    rate = tf.constant(np.reshape(rates, (-1, 1, 1)), tf.float32)

    def step(i, *weights):
        own_x, own_classes = tf.gather(x, order[i]), tf.gather(classes, order[i])
        logits = classifier.signals(layer, weights, own_x)[-1][0]
        loss = tf.reduce_sum(cross_entropy(own_classes, logits))
        moves = tf.gradients(loss, list(weights))
        return i + 1, *[w - rate * m for w, m in zip(weights, moves, strict=True)]

    # XLA halves the time of a convolution's thin products, and doubles that of the wide ones.
    @tf.function(autograph=False, jit_compile=bool(classifier.filters))
    def advance(start, stop, *weights):
        return tf.while_loop(lambda i, *_: i < stop, step, (start, *weights))[1:]

    @tf.function(autograph=False)
    def wrong(*weights):
        logits = classifier.signals(layer, weights, x[:watched])[-1][0]
        right = tf.equal(tf.argmax(logits, -1), images.y_train[:watched])
        finite = tf.reduce_all(tf.math.is_finite(logits), axis=-1)
        return 1 - tf.reduce_mean(tf.cast(right & finite, tf.float64), axis=1)

    errors, now = [], 0
    state = [tf.constant(w) for w in weights]
    for stop in record_at:
        if stop > now:
            state = advance(tf.constant(now, tf.int32), tf.constant(stop, tf.int32), *state)
            done(stop - now)
            now = int(stop)
        errors.append(wrong(*state).numpy())
    return np.stack(errors), [w.numpy() for w in state]


def steps_to(errors: np.ndarray, record_at: ArrayLike, threshold: float) -> np.ndarray:
    """After how many updates each replica's error was first at or below a threshold; NaN if never.

    Args:
        errors: (record, replica).
        record_at: the number of updates at each record.
        threshold: an error, as a share.
    """
    there = errors <= threshold
    first = np.asarray(record_at, "float64")[there.argmax(axis=0)]
    return np.where(there.any(axis=0), first, np.nan)
