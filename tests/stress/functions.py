"""Activation functions for trials: real ones, from libraries and papers, and wrong ones.

`outcomes` holds what trials must find in them.
"""

import functools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops

import custom_layers

PI = math.pi
ROOT_2 = math.sqrt(2)


def _soft_exponential(x, alpha=0.3):
    return (ops.exp(alpha * x) - 1) / alpha + alpha


def _smelu(x, beta=1.0):
    middle = (x + beta) ** 2 / (4 * beta)
    return ops.where(x >= beta, x, ops.where(x <= -beta, ops.zeros_like(x), middle))


def _sqnl(x):
    bent = x - ops.sign(x) * x**2 / 4
    return ops.where(ops.abs(x) <= 2, bent, ops.sign(x))


def _elish(x):
    negative = ops.expm1(ops.minimum(x, 0.0))
    return ops.where(x >= 0, x, negative) * ops.sigmoid(x)


def _hard_elish(x):
    gate = ops.clip((x + 1) / 2, 0.0, 1.0)
    return ops.where(x >= 0, x, ops.expm1(ops.minimum(x, 0.0))) * gate


def _pflu(x):
    return x * (1 + x / ops.sqrt(1 + x**2)) / 2


def _srelu(x):
    """S-shaped: a slope of 0.2 below -1 and of 0.5 above 1."""
    return ops.where(x > 1, 1 + (x - 1) / 2, ops.where(x < -1, -1 + (x + 1) / 5, x))


def _rational(x):
    """A Padé approximant of the leaky ReLU, its denominator above 0."""
    above = 0.02 + 0.62 * x + 1.2 * x**2 + 0.5 * x**3
    return above / (1 + ops.abs(1.2 * x) + 0.6 * x**2)


def _isrlu(x):
    return ops.where(x >= 0, x, x / ops.sqrt(1 + ops.minimum(x, 0.0) ** 2))


def _apl(x):
    """Adaptive piecewise linear, with two hinges."""
    return ops.relu(x) + 0.2 * ops.relu(-x + 1) - 0.3 * ops.relu(-x - 0.5)


