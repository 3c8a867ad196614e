"""First looks of the experiments that run only when they are named, which `make quick` leaves out.

They take minutes together, so this runs at full size only.
"""

import pandas as pd
import pytest

from reproductions.running import checking, experiment, runner

STORED = experiment.FOLDER.parent / "results" / "expected"
NAMES = [name for name in experiment.names() if experiment.load(name).optional]


def test_first_looks_hold_against_the_stored_numbers(full, report, tmp_path, capsys):
    if not full:
        pytest.skip("takes minutes")
    sources = {source for name in NAMES for source in experiment.load(name).inputs}
    runner.run(sorted({*NAMES, *sources}), runner.Request(tmp_path, quick=True))
    assert " is not judged: " not in capsys.readouterr().out
    rows = []
    for name in NAMES:
        held = checking.compare([name], STORED, tmp_path, judge=True)
        differences = [str(difference) for difference in held.concluded()]
        counts = {"values": held.values, "rates": len(held.rate_tests)}
        rows.append({"experiment": name, **counts, "differences": "; ".join(differences)})
    found = pd.DataFrame(rows)
    bad = found[found["differences"] != ""]
    line = f"first looks of {len(found)} experiments: {len(found) - len(bad)} hold"
    report(line, "first_looks", found)
    assert bad.empty, bad.to_string()
