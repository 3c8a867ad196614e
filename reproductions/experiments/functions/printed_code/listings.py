"""The listings as printed, one text file each in `printed`, and the repairs that make them run."""

from dataclasses import dataclass
from pathlib import Path

PRINTED = Path(__file__).with_name("printed")


def read(name: str) -> str:
    """A listing's text, as printed."""
    return (PRINTED / f"{name}.txt").read_text(encoding="utf-8")


RELU_LISTING = read("relu-post")

# The relu-post shows its listing as it was typed at a prompt.
RELU_TRANSCRIPT = "".join(
    line if line.startswith("#") else f">>> {line.lstrip()}"
    for line in RELU_LISTING.splitlines(keepends=True)
)

# The names that xor-post uses, for someone who writes `import tensorflow as tf`.
PLAIN_TENSORFLOW = read("xor-post-without-compat")

CHANGED, LEFT_OUT = "changed since", "left out of the listing"
NOT_INSTALLED, PROMPTS = "not installed", "prompts"


@dataclass(frozen=True)
class Repair:
    """A change that makes a printed statement run again.

    Attributes:
        reason: why it is needed.
        change: what is changed, in a few words.
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
        fragment: whether it is a part that cannot be run alone.
        before: code that is run first and not shown.
    """

    document: str
    name: str
    code: str
    repairs: tuple[tuple[str, tuple[Repair, ...]], ...] = ()
    fragment: bool = False
    before: str = ""


def _model_of_the_slides(place: int, units: int, rate: float) -> Listing:
    printed, repaired = (
        f"sgd = keras.optimizers.SGD({name}={rate})" for name in ("lr", "learning_rate")
    )
    dense = f"model.add(Dense({units}, activation='tanh', input_dim=2))"
    with_input = (
        "from keras import Input\n"
        "model = Sequential([Input((2,))])\n"
        f"model.add(Dense({units}, activation='tanh'))"
    )
    # The later listings share the imports of the first, and so its repair.
    import_keras = Repair(LEFT_OUT, "import keras", f"import keras\n{printed}")
    imported = (import_keras,) if place == 1 else ()
    return Listing(
        "slides",
        f"{place} the {units}-D model",
        read(f"slides-{units}-units"),
        (
            (dense, (Repair(CHANGED, "input_dim becomes an Input of its own", with_input),)),
            (printed, (*imported, Repair(CHANGED, "lr becomes learning_rate", repaired))),
        ),
    )


def _todays_name(code: str) -> tuple[Repair]:
    return (Repair(CHANGED, "today's name", code),)


LISTINGS = (
    Listing("perceptron-post", "1 threshold", read("perceptron-post-threshold")),
    Listing("perceptron-post", "2 comparison", read("perceptron-post-comparison")),
    Listing("perceptron-post", "3 softmax", read("perceptron-post-softmax")),
    Listing("perceptron-post", "4 perceptron", read("perceptron-post-perceptron")),
    Listing(
        "xor-post",
        "1 whole code",
        read("xor-post"),
        (
            (
                "import tensorflow_datasets as tfds",
                (Repair(NOT_INSTALLED, "leave it out, nothing uses it", "pass"),),
            ),
        ),
    ),
    Listing("xor-post", "2 section 3-1", read("xor-post-section-3-1"), fragment=True),
    _model_of_the_slides(1, 2, 0.001),
    _model_of_the_slides(2, 3, 0.005),
    _model_of_the_slides(3, 4, 0.005),
    Listing("network-post", "1 product", read("network-post-product")),
    Listing("network-post", "2 three layers", read("network-post-three-layers")),
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
                _todays_name("keras.Input((2,))"),
                _todays_name("tf.random.normal([5,5])"),
                _todays_name("tf.math.log(0.5)"),
                _todays_name("keras.optimizers.SGD(learning_rate=0.01)"),
                (Repair(CHANGED, "leave it out: a variable has its value", "tf.Variable([1.0])"),),
                (Repair(CHANGED, "call a function instead", "tf.function(tf.sin)(1.0)"),),
            ),
            strict=True,
        )
    ),
    before="import keras\nimport tensorflow as tf",
)