PAPERS = {
    # By name; the first paper to use it, where there is one.
    "absolute value": ops.abs,
    "APL (Agostinelli 2014)": _apl,
    "arctan": ops.arctan,
    "arcsinh": ops.arcsinh,
    "Aria-2 (Patwardhan 2023)": lambda x: x * ops.sigmoid(x) ** 2,
    "bent identity": lambda x: (ops.sqrt(x**2 + 1) - 1) / 2 + x,
    "bipolar sigmoid": lambda x: 2 * ops.sigmoid(x) - 1,
    "bounded ReLU (Liew 2016)": lambda x: ops.clip(x, 0.0, 2.0),
    "CELU (Barron 2017)": lambda x: ops.relu(x) + ops.expm1(ops.minimum(x / 2, 0.0)) * 2,
    "complementary log-log": lambda x: -ops.expm1(-ops.exp(ops.minimum(x, 5.0))),
    "cosine": ops.cos,
    "decaying sine unit (Noel 2021)": lambda x: PI / 2 * (_sinc(x - PI) - _sinc(x + PI)),
    "dSiLU (Elfwing 2018)": lambda x: ops.sigmoid(x) * (1 + x * (1 - ops.sigmoid(x))),
    "E-swish (Alcaide 2018)": lambda x: 1.5 * x * ops.sigmoid(x),
    "Elliott (Elliott 1993)": lambda x: 0.5 * x / (1 + ops.abs(x)) + 0.5,
    "ELiSH (Basirat 2018)": _elish,
    "ELU with a shift (Grelsson 2018)": lambda x: ops.elu(x) + 1,
    "erf": ops.erf,
    "ErfReLU (Rajanand 2023)": lambda x: ops.where(x >= 0, x, 0.5 * ops.erf(x)),
    "FReLU (Qiu 2018)": lambda x: ops.relu(x) - 0.398,
    "Gaussian": lambda x: ops.exp(-(x**2)),
    "GELU (Hendrycks 2016)": lambda x: x * (1 + ops.erf(x / ROOT_2)) / 2,
    "GELU by tanh": lambda x: x / 2 * (1 + ops.tanh(math.sqrt(2 / PI) * (x + 0.044715 * x**3))),
    "GELU by sigmoid": lambda x: x * ops.sigmoid(1.702 * x),
    "growing cosine unit (Noel 2021)": lambda x: x * ops.cos(x),
    "hard ELiSH (Basirat 2018)": _hard_elish,
    "hard sigmoid (Courbariaux 2015)": lambda x: ops.clip(x / 6 + 0.5, 0.0, 1.0),
    "hard swish (Howard 2019)": lambda x: x * ops.clip(x + 3, 0.0, 6.0) / 6,
    "hard tanh (Collobert 2004)": lambda x: ops.clip(x, -1.0, 1.0),
    "hardshrink": lambda x: ops.where(ops.abs(x) > 0.5, x, ops.zeros_like(x)),
    "inverse square root unit (Carlile 2017)": lambda x: x / ops.sqrt(1 + x**2),
    "ISRLU (Carlile 2017)": _isrlu,
    "leaky ReLU (Maas 2013)": lambda x: ops.maximum(x, 0.01 * x),
    "LeCun's tanh (LeCun 1998)": lambda x: 1.7159 * ops.tanh(2 / 3 * x),
    "LiSHT (Roy 2019)": lambda x: x * ops.tanh(x),
    "log of both signs": lambda x: ops.sign(x) * ops.log1p(ops.abs(x)),
    "Logish (Zhu 2021)": lambda x: x * ops.log1p(ops.sigmoid(x)),
    "maxout of the same input": lambda x: ops.maximum(0.5 * x + 0.1, ops.maximum(-x, 2 * x - 1)),
    "Mexican hat": lambda x: (1 - x**2) * ops.exp(-(x**2) / 2),
    "Mish (Misra 2019)": lambda x: x * ops.tanh(ops.softplus(x)),
    "natural log ReLU (Liu 2019)": lambda x: ops.log1p(ops.relu(x)),
    "non-monotonic cubic unit (Noel 2021)": lambda x: x - x**3,
    "PFLU (Zhu 2021)": _pflu,
    "Phish (Naveen 2022)": lambda x: x * ops.tanh(GELU(x)),
    "probit": lambda x: (1 + ops.erf(x / ROOT_2)) / 2,
    "rational (Molina 2019)": _rational,
    "ReLU (Nair 2010)": lambda x: ops.maximum(x, ops.zeros_like(x)),
    "ReLU of a sine": lambda x: ops.relu(ops.sin(x)),
    "ReLU squared (So 2021)": lambda x: ops.relu(x) ** 2,
    "ReLU6 (Krizhevsky 2010)": lambda x: ops.minimum(ops.relu(x), 6.0),
    "RePU of order 3": lambda x: ops.relu(x) ** 3,
    "rootsig": lambda x: x / (1 + ops.sqrt(1 + x**2)),
    "SELU (Klambauer 2017)": lambda x: (
        1.0507009873554805 * ops.where(x > 0, x, 1.6732632423543772 * ops.expm1(ops.minimum(x, 0)))
    ),
    "Serf (Nag 2021)": lambda x: x * ops.erf(ops.softplus(x)),
    "shifted ReLU": lambda x: ops.maximum(x, -1.0),
    "shifted quadratic unit (Noel 2021)": lambda x: x**2 + x,
    "sine": ops.sin,
    "sine of 30 x (Sitzmann 2020)": lambda x: ops.sin(30 * x),
    "SLU (Zhao 2018)": lambda x: ops.where(x >= 0, x, 2 * ops.softplus(x) - 2 * math.log(2)),
    "SmeLU (Shamir 2022)": _smelu,
    "Smish (Wang 2022)": lambda x: x * ops.tanh(ops.log1p(ops.sigmoid(x))),
    "Snake (Ziyin 2020)": lambda x: x + ops.sin(x) ** 2,
    "soft clipping (Klimek 2018)": lambda x: ops.softplus(x + 0.5) - ops.softplus(x - 0.5),
    "soft exponential (Godfrey 2015)": _soft_exponential,
    "softplus, sharper": lambda x: ops.softplus(5 * x) / 5,
    "softshrink": lambda x: ops.sign(x) * ops.relu(ops.abs(x) - 0.5),
    "softsign (Bergstra 2009)": lambda x: x / (1 + ops.abs(x)),
    "square nonlinearity (Wuraola 2018)": _sqnl,
    "squareplus (Barron 2021)": lambda x: (x + ops.sqrt(x**2 + 4)) / 2,
    "SReLU (Jin 2016)": _srelu,
    "StarReLU (Yu 2022)": lambda x: 0.8944 * ops.relu(x) ** 2 - 0.4472,
    "swish of slope 1.5 (Ramachandran 2017)": lambda x: x * ops.sigmoid(1.5 * x),
    "tanh of both signs": lambda x: ops.where(x > 0, ops.tanh(x), 0.25 * ops.tanh(x)),
    "TanhExp (Liu 2020)": lambda x: x * ops.tanh(ops.exp(ops.minimum(x, 20.0))),
    "tanhshrink": lambda x: x - ops.tanh(x),
    "thresholded ReLU (Konda 2014)": lambda x: ops.where(x > 1, x, ops.zeros_like(x)),
    "triangle": lambda x: ops.relu(1 - ops.abs(x)),
}


