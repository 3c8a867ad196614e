"""Which inputs are looked at before a function is measured, and what is said of each, exactly.

Functions are NumPy's here, so that nothing is traced or compiled.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from reproductions.trial import soundness
from reproductions.trial.candidate import INPUTS, UnsoundError
from reproductions.trial.soundness import COMPILED, PLAIN, TRACED

SAME = object()


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """Layers are functions of arrays, whose gradient their maker knows."""
    monkeypatch.setattr(soundness, "_values", lambda layer, x: layer(x))

    def passes(factory, x, how=PLAIN):
        layer = factory(dtype=str(x.dtype))
        return layer(x, how), factory.slope(x, how)

    monkeypatch.setattr(soundness, "_passes", passes)


class Function:
    """Makes layers of a function, and keeps what they are called with."""

    def __init__(self, value=lambda x, how: np.tanh(x), slope=None, variables=()):
        self.seen, self.value, self.variables = [], value, variables
        self.slope = slope or (lambda x, how: 1 - np.tanh(x) ** 2)

    def __call__(self, dtype):
        return Layer(self, dtype)


class Layer:
    name = "candidate"

    def __init__(self, function, dtype):
        self.function, self.dtype, self.variables = function, dtype, function.variables

    def __call__(self, x, how=PLAIN, training=False):
        self.function.seen.append((x, self.dtype, training))
        return np.asarray(self.function.value(x, how))


def refused(check, function):
    with pytest.raises(UnsoundError) as error:
        check(function)
    return str(error.value)


def grid(low, high, count, shape=None, dtype="float32"):
    return np.linspace(low, high, count).astype(dtype).reshape(shape or (count,))


def looked_at(check, function, expected):
    """Asserts that a check calls its function with these arrays, in layers of their dtype."""
    check(function)
    assert len(function.seen) == len(expected)
    for (x, dtype, _), wanted in zip(function.seen, expected, strict=True):
        assert (x.dtype, x.shape, dtype) == (wanted.dtype, wanted.shape, str(wanted.dtype))
        assert x == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_shapes_and_dtypes_are_kept():
    shapes = {(3,): 3, (2, 3): 6, (2, 3, 4): 24}
    kinds = ("float32", "float64")
    grids = [grid(-2, 2, n, shape, kind) for shape, n in shapes.items() for kind in kinds]
    looked_at(soundness._shapes, Function(), grids)
    flat = Function(lambda x, how: np.ravel(x))
    assert refused(soundness._shapes, flat) == "it gives shape (6,) on float32 of shape (2, 3)"
    half = Function(lambda x, how: x.astype("float32"))
    assert refused(soundness._shapes, half) == "it gives float32 on float64 of shape (3,)"


def test_a_function_gives_the_same_again_and_in_training():
    x = grid(-3, 3, 24, (2, 12))
    function = Function(lambda x, how: np.where(x < 0, np.nan, x))
    looked_at(soundness._state, function, [x] * 3)
    assert [training for _, _, training in function.seen] == [False, False, True]
    for changed, when in ((1, "the second time"), (2, "in training")):
        for before, after in ((np.nan, 1.0), (1.0, np.nan), (1.0, 2.0)):
            calls = iter(range(3))

            def value(x, how, before=before, after=after, changed=changed, calls=calls):
                return np.where(x == x.max(), after if next(calls) == changed else before, x)

            said = f"it gives another value {when}, at x = 3"
            assert refused(soundness._state, Function(value)) == said
    weights = [SimpleNamespace(path="candidate/slope"), SimpleNamespace(path="inner/candidate/a")]
    assert refused(soundness._state, Function(variables=weights)) == (
        "it has weights or state, which a trial cannot take: slope, inner/candidate/a"
    )


def test_each_element_is_looked_at_alone_too():
    x = grid(-3, 3, 24)[np.arange(24) * 7 % 24]
    function = Function()
    alone = [each.reshape(1, 1) for each in x]
    looked_at(soundness._elementwise, function, [x.reshape(2, 3, 4), *alone])
    assert sorted(x) != list(x)
    assert (np.diff(x) < 0).any()

    def off(by):
        return Function(lambda z, how: z + (by if z.size > 1 else 0) * (z == z.max()))

    said = "it does not act on each element alone: at x = 3 it gives 3 alone and 3.001 among others"
    assert refused(soundness._elementwise, off(1e-3)) == said
    soundness._elementwise(off(2e-4))  # rounding
    soundness._elementwise(Function(lambda z, how: z * np.nan))
    small = Function(lambda z, how: z * 0 + (2e-6 if z.size > 1 else 0))
    assert refused(soundness._elementwise, small).endswith(
        "it gives 0 alone and 2e-06 among others"
    )
    soundness._elementwise(Function(lambda z, how: z * 0 + (9e-7 if z.size > 1 else 0)))


def test_some_slope_is_needed_from_minus_5_to_5():
    looked_at(soundness._differentiable, Function(), [grid(-5, 5, 101)])
    flat = Function(slope=lambda x, how: x * 0)
    said = "its gradient is 0 at every x from -5 to 5: nothing below it can learn"
    assert refused(soundness._differentiable, flat) == said
    soundness._differentiable(Function(slope=lambda x, how: (x == 5) * 1.0))


def test_every_way_to_compute_gives_the_same():
    x = grid(-5, 5, 48, (2, 3, 8))
    function = Function()
    looked_at(soundness._compiled, function, [x, x.astype("float64"), x, x])

    def off(way, gradient):
        def changed(x, how):
            here = "float64" if x.dtype == "float64" else how
            return x * 0 + (1.5 if here == way else 1.0) * (np.abs(x) > 4.9)

        fine = Function()
        return Function(fine.value, changed) if gradient else Function(changed, fine.slope)

    for way, said in (("float64", "in float64"), (TRACED, TRACED), (COMPILED, COMPILED)):
        for gradient, what in ((False, ""), (True, ", as its gradient")):
            assert refused(soundness._compiled, off(way, gradient)) == (
                f"{said}{what} it gives 1.5 at x = -5, else 1"
            )


def test_what_a_check_raises_is_a_finding_and_a_warning_is_none(monkeypatch):
    def none(dtype):
        raise ValueError("no layer.")

    assert refused(soundness.check, none) == "it raises: ValueError: no layer"

    def value(x, how):
        np.log(np.zeros(1))
        return np.tanh(x)

    noisy = Function(value, lambda x, how: 1 / np.cosh(x) ** 2)
    rows = soundness.check(noisy)
    assert [(row["quantity"], row["verdict"]) for row in rows] == [
        ("shape and dtype", "ok"), ("state", "ok"), ("elementwise", "ok"),
        ("differentiable", "ok"), ("traced and compiled", "ok"), ("finite values", "ok"),
        ("finite gradients", "ok"), ("at the ends", "note"),
        ("gradient against differences", "ok"),
    ]  # fmt: skip
    assert {row["check"] for row in rows} == {"soundness"}
    assert rows[7]["finding"] == "f(-inf) = -1, f(inf) = 1, f(nan) = nan"


def test_values_must_be_finite_where_float32_can_hold_them():
    def ranged(value=SAME, slope=SAME):
        function = Function()
        rows = soundness._range(
            Function(
                function.value if value is SAME else value,
                function.slope if slope is SAME else slope,
            )
        )
        return [(row["quantity"], row["verdict"], row["finding"]) for row in rows[:2]], rows

    fine = [("finite values", "ok", ""), ("finite gradients", "ok", "")]
    with np.errstate(all="ignore"):
        found, rows = ranged()
        assert (found, [row["value"] for row in rows[:2]]) == (fine, [1.0, 1.0])
        # 1e20 squared is beyond float32, and so it may overflow; 1e19 squared is not.
        assert ranged(lambda x, how: x * x)[0] == fine
        most = np.float32(1e19)
        too_soon = ranged(lambda x, how: np.where(
            (np.abs(x) >= most) & (x.dtype == "float32"), np.inf, x * x))[0]  # fmt: skip
        assert too_soon[0][1:] == ("finding", f"2 of {len(INPUTS)} inputs: inf at x = -1e+19,"
                                   " inf at x = 1e+19")  # fmt: skip
        # Near 0 no function has a reason to be infinite, whatever it is in float64.
        pole = ranged(lambda x, how: np.where(np.abs(x) == 0.5, np.inf, x))[0][0]
        assert pole[1:] == ("finding", f"2 of {len(INPUTS)} inputs: inf at x = -0.5,"
                            " inf at x = 0.5")  # fmt: skip
        assert (
            ranged(lambda x, how: np.where((np.abs(x) > 1) & (np.abs(x) < 2), np.inf, x))[0] == fine
        )
        edge = ranged(lambda x, how: np.where(x == 1, np.inf, x))[0][0]
        assert edge[2] == f"1 of {len(INPUTS)} inputs: inf at x = 1"
        # NaN is a finding anywhere, and compiled too.
        far = ranged(
            lambda x, how: np.where((x == np.float32(1e30)) & (how == COMPILED), np.nan, x)
        )
        assert far[0] == [("finite values", "finding", f"1 of {len(INPUTS)} inputs: nan at"
                           " x = 1e+30 compiled by XLA"), fine[1]]  # fmt: skip
        assert far[1][0]["value"] == pytest.approx(1 - 1 / len(INPUTS))


def test_the_ends_are_looked_at_in_float32():
    function = Function()
    soundness._range(function)
    x, dtype, _ = function.seen[-1]
    assert (x.dtype, dtype) == ("float32", "float32")
    assert x[:2].tolist() == [-np.inf, np.inf]
    assert np.isnan(x[2:]).tolist() == [True]


def test_gradients_must_be_finite_up_to_1e4():
    near = int((np.abs(INPUTS) <= 1e4).sum())
    assert near == len(INPUTS) - 10
    with np.errstate(all="ignore"):
        for at, said in ((1e8, ""), (1e4, f"1 of {near} inputs: inf at x = 10000")):
            function = Function(slope=lambda x, how, at=at: np.where(x == at, np.inf, 1.0))
            row = soundness._range(function)[1]
            assert (row["finding"], row["quantity"]) == (said, "finite gradients")
        function = Function(slope=lambda x, how: np.where((x == 0) & (how == COMPILED), np.nan, 1))
        said = f"nan at x = 0 {COMPILED}, nan at x = -0 {COMPILED}"
        assert soundness._range(function)[1]["finding"] == f"2 of {near} inputs: {said}"


def test_a_gradient_is_what_differences_are():
    x = np.linspace(-10, 10, 2_001) + 0.00317
    grids = [x + d * 1e-5 for d in (0, -2, -1, 0, 1, 2)]
    function = Function()
    assert soundness._differences(function)["verdict"] == "ok"
    assert len(function.seen) == len(grids)
    for (seen, dtype, _), grid in zip(function.seen, grids, strict=True):
        assert (seen.dtype, dtype) == ("float64", "float64")
        assert seen == pytest.approx(grid, rel=0, abs=1e-12)

    def off(by, at):
        return Function(slope=lambda z, how: 1 - np.tanh(z) ** 2 + by * (np.abs(z - at) < 1e-9))

    for by in (0.9e-5, -0.9e-5):
        assert soundness._differences(off(by, x[1700]))["verdict"] == "ok"
    row = soundness._differences(off(1.5e-4, x[1000]))
    assert (row["quantity"], row["verdict"]) == ("gradient against differences", "finding")
    assert row["finding"] == (
        "at 1 of 2001 inputs, most at x = 0.00317: gradient 1.00014, differences 0.99999"
    )
    assert np.isnan(row["value"])
    # A kink or a jump between two inputs is no wrong gradient.
    kink = Function(lambda z, how: np.maximum(z, x[900]), lambda z, how: (z > x[900]) * 1.0)
    assert soundness._differences(kink)["verdict"] == "ok"
    jump = Function(lambda z, how: z + (z > x[900]), lambda z, how: z * 0 + 1)
    assert soundness._differences(jump)["verdict"] == "ok"
    # What is far off is held against how steep it is; and how bent it may be, too.
    steep = Function(lambda z, how: 100 * z, lambda z, how: z * 0 + 100 + 9e-4)
    assert soundness._differences(steep)["verdict"] == "ok"
    bent = Function(lambda z, how: 50 * z**2, lambda z, how: 100 * z + 1)
    assert "at 2001 of 2001 inputs" in soundness._differences(bent)["finding"]
    # Of several the one is named that is furthest off for its size.
    two = Function(lambda z, how: np.where(z > 0, 100 * z, z),
                   lambda z, how: np.where(z > 0, 100.05, 1.001))  # fmt: skip
    said = soundness._differences(two)["finding"]
    assert said.endswith("gradient 1.001, differences 1")


def test_differences_are_trusted_as_far_as_twice_the_step_agrees():
    """Near a pole the differences are wrong by a third of what twice the step changes in them."""
    pole = 0.5031

    def slope(z, how):
        return -1 / (z - pole) ** 2

    found = soundness._differences(Function(lambda z, how: 1 / (z - pole), slope))
    assert found["verdict"] == "ok"
