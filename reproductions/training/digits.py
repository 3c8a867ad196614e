"""The handwritten digits that come with scikit-learn, or another data set from a file of one's own.

1,797 images of 8 x 8 pixels, ten classes (Alpaydin and Kaynak 1998).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reproductions.evidence.errors import InputError
from reproductions.evidence.statistics import generator

DIGITS = "digits"
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
SPLIT_SEED, TEST_IMAGES = 0, 360


@dataclass(frozen=True)
class Images:
    """Images and their classes, in a training and a test part.

    Attributes:
        x_train: (image, row, column, channel), float32 from 0 to 1.
        y_train: the class of each image, (image,), a whole number from 0.
        x_test: as `x_train`.
        y_test: as `y_train`.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(self.y_train.max()) + 1


def load(dataset: str = DIGITS) -> Images:
    """Loads a data set; there is no download.

    Args:
        dataset: "digits", or the path of an .npz file with the arrays x_train, y_train, x_test and
            y_test: images (image, row, column) or (image, row, column, channel), whole numbers
            from 0 to 255 or floats from 0 to 1; classes (image,) or (image, 1), whole numbers
            from 0. Keras' data sets are stored so.

    Raises:
        InputError: the file is missing, or is not of that form.
    """
    if dataset == DIGITS:
        return _digits()
    path = Path(dataset)
    if not path.is_file():
        raise InputError(f"no such data set; give 'digits' or an .npz file. Received: {dataset}")
    try:
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in ARRAYS}
    except Exception as error:  # whatever is wrong with the file: a bad zip, a missing array, ...
        raise InputError(
            f"a data set must be an .npz file with the arrays {', '.join(ARRAYS)}. Received: {path}"
        ) from error
    return Images(
        _images(path, arrays["x_train"]),
        _classes(path, arrays["y_train"], len(arrays["x_train"])),
        _images(path, arrays["x_test"]),
        _classes(path, arrays["y_test"], len(arrays["x_test"])),
    )


def _digits() -> Images:
    from sklearn.datasets import load_digits

    content = load_digits()
    order = generator(SPLIT_SEED).permutation(len(content.target))
    x = (content.images / 16).astype("float32")[order, ..., None]
    y = content.target.astype("int64")[order]
    return Images(x[TEST_IMAGES:], y[TEST_IMAGES:], x[:TEST_IMAGES], y[:TEST_IMAGES])


def _images(path: Path, x: np.ndarray) -> np.ndarray:
    whole = np.issubdtype(x.dtype, np.integer)
    sound = x.ndim in (3, 4) and x.size and (whole or np.issubdtype(x.dtype, np.floating))
    if not sound or not (x.min() >= 0 and x.max() <= (255 if whole else 1)):  # NaN fails too
        raise InputError(
            "images must be (image, row, column[, channel]), whole numbers from 0 to 255 or floats"
            f" from 0 to 1. Received: {x.dtype} {x.shape} in {path}"
        )
    x = (x / 255 if whole else x).astype("float32")
    return x if x.ndim == 4 else x[..., None]


def _classes(path: Path, y: np.ndarray, images: int) -> np.ndarray:
    sound = y.shape in ((images,), (images, 1)) and np.issubdtype(y.dtype, np.integer)
    if not sound or y.min() < 0:
        raise InputError(
            f"classes must be a whole number from 0 for each of the {images} images."
            f" Received: {y.dtype} {y.shape} in {path}"
        )
    return y.reshape(-1).astype("int64")
