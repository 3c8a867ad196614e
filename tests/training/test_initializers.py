"""Initial weights by the schemes of the literature, against what defines each of them."""

import keras
import numpy as np
import pytest
from scipy import stats

from reproductions.training import initializers, replicas, xor
from reproductions.training.initializers import initial_weights

MANY = range(400)


@pytest.fixture(scope="module")
def model():
    """Kernels of three shapes: more columns than rows, as many, fewer."""
    return xor.network((5, 5, 3), "sigmoid", "stable")


def kernels(weights):
    return weights[::2]


def biases(weights):
    return weights[1::2]


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_normal_weights_have_the_scale_as_their_standard_deviation(model, scale):
    for array in initial_weights(model, MANY, "normal", scale):
        assert stats.kstest(array.ravel(), stats.norm(0, scale).cdf).pvalue > 1e-4


def test_lecuns_kernels_have_a_variance_of_one_over_the_inputs(model):
    weights = initial_weights(model, MANY, "lecun")
    for kernel in kernels(weights):
        expected = stats.norm(0, 1 / np.sqrt(kernel.shape[0]))
        assert stats.kstest(kernel.ravel(), expected.cdf).pvalue > 1e-4


@pytest.mark.parametrize("scheme", ["glorot", "he"])
def test_glorots_and_hes_weights_are_those_of_the_engine(model, scheme):
    obtained, expected = (
        initial_weights(model, range(3), scheme),
        replicas.initial_weights(model, range(3), scheme),
    )
    for a, b in zip(obtained, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("scheme", ["lecun", "orthogonal", "lsuv"])
def test_biases_start_at_zero(model, scheme):
    weights = initial_weights(model, range(3), scheme, x=xor.X)
    assert not any(bias.any() for bias in biases(weights))


def test_orthogonal_kernels_have_orthonormal_rows_or_columns(model):
    for kernel in kernels(initial_weights(model, range(20), "orthogonal")):
        rows, columns, _ = kernel.shape
        few = "ior,ipr->opr" if columns <= rows else "ior,jor->ijr"
        products = np.einsum(few, kernel, kernel)
        expected = np.eye(min(rows, columns))[..., None]
        np.testing.assert_allclose(products, np.broadcast_to(expected, products.shape), atol=1e-6)


def test_orthogonal_kernels_are_uniformly_distributed():
    """Of the first unit of a column every value is as likely as its opposite, as of Haar's."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
    kernel, _ = initial_weights(model, range(2_000), "orthogonal")
    haar = stats.ortho_group(3, seed=1).rvs(2_000)
    for row in range(3):
        for column in range(3):
            same = stats.ks_2samp(kernel[row, column], haar[:, row, column])
            assert same.pvalue > 1e-4, (row, column)


def test_each_layer_of_lsuv_computes_the_variance_one(model):
    weights = initial_weights(model, range(4), "lsuv", x=xor.X)
    for seed in range(4):
        plain = keras.models.clone_model(model)
        plain.set_weights([array[..., seed] for array in weights])
        signal = xor.X
        for layer in plain.layers:
            signal = np.asarray(layer(signal))
            if isinstance(layer, keras.layers.Dense):
                assert np.var(signal.astype("float64")) == pytest.approx(1, rel=1e-3)


def test_lsuv_only_scales_orthogonal_kernels(model):
    scaled, plain = (initial_weights(model, [7], name, x=xor.X) for name in ("lsuv", "orthogonal"))
    for a, b in zip(kernels(scaled), kernels(plain), strict=True):
        np.testing.assert_allclose(a / a.ravel()[0], b / b.ravel()[0], rtol=1e-4)


def test_the_scaled_identity_passes_small_differences_through_sigmoids():
    model = xor.network((5, 5, 5), "sigmoid", "stable")
    weights = initial_weights(model, [3], "identity", scale=4.0)
    np.testing.assert_array_equal(weights[2][..., 0], 4 * np.eye(5))
    np.testing.assert_array_equal(weights[3], -2)
    assert not weights[1].any()
    assert not weights[-1].any()
    lecun = initial_weights(model, [3], "lecun")
    for place in (0, -2):  # kernels that are not square
        np.testing.assert_array_equal(weights[place], lecun[place])
    signal = 0.5 + np.linspace(-0.01, 0.01, 5)[None]
    plain = keras.models.clone_model(model)
    plain.set_weights([array[..., 0] for array in weights])
    passed = plain.layers[3](plain.layers[2](signal))  # the second of the hidden layers
    np.testing.assert_allclose(passed, signal, atol=1e-5)


@pytest.mark.parametrize("scheme", ["normal", "lecun", "orthogonal", "lsuv", "identity"])
def test_a_seed_has_the_same_weights_in_any_company(model, scheme):
    together = initial_weights(model, range(8), scheme, 2.0, xor.X)
    alone = initial_weights(model, [5], scheme, 2.0, xor.X)
    for a, b in zip(together, alone, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a[..., 5:6], b, rtol=1e-6)


@pytest.mark.parametrize("scheme", ["normal", "orthogonal"])
def test_normalizations_start_as_in_keras(scheme):
    layers = [keras.layers.Dense(3), keras.layers.BatchNormalization(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    obtained = initial_weights(model, range(2), scheme, 3.0)
    for a, b in zip(obtained[2:6], model.get_weights()[2:6], strict=True):
        np.testing.assert_array_equal(a, np.repeat(b[..., None], 2, axis=-1))
    drawn = replicas.initial_weights(model, range(2))
    assert (obtained[-2] != drawn[-2]).any()


def test_an_unknown_scheme_is_refused(model):
    with pytest.raises(ValueError, match=r"scheme must be one of .* Received: scheme='lecum'$"):
        initial_weights(model, [0], "lecum")


def test_lsuv_refuses_what_it_cannot_scale(model):
    with pytest.raises(ValueError, match=r"'lsuv' needs inputs\. Received: x=None$"):
        initial_weights(model, [0], "lsuv")
    x = keras.Input((2,))
    hidden = keras.layers.Dense(2)(x)
    branched = keras.Model(x, keras.layers.Dense(1)(keras.layers.Add()([x, hidden])))
    normalized = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(2), keras.layers.LayerNormalization()]
    )
    for other in (branched, normalized):
        with pytest.raises(ValueError, match=r"'lsuv' needs a chain .* Received: <"):
            initial_weights(other, [0], "lsuv", x=xor.X)


def test_every_scheme_is_tested():
    assert set(initializers.MADE) == {"lecun", "orthogonal", "lsuv", "identity"}
