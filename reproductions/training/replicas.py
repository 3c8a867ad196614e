"""Many initialisations of one network, trained side by side.

A replica is one initialisation. It stands on the last axis: kernels are (in, out, replica), signals
(batch, unit, replica). Replicas do not touch each other, so everything but the dense product is
elementwise on that axis, any activation works unchanged, and each vector instruction advances many
replicas. The whole training loop is one compiled function; replicas go through it in blocks small
enough for the cache, blocks side by side on threads. Inside the loop, replicas of wide networks
stand on the first axis instead (see `layouts.py`); whoever calls the engine sees nothing of it.

The package sets XLA flags before TensorFlow is imported (see `settings.py`). Without them training
takes three times as long, and matrix products may be rounded otherwise.
"""

import functools
import itertools
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.training import layouts, optimizers
from reproductions.training.layouts import Layout
from reproductions.training.parallel import workers
from reproductions.training.replicated import Network

Weights = list[np.ndarray]

ALL_WEIGHTS = "weight_all"
"""The record that the compiled loop takes where snapshots are asked for."""


@dataclass(frozen=True)
class Trained:
    """What training gave, the replica always on the last axis.

    Attributes:
        model: the Keras model that every replica is a copy of.
        weights: as `model.get_weights()`, with one more axis.
        records: what was recorded, (record, ..., replica), by name.
        finite_steps: after how many steps the weights were still finite, (replica,); of an engine
            that does not watch, -1 where they are not finite in the end, else all steps.
    """

    model: keras.Model
    weights: Weights
    records: dict[str, np.ndarray]
    finite_steps: np.ndarray

    def __len__(self):
        """The number of replicas."""
        return len(self.finite_steps)

    def replica(self, i: int) -> keras.Model:
        """One replica as an ordinary Keras model, to predict with, plot and save."""
        model = keras.models.clone_model(self.model)
        model.set_weights([array[..., i] for array in self.weights])
        return model


