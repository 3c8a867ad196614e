"""Trains all networks on the spirals, and compares them with what they came to on XOR."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Kind, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import bootstrap_interval, share_of
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.summary.second_task import settings
from reproductions.experiments.summary.second_task.settings import BY_WEIGHTS, CURES, Setting, Spec
from reproductions.training import spirals
from reproductions.training.pool import Arrays, Pool, Shard, whole

SPEC = Spec()
OPTIONAL = True
QUICK = {"tuning_seeds": 1}
SMALL = {"hidden": (4, 4), "steps": 41, "every": 20, "each": 20, "batch": 8, "tuning_seeds": 2}

INPUTS = {"cures": ("singles",), "functions_today": ("shares",)}

XOR_TASK = "xor_glorot"
"""What `functions_today` calls XOR from Glorot's weights."""


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """Trains the networks of all three findings, and those at other learning rates."""
    dying = settings.dying(spec)
    chosen = {name: setting for name, (_, setting, _) in settings.NETWORKS.items()}
    calls = [(spec, setting) for setting in (*chosen.values(), *(s for _, s in dying.values()))]
    by_call = pool.by_seeds(
        _train, calls, spec.seeds, "second_task", network=lambda _, setting: setting.compiled
    )
    trained = map(whole, by_call)
    arrays = {name: next(trained) for name in chosen}
    networks = [_network(spec, name, of) for name, of in arrays.items()]
    rows: list[dict[str, object]] = []
    plain: dict[str, Arrays] = {}
    for key, (label, _) in dying.items():
        of = next(trained)
        rows.append(_dying(key, label, of, plain.setdefault(key[0], of)))
    return {
        "networks": pd.DataFrame(networks),
        "pairs": _pairs(arrays, on_xor(inputs)),
        "dying": pd.DataFrame(rows),
        "tuning": _tuning(spec, pool),
    }


def _train(shard: Shard, spec: Spec, setting: Setting, start: int, stop: int) -> Arrays:
    """What the seeds from `start` to `stop` come to."""
    engine, sums = shard.once(_made, setting.compiled, spec.hidden)
    weights = setting.weights(engine.model, range(start, stop))
    arrays, trained = _records(spec, engine, weights, setting.rate)
    shard.advance(stop - start)
    return {**arrays, **_inactive(spec, trained, sums)}


def _made(setting: Setting, hidden: tuple[int, ...]):
    """The engine of such networks, and what the activation functions get, layer by layer."""
    import keras

    from reproductions.training.replicated import Network

    engine = setting.engine(hidden)
    makers = (keras.layers.BatchNormalization, keras.layers.Dense)
    before = makers[0] if setting.normalized else makers[1]
    outputs = [layer.output for layer in engine.model.layers[:-1] if isinstance(layer, before)]
    return engine, [Network(keras.Model(engine.model.input, output)) for output in outputs]


def _records(spec: Spec, engine, weights: Sequence[np.ndarray], rate) -> tuple[Arrays, Any]:
    """When networks have learned, and whether they have in the end; and their last weights."""
    x, y = spirals.points(spec.each, spec.turns)
    trained = engine.train(
        weights,
        x,
        y,
        rate,
        spec.steps,
        every=spec.every,
        batches=spirals.order(len(x), spec.batch, spec.steps),
        record_on=spirals.points(spec.each, spec.turns, between=True),
    )
    right = trained.records["right"] >= spec.right
    learned = right.any(axis=0)
    updates = np.where(learned, right.argmax(axis=0) * spec.every, spec.steps - 1)
    arrays = {
        "learned": learned,
        "updates": updates,
        "learned_last": right[-1],
        "finite": trained.finite_steps >= 0,
    }
    return arrays, trained.weights


def _inactive(spec: Spec, weights: Sequence[np.ndarray], sums: Sequence[Any]) -> Arrays:
    """The share of hidden units whose function gets a number above 0 for no training point."""
    import tensorflow as tf

    x, _ = spirals.points(spec.each, spec.turns)
    tensors = [tf.constant(w) for w in weights]
    inactive = []
    for of_layer in sums:
        got, _ = of_layer(tensors[: len(of_layer.trainable)], tf.constant(x)[..., None], True)
        inactive.append(~(got.numpy() > 0).any(axis=0))
    finite = np.all([np.isfinite(w).all(axis=tuple(range(w.ndim - 1))) for w in weights], axis=0)
    return {"inactive": np.where(finite, np.concatenate(inactive).mean(axis=0), 1.0)}


def _network(spec: Spec, name: str, arrays: Arrays) -> dict[str, object]:
    """A network's row: how many learn, and after how many updates."""
    label, setting, _ = settings.NETWORKS[name]
    learned = int(np.sum(arrays["learned"]))
    return {
        "network": name,
        "label": label,
        "rate": setting.rate,
        "learned": learned,
        "seeds": spec.seeds,
        **share_of(learned, spec.seeds),
        **mean("updates", np.asarray(arrays["updates"])),
    }


def mean(name: str, values: np.ndarray) -> dict[str, float]:
    """The mean over networks and its 95 % bootstrap interval; NaN ends of fewer than two."""
    ends = (np.nan, np.nan)
    if len(values) > 1 and np.ptp(values) > 0:
        ends = bootstrap_interval(np.mean, values, resamples=2_000, stream=31)
    elif len(values) > 1:
        ends = float(values[0]), float(values[0])
    return {name: float(values.mean()), f"{name}_low": ends[0], f"{name}_high": ends[1]}


