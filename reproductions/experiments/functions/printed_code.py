"""The documents' code as printed, today: which inputs break it, and which lines no longer run.

Document: all five; perceptron-post "Sigmoid 함수" and "Softmax 함수", and every whole listing.
Setup: the printed NumPy sigmoid and softmax on inputs up to 10,000 in size, beside the layers; each
statement of every listing run in order with the pinned packages, the listings of a document one
after another as in a notebook; a statement that fails or warns is then run as repaired. They run in
processes of their own, as tf.disable_v2_behavior() cannot be undone.
Assumptions: the copies at hand of the listings of xor-post and relu-post have lost their
indentation; it is put back, and not counted against them. The commented-out variants of xor-post's
listing are left out; the same lines stand, not commented, in its section 3-1. A warning counts when
Python or TensorFlow shows it to someone who runs the listing.
Known differences: xor-post's 20,001 training steps are cut to 101. Figures are drawn without a
window, so the hint that plt.show() then gives is not counted.
"""

import ast
import contextlib
import io
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Judgement
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.running.experiment import FOLDER
from reproductions.training.pool import Pool

SIGMOID = """\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
"""

SOFTMAX = """\
def softmax(a):
    return np.exp(a) / np.sum(np.exp(a))
"""

THRESHOLD_LISTING = """\
import numpy as np
import matplotlib.pyplot as plt

def threshold_function(x, threshold=0):
    return np.array(x>threshold, dtype=np.int32)

x = np.arange(-10, 10, 0.01)
y = threshold_function(x)

plt.plot(x, y)

plt.grid(True)
plt.show()
"""

COMPARISON_LISTING = f"""\
import numpy as np
import matplotlib.pyplot as plt

def threshold_function(x, threshold=0):
    return np.array(x>threshold, dtype=np.int32)

{SIGMOID}
def relu(x):
    return np.maximum(0, x)

def tanh(x):
    return np.tanh(x)

x = np.arange(-10, 10, 0.01)
y0 = threshold_function(x)
y1 = sigmoid(x)
y2 = relu(x)
y3 = tanh(x)

plt.plot(x, y0, color='black')
plt.plot(x, y1, color='blue')
plt.plot(x, y2, color='red')
plt.plot(x, y3, color='green')

plt.ylim([-1.5, 5])
plt.grid(True)
plt.show()
"""

SOFTMAX_LISTING = f"""\
import numpy as np

{SOFTMAX}
input_a = np.array([-3, -1.5, 0.3, 0.6, 1, 1.8, 3])

print(np.round(softmax(input_a), 3))
"""

PERCEPTRON_LISTING = f"""\
import numpy as np
import matplotlib.pyplot as plt

{SIGMOID}
class Perceptron:
    def __init__(self, w, bias=-0.5):
        self.weight = w
        self.bias = bias

    def affine(self, x):
        self.sum = np.sum(self.weight * x) + self.bias
        return self.sum

    def activation(self):
        # Sigmoid activation
        return sigmoid(self.sum)

    def work(self, x):
        self.affine(x)
        return self.activation()

draw_x = np.linspace(-5.0, 5.0, 1000)
draw_y = sigmoid(draw_x)

x = np.array([
    [-3, -1, -2],
    [0.3, 0.4, -0.5],
    [-0.4, 0.2, 0.7],
    [0.1, 0.5, 0.9],
    [0.6, 0.7, 0.9],
    [1.2, 0.4, 1.5],
    [2, 2, 2]
])
w = np.array([0.3, 0.2, 0.5])

neuron = Perceptron(w)
plt.plot(draw_x, draw_y)

for each_x in x:
    affine_point = np.round(neuron.affine(each_x), 3)
    point_y = np.round(neuron.work(each_x), 3)
    print(str(each_x) + " -> " + str(affine_point) + " -> " + str(point_y))
    plt.scatter(affine_point, point_y, color='red')

plt.ylim([-0.5, 1.5])
plt.grid(True)
plt.show()
"""

PRODUCT_LISTING = """\
import numpy as np

X = np.array([[1,2]])
print(X.shape)

W = np.array([[1,2,3], [4,5,6]])
print(W.shape)

Y = np.dot(X, W)
print(Y)
"""

