"""What the XOR problem's networks are asked for by name."""

import pytest

from reproductions.training import activations, xor

NAMES = "sigmoid, tanh, relu, leaky_relu, elu, softplus, swish, linear"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("gelu", "; did you mean elu or relu?"),
        ("leaky", "; did you mean leaky_relu?"),
        ("Tanh", "; did you mean tanh?"),
        ("maxout", "."),
        (None, "."),
        (["relu"], "; did you mean relu?"),
    ],
)
def test_an_unknown_activation_is_refused_with_the_nearest_names(name, near):
    for call in (lambda: xor.network((2,), name, "stable"), lambda: activations.layer(name)):
        with pytest.raises(ValueError, match="name must be one of") as error:
            call()
        said = f"name must be one of {NAMES}{near} Received: name={name!r}"
        assert str(error.value) == said


def test_an_unknown_loss_is_refused_with_the_nearest_names():
    said = r"^loss must be one of document, stable; did you mean stable\? Received: loss='stabel'$"
    for call in (lambda: xor.network((2,), "tanh", "stabel"), lambda: xor.records("stabel")):
        with pytest.raises(ValueError, match=said):
            call()
