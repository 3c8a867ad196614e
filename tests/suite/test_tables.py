"""Tables on disk: what is written reads back, and what is broken is named."""

import numpy as np
import pandas as pd
import pytest

from reproductions.suite.errors import InputError
from reproductions.suite.files import write_whole
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.suite.tables import conform, parse_table, read_table, to_csv

TABLE = Table(
    key=("name", "seed"),
    columns={
        "cost": Close(rtol=0, atol=0, reason="a test", nan=True),
        "label": Exact(),
        "solved": Exact(),
    },
)
FRAME = pd.DataFrame(
    {
        "name": ["b", "a", "a"],
        "seed": [0, 10, 9],
        "cost": [0.1, np.nan, 1e-300],
        "label": ["x, y", 'a "quote"', "σ"],
        "solved": [True, False, True],
    }
)


def test_what_is_written_reads_back(tmp_path):
    shaped = conform("t", FRAME, TABLE)
    assert shaped["seed"].tolist() == [9, 10, 0]
    write_whole(tmp_path / "t.csv", to_csv(shaped))
    read = read_table(tmp_path / "t.csv", TABLE)
    pd.testing.assert_frame_equal(read, shaped, check_dtype=False)
    assert to_csv(read) == to_csv(shaped)


def test_extreme_floats_read_back_bit_for_bit():
    values = [0.1 + 0.2, 5e-324, -0.0, 1.7976931348623157e308, np.inf, -np.inf, 1 / 3]
    frame = pd.DataFrame({"row": range(7), "value": values})
    table = Table(key=("row",), columns={"value": Unchecked()})
    read = parse_table("t.csv", to_csv(frame), table)["value"]
    assert np.array(values).tobytes() == read.to_numpy().tobytes()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.drop(columns="cost"), "must have the columns"),
        (lambda f: f.assign(more=1), "must have the columns"),
        (lambda f: f.assign(seed=[0, 9, 9]), "each key once"),
        (lambda f: f.assign(label=["a", "b\n", "c"]), "line break"),
        (lambda f: f.assign(label=["a", None, "c"]), "NaN in column label"),
    ],
)
def test_a_wrong_shape_is_refused(change, says):
    with pytest.raises(ValueError, match=says):
        conform("t", change(FRAME), TABLE)


GOOD = b"row,value\n1,0.5\n2,0.7\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (GOOD[:-1], "cut short"),
        (GOOD[:-4] + b"\n", "line 3, column value must be a number. Received: ''"),
        (b"row,value\n1,0.5\n2\n", "line 3 must have 2 fields"),
        (b"row,value\n1,0.5,3\n", "line 2 must have 2 fields"),
        (GOOD.replace(b"\n", b"\r\n"), "line 1 holds a carriage return"),
        (b"\xef\xbb\xbf" + GOOD, "byte order mark"),
        (b"\x89PNG\x0d\x0a\x1a\x0a\x00", "cannot read"),
        (b"row,value\n1,\xff\n", "line 2 is not UTF-8"),
        (b"row,value\n1,\0\n", "line 2 holds a NUL"),
        (b"row,row\n1,2\n", "repeats a column"),
        (b'row,value\n1,"0.5\n', "cannot read"),
        (b"row,value\n1,half\n", "line 2, column value must be a number. Received: 'half'"),
    ],
)
def test_a_broken_file_is_named(tmp_path, data, says):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    table = Table(key=("row",), columns={"value": Rate(trials="row")})
    with pytest.raises(InputError, match=says) as caught:
        read_table(path, table)
    assert str(path) in str(caught.value)


def test_missing_files_and_folders_are_named(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match=str(path)):
            read_table(path, TABLE)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    write_whole(path, b"old")

    def disk_full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_full)
    with pytest.raises(InputError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
