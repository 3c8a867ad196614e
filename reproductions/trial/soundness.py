"""Whether an activation function is sound: what the battery asks of it before it measures.

Each check looks at values and gradients on chosen inputs, as the battery computes them: plain, in a
traced function, and compiled by XLA, whose programs need not agree with the others.
"""

import functools
from collections.abc import Callable

import numpy as np

from reproductions.trial.candidate import INPUTS, UnsoundError, blamed, kind, most_ordinary

OK, FINDING, NOTE = "ok", "finding", "note"
EXTREMES = (-np.inf, np.inf, np.nan)
REACH = 1e4
"""A gradient is expected to be finite up to here: beyond, x * x has one that overflows in steps."""
PLAIN, TRACED, COMPILED = "plain", "traced", "compiled by XLA"


def check(factory: Callable) -> list[dict]:
    """Whether the battery can take the function; a row for each thing that was looked at.

    Raises:
        UnsoundError: it cannot; nothing more can be measured then.
    """
    with np.errstate(all="ignore"), blamed("it raises"):
        return [*usable(factory), *_range(factory), _differences(factory)]


def usable(factory: Callable) -> list[dict]:
    """The rows of what the battery cannot do without.

    Raises:
        UnsoundError: the battery cannot take the function.
    """
    return [
        _ok("shape and dtype", _shapes, factory),
        _ok("state", _state, factory),
        _ok("elementwise", _elementwise, factory),
        _ok("differentiable", _differentiable, factory),
        _ok("traced and compiled", _compiled, factory),
    ]


def row(quantity: str, verdict: str, finding: str = "", value: float = np.nan) -> dict:
    """A row of the scorecard; the value is the share of inputs that went well, if any counts."""
    numbers = {"value": value, "low": np.nan, "high": np.nan}
    said = {"verdict": verdict, "finding": finding}
    return {"check": "soundness", "quantity": quantity, **numbers, **said}


def _ok(quantity, check, factory) -> dict:
    check(factory)
    return row(quantity, OK)


def _at(x) -> str:
    return f"on {x.dtype} of shape {x.shape}"


def _array(value, x) -> np.ndarray:
    """A function's value at x as an array; refuses what is no tensor."""
    import tensorflow as tf

    if isinstance(value, np.ndarray | np.generic):
        raise UnsoundError(
            f"it gives a NumPy array {_at(x)}: it has no gradient; use keras.ops or tensorflow"
        )
    if not isinstance(value, tf.Tensor):
        raise UnsoundError(f"it gives {kind(value)} {_at(x)}, not a tensor")
    return value.numpy()


def _values(layer, x) -> np.ndarray:
    with blamed(f"it raises {_at(x)}"):
        return _array(layer(x), x)


def _shapes(factory) -> None:
    for shape in ((3,), (2, 3), (2, 3, 4)):
        for dtype in ("float32", "float64"):
            x = np.linspace(-2, 2, int(np.prod(shape))).reshape(shape).astype(dtype)
            y = _values(factory(dtype=dtype), x)
            if y.shape != shape:
                raise UnsoundError(f"it gives shape {y.shape} {_at(x)}")
            if str(y.dtype) != dtype:
                raise UnsoundError(f"it gives {y.dtype} {_at(x)}")


def _state(factory) -> None:
    layer, x = factory(dtype="float32"), np.linspace(-3, 3, 24, dtype="float32").reshape(2, 12)
    first = _values(layer, x)
    if layer.variables:
        names = ", ".join(each.path.removeprefix(f"{layer.name}/") for each in layer.variables)
        raise UnsoundError(f"it has weights or state, which a trial cannot take: {names}")
    for when, options in (("the second time", {}), ("in training", {"training": True})):
        again = _values(lambda z, options=options: layer(z, **options), x)
        other = (first != again) & ~(np.isnan(first) & np.isnan(again))
        if other.any():
            raise UnsoundError(f"it gives another value {when}, at x = {x[other][0]:g}")


def _elementwise(factory) -> None:
    layer = factory(dtype="float32")
    # In no order: sorting would leave them where they are.
    x = np.linspace(-3, 3, 24, dtype="float32")[np.arange(24) * 7 % 24]
    together = _values(layer, x.reshape(2, 3, 4)).ravel()
    alone = np.concatenate([_values(layer, x[i : i + 1].reshape(1, 1))[0] for i in range(len(x))])
    other = ~np.isclose(together, alone, rtol=1e-4, atol=1e-6, equal_nan=True)
    if other.any():
        i = int(other.argmax())
        raise UnsoundError(
            f"it does not act on each element alone: at x = {x[i]:g} it gives {alone[i]:g} alone"
            f" and {together[i]:g} among others"
        )


