"""What trials must find in the activation functions of `functions`.

`UNUSABLE` holds those of which nothing can be measured, `FOUND` what is found in others before they
are trained, `TRAINED` what is found in the battery. What stands in none must pass, without one.
"""

USABLE, VALUES, GRADIENTS = "usable", "finite values", "finite gradients"
DIFFERENCES = "gradient against differences"
NOT_ALONE = "it does not act on each element alone"
ANOTHER = "it gives another value the second time"
NO_GRADIENT = "it is not differentiable: no gradient"
NO_SLOPE = "its gradient is 0 at every x from -5 to 5"
WEIGHTS = "it has weights or state"
NUMPY = "; NumPy cannot compute on it; use keras.ops or tensorflow"
AN_ARRAY = "it gives a NumPy array on float32 of shape (3,)"
MATH = "; Python's math takes one number"
IF = "; Python's `if` takes one truth value; use keras.ops.where"
AT_ONCE = "it raises on float32 of shape (3,): "

UNUSABLE = {
    # Why nothing can be measured: what the finding must hold.
    "keras.activations": {
        "deserialize": AT_ONCE,
        "get": AT_ONCE,
        "glu": AT_ONCE,
        "log_softmax": NOT_ALONE,
        "serialize": "of type dict on float32 of shape (3,), not a tensor",
        "softmax": NOT_ALONE,
        "sparsemax": NOT_ALONE,
        "threshold": "missing 2 required positional arguments",
    },
    "tf.nn": {
        "crelu": "it gives shape (6,) on float32 of shape (3,)",
        "l2_loss": "it gives shape () on float32 of shape (3,)",
        "l2_normalize": NOT_ALONE,
        "log_softmax": NOT_ALONE,
        "softmax": NOT_ALONE,
        "zero_fraction": "it gives shape () on float32 of shape (3,)",
    },
    "tf.math": {
        **dict.fromkeys(("ceil", "floor", "rint", "round"), NO_GRADIENT),
        "sign": NO_SLOPE,
        "zero_fraction": "it gives shape () on float32 of shape (3,)",
        "is_finite": "it gives bool on float32 of shape (3,)",
        "logical_not": AT_ONCE,
    },
    "keras.layers": {
        "Dropout": WEIGHTS,
        "GaussianNoise": WEIGHTS,
        "LayerNormalization": f"{WEIGHTS}, which a trial cannot take: layer_normalization/gamma",
        "PReLU": WEIGHTS,
        "Sequential": "it gives float32 on float64 of shape (3,)",
        "Softmax": NOT_ALONE,
        "UnitNormalization": NOT_ALONE,
        "Dense, made": AT_ONCE,
        "Dense, class": "called without arguments it raises: TypeError",
    },
    "custom_layers": {"Threshold": NO_SLOPE, "Softmax": NOT_ALONE},
    "wrong": {
        "a number": "neither a function nor a layer, but of type int",
        "a text": "neither a function nor a layer, but of type str",
        "None": "neither a function nor a layer, but of type NoneType",
        "a class of no layer": "it gives a value of type Plain, not a layer",
        "a layer with weights": f"{WEIGHTS}, which a trial cannot take: weighted/slope",
        "a class with weights": WEIGHTS,
        "a layer that counts": ANOTHER,
        "a layer with state": "it is another layer: at x = -1 the value is -2.28478, then -0.76",
        "a layer of two ways": "it gives another value in training, at x = -3",
        "get_config raises": "its get_config raises: RuntimeError: no config",
        "get_config gives a list": "its get_config raises: ",
        "get_config of another": "it cannot be made from its config: ",
        "get_config leaves": "its get_config raises: SystemExit: 0",
        "__init__ leaves": "called without arguments it raises: SystemExit: 0",
        "__init__ wants more": "missing 1 required positional argument: 'slope'",
        "makes nonsense": "called without arguments it gives a value of type str, not a layer",
        "makes None": "called without arguments it gives None, not a layer",
        "makes an error": "called without arguments it raises: ZeroDivisionError",
        "makes unlike layers": "it makes layers that are not alike: at x = -1 the value is",
        "leaves": f"{AT_ONCE}SystemExit: 0",
        "leaves by its own way": f"{AT_ONCE}Leaves: away",
        "leaves when differentiated": "its gradient raises on float32 of shape (101,): SystemExit",
        "leaves when traced": "it cannot be traced on float32 of shape (2, 3, 8): Leaves",
        "raises": f"{AT_ONCE}ValueError: no",
        "raises on two axes": "it raises on float32 of shape (2, 3): IndexError: axes",
        "asserts": f"{AT_ONCE}AssertionError",
        "recurses": f"{AT_ONCE}RecursionError",
        "imports what is not there": f"{AT_ONCE}ModuleNotFoundError",
        "misspells": f"{AT_ONCE}AttributeError: module 'keras.ops' has no attribute 'tahn'",
        "two inputs": f"{AT_ONCE}TypeError: <lambda>() missing 1 required positional argument: 'y'",
        "no inputs": f"{AT_ONCE}TypeError: <lambda>() takes 0 positional arguments",
        "gives None": "it gives None on float32 of shape (3,), not a tensor",
        "gives a list": "it gives a value of type list on float32 of shape (3,), not a tensor",
        "gives a tuple": "it gives a value of type tuple on float32",
        "gives a number": "it gives a value of type float on float32",
        "gives a text": "it gives a value of type str on float32",
        "gives itself": "it gives a value of type function on float32",
        "gives a layer": "it gives a value of type ReLU on float32",
        "gives a sparse tensor": "it gives a value of type SparseTensor on float32",
        "gives a variable": "it gives a value of type ResourceVariable on float32",
        "sum": "it gives shape () on float32 of shape (3,)",
        "mean of the last axis": "it gives shape () on float32 of shape (3,)",
        "one more axis": "it gives shape (1, 3) on float32 of shape (3,)",
        "one less input": "it gives shape (2,) on float32 of shape (3,)",
        "transposed": "it gives shape (3, 2) on float32 of shape (2, 3)",
        "doubled": "it gives shape (6,) on float32 of shape (3,)",
        "flat": "it gives shape (6,) on float32 of shape (2, 3)",
        "reversed": NOT_ALONE,
        "sorted from below": NOT_ALONE,
        "shifted": NOT_ALONE,
        "another value in float64": "in float64 it gives -1.0999 at x = -5, else -0.999909",
        "another value when traced": "traced it gives -1.0999 at x = -5, else -0.999909",
        "float32 always": "it gives float32 on float64",
        "float64 always": "it gives float64 on float32",
        "half": "it gives float16 on float32",
        "integer": "it gives int32 on float32",
        "boolean": "it gives bool on float32",
        "complex": "it gives complex64 on float32",
        "random": ANOTHER,
        "random slope": ANOTHER,
        "counts": ANOTHER,
        "a variable that moves": ANOTHER,
        "softmax of the first axis": NOT_ALONE,
        "normalised": NOT_ALONE,
        "over the largest": NOT_ALONE,
        "less the mean": NOT_ALONE,
        "running sum": NOT_ALONE,
        "maxout over pairs": NOT_ALONE,
        "constant": NO_GRADIENT,
        "constant, connected": NO_SLOPE,
        "step": NO_GRADIENT,
        "stopped": NO_GRADIENT,
        "rounded": NO_GRADIENT,
        "a gradient far away": NO_SLOPE,
        "if": IF,
        "if on the sum": IF,
        "and": IF,
        "loop": "; a loop over a tensor cannot be compiled; use keras.ops",
        "numpy()": NO_GRADIENT,
        "np.tanh": AN_ARRAY,
        "np.maximum": AN_ARRAY,
        "NumPy inside": NUMPY,
        "NumPy's function": NO_GRADIENT,
        "math.tanh": MATH,
        "math inside": MATH,
        "float": "it gives a value of type float, not a layer",
        "print": "it gives None on float32 of shape (3,), not a tensor",
        "len": "it gives a value of type int on float32",
    },
}

