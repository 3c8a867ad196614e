"""Every figure's numbers are in a table: it is drawn from the CSVs alone, and moves with them."""

import builtins

import numpy as np
import pytest

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Rate
from reproductions.running import experiment, results
from tests.experiments import beside

STORED = experiment.FOLDER.parent / "results" / "expected"
NAMES = [name for name in experiment.names() if (STORED / name).is_dir()]

MANY = 8  # numbers: shorter ones are reference lines, ticks and arrows


def plotted(figure) -> dict[tuple, np.ndarray]:
    """The numbers behind every artist of a figure, by its place."""
    found = {}
    for panel, axes in enumerate(figure.axes):
        if axes.get_label() == "<colorbar>":
            continue
        kinds = {
            "line": axes.lines,
            "collection": axes.collections,
            "image": axes.images,
            "patch": axes.patches,
        }
        for kind, artists in kinds.items():
            for place, artist in enumerate(artists):
                key = (panel, kind, place, str(artist.get_label()))
                found[key] = np.concatenate([np.ravel(part) for part in NUMBERS[kind](artist)])
    return found


def _line(artist):
    return artist.get_data_3d() if hasattr(artist, "get_data_3d") else artist.get_data(orig=False)


def _collection(artist):
    yield from (path.vertices for path in artist.get_paths())
    yield np.ma.filled(np.ma.asarray(artist.get_offsets(), "float64"), np.nan)
    for attribute in ("_offsets3d", "_vec"):  # of three dimensions, before they are projected
        yield from np.atleast_2d(getattr(artist, attribute, ()))
    if artist.get_array() is not None:
        yield np.ma.filled(np.ma.asarray(artist.get_array(), "float64"), np.nan)


def _patch(artist):
    yield artist.get_path().transformed(artist.get_patch_transform()).vertices


NUMBERS = {
    "line": _line,
    "collection": _collection,
    "image": lambda artist: [np.ma.filled(np.ma.asarray(artist.get_array(), "float64"), np.nan)],
    "patch": _patch,
}


def moved(tables, shapes):
    """The tables with every measured number changed a little, and none put out of its range.

    Counts move by one and what they are counts of stays, so that shares move too; floats keep
    their order, so that an interval still holds its estimate.
    """
    keys = {key for shape in shapes.values() for key in shape.key}
    changed = {}
    for name, frame in tables.items():
        frame = frame.copy()
        for column, kind in shapes[name].columns.items():
            if column in keys:  # rows of another table stand under it
                continue
            if frame[column].dtype.kind == "f":
                frame[column] = frame[column] * 0.9 + 0.02
            elif isinstance(kind, Rate) and frame[column].dtype.kind in "iu":
                count = frame[column]
                most = frame[kind.trials] if kind.trials else count.max()
                frame[column] = np.minimum(np.where(count > 0, count - 1, 1), most)
        changed[name] = frame
    return changed


def is_circle(numbers) -> bool:
    """Whether a line is one of the two circles, which are a formula and not a result."""
    x, y = np.reshape(numbers, (2, -1)) if len(numbers) % 2 == 0 else (numbers, 0)
    return bool(np.ptp(np.hypot(x, y)) < 1e-9)


def drawn(loaded, tables):
    with drawing.style():
        figures = {n: draw() for n, draw in loaded.figures(loaded.spec, tables).items()}
        return {
            name: plotted(figure.figure if isinstance(figure, drawing.Animation) else figure)
            for name, figure in figures.items()
        }


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_moves_with_its_tables(name, monkeypatch):
    loaded = experiment.load(name)
    tables = results.read_tables(loaded, STORED)
    drawn(loaded, tables)  # imports are over, fonts are read

    def closed(path, *arguments, **options):
        raise AssertionError(f"a figure reads a file: {path}")

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", closed)
        before = drawn(loaded, tables)
        after = drawn(loaded, moved(tables, loaded.tables))
    assert list(before) == list(after)
    still = [
        f"{figure}: {key}"
        for figure, artists in before.items()
        for key, numbers in artists.items()
        if len(numbers) >= MANY and np.unique(numbers).size > 4
        and np.array_equal(numbers, after[figure].get(key), equal_nan=True)
        and not is_circle(numbers) and key[3] not in beside.of(name, "DRAWN_BY_FORMULA", {})
    ]  # fmt: skip
    assert not still
