"""Values and gradients on the backend that Keras runs on, in each way that it can run."""

import keras
import numpy as np

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    MODES = ("eager", "graph", "xla")
    DTYPES = ("float32", "float64", "float16", "bfloat16")

    def _value_and_vjp(function, x, cotangent, mode):
        def compute(x, cotangent):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = function(x)
            return y, tape.gradient(y, x, output_gradients=cotangent)

        if mode != "eager":
            compute = tf.function(compute, jit_compile=mode == "xla", autograph=False)
        return compute(x, cotangent)

elif keras.backend.backend() == "torch":
    import torch

    MODES = ("eager",)
    DTYPES = ("float32", "float64", "float16", "bfloat16")

    def _value_and_vjp(function, x, cotangent, mode):
        x = x.detach().requires_grad_()
        y = function(x)
        (gradient,) = torch.autograd.grad(y, x, cotangent)
        return y.detach(), gradient

else:
    import jax

    MODES = ("eager", "jit")
    DTYPES = ("float32", "float16", "bfloat16")  # Keras has no float64 on JAX

    def _value_and_vjp(function, x, cotangent, mode):
        def compute(x, cotangent):
            y, vjp = jax.vjp(function, x)
            return y, vjp(cotangent)[0]

        return (jax.jit(compute) if mode == "jit" else compute)(x, cotangent)


def value_and_vjp(function, x, cotangent, mode):
    """Return, as float64 arrays, function(x) and the cotangent times its Jacobian at x.

    Both must come in x's dtype and shape, and the gradient must be a tensor.
    """
    y, gradient = _value_and_vjp(
        function,
        keras.ops.convert_to_tensor(x),
        keras.ops.convert_to_tensor(cotangent.astype(x.dtype)),
        mode,
    )
    assert gradient is not None
    return _as_float64(y, x), _as_float64(gradient, x)


def _as_float64(tensor, x):
    assert keras.backend.standardize_dtype(tensor.dtype) == x.dtype.name
    assert tuple(tensor.shape) == x.shape
    if x.dtype.name == "bfloat16":  # TensorFlow's bfloat16 tensors cannot be read as arrays
        tensor = keras.ops.cast(tensor, "float32")
    return keras.ops.convert_to_numpy(tensor).astype(np.float64)