def _sinc(x):
    # sin(x) / x, with a number in the place of 0 that no gradient is lost at.
    sound = ops.where(x == 0, ops.ones_like(x), x)
    return ops.where(x == 0, ops.ones_like(x), ops.sin(sound) / sound)


GELU = PAPERS["GELU (Hendrycks 2016)"]


def library(module) -> dict:
    """Whatever a module offers under a name without underscore that can be called."""
    return {name: getattr(module, name) for name in dir(module) if _offered(module, name)}


def _offered(module, name) -> bool:
    return not name.startswith("_") and callable(getattr(module, name))


OF_TF_NN = (
    "elu", "gelu", "leaky_relu", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softsign",
    "swish", "tanh", "crelu", "l2_loss", "l2_normalize", "log_softmax", "softmax", "zero_fraction",
)  # fmt: skip
OF_TF_MATH = (
    "abs", "asinh", "atan", "cos", "cosh", "erf", "exp", "expm1", "log_sigmoid", "sigmoid", "sin",
    "sinh", "softplus", "square", "tanh",
    # Of these only a part of the line is sound.
    "acos", "acosh", "asin", "atanh", "digamma", "lgamma", "log", "log1p", "reciprocal", "rsqrt",
    "sqrt", "tan",
    # And of these nothing can be learnt.
    "ceil", "floor", "rint", "round", "sign", "zero_fraction", "is_finite", "logical_not",
)  # fmt: skip
LAYERS = {
    "Activation, gelu": keras.layers.Activation("gelu"),
    "ELU, alpha 0.5": keras.layers.ELU(alpha=0.5),
    "Identity": keras.layers.Identity,
    "LeakyReLU, instance": keras.layers.LeakyReLU(negative_slope=0.2),
    "LeakyReLU, class": keras.layers.LeakyReLU,
    "ReLU up to 3, above 0.5": keras.layers.ReLU(max_value=3, negative_slope=0.1, threshold=0.5),
    "ReLU, made": lambda: keras.layers.ReLU(),
    "ReLU, made of one name": lambda: keras.layers.ReLU(name="relu"),
    "Rescaling": keras.layers.Rescaling(2.0, offset=1.0),
    "Dropout": keras.layers.Dropout(0.5),
    "GaussianNoise": keras.layers.GaussianNoise(0.1),
    "LayerNormalization": keras.layers.LayerNormalization(),
    "PReLU": keras.layers.PReLU,
    "Sequential": keras.Sequential([keras.layers.ReLU()]),
    "Softmax": keras.layers.Softmax(),
    "UnitNormalization": keras.layers.UnitNormalization(),
    "Dense, made": lambda: keras.layers.Dense(3),
    "Dense, class": keras.layers.Dense,
}
OWN = {
    "Threshold": custom_layers.Threshold,
    "Linear": custom_layers.Linear,
    "Sigmoid": custom_layers.Sigmoid(),
    "Tanh": custom_layers.Tanh,
    "ReLU": custom_layers.ReLU(),
    "LeakyReLU": custom_layers.LeakyReLU(negative_slope=0.3),
    "ELU": custom_layers.ELU(alpha=0.7),
    "Softplus": custom_layers.Softplus,
    "Swish": custom_layers.Swish(),
    "Softmax": custom_layers.Softmax(temperature=2.0),
}


