"""A small network whose hidden outputs are shifted by a constant while its function stays the same.

f(z) + c feeds the next layer, whose initial biases subtract the effect of c. So the network starts
as the same function, and can become the same functions. Only the mean of the units' inputs changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from reproductions.evidence.statistics import generator
from reproductions.training import descent_path

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

HIDDEN = (5, 5)
SAMPLES = 256
FED_BY_HIDDEN = (2, 4)
"""Places, among the weights, of the kernels whose inputs are hidden outputs."""


def data() -> tuple[np.ndarray, np.ndarray]:
    """Samples of y = x1 + x1 x2, a line and a continuous XOR; x and y of mean 0 and variance 1.

    Returns:
        x, (SAMPLES, 2), and y, (SAMPLES, 1), float32.
    """
    x = generator(0, 3).uniform(-1, 1, (SAMPLES, 2))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = x[:, :1] * (1 + x[:, 1:])
    return x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")


@dataclass(frozen=True)
class Trained:
    """The replicas after training; all arrays but the weights are (replica,).

    Attributes:
        loss: mean squared error over all samples after training.
        length: of the path of the kernels that hidden units feed, over all updates.
        displacement: the distance of the same kernels from their first values to their last.
        weights: after training, with the replica on the last axis.
    """

    loss: np.ndarray
    length: np.ndarray
    displacement: np.ndarray
    weights: list[np.ndarray]

    @property
    def ratio(self) -> np.ndarray:
        """Length over displacement, which is 1 for a straight path."""
        return self.length / self.displacement

    @property
    def finite(self) -> np.ndarray:
        """Whether the loss and the ratio are finite, (replica,)."""
        return np.isfinite(self.loss) & np.isfinite(self.ratio)


class ShiftedNetwork:
    """A network 2-5-5-1 with a linear output, trained by SGD from many initialisations.

    Args:
        activation: makes an elementwise layer, such as those of `custom_layers`.
        shift: the constant that is added to the hidden outputs.
        batch: samples in an update.
    """

    def __init__(
        self, activation: "Callable[[], keras.Layer]", shift: float = 0.0, batch: int = 1
    ) -> None:
        import keras
        import tensorflow as tf

        from reproductions.training import replicas

        self.activation, self.shift, self.batch = activation, shift, batch
        layers = [keras.Input((2,))]
        for width in HIDDEN:
            layers += [keras.layers.Dense(width), activation()]
            layers += [keras.layers.Rescaling(1.0, shift)] if shift else []
        self.model = keras.Sequential([*layers, keras.layers.Dense(1)])
        self.engine = replicas.Replicas(
            self.model,
            lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
            snapshots=True,
            watch=False,
            threads=1,
        )

    def initial_weights(self, seeds: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """Glorot's weights, with biases that subtract the effect of the shift below them."""
        from reproductions.training import replicas

        weights = replicas.initial_weights(self.model, seeds, "glorot")
        for kernel in FED_BY_HIDDEN:
            bias = kernel + 1
            weights[bias] = weights[bias] - np.float32(self.shift) * weights[kernel].sum(axis=0)
        return weights

    def train(self, seeds: Sequence[int] | np.ndarray, rates: ArrayLike, steps: int) -> Trained:
        """Trains one replica for each seed.

        Args:
            seeds: each gives the first weights and the order of the samples.
            rates: the learning rate of each replica.
            steps: number of updates.
        """
        x, y = data()
        seeds = np.asarray(seeds)

        def order(start: int, stop: int) -> np.ndarray:
            orders = [sample_order(seed, self.batch, steps) for seed in seeds[start:stop]]
            return np.stack(orders, axis=-1)

        lengths, displacements, weights_of_blocks = [], [], []
        for block in self.engine.blocks(
            self.initial_weights(seeds),
            x,
            y,
            np.asarray(rates),
            steps,
            every=1,
            batches=order,
            record_on=(x[:1], y[:1]),  # of each record only the weights are used
        ):
            squared_steps = squared_displacement = 0.0
            for i in FED_BY_HIDDEN:
                track = np.concatenate([block.records[f"weight_{i}"], block.weights[i][None]])
                with np.errstate(invalid="ignore", over="ignore"):  # a rate may be too high
                    # A short update's difference is exact in float32, as its ends are near.
                    steps_made, total = track[1:] - track[:-1], track[-1] - track[0]
                    squared = np.square(steps_made, out=steps_made)
                    squared_steps = squared_steps + squared.sum(axis=(1, 2))
                    squared_displacement = squared_displacement + np.square(total).sum(axis=(0, 1))
            lengths.append(np.sqrt(squared_steps, dtype="float64").sum(axis=0))
            displacements.append(np.sqrt(squared_displacement))
            weights_of_blocks.append(block.weights)
        weights = [np.concatenate(w, axis=-1) for w in zip(*weights_of_blocks, strict=True)]
        answers, _ = self.forward(weights, x)
        loss = ((np.array(answers, "float64") - y) ** 2).mean(axis=0)
        return Trained(loss, np.concatenate(lengths), np.concatenate(displacements), weights)

    def signs(self, weights: list[np.ndarray], samples: int = 64) -> dict[str, np.ndarray]:
        """Signs of the gradients of the second hidden layer's units, (sample, unit, replica)."""
        import tensorflow as tf

        x, y = (array[:samples] for array in data())
        with tf.GradientTape() as tape:
            answers, copies = self.forward(weights, x, tape)
            errors = (answers - y) ** 2
        return descent_path.signs(np.array(tape.gradient(errors, copies)))

    def forward(
        self, weights: list[np.ndarray], x: np.ndarray, tape: "tf.GradientTape | None" = None
    ) -> "tuple[tf.Tensor, tf.Tensor | None]":
        """The network's answers.

        Args:
            weights: with the replica on the last axis.
            x: (sample, 2).
            tape: if given, it watches one copy of the second kernel for each sample, so that the
                gradient of a copy is that of its sample's error alone.

        Returns:
            The answers, (sample, replica), and the copies, (sample, in, out, replica).
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


def sample_order(seed: int, batch: int, steps: int) -> np.ndarray:
    """The samples of each update, in epochs that are shuffled anew, (step, batch), int32."""
    random = generator(seed, 4)
    epochs = -(-steps * batch // SAMPLES)
    shuffled = np.concatenate([random.permutation(SAMPLES) for _ in range(epochs)])
    return shuffled[: steps * batch].reshape(steps, batch).astype("int32")