NETWORK_LISTING = f"""\
def init_network():
    network = {{}}
    network['W1'] = np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]])
    network['b1'] = np.array([0.1, 0.2, 0.3])
    network['W2'] = np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]])
    network['b2'] = np.array([0.1, 0.2])
    network['W3'] = np.array([[0.1, 0.3], [0.2, 0.4]])
    network['b3'] = np.array([0.1, 0.2])

    return network

{SIGMOID}
def relu(x):
    return np.maximum(0, x)

def forward(network, x):
    W1, W2, W3 = network['W1'], network['W2'], network['W3']
    b1, b2, b3 = network['b1'], network['b2'], network['b3']

    a1 = np.dot(x, W1) + b1
    z1 = sigmoid(a1)
    a2 = np.dot(z1, W2) + b2
    z2 = sigmoid(a2)
    a3 = np.dot(z2, W3) + b3
    y = a3

    return y

def main():
    network = init_network()
    x = np.array([1.0, 0.5])
    y = forward(network, x)
    print(y)

if __name__ == '__main__':
    main()
"""

RELU_LISTING = """\
import numpy as np
# ReLU 함수를 구현해보자
def ReLU(x):
    return np.maximum(0, x)
import matplotlib.pyplot as plt
x = np.arange(-5.0, 5.0, 0.1)
y = ReLU(x)
fig = plt.figure(figsize=(8,6))
fig.set_facecolor('white')
plt.title("ReLU", fontsize=30)
plt.xlabel('x', fontsize = 15)
plt.ylabel('y', fontsize = 15, rotation = 0)
plt.axvline(0.0, color='gray', linestyle="--", alpha=0.8)
plt.axhline(0.0, color='gray', linestyle="--", alpha=0.8)
plt.plot(x, y)
plt.show()
"""

SLIDES_LISTING = """\
model = Sequential()
model.add(Dense({units}, activation='tanh', input_dim=2))
model.add(Dense(2, activation='tanh'))
model.add(Dense(1, activation='sigmoid'))
sgd = keras.optimizers.SGD(lr={rate})
model.compile(optimizer=sgd,
              loss='mse',
              metrics=['accuracy'])
"""

SLIDES_IMPORTS = """\
from keras.models import Sequential
from keras.layers import Dense, Activation

"""

XOR_LISTING = """\
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
import matplotlib.pyplot as plt
import random
import tensorflow_datasets as tfds
import numpy as np
import pandas as pd
x_data = np.array([[0,0], [0,1], [1,0], [1,1]], dtype=np.float32)
y_data = np.array([[0],[1],[1],[0]], dtype=np.float32)
X = tf.placeholder(tf.float32, shape=[None, 2])
Y = tf.placeholder(tf.float32, shape=[None, 1])
W1 = tf.Variable(tf.random_normal([2,5]), name='weight1')
W2 = tf.Variable(tf.random_normal([5,5]), name='weight2')
W3 = tf.Variable(tf.random_normal([5,5]), name='weight3')
W4 = tf.Variable(tf.random_normal([5,5]), name='weight4')
W5 = tf.Variable(tf.random_normal([5,5]), name='weight5')
W6 = tf.Variable(tf.random_normal([5,5]), name='weight6')
W7 = tf.Variable(tf.random_normal([5,5]), name='weight7')
W8 = tf.Variable(tf.random_normal([5,5]), name='weight8')
W9 = tf.Variable(tf.random_normal([5,5]), name='weight9')
W10 = tf.Variable(tf.random_normal([5,1]), name='weight10')
b1 = tf.Variable(tf.random_normal([5]), name='bias1')
b2 = tf.Variable(tf.random_normal([5]), name='bias2')
b3 = tf.Variable(tf.random_normal([5]), name='bias3')
b4 = tf.Variable(tf.random_normal([5]), name='bias4')
b5 = tf.Variable(tf.random_normal([5]), name='bias5')
b6 = tf.Variable(tf.random_normal([5]), name='bias6')
b7 = tf.Variable(tf.random_normal([5]), name='bias7')
b8 = tf.Variable(tf.random_normal([5]), name='bias8')
b9 = tf.Variable(tf.random_normal([5]), name='bias9')
b10 = tf.Variable(tf.random_normal([1]), name='bias10')
hid1 = tf.math.tanh(tf.matmul(X, W1) + b1)
hid2 = tf.math.tanh(tf.matmul(hid1, W2) + b2)
hid3 = tf.math.tanh(tf.matmul(hid2, W3) + b3)
hid4 = tf.math.tanh(tf.matmul(hid3, W4) + b4)
hid5 = tf.math.tanh(tf.matmul(hid4, W5) + b5)
hid6 = tf.math.tanh(tf.matmul(hid5, W6) + b6)
hid7 = tf.math.tanh(tf.matmul(hid6, W7) + b7)
hid8 = tf.math.tanh(tf.matmul(hid7, W8) + b8)
hid9 = tf.math.tanh(tf.matmul(hid8, W9) + b9)
# 마지막은 sigmoid
hypothesis = tf.sigmoid(tf.matmul(hid9, W10) + b10)
cost = -tf.reduce_mean(Y * tf.log(hypothesis) + (1 - Y) * tf.log(1 - hypothesis))
train = tf.train.GradientDescentOptimizer(learning_rate=0.01).minimize(cost)
predicted = tf.cast(hypothesis > 0.5, dtype=tf.float32)
accuracy = tf.reduce_mean(tf.cast(tf.equal(predicted, Y), dtype=tf.float32))
cost_list = []
step_list = []
acc_list = []
# Launch graph
with tf.Session() as sess:
    # Initialize TensorFlow variables
    sess.run(tf.global_variables_initializer())
    for step in range(20001):
        _, cost_val, acc = sess.run([train, cost, accuracy], feed_dict={X: x_data, Y: y_data})
        if step % 100 == 0:
            step_list.append(step)
            cost_list.append(cost_val)
            acc_list.append(acc)
            print(step, cost_val)
    # Accuracy report
    h, p, a = sess.run(
        [hypothesis, predicted, accuracy], feed_dict={X: x_data, Y: y_data}
    )
    print(f"\\nHypothesis:\\n{h} \\nPredicted:\\n{p} \\nAccuracy:\\n{a}")
"""

