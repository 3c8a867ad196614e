"""Carries out what the twelve passages say, and what they should say."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.statistics import generator
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

STEP = 2.0**-20
"""Of difference quotients, and of how far an input is nudged."""

HARMONIC_TERMS = 1000

BLOCKS = (
    ("Sigmoid", "tf.sigmoid"),
    ("relu!!", "tf.nn.relu"),
    ("leacky relu!!", "tf.nn.leaky_relu"),
    ("leacky relu!!", "tf.math.tanh"),
)
"""The blocks of hidden layers in the xor-post's code: the comment, and the function called."""

GLOSSES = (
    ("dL/dx", "x", "L"),
    ("dL/dy", "y", "L"),
    ("dL/dz", "z", "L"),
    ("dz/dx", "z", "L"),
    ("dz/dy", "z", "L"),
)
"""The xor-post's symbols, and whose influence on what it says that each of them is."""


@dataclass(frozen=True)
class Spec:
    """The numbers on which the passages are tried."""

    weights: tuple[float, float] = field(default=(0.8, -0.6), metadata=ANY_SIGN)
    biases: tuple[float, ...] = field(default=(0, -0.5, -1, -2, -10, -100), metadata=ANY_SIGN)
    inputs: int = 1000
    rate: float = 0.1
    classes: int = 10
    hidden: tuple[int, ...] = (2, 4, 10, 64, 512)
    hidden_for_logits: int = 4
    x: float = 1.0
    y: float = 0.5
    first_layer: tuple[float, float, float] = field(default=(0.8, -0.5, 0.1), metadata=ANY_SIGN)
    second_layer: tuple[float, float] = field(default=(1.5, -0.4), metadata=ANY_SIGN)
    positive_numbers: tuple[float, ...] = (0.1, 0.2, 0.5, 1, 2, 3, 4, 5)
    curve_end: int = 3
    points_per_unit: int = 4
    hidden_for_update: int = 3

    def __post_init__(self):
        if self.hidden_for_logits > self.classes:
            raise ValueError(
                "hidden_for_logits must be at most classes, so that the printed sum has its biases."
                f" Received: {self.hidden_for_logits}"
            )


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """One table or two for each passage."""
    sums, updates = _dead_unit(spec)
    nodes, influences = _computation_graph(spec)
    return {
        "sums": sums,
        "updates": updates,
        "shapes": _shapes(spec),
        "logits": _logits(spec),
        "nodes": nodes,
        "influences": influences,
        "blocks": _blocks(spec),
        "inverse": _inverse(spec),
        "constants": _constants(),
        "derivatives": _derivatives(spec),
        "normalized": _normalized(spec),
        "one_update": _one_update(spec),
    }


def _dead_unit(spec: Spec) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A ReLU unit's sums and outputs for each bias, and its weights before and after one update."""
    import keras
    import tensorflow as tf

    x = tf.constant(generator(0).uniform(-1, 1, (spec.inputs, len(spec.weights))))
    sums, updates = [], []
    for bias in spec.biases:
        w = keras.Variable(np.array(spec.weights)[:, None], dtype="float64")
        with tf.GradientTape() as tape:
            weighted = tf.matmul(x, w.value) + bias
            output = tf.nn.relu(weighted)
            f = tf.reduce_mean(output)
        gradient = tape.gradient(f, w.value)
        sums.append(
            {
                "bias": bias,
                "inputs": spec.inputs,
                "negative_sums": int(np.sum(weighted.numpy() < 0)),
                "negative_outputs": int(np.sum(output.numpy() < 0)),
                "largest_sum": weighted.numpy().max(),
                "smallest_output": output.numpy().min(),
            }
        )
        optimizer = keras.optimizers.SGD(spec.rate)
        optimizer.apply([gradient], [w])
        after = np.array(w)[:, 0]
        updates += [
            {"bias": bias, "weight": i + 1, "before": before, "gradient": g, "after": after[i]}
            for i, (before, g) in enumerate(zip(spec.weights, gradient.numpy()[:, 0], strict=True))
        ]
    return pd.DataFrame(sums), pd.DataFrame(updates)


