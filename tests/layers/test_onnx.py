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


@pytest.mark.filterwarnings("ignore")  # the exporter's many notes on its own future
def test_keras_exports_all_but_elu(tmp_path):
    model = made([case for case in CASES if case.layer is not ELU])
    path = tmp_path / "model.onnx"
    model.export(path, format="onnx", verbose=False)
    assert_runs_alike(model, path)


@pytest.mark.filterwarnings("ignore")
def test_pytorch_exports_elu(tmp_path):
    """ONNX has no exp(x) - 1 of its own; PyTorch's newer exporter writes it in other terms."""
    import torch

    model = made([case for case in CASES if case.layer is ELU])
    path = tmp_path / "model.onnx"
    torch.onnx.export(model.eval(), (torch.tensor(X),), path, dynamo=True)
    assert_runs_alike(model, path)
