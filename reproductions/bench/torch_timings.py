"""The benchmark's PyTorch program: `torch.func.vmap` over `grad`, the step compiled.

A script of its own, run by another environment's Python: it trains once for every line that it
reads, and answers with the seconds that took. It takes one thread: with more, networks as small as
these wait for each other.
"""

import sys
import time
from itertools import pairwise

import numpy as np
import torch

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def loss(layers: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """The document's loss of one replica."""
    *hidden, (kernel, bias) = layers
    signal = X
    for inner, shift in hidden:
        signal = torch.tanh(signal @ inner + shift)
    h = torch.sigmoid(signal @ kernel + bias)
    return -torch.mean(Y * torch.log(h) + (1 - Y) * torch.log(1 - h))


def main(replicas: int, steps: int, rate: float, widths: list[int]) -> None:
    """Trains at every line read."""
    torch.set_num_threads(1)
    generator = np.random.default_rng(0)

    def normal(*shape):
        return torch.from_numpy(generator.standard_normal((replicas, *shape)).astype("float32"))

    start = [(normal(inputs, outputs), normal(outputs)) for inputs, outputs in pairwise(widths)]
    gradients = torch.func.vmap(torch.func.grad(loss))

    @torch.compile
    def step(layers):
        moves = gradients(layers)
        return [
            (kernel - rate * of_kernel, bias - rate * of_bias)
            for (kernel, bias), (of_kernel, of_bias) in zip(layers, moves, strict=True)
        ]

    for _ in sys.stdin:
        before = time.perf_counter()
        layers = start
        for _ in range(steps):
            layers = step(layers)
        print(time.perf_counter() - before, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), [int(a) for a in sys.argv[4:]])
