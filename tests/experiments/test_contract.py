"""What every experiment must keep: its parts, its tables' shape, the same bytes twice."""

import dataclasses
import re
import subprocess
import sys

import numpy as np
import pytest

from reproductions.evidence import drawing, verdicts
from reproductions.evidence.kinds import Unchecked
from reproductions.evidence.tables import conform, to_csv
from reproductions.running import experiment, runner
from reproductions.training.pool import Pool

NAMES = experiment.names()
FEW_SEEDS = 3
STORED = experiment.FOLDER.parent / "results" / "expected"


@pytest.fixture(scope="module", params=NAMES)
def ran(request):
    """An experiment, a small spec of its, the pool it runs in, and the tables that it makes."""
    loaded, pool = experiment.load(request.param), Pool()
    spec = dataclasses.replace(runner.spec_for(loaded, FEW_SEEDS), **loaded.small)
    return loaded, spec, pool, runner.tables_of(loaded, spec, STORED, pool)


def test_tables_are_as_declared_and_the_same_twice(ran):
    loaded, spec, pool, frames = ran
    assert set(frames) == set(loaded.tables)
    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - the global state is what is watched
    again = runner.tables_of(loaded, spec, STORED, pool)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    for name, table in loaded.tables.items():
        first, second = (conform(name, made[name], table) for made in (frames, again))
        # Times are not the same twice, nor is anything else that such a column may hold.
        timed = [column for column, kind in table.columns.items() if isinstance(kind, Unchecked)]
        first, second = (frame.drop(columns=timed) for frame in (first, second))
        assert to_csv(first) == to_csv(second)


def test_figures_and_claims_need_the_tables_alone(ran):
    loaded, spec, _, frames = ran
    tables = {n: runner.reread(n, frames[n], table) for n, table in loaded.tables.items()}
    figures = loaded.figures(spec, tables)
    assert figures, "an experiment shows at least one figure"
    drawn = drawing.render_all(figures)
    name = next(iter(figures))  # of all, drawing again would take minutes
    again = drawing.render_all({name: loaded.figures(spec, tables)[name]})
    assert again == {file: drawn[file] for file in again}
    judged = verdicts.judge(loaded.claims, tables)
    assert judged["id"].tolist() == [claim.id for claim in loaded.claims]
    assert verdicts.judge(loaded.claims, tables).equals(judged)


@pytest.mark.parametrize("name", [name for name in NAMES if experiment.load(name).inputs])
def test_what_computes_from_other_tables_alone_says_so(name):
    loaded = experiment.load(name)
    spec = dataclasses.replace(runner.spec_for(loaded, FEW_SEEDS), **loaded.small)
    no_pool = object()
    if loaded.derived:
        assert set(runner.tables_of(loaded, spec, STORED, no_pool)) == set(loaded.tables)
    else:
        with pytest.raises(AttributeError, match="object"):
            runner.tables_of(loaded, spec, STORED, no_pool)


@pytest.mark.parametrize("name", NAMES)
def test_parts(name):
    loaded = experiment.load(name)
    for part in ("Document:", "Setup:", "Assumptions:", "Known differences:"):
        assert re.search(f"^{part}", loaded.doc, re.MULTILINE), part
    assert loaded.summary.endswith(".")
    assert dataclasses.is_dataclass(loaded.spec)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.spec.anything = 1
    hash(loaded.spec)
    # An experiment that goes beyond the documents says so, and may judge no claim.
    assert loaded.claims or "Document: none" in loaded.doc


def test_loading_experiments_does_not_import_tensorflow():
    code = (
        "import sys\nfrom reproductions.running import experiment\n"
        "for name in experiment.names(): experiment.load(name)\n"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
