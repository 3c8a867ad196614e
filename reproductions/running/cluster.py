"""Shards on the workers of a Dask cluster, in place of this process' threads."""

import asyncio
import functools
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from reproductions.evidence.errors import InputError, in_short
from reproductions.running import provenance
from reproductions.training.pool import Sending

CONNECT_S, WORKERS_S = 10, 20
ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


@contextmanager
def connected(address: str) -> Iterator[Sending]:
    """Connects to a cluster, and gives what sends shards to it.

    Args:
        address: of its scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        InputError: Dask is not installed, the scheduler cannot be reached or is lost, or its
            workers are missing, too few, or could give other bits than this process.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(
            "Dask is not installed; requirements-cluster.txt has it."
            f" Received: --backend dask ({error})"
        ) from error
    if not ADDRESS.fullmatch(address):  # Dask would take half a minute to fail over some
        raise InputError(f"a scheduler's address is tcp://HOST:PORT. Received: {address}")
    # What goes wrong is said once, in our own line.
    for name in logging.root.manager.loggerDict:
        if name.startswith(("distributed", "tornado")):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        asyncio.run(asyncio.wait_for(_knock(address), CONNECT_S))
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except Exception as error:  # of many kinds: an address may be wrong in many ways
        raise InputError(
            f"no Dask scheduler answers ({in_short(error)}). Received: {address}"
        ) from error
    with client:
        maker = _same_everywhere(client, address)
        settings = {"backend": "dask", "client": client}
        failing = functools.partial(_failing, client, address)
        yield Sending(functools.partial(_refuse_another, maker), failing, settings)


async def _knock(address: str) -> None:
    """Opens a connection as a client does, which itself would wait for ever for a silent port."""
    from distributed import Security
    from distributed.comm import connect

    connection = await connect(address, CONNECT_S, **Security().get_connection_args("client"))
    connection.abort()


@contextmanager
def _failing(client, address: str) -> Iterator[None]:
    """Puts into a line what goes wrong on a cluster and not in a shard."""
    from distributed.scheduler import KilledWorker

    try:
        yield
    except KilledWorker as error:
        raise InputError(
            "a shard ended its worker again and again; is there memory enough?"
            f" Received: {in_short(error)}"
        ) from error
    except Exception as error:
        if client.status == "running":
            raise
        raise InputError(
            "the scheduler is gone; finished shards are kept, and the same command goes on from"
            f" them. Received: {address}"
        ) from error


def _same_everywhere(client, address: str) -> dict[str, str]:
    """Refuses workers that could give other bits than this process; what all are made by."""
    from distributed.utils import TimeoutError as DaskTimeoutError

    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except (TimeoutError, DaskTimeoutError) as error:
        raise InputError(
            f"the scheduler has no worker after {WORKERS_S} s. Received: {address}"
        ) from error
    try:
        makers = client.run(provenance.maker)
    except Exception as error:
        raise InputError(
            "a worker cannot run this project; start it in a checkout, as README says"
            f" ({in_short(error)}). Received: {address}"
        ) from error
    maker = provenance.maker()
    for worker, its in sorted(makers.items()):
        provenance.refuse_another(maker, its, f"the worker {worker}")
    if (threads := sum(client.nthreads().values())) < 2:
        raise InputError(
            "a cluster needs at least two worker threads: with one, joblib would use this machine."
            f" Received: {threads}"
        )
    return maker


def _refuse_another(maker: Mapping[str, str]) -> None:
    """Refuses to compute in a worker that joined after all were checked, and differs."""
    provenance.refuse_another(maker, provenance.maker())