def _shape_of(left: np.ndarray, right: np.ndarray, bias: np.ndarray) -> str:
    """The shape of a product to which a bias is added, or that it is refused."""
    try:
        return str((np.dot(left, right) + bias).shape)
    except ValueError:
        return "refused"


def _shapes(spec: Spec) -> pd.DataFrame:
    """The product Wh + b with the printed shape of W, with the turned one, and a Dense layer's."""
    import keras

    rows = []
    for hidden in spec.hidden:
        printed, b = np.ones((hidden, spec.classes)), np.ones(spec.classes)
        h = np.ones(hidden)
        layer = keras.layers.Dense(spec.classes)
        layer.build((1, hidden))
        rows.append(
            {
                "hidden": hidden,
                "printed": _shape_of(printed, h, b),
                "turned": _shape_of(printed.T, h, b),
                "layer_kernel": str(tuple(layer.kernel.shape)),
                "layer_product": _shape_of(h, printed, b),
            }
        )
    return pd.DataFrame(rows)


def _logits(spec: Spec) -> pd.DataFrame:
    """A Dense layer's logits, beside the sum with b_j and the printed one with b_i."""
    import keras

    random = generator(1)
    h = random.normal(size=spec.hidden_for_logits)
    w = random.normal(size=(spec.classes, spec.hidden_for_logits))  # w[j, i], as in the slides
    b = random.normal(size=spec.classes)
    layer = keras.layers.Dense(spec.classes, dtype="float64")
    layer.build((1, spec.hidden_for_logits))
    layer.set_weights([w.T, b])
    terms = range(spec.hidden_for_logits)
    return pd.DataFrame(
        {
            "logit": range(1, spec.classes + 1),
            "layer": np.array(layer(h[None]))[0],
            "with_b_j": [sum(w[j, i] * h[i] for i in terms) + b[j] for j in range(spec.classes)],
            "with_b_i": [sum(w[j, i] * h[i] + b[i] for i in terms) for j in range(spec.classes)],
        }
    )


def _computation_graph(spec: Spec) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values and derivatives in the graph x, y → z → L, and the influences that the post names."""
    import keras
    import tensorflow as tf

    *w, b = spec.first_layer
    v, c = spec.second_layer
    f = keras.layers.Dense(1, activation="sigmoid", dtype="float64")
    g = keras.layers.Dense(1, activation="sigmoid", dtype="float64")
    f.build((1, 2))
    g.build((1, 1))
    f.set_weights([np.array(w)[:, None], np.array([b])])
    g.set_weights([np.array([[v]]), np.array([c])])

    def z_of(x, y):
        return f(tf.reshape(tf.stack([x, y]), (1, 2)))[0, 0]

    def l_of(z):
        return g(tf.reshape(z, (1, 1)))[0, 0]

    x, y = tf.constant(spec.x, "float64"), tf.constant(spec.y, "float64")
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        z = z_of(x, y)
        last = l_of(z)
    signals = {"x": x, "y": y, "z": z, "L": last}
    nodes = [
        {
            "node": name,
            "forward": float(value),
            "backward": 1.0 if name == "L" else float(tape.gradient(last, value)),
        }
        for name, value in signals.items()
    ]
    derivative = {
        f"d{above}/d{below}": float(tape.gradient(signals[above], signals[below]))
        for above, below in ("Lx", "Ly", "Lz", "zx", "zy")
    }
    effect = {
        ("x", "L"): lambda h: l_of(z_of(x + h, y)),
        ("y", "L"): lambda h: l_of(z_of(x, y + h)),
        ("z", "L"): lambda h: l_of(z + h),
        ("x", "z"): lambda h: z_of(x + h, y),
        ("y", "z"): lambda h: z_of(x, y + h),
    }

    def influence(cause: str, on: str) -> float:
        """What a small change of a cause changes, per unit."""
        above, below = (effect[cause, on](h) for h in (STEP, -STEP))
        return float(above - below) / (2 * STEP)

    influences = [
        {
            "symbol": symbol,
            "gloss": f"{cause} on {on}",
            "derivative": derivative[symbol],
            "influence_in_gloss": influence(cause, on),
            "influence_of_lower_on_upper": influence(symbol[-1], symbol[1]),
        }
        for symbol, cause, on in GLOSSES
    ]
    return pd.DataFrame(nodes), pd.DataFrame(influences)


def _grid(spec: Spec) -> np.ndarray:
    """A grid through 0: whole numbers, each divided once."""
    end = spec.curve_end * spec.points_per_unit
    return np.arange(-end, end + 1) / spec.points_per_unit


def _blocks(spec: Spec) -> pd.DataFrame:
    """The function that each block of the xor-post's code calls, and the one that it names."""
    import tensorflow as tf

    named = {
        "Sigmoid": tf.sigmoid,
        "relu!!": tf.nn.relu,
        "leacky relu!!": tf.nn.leaky_relu,
    }
    called = {
        "tf.sigmoid": tf.sigmoid,
        "tf.nn.relu": tf.nn.relu,
        "tf.nn.leaky_relu": tf.nn.leaky_relu,
        "tf.math.tanh": tf.math.tanh,
    }
    x = _grid(spec)
    return pd.concat(
        pd.DataFrame(
            {
                "block": block,
                "x": x,
                "comment": comment,
                "call": call,
                "named": named[comment](x).numpy(),
                "called": called[call](x).numpy(),
            }
        )
        for block, (comment, call) in enumerate(BLOCKS, start=1)
    )


