"""What a shard costs on a Dask cluster over what it costs here: its way there and back.

Run as `python -m reproductions.bench.cluster_timings`. Two workers on loopback, one thread each,
make shards that do nothing, and so does this process; a shard gives arrays as large as those of
the ten-layer XOR network. Rounds are interleaved; the first, in which workers import, is not
counted.
"""

import sys

import numpy as np

from reproductions.running import cluster
from reproductions.training.pool import Arrays, Pool, Shard
from reproductions.training.timing import interleaved, timed

SHARDS, ROUNDS = 400, 5
SHAPES = {"events": (7,), "curves": (4, 201), "costs": (41, 32)}


def nothing(shard: Shard, number: int) -> Arrays:
    """A shard without work."""
    return {name: np.zeros(shape, int) for name, shape in SHAPES.items()}


def make(pool: Pool) -> None:
    """Makes the shards, and keeps none."""
    pool.gather(nothing, [(i,) for i in range(SHARDS)], "shards")


def main() -> int:
    """Measures and prints."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers:

        def make_there():
            with cluster.connected(workers.scheduler_address) as sending:
                make(Pool(sending=sending))

        def connect():
            with cluster.connected(workers.scheduler_address):
                pass

        calls = [timed(lambda: make(Pool())), timed(make_there), timed(connect)]
        seconds = interleaved(calls, ROUNDS, what="bench")
    here, there, connecting = np.median(seconds, axis=1)
    print(f"medians of {ROUNDS} interleaved rounds of {SHARDS} shards without work")
    print(f"here: {here / SHARDS * 1000:.2f} ms a shard")
    print(f"on two workers: {(there - connecting) / SHARDS * 1000:.2f} ms a shard")
    print(f"to connect and compare code, versions and processor: {connecting:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