FOUND = {
    # What is found in the others: the quantity, and what the finding must hold.
    "paper": {
        # Their squares are too large for float32 long before they are.
        "bent identity": {VALUES: "inf at x = 1e+20"},
        "squareplus (Barron 2021)": {VALUES: "inf at x = 1e+20"},
        "rational (Molina 2019)": {VALUES: "inf at x = 1e+15"},
        "Mexican hat": {VALUES: "nan at x = 1e+20"},
        "soft exponential (Godfrey 2015)": {GRADIENTS: "inf at x = 1000"},
    },
    "keras.activations": {
        "exponential": {GRADIENTS: "inf at x = 89"},
        "squareplus": {VALUES: "inf at x = 1e+20"},
    },
    "tf.math": {
        "exp": {GRADIENTS: "inf at x = 89"},
        "expm1": {GRADIENTS: "inf at x = 89"},
        "cosh": {GRADIENTS: "inf at x = 1000"},
        "sinh": {GRADIENTS: "inf at x = 1000"},
        "acos": {VALUES: "nan at x = 3", GRADIENTS: "inf at x = 1"},
        "asin": {VALUES: "nan at x = 3", GRADIENTS: "inf at x = 1"},
        "acosh": {VALUES: "nan at x = -1", GRADIENTS: "inf at x = 1"},
        "atanh": {VALUES: "inf at x = 1", GRADIENTS: "inf at x = 1"},
        "digamma": {VALUES: "nan at x = -1", GRADIENTS: "inf at x = -1"},
        "lgamma": {VALUES: "inf at x = -1", GRADIENTS: "nan at x = -1"},
        "log": {VALUES: "nan at x = -1", GRADIENTS: "inf at x = 0"},
        "log1p": {VALUES: "-inf at x = -1", GRADIENTS: "inf at x = -1"},
        "reciprocal": {VALUES: "inf at x = 0", GRADIENTS: "inf at x = -1e-20"},
        "rsqrt": {VALUES: "nan at x = -1", GRADIENTS: "nan at x = -1"},
        "sqrt": {VALUES: "nan at x = -1", GRADIENTS: "nan at x = -1"},
    },
    "wrong": {
        "NaN in places": {VALUES: "nan at x = 0.5", GRADIENTS: "nan at x = 1"},
        "NaN below 0": {VALUES: "-inf at x = -1", GRADIENTS: "inf at x = -1"},
        "infinite value": {VALUES: "inf at x = 0", GRADIENTS: "inf at x = 1e-20"},
        "infinite slope": {GRADIENTS: "nan at x = 0"},
        "infinite slope of both signs": {GRADIENTS: "nan at x = 0 compiled by XLA"},
        "cube root": {GRADIENTS: "nan at x = 0"},
        "x log x": {VALUES: "nan at x = 0", GRADIENTS: "nan at x = 0"},
        "x to the x": {GRADIENTS: "inf at x = 50"},
        "norm of one": {VALUES: "inf at x = 1e-20", GRADIENTS: "nan at x = 1e-20"},
        "sinc, unguarded": {VALUES: "nan at x = 0", GRADIENTS: "compiled by XLA"},
        "sinc, guarded in its value": {GRADIENTS: "inf at x = 1e-20 compiled by XLA"},
        "softplus, unguarded": {VALUES: "inf at x = 89", GRADIENTS: "nan at x = 89"},
        "sigmoid, unguarded": {VALUES: "nan at x = 89", GRADIENTS: "nan at x = 89"},
        "tanh, unguarded": {VALUES: "nan at x = 89", GRADIENTS: "nan at x = 89"},
        "Mish, unguarded": {GRADIENTS: "nan at x = 89"},
        "ELU, unguarded": {GRADIENTS: "nan at x = 89"},
        "Gaussian of a power": {VALUES: "nan at x = 10", GRADIENTS: "nan at x = 10"},
        "wrong gradient": {DIFFERENCES: "gradient 2, differences"},
        "NaN gradient": {GRADIENTS: "nan at x = 1e-08"},
        "straight through": {DIFFERENCES: "gradient 1, differences"},
    },
}

