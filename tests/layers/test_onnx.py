"""The layers as ONNX, with the packages of tests/requirements-torch.txt."""

import keras
import numpy as np
import pytest

from custom_layers import ELU

from .cases import CASES

onnxruntime = pytest.importorskip("onnxruntime", reason="ONNX is an extra of PyTorch's environment")
if keras.backend.backend() != "torch":
    pytest.skip("ONNX is tested on PyTorch alone", allow_module_level=True)
X = np.random.default_rng(5).normal(scale=3, size=(5, 3, 4)).astype("float32")


def assert_runs_alike(model, path):
    session = onnxruntime.InferenceSession(path)
    outputs = session.run(None, {session.get_inputs()[0].name: X})
    for expected, obtained in zip(model(X), outputs, strict=True):
        expected = keras.ops.convert_to_numpy(expected)
        np.testing.assert_allclose(obtained, expected, rtol=1e-5, atol=1e-6)


def made(cases):
    inputs = keras.Input((3, 4))
    model = keras.Model(inputs, [case.make()(inputs) for case in cases])
    model(X)  # Keras exports what has been called
    return model


OTHERS = [case for case in CASES if case.layer is not ELU]
ELUS = [case for case in CASES if case.layer is ELU]
quietly = pytest.mark.filterwarnings("ignore")  # the exporters' many notes on their own future


@quietly
def test_keras_exports_every_layer_for_inputs_of_a_fixed_size(tmp_path):
    model, path = made(CASES), tmp_path / "model.onnx"
    size = [keras.InputSpec(shape=X.shape, dtype="float32")]
    model.export(path, format="onnx", input_signature=size, verbose=False)
    assert_runs_alike(model, path)


@quietly
def test_keras_exports_all_but_elu_for_any_number_of_inputs(tmp_path):
    model, path = made(OTHERS), tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False)
    assert_runs_alike(model, path)
    with pytest.raises(Exception, match="aten::expm1"):
        made(ELUS).export(path, format="onnx", verbose=False)


@quietly
def test_with_keras_own_elu_in_its_place_any_number_of_inputs_is_exported(tmp_path):
    def with_keras_elu(layer):
        if isinstance(layer, ELU):
            return keras.layers.ELU(layer.alpha, name=layer.name)
        return layer.from_config(layer.get_config())

    model, path = made(ELUS), tmp_path / "model.onnx"
    twin = keras.models.clone_model(model, clone_function=with_keras_elu)
    twin(X)
    twin.export(path, format="onnx", verbose=False)
    assert_runs_alike(model, path)
