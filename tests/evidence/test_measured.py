"""What the tables of another setting lack is named; a mistake in the picking stays a mistake."""

import pandas as pd
import pytest

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured

RATES = pd.DataFrame(
    {
        "activation": ["relu", "relu", "tanh"],
        "learning_rate": [0.01, 0.1, 0.1],
        "count": [1, 2, 3],
    }
)


def test_rows_and_the_one_row():
    assert measured.rows(RATES, activation="relu")["count"].tolist() == [1, 2]
    assert measured.row(RATES, activation="relu", learning_rate=0.1)["count"] == 2


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"activation": "elu"}, "the tables have no activation elu"),
        (
            {"activation": "tanh", "learning_rate": 0.01},
            "the tables have no learning rate 0.01 for activation tanh",
        ),
    ],
)
@pytest.mark.parametrize("pick", [measured.rows, measured.row])
def test_what_is_missing_is_named(pick, where, says):
    with pytest.raises(NotMeasured, match=f"^{says}$"):
        pick(RATES, **where)


def test_a_mistake_is_no_missing_measurement():
    with pytest.raises(KeyError, match="activaton"):
        measured.rows(RATES, activaton="relu")
    with pytest.raises(ValueError, match="2 rows"):
        measured.row(RATES, activation="relu")
