"""The stored figures, drawn again from the stored tables: `check` believes what is stored."""

import pandas as pd

from reproductions.evidence import drawing
from reproductions.running import experiment, results
from tests.stress.stored import EXPECTED

SAMPLE = ("document_arithmetic", "sigmoid_layers")


def drawn(name: str) -> dict:
    """A row: how many files of figures an experiment has, and those that its tables do not give."""
    loaded = experiment.load(name)
    files = drawing.render_all(loaded.figures(loaded.spec, results.read_tables(loaded, EXPECTED)))
    stored = {
        path.name: path.read_bytes()
        for path in (EXPECTED / name).iterdir()
        if path.suffix in (".png", ".svg", ".webp")
    }
    wrong = [
        file
        for file in sorted(files.keys() | stored.keys())
        if not (file in files and file in stored)
        or not drawing.same_figure(file, files[file], stored[file])
    ]
    return {"experiment": name, "files": len(stored), "others": "; ".join(wrong)}


def test_stored_figures_are_what_the_stored_tables_give(full, report):
    names = [name for name in experiment.names() if (EXPECTED / name).is_dir()]
    rows = pd.DataFrame(drawn(name) for name in (names if full else SAMPLE))
    wrong = rows[rows["others"] != ""]
    report(
        f"figures: {rows['files'].sum()} files of {len(rows)} experiments drawn again,"
        f" {len(wrong)} experiments with another one"
    )
    assert wrong.empty, wrong.to_string()