FLOW = "gradient flow: factor a layer"
BREAKS, BREAKS_GLOROT = (
    f"XOR, 10 layers: non-finite{weights}" for weights in ("", ", Glorot weights")
)
MEAN, SLOPE, SATURATED = (
    f"signal: {what}" for what in ("mean output", "RMS slope", "saturated share")
)
ZIGZAG = "zigzag: path over distance"
GROWS = {FLOW, BREAKS}
NOWHERE = {MEAN, SATURATED, FLOW, BREAKS, BREAKS_GLOROT, ZIGZAG}
"""What is found where a function is NaN for many inputs."""

TRAINED = (
    # What the battery finds, in quantities: gradients that are exactly 0 or not finite in some of
    # the stacks, networks that break, averages over what is not finite.
    ("paper", {FLOW}, ("hardshrink", "softshrink", "tanhshrink", "thresholded ReLU (Konda 2014)")),
    # Squares near 0, or far out: each layer makes the small smaller, and the large larger.
    ("paper", {FLOW}, ("LiSHT (Roy 2019)", "Phish (Naveen 2022)", "ReLU squared (So 2021)")),
    ("paper", {FLOW}, ("soft exponential (Godfrey 2015)", "StarReLU (Yu 2022)")),
    ("paper", GROWS, ("RePU of order 3", "non-monotonic cubic unit (Noel 2021)")),
    ("paper", GROWS, ("shifted quadratic unit (Noel 2021)",)),
    ("keras.activations", {FLOW}, ("hard_shrink", "soft_shrink", "tanh_shrink")),
    ("keras.activations", GROWS, ("exponential",)),
    ("tf.math", GROWS, ("cosh", "exp", "expm1", "sinh", "square")),
    ("tf.math", NOWHERE, ("atanh", "log", "log1p")),
    ("tf.math", NOWHERE | {SLOPE}, ("acos", "acosh", "asin", "rsqrt", "sqrt")),
    ("tf.math", {SATURATED, BREAKS, BREAKS_GLOROT}, ("digamma", "lgamma")),
    ("tf.math", {SATURATED, BREAKS_GLOROT}, ("reciprocal",)),
    # Glorot's first layer has biases of 0, and the point (0, 0) gives it nothing but 0.
    ("wrong", {SATURATED, BREAKS_GLOROT}, ("infinite value", "infinite slope", "cube root")),
    ("wrong", {SATURATED, BREAKS_GLOROT}, ("x log x", "sinc, unguarded")),
    ("wrong", {SATURATED, BREAKS_GLOROT}, ("sinc, guarded in its value",)),
    ("wrong", {SATURATED, BREAKS_GLOROT, FLOW}, ("norm of one",)),
    ("wrong", {BREAKS_GLOROT}, ("infinite slope of both signs",)),
    ("wrong", NOWHERE, ("NaN below 0",)),
    ("wrong", NOWHERE | {SLOPE}, ("NaN in places",)),
    ("wrong", GROWS | {SATURATED, BREAKS_GLOROT}, ("x to the x",)),
    ("wrong", GROWS | {SLOPE, SATURATED, BREAKS_GLOROT}, ("NaN gradient",)),
    ("wrong", {SATURATED}, ("Gaussian of a power",)),
    ("sound, though odd", {FLOW}, ("threshold of Keras",)),
)


def must_find(family: str, name: str) -> tuple[dict[str, str], set[str]]:
    """What a trial must find: on soundness, by quantity, with what it must say; in the battery."""
    if name in UNUSABLE.get(family, {}):
        return {USABLE: UNUSABLE[family][name]}, set()
    trained = [found for where, found, names in TRAINED if where == family and name in names]
    return FOUND.get(family, {}).get(name, {}), set().union(*trained)