def _inverse(spec: Spec) -> pd.DataFrame:
    """What exp(-t) and exp(t) make of t = ln(x)."""
    x = np.array(spec.positive_numbers, "float64")
    t = np.log(x)
    return pd.DataFrame({"x": x, "ln": t, "exp_of_minus_ln": np.exp(-t), "exp_of_ln": np.exp(t)})


def _constants() -> pd.DataFrame:
    """The number e, and Euler's constant, the limit of 1 + 1/2 + … + 1/n - ln(n)."""
    n = HARMONIC_TERMS
    harmonic = sum(1 / k for k in range(1, n + 1))
    rows = [
        ("e", np.exp(1.0)),
        # The first terms of the series of Euler and Maclaurin for what is left after n.
        ("Euler's constant", harmonic - np.log(n) - 1 / (2 * n) + 1 / (12 * n**2)),
    ]
    return pd.DataFrame(rows, columns=["constant", "value"])


def _derivatives(spec: Spec) -> pd.DataFrame:
    """Derivatives by automatic differentiation, and difference quotients from both sides."""
    import tensorflow as tf

    from custom_layers import ReLU, Softplus

    x = tf.constant(_grid(spec))
    frames = []
    for name, layer in (("relu", ReLU(dtype="float64")), ("softplus", Softplus(dtype="float64"))):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = layer(x)
        at = value.numpy()
        frames.append(
            pd.DataFrame(
                {
                    "function": name,
                    "x": x.numpy(),
                    "derivative": tape.gradient(value, x).numpy(),
                    "from_left": (at - layer(x - STEP).numpy()) / STEP,
                    "from_right": (layer(x + STEP).numpy() - at) / STEP,
                }
            )
        )
    return pd.concat(frames)


def _normalized(spec: Spec) -> pd.DataFrame:
    """A softmax's outputs, and what a second softmax makes of them and of their logarithms."""
    from custom_layers import Softmax

    softmax = Softmax(dtype="float64")
    logits = generator(2).normal(size=(1, spec.classes))
    output = np.array(softmax(logits))
    columns = {
        "logit": logits,
        "output": output,
        "softmax_of_output": np.array(softmax(output)),
        "softmax_of_log_output": np.array(softmax(np.log(output))),
    }
    frame = pd.DataFrame({name: values[0] for name, values in columns.items()})
    return frame.assign(**{"class": range(1, spec.classes + 1)})


BEFORE, BACKPROP, OPTIMIZER, QUOTIENTS = (
    "before",
    "after back-propagation",
    "after the optimizer's step",
    "after its step with difference quotients",
)
"""The moments of one update, and one with a gradient that is not from back-propagation."""