# Section 3-1 shows these before the whole listing, whose names they need.
XOR_VARIANTS = """\
# ReLU
hid8 = tf.nn.relu(tf.matmul(hid7, W8) + b8)
hid9 = tf.nn.relu(tf.matmul(hid8, W9) + b9)
# Leacky_ReLU
hid8 = tf.nn.leaky_relu(tf.matmul(hid7, W8) + b8)
hid9 = tf.nn.leaky_relu(tf.matmul(hid8, W9) + b9)
# tanh
hid8 = tf.math.tanh(tf.matmul(hid7, W8) + b8)
hid9 = tf.math.tanh(tf.matmul(hid8, W9) + b9)
# hypothesis는 Sigmoid
hypothesis = tf.sigmoid(tf.matmul(hid9, W10) + b10)
"""

# relu-post shows its listing as typed at a prompt.
RELU_TRANSCRIPT = "".join(
    line if line.startswith("#") else f">>> {line.lstrip()}"
    for line in RELU_LISTING.splitlines(keepends=True)
)

# What xor-post's names give to someone who writes `import tensorflow as tf`.
PLAIN_TENSORFLOW = """\
tf.disable_v2_behavior()
tf.placeholder(tf.float32, shape=[None, 2])
tf.random_normal([5,5])
tf.log(0.5)
tf.train.GradientDescentOptimizer(learning_rate=0.01)
tf.global_variables_initializer()
tf.Session()
"""

CHANGED, LEFT_OUT = "changed since", "left out of the listing"
NOT_INSTALLED, PROMPTS = "not installed", "prompts"


@dataclass(frozen=True)
class Repair:
    """What makes a printed statement run again.

    Attributes:
        reason: why it is needed.
        change: what is done.
        code: the statement as repaired.
    """

    reason: str
    change: str
    code: str


@dataclass(frozen=True)
class Listing:
    """A listing as printed.

    Attributes:
        document: the document's short name.
        name: which listing it is.
        code: its text.
        repairs: for a statement, the repairs to try one after another until one runs cleanly.
        fragment: whether it needs names that the document gives only later.
        before: run first, unprinted; what a listing that is not a document's own needs.
    """

    document: str
    name: str
    code: str
    repairs: tuple[tuple[str, tuple[Repair, ...]], ...] = ()
    fragment: bool = False
    before: str = ""