def on_xor(inputs: Mapping[str, Tables]) -> dict[str, dict[str, pd.Series]]:
    """The shares that learn XOR: by finding, then by what is compared; those that are stored."""
    singles = inputs["cures"]["singles"].set_index("change").rename({"post": "sigmoid"})
    shares_of = inputs["functions_today"]["shares"]
    glorot = shares_of[shares_of["task"] == XOR_TASK].set_index("function")
    compared = {
        "cures": (singles, CURES),
        "normal": (singles, settings.FUNCTIONS),
        "glorot": (glorot, settings.FUNCTIONS),
    }
    return {
        finding: {name: table.loc[name] for name in names if name in table.index}
        for finding, (table, names) in compared.items()
    }


def _pairs(
    arrays: Mapping[str, Arrays], xor: Mapping[str, Mapping[str, pd.Series]]
) -> pd.DataFrame:
    """Every two of what is compared: the one that is better on XOR first, and both on spirals."""
    rows = []
    for finding, of_finding in xor.items():
        network_of = BY_WEIGHTS.get(finding, {name: name for name in CURES})
        ranked = sorted(of_finding, key=lambda name: -of_finding[name]["share"])
        for first, second in itertools.combinations(ranked, 2):
            a, b = of_finding[first], of_finding[second]
            needed = [np.asarray(arrays[network_of[name]]["updates"]) for name in (first, second)]
            rows.append(
                {
                    "finding": finding,
                    "first": first,
                    "second": second,
                    "xor_more": a["share"] - b["share"],
                    "xor_gap": a["low"] - b["high"],
                    **mean("more_updates", needed[1] - needed[0]),
                }
            )
    return pd.DataFrame(rows, columns=TABLES["pairs"].names)


INACTIVE, MORE = "inactive", "inactive_more"


def _dying(
    key: tuple[str, str, float], label: str, arrays: Arrays, plain: Arrays
) -> dict[str, object]:
    """A row of the networks at too high a rate, compared with those without a change."""
    at, change, value = key
    inactive = np.asarray(arrays["inactive"])
    learned, seeds = int(np.sum(arrays["learned_last"])), len(inactive)
    return {
        "rate": at,
        "change": change,
        "value": value,
        "label": label,
        "finite": int(np.sum(arrays["finite"])),
        "learned": learned,
        "seeds": seeds,
        **share_of(learned, seeds),
        **mean(INACTIVE, inactive),
        **mean(MORE, inactive - np.asarray(plain["inactive"])),
    }


def _tuning(spec: Spec, pool: Pool) -> pd.DataFrame:
    """How many updates each network needs at each of its rates, on other seeds."""
    span = spec.seeds, spec.seeds + spec.tuning_seeds
    calls = [(spec, setting, rates, *span) for _, setting, rates in settings.NETWORKS.values()]
    sizes = [len(rates) * spec.tuning_seeds for _, _, rates, *_ in calls]
    tuned = pool.gather(_tune, calls, "second_task, tuning", sizes, "seed")
    rows = []
    for (name, (_, _, rates)), arrays in zip(settings.NETWORKS.items(), tuned, strict=True):
        for rate, updates in zip(rates, arrays["updates"].tolist(), strict=True):
            rows.append(
                {"network": name, "rate": rate, "updates": updates, "seeds": spec.tuning_seeds}
            )
    return pd.DataFrame(rows)


def _tune(
    shard: Shard, spec: Spec, setting: Setting, rates: tuple[float, ...], start: int, stop: int
) -> Arrays:
    """The mean updates that seeds need at each learning rate, (rate,)."""
    engine, _ = shard.once(_made, setting.compiled, spec.hidden)
    weights = setting.weights(engine.model, range(start, stop))
    # All rates side by side as replicas, so that one compiled loop trains them.
    weights = [np.concatenate([array] * len(rates), axis=-1) for array in weights]
    arrays, _ = _records(spec, engine, weights, np.repeat(rates, stop - start))
    shard.advance(len(rates) * (stop - start))
    return {"updates": np.asarray(arrays["updates"]).reshape(len(rates), -1).mean(axis=-1)}


MOVED = "another rounding moves single networks"
FOLLOWS = "follows from shares that the tables of two other experiments hold"


def _close(
    name: str, rtol: float, atol: float, least: float = -math.inf, most: float = math.inf
) -> dict[str, Kind]:
    """A mean and its interval."""
    kind = Close(rtol=rtol, atol=atol, reason=MOVED, nan=True, least=least, most=most)
    return dict.fromkeys((name, f"{name}_low", f"{name}_high"), kind)


TABLES = {
    "networks": Table(
        key=("network",),
        columns={
            "label": Exact(),
            "rate": Exact(),
            **shares("learned"),
            **_close("updates", 0.1, 50, least=0),
        },
        over_seeds=True,
    ),
    "pairs": Table(
        key=("finding", "first", "second"),
        columns={
            **dict.fromkeys(("xor_more", "xor_gap"), Close(0, 0.1, FOLLOWS, least=-1, most=1)),
            **_close("more_updates", 0.1, 150),
        },
        over_seeds=True,
    ),
    "dying": Table(
        key=("rate", "change", "value"),
        columns={
            "label": Exact(),
            "finite": Rate(trials="seeds"),
            **shares("learned"),
            **_close(INACTIVE, 0, 0.05, least=0, most=1),
            **_close(MORE, 0, 0.07, least=-1, most=1),
        },
        over_seeds=True,
    ),
    "tuning": Table(
        key=("network", "rate"),
        columns={"updates": Unchecked(), "seeds": Exact()},
        over_seeds=True,
    ),
}
