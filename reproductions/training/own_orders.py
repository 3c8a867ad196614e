"""Image classifiers trained side by side, each initialisation with an order of batches of its own.

In `classifiers` all replicas see the same batches, so that a difference between two of them comes
from their weights alone. Here the order is drawn with the weights, from the replica's own seed: an
interval over seeds then says what both kinds of chance make of a number.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from reproductions.evidence.statistics import generator
from reproductions.training.classifiers import Classifier, _pool, _windows, cross_entropy
from reproductions.training.digits import Images

ORDER_STREAM = 7
"""The stream of a seed from which its orders are drawn; the weights come from another one."""


@dataclass(frozen=True)
class Watched:
    """Images on which the error is recorded.

    Attributes:
        x: (image, row, column, channel).
        classes: the class of each image, (image,).
        members: which of the images count for each replica, (replica, image), truth values; by
            default all.
    """

    x: np.ndarray
    classes: np.ndarray
    members: np.ndarray | None = None


@dataclass(frozen=True)
class Run:
    """What training gave.

    Attributes:
        errors: by the name of what is watched, the share that gets a wrong class,
            (record, replica), float64. An answer that is not finite is wrong.
        weights: in the end, as from `Classifier.weights`.
    """

    errors: dict[str, np.ndarray]
    weights: list[np.ndarray]


def orders(images: int | np.ndarray, steps: int, size: int, seeds: Sequence[int]) -> np.ndarray:
    """Which images each step of each replica sees, (replica, step, size).

    Every image is seen once an epoch, in an order that is new in each epoch.

    Args:
        images: how many there are; or the places of those that each replica trains on,
            (replica, image), the same for equal seeds.
        steps: number of updates.
        size: images in a batch.
        seeds: a whole number from 0 for each replica; equal seeds have equal orders.
    """
    places = np.tile(np.arange(images), (len(seeds), 1)) if isinstance(images, int) else images
    count = places.shape[1]
    each = count // size
    epochs = -(-steps // each)

    def order(seed: int) -> np.ndarray:
        streams = (generator(seed, ORDER_STREAM, epoch) for epoch in range(epochs))
        shuffled = [stream.permutation(count)[: each * size] for stream in streams]
        return np.concatenate(shuffled).reshape(-1, size)[:steps]

    made = {seed: order(seed) for seed in dict.fromkeys(map(int, seeds))}
    picked = [place[made[int(seed)]] for place, seed in zip(places, seeds, strict=True)]
    return np.stack(picked).astype("int32")


def logits(
    classifier: Classifier, layer: keras.Layer, weights: Sequence[tf.Tensor], signal: tf.Tensor
) -> tf.Tensor:
    """The answers of every replica, (replica, image, class).

    It computes what `Classifier.signals` computes, but here each replica may have its own images.

    Args:
        classifier: the network.
        layer: the activation of all layers but the last.
        weights: as from `Classifier.weights`.
        signal: images, (replica, image, row, column, channel); the first axis is 1 where all
            replicas see the same.
    """
    replicas = weights[0].shape[0]
    last = len(weights) // 2 - 1
    for place, (kernel, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
        convolves = place < len(classifier.filters)
        if convolves:
            images, rows, columns = signal.shape[1:4]
            signal = _windows(signal)
        elif len(signal.shape) > 3:
            signal = tf.reshape(signal, (*signal.shape[:2], -1))
        signal = signal @ kernel + bias
        if place < last:
            signal = layer(signal)
        if convolves:
            grid = (replicas, images, rows, columns, kernel.shape[2])
            signal = _pool(tf.reshape(signal, grid))
    return signal


def train(
    classifier: Classifier,
    factory: Callable[[], keras.Layer],
    images: Images,
    seeds: Sequence[int],
    rates: ArrayLike,
    record_at: Sequence[int] | np.ndarray,
    watched: Mapping[str, Watched],
    batch: int = 32,
    enough: float | None = None,
    places: np.ndarray | None = None,
    done: Callable[[int], object] = lambda steps: None,
) -> Run:
    """Trains by plain SGD on the cross entropy.

    Args:
        classifier: the network.
        factory: makes the activation, a Keras layer that acts on each element alone.
        images: what to train on; only their training part is used.
        seeds: of each replica's initial weights and of its batches.
        rates: the learning rate of each replica.
        record_at: the numbers of updates after which the errors are taken, ascending.
        watched: on what the errors are taken, by name.
        batch: images in a batch.
        enough: where the first of the watched errors has been at or below this in every replica,
            training stops, and later records repeat the last one.
        places: which of the training images each replica trains on, (replica, image); by default
            all.
        done: is told of every record's updates.
    """
    layer = factory()
    x = tf.constant(images.x_train)
    classes = tf.constant(np.eye(images.classes, dtype="float32")[images.y_train])
    trained_on = len(images.x_train) if places is None else places
    order = tf.constant(orders(trained_on, int(max(record_at)), batch, seeds))
    rate = tf.constant(np.reshape(rates, (-1, 1, 1)), tf.float32)

    def step(i, *weights):
        seen = order[:, i]
        answers = logits(classifier, layer, weights, tf.gather(x, seen))
        loss = tf.reduce_sum(cross_entropy(tf.gather(classes, seen), answers))
        moves = tf.gradients(loss, list(weights))
        return i + 1, *[w - rate * move for w, move in zip(weights, moves, strict=True)]

    def advance(start, stop, *weights):
        return tf.while_loop(lambda i, *_: i < stop, step, (start, *weights))[1:]

    def wrong(*weights):
        return [
            _wrong(logits(classifier, layer, weights, seen.x[None]), seen)
            for seen in watched.values()
        ]

    # XLA halves the time of a convolution's thin products, and doubles that of the wide ones.
    # TensorFlow would warn of functions from the same lines as of one that is traced again and
    # again; a partial is counted for itself.
    advance = tf.function(
        functools.partial(advance), autograph=False, jit_compile=bool(classifier.filters)
    )
    wrong = tf.function(functools.partial(wrong), autograph=False)

    state = [tf.constant(w) for w in classifier.weights(images, seeds)]
    errors: list[np.ndarray] = []
    reached, now = np.zeros(len(seeds), bool), 0
    for stop in record_at:
        if not (enough is not None and reached.all()):
            if stop > now:
                state = advance(tf.constant(now, tf.int32), tf.constant(stop, tf.int32), *state)
            taken = np.stack([share.numpy() for share in wrong(*state)])
            reached |= taken[0] <= (-1 if enough is None else enough)
        done(int(stop) - now)
        now = int(stop)
        errors.append(taken)
    by_name = {name: np.stack(errors)[:, i] for i, name in enumerate(watched)}
    return Run(by_name, [w.numpy() for w in state])


def _wrong(answers: tf.Tensor, seen: Watched) -> tf.Tensor:
    """The share of the images that each replica gives a wrong class, (replica,)."""
    right = tf.equal(tf.argmax(answers, -1), seen.classes)
    finite = tf.reduce_all(tf.math.is_finite(answers), axis=-1)
    counts = tf.cast(right & finite, tf.float64)
    if seen.members is None:
        return 1 - tf.reduce_mean(counts, axis=1)
    members = tf.constant(seen.members, tf.float64)
    return 1 - tf.reduce_sum(counts * members, axis=1) / tf.reduce_sum(members, axis=1)