def _one_update(spec: Spec) -> pd.DataFrame:
    """How many weights have changed, and the loss on XOR, at each moment of one update."""
    import keras
    import tensorflow as tf

    from reproductions.training import xor

    model = keras.Sequential(
        [
            keras.Input((2,), dtype="float64"),
            keras.layers.Dense(spec.hidden_for_update, activation="sigmoid", dtype="float64"),
            keras.layers.Dense(1, activation="sigmoid", dtype="float64"),
        ]
    )
    random = generator(3)
    start = [random.normal(size=weight.shape) for weight in model.weights]
    x, y = tf.constant(xor.X, tf.float64), tf.constant(xor.Y, tf.float64)

    def loss() -> tf.Tensor:
        return tf.reduce_mean((model(x) - y) ** 2)

    rows = []

    def look(moment: str) -> None:
        pairs = zip(start, model.get_weights(), strict=True)
        changed = sum(int(np.sum(old != new)) for old, new in pairs)
        rows.append({"moment": moment, "changed": changed, "loss": float(loss())})

    model.set_weights(start)
    look(BEFORE)
    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, [weight.value for weight in model.weights])
    look(BACKPROP)
    quotients = _quotients_of_loss(model, start, loss)
    for moment, steps in ((OPTIMIZER, gradients), (QUOTIENTS, quotients)):
        model.set_weights(start)
        keras.optimizers.SGD(spec.rate).apply(steps, model.weights)
        look(moment)
    weights = sum(array.size for array in start)
    return pd.DataFrame(rows).assign(weights=weights)


def _quotients_of_loss(model, start: list[np.ndarray], loss) -> list[np.ndarray]:
    """The loss's central difference quotients by each weight, as the gradient's arrays."""
    quotients = []
    for i, array in enumerate(start):
        quotient = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (STEP, -STEP):
                moved = [weights.copy() for weights in start]
                moved[i][place] += step
                model.set_weights(moved)
                ends.append(float(loss()))
            quotient[place] = (ends[0] - ends[1]) / (2 * STEP)
        quotients.append(quotient)
    return quotients


ROUNDING = Close(1e-12, 1e-14, "a few float64 operations, exp and log among them")
QUOTIENT = Close(1e-9, 1e-9, "float64 rounding, divided by a step of 2**-20")

TABLES = {
    "sums": Table(
        key=("bias",),
        columns={
            "inputs": Exact(),
            "negative_sums": Exact(),
            "negative_outputs": Exact(),
            "largest_sum": ROUNDING,
            "smallest_output": ROUNDING,
        },
    ),
    "updates": Table(
        key=("bias", "weight"),
        columns={"before": Exact(), "gradient": ROUNDING, "after": ROUNDING},
    ),
    "shapes": Table(
        key=("hidden",),
        columns=dict.fromkeys(("printed", "turned", "layer_kernel", "layer_product"), Exact()),
    ),
    "logits": Table(
        key=("logit",), columns=dict.fromkeys(("layer", "with_b_j", "with_b_i"), ROUNDING)
    ),
    "nodes": Table(key=("node",), columns={"forward": ROUNDING, "backward": ROUNDING}),
    "influences": Table(
        key=("symbol",),
        columns={
            "gloss": Exact(),
            "derivative": ROUNDING,
            "influence_in_gloss": QUOTIENT,
            "influence_of_lower_on_upper": QUOTIENT,
        },
    ),
    "blocks": Table(
        key=("block", "x"),
        columns={"comment": Exact(), "call": Exact(), "named": ROUNDING, "called": ROUNDING},
    ),
    "inverse": Table(
        key=("x",), columns=dict.fromkeys(("ln", "exp_of_minus_ln", "exp_of_ln"), ROUNDING)
    ),
    "constants": Table(key=("constant",), columns={"value": ROUNDING}),
    "derivatives": Table(
        key=("function", "x"),
        columns={"derivative": ROUNDING, "from_left": QUOTIENT, "from_right": QUOTIENT},
    ),
    "normalized": Table(
        key=("class",),
        columns=dict.fromkeys(
            ("logit", "output", "softmax_of_output", "softmax_of_log_output"), ROUNDING
        ),
    ),
    "one_update": Table(
        key=("moment",),
        columns={"changed": Exact(), "weights": Exact(), "loss": ROUNDING},
    ),
}