def _slides(place: int, units: int, rate: float) -> Listing:
    old, new = (f"sgd = keras.optimizers.SGD({name}={rate})" for name in ("lr", "learning_rate"))
    dense = f"model.add(Dense({units}, activation='tanh', input_dim=2))"
    with_input = (
        "from keras import Input\n"
        "model = Sequential([Input((2,))])\n"
        f"model.add(Dense({units}, activation='tanh'))"
    )
    first = place == 1  # the listings after the first share its imports, and its repair
    imported = (Repair(LEFT_OUT, "import keras", f"import keras\n{old}"),) if first else ()
    return Listing(
        "slides",
        f"{place} the {units}-D model",
        (SLIDES_IMPORTS if first else "") + SLIDES_LISTING.format(units=units, rate=rate),
        (
            (dense, (Repair(CHANGED, "input_dim becomes an Input of its own", with_input),)),
            (old, (*imported, Repair(CHANGED, "lr becomes learning_rate", new))),
        ),
    )


def _today(code: str) -> tuple[Repair]:
    return (Repair(CHANGED, "today's name", code),)


LISTINGS = (
    Listing("perceptron-post", "1 threshold", THRESHOLD_LISTING),
    Listing("perceptron-post", "2 comparison", COMPARISON_LISTING),
    Listing("perceptron-post", "3 softmax", SOFTMAX_LISTING),
    Listing("perceptron-post", "4 perceptron", PERCEPTRON_LISTING),
    Listing(
        "xor-post",
        "1 whole code",
        XOR_LISTING,
        (
            (
                "import tensorflow_datasets as tfds",
                (Repair(NOT_INSTALLED, "leave it out, nothing uses it", "pass"),),
            ),
        ),
    ),
    Listing("xor-post", "2 section 3-1", XOR_VARIANTS, fragment=True),
    _slides(1, 2, 0.001),
    _slides(2, 3, 0.005),
    _slides(3, 4, 0.005),
    Listing("network-post", "1 product", PRODUCT_LISTING),
    Listing("network-post", "2 three layers", NETWORK_LISTING),
    Listing(
        "relu-post",
        "1 transcript",
        RELU_TRANSCRIPT,
        ((RELU_TRANSCRIPT, (Repair(PROMPTS, "take the prompts out", RELU_LISTING),)),),
    ),
)

PLAIN = Listing(
    "xor-post",
    "without compat.v1",
    PLAIN_TENSORFLOW,
    tuple(
        zip(
            PLAIN_TENSORFLOW.splitlines(),
            (
                (Repair(CHANGED, "leave it out: version 2 is meant", "pass"),),
                _today("keras.Input((2,))"),
                _today("tf.random.normal([5,5])"),
                _today("tf.math.log(0.5)"),
                _today("keras.optimizers.SGD(learning_rate=0.01)"),
                (Repair(CHANGED, "leave it out: a variable has its value", "tf.Variable([1.0])"),),
                (Repair(CHANGED, "call a function instead", "tf.function(tf.sin)(1.0)"),),
            ),
            strict=True,
        )
    ),
    before="import keras\nimport tensorflow as tf",
)

PROCESSES = (("perceptron-post", "slides", "network-post", "relu-post", "plain"), ("xor-post",))
"""Which documents share a process; xor-post needs its own, as it turns TensorFlow 2 off."""


@dataclass(frozen=True)
class Spec:
    """The inputs to the formulas, and how far the training loop runs."""

    documents_largest: float = 10.0  # no input in the five documents is larger in size
    largest: float = 10_000.0
    sizes: int = 81
    outputs: int = 7  # as in the softmax example
    training_steps: int = 101


SPEC = Spec()

RIGHT, WARNS, WRONG, NAN = "right", "right, with a warning", "wrong", "NaN"
RUNS, SHOWS_WARNING, FAILS = "runs", "warns", "fails"


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The formulas on growing inputs, and every statement's fate."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(PROCESSES)) as pool:
        parts = [pool.submit(_in_process, part, spec.training_steps) for part in PROCESSES]
        tables = {"formulas": _formulas(spec), "first_failures": _first_failures(spec)}
        attempts = pd.DataFrame([row for part in parts for row in part.result()])
    plain, whole = attempts["listing"] == PLAIN.name, attempts["place"] == 0
    return tables | {
        "listings": attempts[whole][["document", "listing", *TRIAL]],
        "statements": attempts[~plain & ~whole],
        "plain_tensorflow": attempts[plain]
        .drop(columns=["document", "listing"])
        .replace({"change": {"as printed": "name as printed"}}),
    }