def _passes(factory, x, how=PLAIN) -> tuple[np.ndarray, np.ndarray]:
    """Values and gradients at x, computed in one of three ways."""
    import tensorflow as tf

    layer = factory(dtype=str(x.dtype))

    def both(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = layer(z)
        return value, tape.gradient(value, z)

    function = both
    if how != PLAIN:
        # A partial, or TensorFlow takes many functions of the same lines for one.
        compiled = how == COMPILED
        function = tf.function(functools.partial(both), autograph=False, jit_compile=compiled)
    what = "its gradient raises" if how == PLAIN else f"it cannot be {how}"
    with blamed(f"{what} {_at(x)}"):
        value, slope = function(tf.constant(x))
        if slope is None:
            raise UnsoundError(f"it is not differentiable: no gradient {_at(x)}")
        return _array(value, x), np.asarray(slope)


def _differentiable(factory) -> None:
    _, slope = _passes(factory, np.linspace(-5, 5, 101, dtype="float32"))
    if not slope.any():
        raise UnsoundError("its gradient is 0 at every x from -5 to 5: nothing below it can learn")


def _refuse_other(how: str, x, expected, given) -> None:
    """Refuses values that another way to compute them does not give."""
    other = ~np.isclose(given, expected, rtol=1e-3, atol=1e-5, equal_nan=True)
    if other.any():
        raise UnsoundError(
            f"{how} it gives {given[other][0]:g} at x = {x[other][0]:g}, else"
            f" {expected[other][0]:g}"
        )


def _compiled(factory) -> None:
    x = np.linspace(-5, 5, 48, dtype="float32").reshape(2, 3, 8)
    value, slope = _passes(factory, x)
    wide_value, wide_slope = _passes(factory, x.astype("float64"))
    _refuse_other("in float64", x, value, wide_value)
    _refuse_other("in float64, as its gradient", x, slope, wide_slope)
    for how in (TRACED, COMPILED):
        other_value, other_slope = _passes(factory, x, how)
        _refuse_other(how, x, value, other_value)
        _refuse_other(f"{how}, as its gradient", x, slope, other_slope)


def _range(factory) -> list[dict]:
    """Values and gradients over the float range; findings here do not stop the trial."""
    x = INPUTS
    wide = _values(factory(dtype="float64"), x.astype("float64"))
    # Far out a function may be too large for float32, near 0 none has a reason to be.
    fits = (np.abs(wide) < np.finfo("float32").max) | (np.abs(x) <= 1)
    passes = {how: _passes(factory, x, how) for how in (PLAIN, COMPILED)}
    values = {how: value for how, (value, _) in passes.items()}
    bad = {how: np.isnan(v) | (~np.isfinite(v) & fits) for how, v in values.items()}
    rows = [_listed("finite values", x, values, bad)]
    # A slope may be infinite where it is so in float64 too, as the square root's at 0: still a
    # finding, as one such input ends all training.
    near = np.abs(x) <= REACH
    slopes = {how: slope[near] for how, (_, slope) in passes.items()}
    bad = {how: ~np.isfinite(slope) for how, slope in slopes.items()}
    rows.append(_listed("finite gradients", x[near], slopes, bad))
    ends = np.array(EXTREMES, "float32")
    found = ", ".join(
        f"f({at:g}) = {y:g}"
        for at, y in zip(ends, _values(factory(dtype="float32"), ends), strict=True)
    )
    return [*rows, row("at the ends", NOTE, found)]


def _listed(quantity, x, results, bad) -> dict:
    """A row that names the first few inputs that went wrong, plain before compiled by XLA."""
    either = bad[PLAIN] | bad[COMPILED]
    if not either.any():
        return row(quantity, OK, value=1.0)
    order = most_ordinary(x)
    shown = [
        f"{results[PLAIN][i]:g} at x = {x[i]:g}"
        if bad[PLAIN][i]
        else f"{results[COMPILED][i]:g} at x = {x[i]:g} {COMPILED}"
        for i in order[either[order]][:3]
    ]
    said = f"{int(either.sum())} of {len(x)} inputs: {', '.join(shown)}"
    return row(quantity, FINDING, said, 1 - either.mean())


def _differences(factory) -> dict:
    """The gradient against central finite differences in float64, away from kinks."""
    h = 1e-5
    x = np.linspace(-10, 10, 2_001) + 0.00317  # on no round number, where kinks are
    _, slope = _passes(factory, x)
    layer = factory(dtype="float64")
    beyond, below, middle, above, far = (_values(layer, x + d * h) for d in (-2, -1, 0, 1, 2))
    central, wider = (above - below) / (2 * h), (far - beyond) / (4 * h)
    bent = np.abs((above - middle) - (middle - below)) / h  # a kink or a jump in between
    scale = 1 + np.abs(central)
    # Differences err by a third of what twice the step changes in them: much near a pole.
    off = np.abs(slope - central) - np.abs(wider - central)
    other = (off > 1e-5 * scale) & (bent < 1e-2 * scale)
    if not other.any():
        return row("gradient against differences", OK)
    i = int(np.where(other, off / scale, 0).argmax())
    return row(
        "gradient against differences",
        FINDING,
        f"at {int(other.sum())} of {len(x)} inputs, most at x = {x[i]:g}: gradient {slope[i]:g},"
        f" differences {central[i]:g}",
    )