class Replicas:
    """A network whose replicas are trained together.

    Args:
        model: a built Keras model of layers that `replicated.Network` knows.
        loss: a function of (y, output), shapes (batch, unit, 1 or replica) and (batch, unit,
            replica), that gives the loss of each replica, (replica,).
        record: a function of (y, output) that gives what is recorded, by name, each (..., replica);
            by default the loss alone, as `loss`.
        gradients: also record, as `gradient_norm`, the norm of the loss's gradient with respect to
            each Dense layer's kernel, (layer, replica).
        snapshots: also record the weights, as `weight_0`, `weight_1`, ..., in `get_weights` order.
        watch: look at every step whether the weights are finite, and not at the end alone.
        threads: blocks trained at once; by default as many as the machine has cores.
        block: how many replicas a call trains; by default as many as stay in a core's cache.
        transform: a function of the list of gradients, in `get_weights` order and each with the
            replica on its last axis, that gives what the weights move by in their place; it must
            treat every replica alone. Recorded norms are still those of the gradients themselves.
        optimizer: a new `keras.optimizers.SGD`, `RMSprop` or `Adam`; by default plain SGD.
        layout: where the replicas stand in memory; by default where the model trains faster, which
            depends on the widths of its layers and on the size of the batches alone. The numbers
            differ by rounding only.

    Raises:
        ValueError: the model or the optimizer cannot be replicated; later, the loss does not give
            one number a replica, or the transform not one array per gradient.
    """

    def __init__(
        self,
        model: keras.Model,
        loss: Callable,
        record: Callable | None = None,
        gradients: bool = False,
        snapshots: bool = False,
        watch: bool = True,
        threads: int | None = None,
        block: int | None = None,
        transform: Callable[[list[tf.Tensor]], list[tf.Tensor]] | None = None,
        optimizer: keras.optimizers.Optimizer | None = None,
        layout: Layout | None = None,
    ):
        self.network = Network(model)
        self.rule = optimizers.rule(optimizer or keras.optimizers.SGD())
        self.model = model
        self.loss = loss
        self.record = record or (lambda y, output: {"loss": loss(y, output)})
        self.gradients = gradients
        self.snapshots = snapshots
        self.watch = watch
        self.threads = threads or os.cpu_count() or 1
        self.block = block or layouts.block(model)
        self.transform = transform
        self.layout = layout
        self._capacity = 0  # the most records that the compiled loop has room for
        # TensorFlow counts traces by the code object, and would warn of several engines as of one
        # that is traced again and again; a partial is counted for itself.
        self._compiled = tf.function(
            functools.partial(self._loop), jit_compile=True, autograph=False
        )

    def train(
        self,
        weights: Weights | Callable[[int, int], Weights],
        x: np.ndarray,
        y: np.ndarray,
        rate: float | np.ndarray | None,
        steps: int,
        done: Callable[[int], object] = lambda replicas: None,
        **options: Any,
    ) -> Trained:
        """Trains all replicas and joins their blocks; arguments as for `blocks`.

        `done` is told the number of replicas in each block that is finished.
        """
        blocks = []
        for block in self.blocks(weights, x, y, rate, steps, **options):
            blocks.append(block)
            done(len(block))

        def join(arrays):
            return np.concatenate(list(arrays), axis=-1)

        return Trained(
            self.model,
            [join(arrays) for arrays in zip(*(b.weights for b in blocks), strict=True)],
            {name: join(b.records[name] for b in blocks) for name in blocks[0].records},
            join(b.finite_steps for b in blocks),
        )

    def blocks(
        self,
        weights: Weights | Callable[[int, int], Weights],
        x: np.ndarray,
        y: np.ndarray,
        rate: float | np.ndarray | None,
        steps: int,
        every: int | None = None,
        batches: np.ndarray | Callable[[int, int], np.ndarray] | None = None,
        replicas: int | None = None,
        record_on: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> Iterator[Trained]:
        """Trains the replicas and gives them block by block, in order, as they are done.

        No more than a few blocks are in memory at a time, however many replicas there are.

        Args:
            weights: initial weights, as `model.get_weights()` with the replica on one more, last
                axis; or a function of (start, stop) that makes those of a block, so that not all
                need be in memory at once.
            x: inputs, (sample, unit); the same for all replicas.
            y: targets, (sample, unit).
            rate: learning rate, for all replicas or one for each, (replica,); None for that of the
                optimizer, which may be a schedule.
            steps: number of updates.
            every: take a record before the first and then before every so many updates; by
                default, before the first only.
            batches: which samples each step uses, (step, batch), or a function of (start, stop)
                that gives those of a block, (step, batch, replica). By default all, every step.
            replicas: their number; needed only if `weights` is a function.
            record_on: inputs and targets on which records are taken; by default x and y.

        Yields:
            Each block's replicas.

        Raises:
            ValueError: an argument does not fit; the message ends with what was received.
        """
        given = replicas if callable(weights) else _count(weights, self.model)
        every = steps if every is None else every
        count, rate = self._check(x, y, rate, steps, every, batches, given)
        seen = (x, y) if record_on is None else record_on
        _check_data(*seen, self.model)
        dtype = self.network.dtype
        x, y, seen_x, seen_y = (tf.constant(array, dtype) for array in (x, y, *seen))
        records = int(-(-steps // every))
        # Fewer records need no other compilation, nor do a few more: room comes in sixteens.
        # Another thread may train on this engine too.
        capacity = self._capacity = max(self._capacity, -(-records // 16) * 16)

        def train_block(start: int) -> Trained:
            stop = min(start + self.block, count)
            if callable(weights):
                initial = weights(start, stop)
            else:
                initial = [w[..., start:stop] for w in weights]
            made = _count(initial, self.model)
            if made != stop - start:
                raise ValueError(
                    f"weights must give {stop - start} replicas from {start} on. Received: {made}"
                )
            order = batches
            if callable(batches):
                order = batches(start, stop)
                _check_order(order, (steps, None, stop - start), len(x))
                order = self._fill(order)
            trained, taken, finite = self._compiled(
                [tf.constant(self._fill(w), dtype) for w in initial],
                None if rate is None else tf.constant(self._fill(rate[start:stop]), dtype),
                x,
                y,
                seen_x,
                seen_y,
                None if order is None else tf.constant(order, tf.int32),
                tf.constant(steps, tf.int32),
                tf.constant(every, tf.int32),
                tf.constant(records, tf.int32),
                capacity,
            )
            size = stop - start
            recorded = {n: array.numpy()[:records, ..., :size] for n, array in taken.items()}
            return Trained(
                self.model,
                [w.numpy()[..., :size] for w in trained],
                self._parted(recorded),
                finite.numpy()[:size],
            )

        yield from _in_order(train_block, range(0, count, self.block), self.threads)

    def _parted(self, recorded: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The records, with each weight of the snapshots for itself."""
        if not self.snapshots:
            return recorded
        joined = recorded.pop(ALL_WEIGHTS)
        shapes = [weight.shape for weight in self.model.weights]
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
        parts = zip(shapes, np.split(joined, ends[:-1], axis=1), strict=True)
        weights = [part.reshape(len(part), *shape, -1) for shape, part in parts]
        return recorded | {f"weight_{i}": weight for i, weight in enumerate(weights)}

    def _fill(self, array: np.ndarray) -> np.ndarray:
        """Fills a last block up with copies of its last replica.

        So every replica goes through the same program, and comes to the same bits, whatever their
        number and whichever its neighbours.
        """
        missing = self.block - array.shape[-1]
        if not missing:
            return array  # padding with nothing would take longer than a hundred steps' work
        return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, missing)], mode="edge")

    def _check(self, x, y, rate, steps, every, batches, count) -> tuple[int, np.ndarray | None]:
        _check_data(x, y, self.model)
        for name, value in (("steps", steps), ("every", every), ("replicas", count)):
            if not isinstance(value, int | np.integer) or value < 1:
                raise ValueError(f"{name} must be a whole number above 0. Received: {value}")
        if batches is not None and not callable(batches):
            _check_order(batches, (steps, None), len(x))
        if rate is None:
            return count, None
        if np.shape(rate) not in ((), (count,)) or not np.isfinite(rate).all():
            raise ValueError(f"rate must be finite, one number or one a replica. Received: {rate}")
        return count, np.broadcast_to(np.asarray(rate, self.network.dtype.name), (count,))

    def _loop(self, weights, rate, x, y, seen_x, seen_y, order, steps, every, records, capacity):
        """Trains one block: an outer loop over records, an inner one over steps."""
        count, trainable, dtype = len(weights), self.network.trainable, self.network.dtype
        size = (x if order is None else order[0]).shape[0]
        layout = self.layout or layouts.of_network(self.model, size)

        def batch(step):
            if order is None:
                return x[..., None], y[..., None]
            picked = order[step]
            xs, ys = tf.gather(x, picked), tf.gather(y, picked)
            if order.shape.rank == 3:  # an order for each replica: (batch, replica, unit) so far
                return tf.transpose(xs, (0, 2, 1)), tf.transpose(ys, (0, 2, 1))
            return xs[..., None], ys[..., None]

        def loss_gradients(weights, x, y):
            output, new_weights = self.network(weights, x, True, layout)
            losses = self.loss(y, output)
            if losses.shape != (self.block,):
                raise ValueError(
                    "the loss must give one number a replica, shape (replica,)."
                    f" Received: {losses.shape} for {self.block} replicas"
                )
            # Summed over replicas, each of which moves its own weights only.
            moved = list(itertools.compress(weights, trainable))
            return tf.gradients(tf.reduce_sum(losses), moved), new_weights

        def recorded(weights):
            y = seen_y[..., None]
            return y, self.record(y, self.network(weights, seen_x[..., None], layout=layout)[0])

        def take(weights):
            y, taken = recorded(weights)
            if self.gradients:
                gradients, _ = loss_gradients(weights, seen_x[..., None], y)
                kernels = [gradients[i] for i in self.network.kernels]
                norms = [tf.sqrt(tf.reduce_sum(k**2, layout.axes(k))) for k in kernels]
                taken = {**taken, "gradient_norm": tf.stack(norms)}
            if self.snapshots:
                taken = {**taken, ALL_WEIGHTS: _joined(map(layout.restored, weights))}
            return taken

        def step(i, finite, apart, *state):
            weights, kept = state[:count], state[count:]
            gradients, weights = loss_gradients(weights, *batch(i))
            if self.transform:
                gradients = _transformed(self.transform, gradients, layout)
            now = tf.cast(self.rule.rate(i), dtype) if rate is None else rate
            before = list(itertools.compress(weights, trainable))
            moved, kept = self.rule.moved(before, gradients, kept, now, i, layout)
            moved = iter(moved)
            weights = [next(moved) if t else w for w, t in zip(weights, trainable, strict=True)]
            if self.watch:
                finite += tf.cast(_finite(weights, layout), tf.int32)
            return i + 1, finite, tf.sort(apart) if layout.first else apart, *weights, *kept

        def chunk(r, arrays, finite, apart, *state):
            taken = take(state[:count]).values()
            arrays = [a.write(r, v) for a, v in zip(arrays, taken, strict=True)]
            end = tf.minimum((r + 1) * every, steps)
            _, finite, apart, *state = tf.while_loop(
                lambda i, *_: i < end, step, (r * every, finite, apart, *state)
            )
            # Before TensorFlow hands loops to XLA, it asks of each value that an inner one gives to
            # an outer one whether both leave it as it is, and unpacks the inner one for every
            # answer. An operation between the two, here one that does nothing, is answer enough.
            state = [tf.raw_ops.StopGradient(input=value) for value in state]
            return r + 1, arrays, finite, apart, *state

        given, weights = weights, [layout.arranged(weight) for weight in weights]
        # The shapes of what `take` gives, found without the network, which would be traced again.
        output = tf.zeros((seen_x.shape[0], self.model.output_shape[-1], self.block), dtype)
        shapes = {n: value.shape for n, value in self.record(seen_y[..., None], output).items()}
        if self.gradients:
            shapes["gradient_norm"] = (len(self.network.kernels), self.block)
        if self.snapshots:
            shapes[ALL_WEIGHTS] = _joined(given).shape
        arrays = [tf.TensorArray(dtype, capacity, element_shape=s) for s in shapes.values()]
        finite = tf.zeros(self.block, tf.int32)
        # XLA makes one kernel of a loop that fits the cache, in which matrix products are ten times
        # slower than by the library that it calls between kernels. It makes none of a loop that
        # sorts, so that loops over wide networks sort these two numbers at each step.
        apart = tf.constant([0, 1])
        kept = self.rule.start(list(itertools.compress(weights, trainable)))
        _, arrays, finite, apart, *state = tf.while_loop(
            lambda r, *_: r < records, chunk, (0, arrays, finite, apart, *weights, *kept)
        )
        weights = state[:count]
        if not self.watch:  # what is not finite never becomes finite again
            finite = tf.where(_finite(weights, layout), steps, -1)
        finite += apart[0]  # which is 0; what is never read would not be computed
        weights = [layout.restored(weight) for weight in weights]
        return weights, {n: a.stack() for n, a in zip(shapes, arrays, strict=True)}, finite


def _joined(weights):
    """All weights as one array, (number, replica).

    A loop that records one array compiles in half the time of one that records twenty.
    """
    return tf.concat([tf.reshape(weight, (-1, weight.shape[-1])) for weight in weights], 0)


def _transformed(transform, gradients, layout):
    """What moves the weights in place of the gradients; their shapes must stay."""
    gradients = [layout.restored(gradient) for gradient in gradients]
    moves = list(transform(gradients))
    shapes, expected = [tuple(m.shape) for m in moves], [tuple(g.shape) for g in gradients]
    if shapes != expected:
        raise ValueError(f"the transform must give the shapes {expected}. Received: {shapes}")
    return [layout.arranged(move) for move in moves]


def _finite(weights, layout):
    """Whether all of a replica's weights are finite, (replica,)."""
    # A finite number minus itself is 0; any other gives NaN. `tf.math.is_finite` says the same, but
    # XLA takes longer to compile it than all else that is done with a weight.
    zeros = [tf.reduce_sum(w - w, layout.axes(w)) for w in weights]
    return tf.equal(tf.add_n(zeros), 0)


def initial_weights(
    model: keras.Model, seeds: Sequence[int] | np.ndarray, scheme: str = "normal"
) -> Weights:
    """Draws every replica's weights from a stream of its own.

    Args:
        model: gives the shapes.
        seeds: a whole number from 0 for each replica.
        scheme: "normal", N(0, 1) for kernels and biases, as `tf.random_normal` draws them;
            "glorot", uniform with variance 2 / (in + out), biases 0 (Glorot and Bengio 2010;
            Keras' default); or "he", normal with variance 2 / in, biases 0 (He et al. 2015).
            Normalizations begin as they do in Keras.

    Returns:
        Arrays as `model.get_weights()`, of its dtype, with the replica on one more, last axis. They
        are float32 numbers whatever the dtype, so that both precisions start from the same weights.

    Raises:
        ValueError: there is no such scheme, or a seed is no whole number from 0.
    """
    if scheme not in ("normal", "glorot", "he"):
        raise ValueError(f"scheme must be 'normal', 'glorot' or 'he'. Received: {scheme!r}")
    drawn_from = [(w, is_dense) for layer in model.layers for w, is_dense in _variables(layer)]
    shapes = [w.shape for w, is_dense in drawn_from if is_dense]
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    draw = (
        (lambda g: g.uniform(-1, 1, ends[-1]))
        if scheme == "glorot"
        else (lambda g: g.standard_normal(ends[-1]))
    )
    drawn = np.stack([draw(generator(seed)) for seed in seeds], axis=-1)
    parts = iter(np.split(drawn, ends[:-1]))
    weights = []
    for variable, is_dense in drawn_from:
        shape = variable.shape
        if not is_dense:  # of a normalization, which begins as Keras' does
            start = keras.ops.convert_to_numpy(variable)[..., None]
            weights.append(np.repeat(start, len(seeds), axis=-1))
            continue
        scale = 1.0
        if scheme != "normal":
            is_bias = len(shape) == 1
            variance = 2 / sum(shape) * 3 if scheme == "glorot" else 2 / shape[0]
            scale = 0.0 if is_bias else np.sqrt(variance)
        values = (scale * next(parts).reshape(*shape, -1)).astype("float32")
        weights.append(values.astype(variable.dtype))
    return weights


def _variables(layer: keras.Layer) -> list[tuple[keras.Variable, bool]]:
    return [(variable, isinstance(layer, keras.layers.Dense)) for variable in layer.weights]


def _check_order(order: np.ndarray, expected: tuple[int | None, ...], samples: int) -> None:
    """Refuses batches that do not fit: XLA would take the nearest sample there is, silently."""
    shape = np.shape(order)
    steps, *_ = expected
    fits = len(shape) == len(expected) and shape[0] >= steps and shape[2:] == expected[2:]
    fits = fits and 0 not in shape
    if not fits or np.min(order) < 0 or np.max(order) >= samples:
        raise ValueError(
            f"batches must be (step, batch), or (step, batch, replica) from a function, hold"
            f" {steps} steps or more, and name samples from 0 to {samples - 1}."
            f" Received: shape {shape}" + (f", {np.min(order)} to {np.max(order)}" if fits else "")
        )


def _check_data(x, y, model: keras.Model) -> None:
    units = (model.input_shape[-1], model.output_shape[-1])
    if np.ndim(x) != 2 or np.ndim(y) != 2 or len(x) != len(y):
        raise ValueError(
            "x and y must be (sample, unit) with as many samples."
            f" Received: shapes {np.shape(x)} and {np.shape(y)}"
        )
    if (np.shape(x)[1], np.shape(y)[1]) != units:
        raise ValueError(
            f"x and y must have {units[0]} and {units[1]} units as the model does."
            f" Received: shapes {np.shape(x)} and {np.shape(y)}"
        )


def _count(weights: Weights, model: keras.Model) -> int:
    shapes = [np.shape(w) for w in weights]
    expected = [tuple(w.shape) for w in model.weights]
    sizes = {shape[-1] if shape else 0 for shape in shapes}
    if [shape[:-1] for shape in shapes] != expected or len(sizes) != 1:
        raise ValueError(
            f"weights must have the shapes {expected}, each with one more axis, the replicas."
            f" Received: {shapes}"
        )
    return sizes.pop()


def _in_order(function, items, threads: int) -> Iterator:
    """Applies a function on threads; gives the results in order, and never runs far ahead."""
    waiting: deque = deque()
    with workers(threads) as executor:
        for item in items:
            waiting.append(executor.submit(function, item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
