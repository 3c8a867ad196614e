"""What figures say of one field: of those numbers that the whole of another setting cannot show.

`tests/experiments/test_another_setting.py` changes all fields at once. A number of the stored
setting that another field then takes may stay in a title unseen; here its field changes alone.
"""

import contextlib
import dataclasses

import pandas as pd

from reproductions.evidence import drawing
from reproductions.running import experiment, runner
from tests.experiments import test_another_setting as whole

SAMPLE = ("heights", "learning_rate")
SEEDS = 13
"""Few, and a number that hardly any field has."""


def with_another(loaded, field: str):
    """A small setting of an experiment in which one field alone is another one.

    Raises:
        ValueError: the field must change together with others.
    """
    small = dataclasses.replace(runner.spec_for(loaded), **loaded.small)
    few = {"seeds": SEEDS} if loaded.has_seeds else {}
    return dataclasses.replace(small, **few | {field: getattr(whole.another(loaded), field)})


def alone(name: str) -> list[str]:
    """The fields of an experiment with a number that shows only if no other field changes."""
    loaded, fields = experiment.load(name), []
    hidden = whole.numbers_of(loaded.spec) & whole.numbers_of(whole.another(loaded))
    for field in (field.name for field in dataclasses.fields(loaded.spec)):
        with contextlib.suppress(ValueError):
            kept = whole.numbers_of(with_another(loaded, field))
            if (whole.numbers(getattr(loaded.spec, field)) & hidden) - kept:
                fields.append(field)
    return fields


def found(name: str, field: str) -> dict:
    """A row: one field changed, and the texts that still say its stored numbers."""
    loaded = experiment.load(name)
    spec = with_another(loaded, field)
    frames = runner.tables_of(loaded, spec, whole.STORED)
    tables = {n: runner.reread(n, frames[n], table) for n, table in loaded.tables.items()}
    left_out: list[str] = []
    says = whole.drawn(loaded, spec, tables, left_out)
    wrong = whole.stale(loaded, spec, tables, says)
    return {"experiment": name, "field": field, "numbers": len(says), "stale": "; ".join(wrong)}


def test_no_text_says_a_stored_number_of_the_field_that_changed(full, report):
    every = [(name, field) for name in whole.NAMES for field in alone(name)]
    assert SAMPLE in every
    rows = pd.DataFrame(found(*each) for each in (every if full else [SAMPLE]))
    wrong = rows[rows["stale"] != ""]
    report(
        f"titles: {len(rows)} fields changed alone, {rows['numbers'].sum()} numbers in the texts of"
        f" their figures, {len(wrong)} fields with a stored number left",
        "titles",
        rows,
    )
    assert wrong.empty, wrong.to_string()


def test_a_stored_number_in_a_text_would_be_found(monkeypatch):
    titled(monkeypatch, lambda loaded, tables: f"learning rate {loaded.spec.learning_rate}")
    assert found(*SAMPLE)["stale"] != ""


def test_a_number_that_is_counted_may_be_a_stored_one(monkeypatch):
    def title(loaded, tables):
        shares = tables["posterior"]["posterior_man"]
        most = int((shares == shares.max()).sum())
        rate = loaded.spec.learning_rate
        return f"rate {rate if most < len(shares) else 2 * rate}"

    titled(monkeypatch, title)
    assert found(*SAMPLE)["stale"] == ""


def titled(monkeypatch, title):
    """The experiment of the sample has one figure, with a title made of its tables."""
    loaded = experiment.load(SAMPLE[0])

    def figures(spec, tables):
        def draw():
            figure, axes = drawing.panels()
            axes[0, 0].set_title(title(loaded, tables))
            return figure

        return {"a": draw}

    careless = dataclasses.replace(loaded, figures=figures)
    monkeypatch.setattr(experiment, "load", lambda _: careless)
