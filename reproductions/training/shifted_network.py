"""A small network whose hidden outputs are shifted by a constant, and nothing else is changed.

f(z) + c feeds the next layer, whose first biases take c back: the first function is the same, and
so is every function that the network can come to. What changes is the mean that the units see.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reproductions.evidence.statistics import generator
from reproductions.training import descent_path

HIDDEN = (5, 5)
SAMPLES = 256


def data() -> tuple[np.ndarray, np.ndarray]:
    """A line and a continuous XOR, y = x1 + x1 x2, x and y of mean 0 and variance 1, float32."""
    x = generator(0, 3).uniform(-1, 1, (SAMPLES, 2))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = x[:, :1] * (1 + x[:, 1:])
    return x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")


@dataclass(frozen=True)
class Trained:
    """What each replica came to, (replica,) each but for the weights.

    Attributes:
        loss: mean squared error over all samples after training.
        length: of the path of the kernels that hidden units feed, over all updates.
        displacement: of the same kernels.
        weights: after training, with the replica on the last axis.
    """

    loss: np.ndarray
    length: np.ndarray
    displacement: np.ndarray
    weights: list[np.ndarray]

    @property
    def ratio(self) -> np.ndarray:
        """Length over displacement: 1 is straight."""
        return self.length / self.displacement


class ShiftedNetwork:
    """2-5-5-1 with a linear output; its paths under SGD from the same weights and samples.

    Args:
        activation: makes an elementwise layer, such as those of `custom_layers`.
        shift: is added to the hidden outputs.
        batch: samples in an update.
    """

    def __init__(self, activation: Callable, shift: float = 0.0, batch: int = 1):
        import keras
        import tensorflow as tf

        from reproductions.training import replicas

        self.activation, self.shift, self.batch = activation, shift, batch
        parts = [keras.Input((2,))]
        for width in HIDDEN:
            parts += [keras.layers.Dense(width), activation()]
            parts += [keras.layers.Rescaling(1.0, shift)] if shift else []
        self.model = keras.Sequential([*parts, keras.layers.Dense(1)])
        self.engine = replicas.Replicas(
            self.model,
            lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
            snapshots=True,
            watch=False,
            threads=1,
        )

    def initial_weights(self, seeds) -> list[np.ndarray]:
        """Glorot's, with the shift taken back by the biases above it."""
        from reproductions.training import replicas

        weights = replicas.initial_weights(self.model, seeds, "glorot")
        for kernel, bias in ((2, 3), (4, 5)):
            weights[bias] = weights[bias] - np.float32(self.shift) * weights[kernel].sum(axis=0)
        return weights

    def train(self, seeds, rates, steps: int) -> Trained:
        """Trains a replica a seed.

        Args:
            seeds: give the first weights and the order of the samples.
            rates: learning rate of each.
            steps: number of updates.
        """
        x, y = data()
        seeds = np.asarray(seeds)

        def order(start, stop):
            drawn = [_order(seed, self.batch, steps) for seed in seeds[start:stop]]
            return np.stack(drawn, axis=-1)

        parts = []
        for block in self.engine.blocks(
            self.initial_weights(seeds), x, y, np.asarray(rates), steps, every=1, batches=order,
            record_on=(x[:1], y[:1]),  # only the weights are wanted of each record
        ):  # fmt: skip
            length = displacement = 0.0
            fed = [2, 4]  # the kernels that hidden units feed
            for i in fed:
                track = np.concatenate([block.records[f"weight_{i}"], block.weights[i][None]])
                with np.errstate(invalid="ignore", over="ignore"):  # a rate may be too high
                    # A short update's difference is exact in float32, both ends being near.
                    moved, total = track[1:] - track[:-1], track[-1] - track[0]
                    length = length + np.square(moved, out=moved).sum(axis=(1, 2))
                    displacement = displacement + np.square(total).sum(axis=(0, 1))
            parts.append(
                (np.sqrt(length, dtype="float64").sum(axis=0), np.sqrt(displacement), block.weights)
            )
        lengths, displacements, blocks = zip(*parts, strict=True)
        weights = [np.concatenate(arrays, axis=-1) for arrays in zip(*blocks, strict=True)]
        answers, _ = self._forward(weights, x)
        loss = ((np.array(answers, "float64") - y) ** 2).mean(axis=0)
        return Trained(loss, np.concatenate(lengths), np.concatenate(displacements), weights)

    def signs(self, weights, samples: int = 64) -> dict[str, np.ndarray]:
        """Signs of the gradients of the second hidden layer's units, (sample, unit, replica)."""
        import tensorflow as tf

        x, y = (array[:samples] for array in data())
        with tf.GradientTape() as tape:
            answers, copies = self._forward(weights, x, tape)
            errors = (answers - y) ** 2
        return descent_path.signs(np.array(tape.gradient(errors, copies)))

    def _forward(self, weights, x, tape=None):
        """The answers, (sample, replica), and copies of the second kernel, one for each sample.

        A copy's gradient is that of its sample's error alone.
        """
        import tensorflow as tf

        weights = [tf.constant(w, tf.float32) for w in weights]
        activation = self.activation()
        first = activation(tf.einsum("bi,ior->bor", x, weights[0]) + weights[1]) + self.shift
        if tape is None:
            copies, inner = None, tf.einsum("bir,ior->bor", first, weights[2])
        else:
            copies = tf.broadcast_to(weights[2], (len(x), *weights[2].shape))
            tape.watch(copies)
            inner = tf.reduce_sum(first[:, :, None] * copies, 1)
        second = activation(inner + weights[3]) + self.shift
        return tf.einsum("bir,ior->bor", second, weights[4])[:, 0] + weights[5][0], copies


def _order(seed, batch, steps):
    """Batches in shuffled epochs, (step, batch)."""
    random = generator(seed, 4)
    epochs = -(-steps * batch // SAMPLES)
    shuffled = np.concatenate([random.permutation(SAMPLES) for _ in range(epochs)])
    return shuffled[: steps * batch].reshape(steps, batch).astype("int32")
