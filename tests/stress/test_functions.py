"""Some two hundred activation functions in trials: each has the outcome that it must have."""

import multiprocessing
import os

import numpy as np
import pandas as pd
import pytest

from reproductions.training import battery
from reproductions.trial import scorecard as trial
from tests.stress import outcomes

TINY = battery.Setting(
    seeds=16,
    xor_depth=3,
    xor_steps=21,
    zigzag_limit=50,
    digits_steps=20,
    circles_epochs=1,
    cost_elements=2**10,
    cost_rounds=6,
)
SAMPLED = 15
"""A sample has every so many of the functions, and the first one goes through the battery."""
# Keras says so of a softmax over a single number, which a trial gives it on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")


def card(family: str, name: str, through: bool) -> pd.DataFrame:
    """The scorecard of one function, through the battery too or its soundness alone."""
    from tests.stress import functions

    with np.errstate(all="ignore"), pytest.MonkeyPatch.context() as patch:
        if not through:
            patch.setattr(trial, "measured", lambda factory, setting: [])
        return trial.score(functions.FUNCTIONS[family][name], TINY)


@pytest.fixture(scope="module")
def cards(full):
    """The scorecard of each by family and name; of a sample, the soundness alone of all but one."""
    from tests.stress import functions

    every = [(family, name) for family, these in functions.FUNCTIONS.items() for name in these]
    assert len(every) >= 150
    if not full:
        sample = every[::SAMPLED]
        return {key: card(*key, through=key == sample[0]) for key in sample}
    # TensorFlow keeps what it compiled, some 20 MB a function, until its process ends.
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(os.cpu_count(), maxtasksperchild=30) as pool:
        calls = [(family, name, True) for family, name in every]
        return dict(zip(every, pool.starmap(card, calls, chunksize=1), strict=True))


def findings(card: pd.DataFrame) -> tuple[dict[str, str], set[str]]:
    """The findings on soundness, and the quantities of the battery with a finding."""
    found = card[card["verdict"] == trial.FINDING]
    sound = found["check"] == "soundness"
    rest = found[~sound]
    texts = dict(zip(found[sound]["quantity"], found[sound]["finding"], strict=True))
    return texts, set(rest["check"] + ": " + rest["quantity"])


def test_each_function_has_the_outcome_that_it_must_have(cards, report):
    rows = []
    for (family, name), card in cards.items():
        must, expected = outcomes.must_find(family, name)
        texts, found = findings(card)
        through = trial.MEASURED in set(card["verdict"])
        rows.append(
            {
                "family": family,
                "function": name,
                "must": ", ".join(sorted(must)) or "sound",
                "found": ", ".join(sorted(texts)) or "sound",
                "must_in_battery": "; ".join(sorted(expected)) if through else "",
                "found_in_battery": "; ".join(sorted(found)),
                "said": all(text in texts.get(quantity, "") for quantity, text in must.items()),
                "through": through,
            }
        )
    table = pd.DataFrame(rows)
    sound, through = (table["must"] == "sound").sum(), table["through"].sum()
    wrong = table[
        (table["must"] != table["found"])
        | (table["must_in_battery"] != table["found_in_battery"])
        | ~table["said"]
    ]
    report(
        f"functions: {len(table)} in trials, {sound} sound and {len(table) - sound} not, {through}"
        f" of them through the battery; {len(table) - len(wrong)} as they must be",
        "functions",
        table.drop(columns=["said", "through"]),
    )
    assert wrong.to_dict("records") == []


def test_each_scorecard_has_all_rows_and_no_number_out_of_its_bounds(cards):
    quantities = set(battery.QUANTITIES)
    for key, card in cards.items():
        if len(card) == len(card[card["check"] == "soundness"]):
            continue  # of a sample, not through the battery
        assert set(zip(card["check"], card["quantity"], strict=True)) >= quantities, key
        shares = card[card["quantity"].str.startswith(battery.SHARES)]
        assert shares[["value", "low", "high"]].stack().dropna().between(0, 1).all(), key


def test_a_sample_has_every_kind_of_outcome(cards):
    """So that a change that spoils one kind is seen before the whole of it is run."""
    outcomes = set().union(*(findings(card)[0] or {"sound"} for card in cards.values()))
    assert outcomes >= {"sound", "usable", "finite values", "finite gradients"}