class Leaves(BaseException):
    """What no `except Exception` sees."""


class Layer(keras.Layer):
    """A sound layer, which those below spoil in one way each."""

    slope = 1.0

    def call(self, x):
        return self.slope * ops.tanh(x)


class Weighted(Layer):
    def build(self, shape):
        self.weight = self.add_weight(shape=(), initializer="ones", name="slope")

    def call(self, x):
        return self.weight * x


class Counting(Layer):
    count = 0

    def call(self, x):
        self.count += 1
        return x * self.count


class Training(Layer):
    def call(self, x, training=False):
        return ops.tanh(x) if training else x


class NoConfig(Layer):
    def get_config(self):
        raise RuntimeError("no config")


class OddConfig(Layer):
    def get_config(self):
        return ["not", "a", "dictionary"]


class OtherConfig(Layer):
    def get_config(self):
        return {"nothing of": "this layer's"}


class LeavingConfig(Layer):
    def get_config(self):
        raise SystemExit(0)


class LeavingInit(Layer):
    def __init__(self):
        raise SystemExit(0)


class Demanding(Layer):
    def __init__(self, slope):
        super().__init__()


class Plain:
    """No layer, and no function of a tensor."""


class Callable:
    """An object that is called like a function."""

    def __call__(self, x):
        return ops.tanh(x)


def _stated():
    layer = Layer()
    layer.slope = 3.0
    return layer


def _raise(error):
    raise error


@tf.custom_gradient
def _wrong_gradient(x):
    return ops.tanh(x), lambda above: above * (1 - ops.tanh(x))


@tf.custom_gradient
def _leaving_gradient(x):
    return ops.tanh(x), lambda above: _raise(SystemExit(0))


@tf.custom_gradient
def _nan_gradient(x):
    return x, lambda above: tf.where(tf.abs(x) < 1e-3, tf.cast(math.nan, x.dtype), above)


_RANDOM = np.random.Generator(np.random.Philox(1))
_CALLS = []
_STATE = tf.Variable(1.0, dtype="float64")


def _counted(x):
    _CALLS.append(1)
    return x + len(_CALLS)


def _python_loop(x):
    return tf.stack([ops.tanh(each) for each in x])


def _optional(x=None):
    return ops.tanh(x)


def _makes_or_is(x=None):
    return keras.layers.ReLU() if x is None else ops.tanh(x)


def _batch_normalised(x):
    return (x - ops.mean(x)) / (ops.std(x) + 1e-3)


def _numpy_inside(x):
    return x * np.tanh(x)


def _nan_in_places(x):
    return ops.where(ops.abs(x - 0.5) < 0.01, math.nan * x, ops.tanh(x))