# The printed formulas on growing inputs.


def _inputs(spec: Spec) -> dict[tuple[str, str], tuple]:
    """For every function and kind of input: the input of a size m, and the true output."""
    one = np.arange(spec.outputs) == 0
    same = np.full(spec.outputs, 1.0)
    return {
        ("sigmoid", "m"): (lambda m: m * same[:1], lambda m: same[:1] / (1 + np.exp(-m))),
        ("sigmoid", "-m"): (
            lambda m: -m * same[:1],
            lambda m: same[:1] * np.exp(-m) / (1 + np.exp(-m)),
        ),
        ("softmax", "one m, others 0"): (
            lambda m: m * one,
            lambda m: np.where(one, 1, np.exp(-m)) / (1 + (spec.outputs - 1) * np.exp(-m)),
        ),
        ("softmax", "all m"): (lambda m: m * same, lambda m: same / spec.outputs),
        ("softmax", "all -m"): (lambda m: -m * same, lambda m: same / spec.outputs),
    }


def _printed_functions():
    namespace = {"np": np}
    exec(SIGMOID + SOFTMAX, namespace)
    return namespace


def _outcome(function, given: np.ndarray, true: np.ndarray) -> str:
    """What a function makes of an input: right, right with a warning, wrong, or NaN."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = np.asarray(function(given), dtype=float)
    if np.isnan(value).any():
        return NAN
    precision = np.finfo(given.dtype)
    close = np.isclose(value, true, rtol=64 * precision.eps, atol=precision.tiny)
    return (WARNS if caught else RIGHT) if close.all() else WRONG


def _sides(spec: Spec, dtype: str):
    """Every kind of input with the two functions to hold side by side."""
    import custom_layers

    printed = _printed_functions()
    for (name, given), (make, true) in _inputs(spec).items():
        layer = {"sigmoid": custom_layers.Sigmoid, "softmax": custom_layers.Softmax}[name]
        sides = {"as printed": printed[name], "layer": layer(dtype=dtype)}
        for side, function in sides.items():

            def outcome(size, function=function, make=make, true=true):
                size = float(np.asarray(size, dtype))  # the true output is that of the rounded size
                return _outcome(function, make(size).astype(dtype), true(size))

            yield {"function": name, "input": given, "dtype": dtype, "code": side}, outcome


def _formulas(spec: Spec) -> pd.DataFrame:
    sizes = np.geomspace(1, spec.largest, spec.sizes).round(3)
    return pd.DataFrame(
        [
            {**place, "size": size, "outcome": outcome(size)}
            for dtype in ("float32", "float64")
            for place, outcome in _sides(spec, dtype)
            for size in sizes
        ]
    )


def _first_failures(spec: Spec) -> pd.DataFrame:
    """The smallest sizes that warn or worse, that are wrong or worse, and that give NaN."""
    rows = []
    for dtype in ("float32", "float64"):
        for place, outcome in _sides(spec, dtype):
            fine = {"warning": {RIGHT}, "wrong": {RIGHT, WARNS}, "nan": {RIGHT, WARNS, WRONG}}
            firsts = {
                f"first_{name}": _first(outcome, kept, spec.largest, dtype)
                for name, kept in fine.items()
            }
            rows.append({**place, **firsts, "outcome_at_largest": outcome(spec.largest)})
    return pd.DataFrame(rows)


def _first(outcome, fine: set[str], largest: float, dtype: str) -> float:
    """The smallest size whose outcome is not fine, by bisection; infinity where there is none."""
    low, high = np.asarray([1, largest], dtype)
    if outcome(high) in fine:
        return np.inf
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if outcome(middle) in fine else (low, middle)
    return float(high)


# The listings, statement by statement.

READERS_OWN = ("PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONOPTIMIZE")
"""A reader's variables that are not passed on: only what Python shows by itself counts."""


