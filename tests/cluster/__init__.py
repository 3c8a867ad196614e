"""Shards on a Dask cluster: a real scheduler and workers on loopback (`make test-cluster`)."""