WRONG = {
    "a number": 3,
    "a text": "relu",
    "None": None,
    "a class of no layer": Plain,
    "a layer with weights": Weighted(),
    "a class with weights": Weighted,
    "a layer that counts": Counting(),
    "a layer with state": _stated(),
    "a layer of two ways": Training(),
    "get_config raises": NoConfig(),
    "get_config gives a list": OddConfig(),
    "get_config of another": OtherConfig(),
    "get_config leaves": LeavingConfig(),
    "__init__ leaves": LeavingInit,
    "__init__ wants more": Demanding,
    "makes nonsense": lambda: "a layer",
    "makes None": lambda: None,
    "makes an error": lambda: 1 / 0,
    "makes unlike layers": lambda: keras.layers.LeakyReLU(negative_slope=_RANDOM.uniform()),
    "leaves": lambda x: _raise(SystemExit(0)),
    "leaves by its own way": lambda x: _raise(Leaves("away")),
    "leaves when differentiated": _leaving_gradient,
    "leaves when traced": lambda x: ops.tanh(x) if tf.executing_eagerly() else _raise(Leaves()),
    "raises": lambda x: _raise(ValueError("no")),
    "raises on two axes": lambda x: x if x.ndim == 1 else _raise(IndexError("axes")),
    "asserts": lambda x: _raise(AssertionError()),
    "recurses": lambda x: WRONG["recurses"](x),
    "imports what is not there": lambda x: __import__("no_such_module").tanh(x),
    "misspells": lambda x: keras.ops.tahn(x),
    "two inputs": lambda x, y: x + y,
    "no inputs": lambda *, x: x,
    "gives None": lambda x: None,
    "gives a list": lambda x: [x],
    "gives a tuple": lambda x: (x, x),
    "gives a number": lambda x: 1.0,
    "gives a text": lambda x: "x",
    "gives itself": lambda x: WRONG["gives itself"],
    "gives a layer": lambda x: keras.layers.ReLU(),
    "gives a sparse tensor": lambda x: tf.sparse.from_dense(x),
    "gives a variable": lambda x: tf.Variable(x),
    "sum": lambda x: ops.sum(x),
    "mean of the last axis": lambda x: ops.mean(x, axis=-1),
    "one more axis": lambda x: x[None],
    "one less input": lambda x: x[..., 1:],
    "transposed": lambda x: tf.transpose(x),
    "doubled": lambda x: tf.concat([x, -x], axis=-1),
    "flat": lambda x: tf.reshape(x, [-1]),
    "reversed": lambda x: x[..., ::-1],
    "sorted from below": lambda x: tf.sort(x),
    "shifted": lambda x: tf.roll(x, 1, axis=-1),
    "another value in float64": lambda x: ops.tanh(x) * (1.1 if x.dtype == tf.float64 else 1),
    "another value when traced": lambda x: ops.tanh(x) * (1 if tf.executing_eagerly() else 1.1),
    "float32 always": lambda x: ops.cast(ops.tanh(x), "float32"),
    "float64 always": lambda x: ops.cast(ops.tanh(x), "float64"),
    "half": lambda x: ops.cast(x, "float16"),
    "integer": lambda x: ops.cast(x, "int32"),
    "boolean": lambda x: x > 0,
    "complex": lambda x: tf.complex(x, x),
    "random": lambda x: x * (1 + 0.1 * tf.random.uniform(tf.shape(x), dtype=x.dtype)),
    "random slope": lambda x: x * tf.constant(_RANDOM.uniform(), x.dtype),
    "counts": _counted,
    "a variable that moves": lambda x: x * tf.cast(_STATE.assign_add(0.01), x.dtype),
    "softmax of the first axis": lambda x: tf.nn.softmax(x, axis=0),
    "normalised": _batch_normalised,
    "over the largest": lambda x: x / (ops.max(ops.abs(x)) + 1),
    "less the mean": lambda x: x - ops.mean(x, axis=-1, keepdims=True),
    "running sum": lambda x: tf.cumsum(x, axis=-1),
    "maxout over pairs": lambda x: ops.maximum(x, tf.roll(x, 1, axis=-1)),
    "constant": lambda x: ops.ones_like(x),
    "constant, connected": lambda x: 0 * x + 1,
    "step": lambda x: ops.cast(x > 0, x.dtype),
    "stopped": lambda x: tf.stop_gradient(ops.tanh(x)),
    "rounded": lambda x: ops.round(x),
    "a gradient far away": lambda x: ops.relu(x - 100),
    "if": lambda x: x if x > 0 else 0 * x,
    "if on the sum": lambda x: x if ops.sum(x) > 1e9 else ops.tanh(x),
    "and": lambda x: (x > 0 and x < 1) * x,
    "loop": _python_loop,
    "numpy()": lambda x: tf.constant(np.tanh(x.numpy())),
    "np.tanh": np.tanh,
    "np.maximum": lambda x: np.maximum(x, 0),
    "NumPy inside": _numpy_inside,
    "NumPy's function": lambda x: tf.numpy_function(np.tanh, [x], x.dtype),
    "math.tanh": math.tanh,
    "math inside": lambda x: x * math.erf(x),
    "float": float,
    "print": print,
    "len": len,
    "NaN in places": _nan_in_places,
    "NaN below 0": lambda x: ops.log(1 + x),
    "infinite value": lambda x: 1 / x,
    "infinite slope": lambda x: ops.sqrt(ops.abs(x)),
    "infinite slope of both signs": lambda x: ops.sign(x) * ops.sqrt(ops.abs(x)),
    "cube root": lambda x: ops.sign(x) * ops.abs(x) ** (1 / 3),
    "x log x": lambda x: x * ops.log(ops.abs(x)),
    "x to the x": lambda x: ops.abs(x) ** x,
    "norm of one": lambda x: x / ops.sqrt(x * x),
    "sinc, unguarded": lambda x: ops.sin(x) / x,
    "sinc, guarded in its value": lambda x: ops.where(x == 0, ops.ones_like(x), ops.sin(x) / x),
    "softplus, unguarded": lambda x: ops.log(1 + ops.exp(x)),
    "sigmoid, unguarded": lambda x: ops.exp(x) / (1 + ops.exp(x)),
    "tanh, unguarded": lambda x: (ops.exp(x) - ops.exp(-x)) / (ops.exp(x) + ops.exp(-x)),
    "Mish, unguarded": lambda x: x * ops.tanh(ops.log(1 + ops.exp(x))),
    "ELU, unguarded": lambda x: ops.where(x > 0, x, ops.exp(x) - 1),
    "Gaussian of a power": lambda x: ops.exp(x**2) / (1 + ops.exp(x**2)),
    "wrong gradient": _wrong_gradient,
    "NaN gradient": _nan_gradient,
    "straight through": lambda x: x + tf.stop_gradient(ops.tanh(x) - x),
}

FUNCTIONS = {
    "paper": PAPERS,
    "keras.activations": library(keras.activations),
    "tf.nn": {name: getattr(tf.nn, name) for name in OF_TF_NN},
    "tf.math": {name: getattr(tf.math, name) for name in OF_TF_MATH},
    "keras.layers": LAYERS,
    "custom_layers": OWN,
    "wrong": WRONG,
    "sound, though odd": {
        "f(x=None)": _optional,
        "f(*x)": lambda *x: ops.tanh(x[0]),
        "a partial function": functools.partial(ops.leaky_relu, negative_slope=0.3),
        "a bound method": Layer().call,
        "a class of layers": Layer,
        "an object that is called": Callable(),
        "threshold of Keras": lambda x: keras.activations.threshold(x, 0.5, 0.1),
        "makes a layer, or is one": _makes_or_is,
    },
}