def _in_process(documents: tuple[str, ...], training_steps: int) -> list[dict]:
    environment = {name: value for name, value in os.environ.items() if name not in READERS_OWN}
    environment |= {"MPLBACKEND": "Agg", "MATPLOTLIBRC": os.devnull, "TF_CPP_MIN_LOG_LEVEL": "3"}
    path = os.pathsep.join([str(FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory() as empty:  # Matplotlib reads the current folder too
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "reproductions.experiments.functions.printed_code",
                str(training_steps),
                *documents,
            ],
            cwd=empty,
            env=environment | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    if done.returncode:
        raise RuntimeError(
            f"the listings of {', '.join(documents)} could not be run:\n{done.stderr}"
        )
    return json.loads(done.stdout)


def trials(documents: list[str], training_steps: int) -> list[dict]:
    """Runs the documents' listings here and now: every statement, then every listing whole.

    This changes the process for good: TensorFlow 2 may be off afterwards.
    """
    rows = []
    for document in documents:
        listings = [item for item in LISTINGS if item.document == document]
        namespace = {"__name__": "__main__"}
        for listing in listings:
            rows += _try_statements(listing, namespace, training_steps)
        # After the statements: TensorFlow logs a deprecation only once in a process.
        namespace = {"__name__": "__main__"}
        for listing in listings:
            if not listing.fragment:
                row = _attempt(Repair("", "as printed", listing.code), namespace, training_steps)
                place = {"document": document, "listing": listing.name, "place": 0, "attempt": 0}
                rows.append({**place, **row})
    if "plain" in documents:
        rows += _try_statements(PLAIN, {"__name__": "__main__"}, training_steps)
    return rows


def _try_statements(listing: Listing, namespace: dict, training_steps: int) -> list[dict]:
    exec(listing.before, namespace)
    repairs, rows = dict(listing.repairs), []
    for place, code in enumerate(_statements(listing.code), start=1):
        attempts = [Repair("", "as printed", code), *repairs.get(code, ())]
        for number, attempt in enumerate(attempts):
            row = _attempt(attempt, namespace, training_steps)
            key = {"document": listing.document, "listing": listing.name, "place": place}
            rows.append({**key, "attempt": number, **row})
            if row["fate"] == RUNS:
                break
    return rows


def _statements(code: str) -> list[str]:
    """The top-level statements as printed; all in one where it is no Python."""
    try:
        return [ast.get_source_segment(code, node) for node in ast.parse(code).body]
    except SyntaxError:
        return [code]


def _attempt(attempt: Repair, namespace: dict, training_steps: int) -> dict[str, str]:
    """Runs code and says whether it ran, warned or failed, and with which words."""
    short = attempt.code.replace("range(20001)", f"range({training_steps})")
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    handler.setLevel(logging.WARNING)
    logging.getLogger("tensorflow").addHandler(handler)
    fate, category, message = RUNS, "", ""
    try:
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(io.StringIO()),
        ):
            exec(compile(short, "<listing>", "exec"), namespace)
        shown = [item for item in caught if "non-interactive" not in str(item.message)]
        if shown:
            fate, category = SHOWS_WARNING, shown[0].category.__name__
            message = str(shown[0].message)
        elif logged.getvalue():
            fate, category, message = SHOWS_WARNING, "TensorFlow's log", logged.getvalue()
    except Exception as error:
        fate, category, message = FAILS, type(error).__name__, str(error)
    finally:
        logging.getLogger("tensorflow").removeHandler(handler)
    lines = attempt.code.splitlines()
    few = attempt.reason and len(lines) <= 3
    return {
        "reason": attempt.reason,
        "change": attempt.change,
        "code": "; ".join(lines) if few else lines[0] + (" …" if lines[1:] else ""),
        "fate": fate,
        "category": category,
        "message": one_line(message),
    }


def one_line(message: str) -> str:
    """The first line of a message, without what differs between machines and runs."""
    line = next(iter(message.strip().splitlines()), "")
    line = re.sub(r"^From \S+:\d+: ", "", line)
    line = re.sub(r"(/|[A-Za-z]:\\)\S*[/\\]", "", line)
    return re.sub(r"0x[0-9a-fA-F]+", "0x…", line).strip()


def figures(spec: Spec, tables) -> drawing.Figures:
    """Where the formulas break, and what became of the lines that do not simply run."""
    return {
        "formulas": lambda: _draw_formulas(spec, tables["first_failures"]),
        "printed_lines": lambda: _draw_lines(
            tables["statements"], "What today's packages say to the code"
        ),
        "plain_tensorflow": lambda: _draw_lines(
            tables["plain_tensorflow"], "The same names after a plain 'import tensorflow as tf'"
        ),
    }


OUTCOME_STYLE = {
    outcome: {"facecolor": color, "hatch": hatch, "edgecolor": drawing.BLACK, "linewidth": 0}
    for outcome, color, hatch in (
        (RIGHT, drawing.SKY, ""),
        (WARNS, drawing.YELLOW, "//"),
        (WRONG, drawing.VERMILION, "xx"),
        (NAN, drawing.BLACK, ""),
    )
}


def _draw_formulas(spec, firsts):
    from matplotlib.patches import Patch

    figure, (panels,) = drawing.panels(columns=2, width=4.8, height=4.4, sharey=True)
    for axes, (dtype, lanes) in zip(panels, firsts.groupby("dtype"), strict=True):
        lanes = lanes.sort_values(["function", "input", "code"])
        edges = lanes[["first_warning", "first_wrong", "first_nan"]].to_numpy()
        right = 1.35 * edges[np.isfinite(edges)].max(initial=1)
        heights = [place + place // 2 * 0.5 for place in range(len(lanes))]  # in pairs
        for height, lane in zip(heights, edges, strict=True):
            starts = [0, *np.minimum(lane, right)]
            for start, end, outcome in zip(
                starts, [*starts[1:], right], OUTCOME_STYLE, strict=True
            ):
                axes.barh(height, end - start, left=start, height=0.8, **OUTCOME_STYLE[outcome])
            if np.isfinite(lane[0]):
                axes.annotate(
                    f"{lane[0]:.1f}",
                    (lane[0], height),
                    xytext=(-4, 0),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    fontsize=9,
                )
        axes.axvline(spec.documents_largest, color=drawing.BLACK, linestyle=":", linewidth=1.2)
        axes.set_title(f"{dtype}; the same up to m = {spec.largest:,g}")
        axes.set(xlabel="size m", xlim=(0, right))
        axes.grid(visible=False)
        names = [f"{lane.function}({lane.input}), {lane.code}" for lane in lanes.itertuples()]
        axes.set_yticks(heights, names)
    panels[0].invert_yaxis()
    panels[0].annotate(
        "largest input in the documents",
        (spec.documents_largest, -0.6),
        xytext=(3, 0),
        textcoords="offset points",
        fontsize=8,
        va="center",
    )
    figure.legend(
        handles=[Patch(label=outcome, **style) for outcome, style in OUTCOME_STYLE.items()],
        loc="outside lower center",
        ncols=len(OUTCOME_STYLE),
    )
    return figure


FATE_STYLE = {
    RUNS: ("✓ runs", drawing.GREEN),
    SHOWS_WARNING: ("! warns", "#8C6D00"),
    FAILS: ("✗ fails", drawing.VERMILION),
}


def _draw_lines(attempts, title):
    """A row an attempt: what was run, what became of it, and what the packages said."""
    import textwrap

    place = [name for name in ("document", "listing", "place") if name in attempts]
    clean = attempts.groupby(place)["fate"].transform(lambda fates: (fates == RUNS).all())
    shown = attempts[~clean]
    if "document" in shown:  # the slides' three models need the same repairs
        repaired = shown.assign(repair=shown.groupby(place)["change"].transform("last"))
        shown = shown[~repaired.duplicated(["document", "repair", "attempt"])]
    rows, y = [], 0.0
    for row in shown.itertuples():
        code = textwrap.wrap(row.code, 66, subsequent_indent="    ")
        message = textwrap.wrap(f"{row.category}: {row.message}", 84) if row.category else []
        y += 0.55 if row.attempt == 0 and rows else 0
        rows.append((y, row, code, message))
        y += len(code) + 0.85 * len(message)
    figure, ((axes,),) = drawing.panels(width=9.5, height=0.7 + 0.23 * y)
    for top, row, code, message in rows:
        words, color = FATE_STYLE[row.fate]
        axes.text(0, top, words, color=color, weight="bold", va="top")
        origin = (
            getattr(row, "document", "without compat.v1") if row.attempt == 0 else "→ " + row.change
        )
        axes.text(0.95, top, origin, va="top", fontsize=9)
        for text in code:
            axes.text(4, top, text, va="top", family="DejaVu Sans Mono", fontsize=8.5)
            top += 1
        for text in message:
            axes.text(4, top, text, va="top", fontsize=8, color="#555555")
            top += 0.85
    axes.set(title=title, xlim=(0, 10), ylim=(y, -0.3))
    axes.axis("off")
    return figure


TRIAL = {"fate": Exact(), "category": Exact(), "message": Exact()}
ATTEMPT = {"reason": Exact(), "change": Exact(), "code": Exact(), **TRIAL}
EDGE = Close(
    rtol=1e-6,
    atol=0,
    reason="found to the last bit of each dtype; exp differs in its last bit between processors",
)
TABLES = {
    "formulas": Table(
        key=("function", "input", "dtype", "code", "size"), columns={"outcome": Exact()}
    ),
    "first_failures": Table(
        key=("function", "input", "dtype", "code"),
        columns={
            "first_warning": EDGE,
            "first_wrong": EDGE,
            "first_nan": EDGE,
            "outcome_at_largest": Exact(),
        },
    ),
    "listings": Table(key=("document", "listing"), columns=TRIAL),
    "statements": Table(key=("document", "listing", "place", "attempt"), columns=ATTEMPT),
    "plain_tensorflow": Table(key=("place", "attempt"), columns=ATTEMPT),
}


def _usable(tables) -> Judgement:
    formulas, first = tables["formulas"], tables["first_failures"]
    fine = formulas["outcome"] == RIGHT
    printed, small = formulas["code"] == "as printed", formulas["size"] <= SPEC.documents_largest
    if fine[printed].all():
        verdict = REPRODUCED
    elif fine[printed & small].all() and fine[~printed].all():
        verdict = IN_PART
    else:
        verdict = NOT_REPRODUCED
    first = first[first["code"] == "as printed"]
    edge = first.groupby("dtype")["first_warning"].min()
    at_largest = first.groupby("function")["outcome_at_largest"].unique().map(sorted)
    ends = "; ".join(f"{name}: {' or '.join(found)}" for name, found in at_largest.items())
    silent = first[first["first_wrong"] < first["first_nan"]]
    zeros = ", ".join(
        f"{row.first_wrong:.4g} to {row.first_nan:.4g} in {row.dtype}"
        for row in silent.itertuples()
        if np.isfinite(row.first_nan)
    )
    return Judgement(
        verdict,
        ", ".join(f"clean below {value:.4g} in {dtype}" for dtype, value in edge.items()),
        note=(
            f"of the sizes tried up to {formulas['size'].max():,.0f},"
            f" {(~fine[printed]).mean():.0%} warn or go wrong as printed,"
            f" {(~fine[~printed]).mean():.0%} in the layers; as printed the largest gives {ends}"
            + (
                f"; wrong, yet not NaN, where only the softmax's sum overflows: {zeros}"
                if zeros
                else ""
            )
        ),
    )


def _no_longer_runs(tables) -> Judgement:
    attempts = tables["statements"]
    place = ["document", "listing", "place"]
    printed = attempts[attempts["attempt"] == 0]
    last = attempts.sort_values("attempt").groupby(place).tail(1)
    mended = (last["fate"] != FAILS).all()
    failed = printed["fate"] == FAILS
    # The attempt before a repair for this reason is a line that the packages have left behind.
    outdated = attempts[(attempts["fate"] == FAILS)][[*place, "attempt"]]
    outdated = outdated.assign(attempt=outdated["attempt"] + 1).merge(attempts)
    outdated = (outdated["reason"] == CHANGED).sum()
    verdict = REPRODUCED if outdated and mended else IN_PART
    whole = tables["listings"]["fate"]
    return Judgement(
        verdict if failed.any() else NOT_REPRODUCED,
        f"{failed.sum()} of {len(printed)} statements fail,"
        f" {(printed['fate'] == SHOWS_WARNING).sum()} warn",
        note=(
            f"{(whole == FAILS).sum()} of {len(whole)} listings stop when run whole; {outdated}"
            " lines"
            " fail because an interface changed, the others as something was never imported, is not"
            " installed, or is a prompt; "
            + ("every repair runs" if mended else "not every repair runs")
            + "; xor-post's tf.placeholder and its like still run, as it imports compat.v1"
        ),
    )


CLAIMS = {
    "PP-15": _usable,
    "XX-02": _no_longer_runs,
}


if __name__ == "__main__":
    print(json.dumps(trials(sys.argv[2:], int(sys.argv[1]))))
