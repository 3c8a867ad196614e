"""The benchmark's JAX program: what an expert writes first, `vmap` over `grad` in a jitted loop.

A script of its own, run by another environment's Python: it trains once for every line that it
reads, and answers with the seconds that took.
"""

import sys
import time
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

X = jnp.array([[0, 0], [0, 1], [1, 0], [1, 1]], jnp.float32)
Y = jnp.array([[0], [1], [1], [0]], jnp.float32)


def loss(layers: list[tuple[jax.Array, jax.Array]]) -> jax.Array:
    """The document's loss of one replica."""
    *hidden, (kernel, bias) = layers
    signal = X
    for inner, shift in hidden:
        signal = jnp.tanh(signal @ inner + shift)
    h = jax.nn.sigmoid(signal @ kernel + bias)
    return -jnp.mean(Y * jnp.log(h) + (1 - Y) * jnp.log(1 - h))


@partial(jax.jit, static_argnames=("rate", "steps"))
def train(layers: list, rate: float, steps: int) -> list:
    """Plain SGD on all replicas."""
    gradients = jax.vmap(jax.grad(loss))

    def step(_, layers):
        return jax.tree.map(lambda w, g: w - rate * g, layers, gradients(layers))

    return jax.lax.fori_loop(0, steps, step, layers)


def main(replicas: int, steps: int, rate: float, widths: list[int]) -> None:
    """Trains at every line read."""
    generator = np.random.default_rng(0)

    def normal(*shape):
        return jnp.asarray(generator.standard_normal((replicas, *shape)), jnp.float32)

    layers = [(normal(inputs, outputs), normal(outputs)) for inputs, outputs in pairwise(widths)]
    for _ in sys.stdin:
        start = time.perf_counter()
        jax.block_until_ready(train(layers, rate, steps))
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), [int(a) for a in sys.argv[4:]])
