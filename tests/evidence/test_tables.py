"""Tables on disk: what is written reads back, and what is broken is named."""

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence.differences import plain
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Close, Exact, Printed, Rate, Table, Unchecked
from reproductions.evidence.tables import (
    conform,
    parse_cells,
    parse_table,
    to_csv,
)
from reproductions.running.files import write_together, write_whole
from reproductions.running.results import read_cells, read_table

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
    assert [read[name].dtype for name in TABLE.names] == [object, int, float, object, bool]
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


def test_files_written_together_all_stay_as_they_were_on_a_full_disk(tmp_path, monkeypatch):
    one, two, gone = (tmp_path / name for name in ("one.csv", "two.csv", "gone.csv"))
    write_together({one: b"old", two: b"old", gone: b"old"})
    with monkeypatch.context() as patch:
        results = iter([None, OSError(28, "No space left on device")])

        def disk_full(*_):
            if error := next(results):
                raise error

        patch.setattr("os.fsync", disk_full)
        with pytest.raises(InputError, match=r"two\.csv: No space left"):
            write_together({one: b"new", two: b"new"}, instead_of=[gone])
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(
        (one, two, gone), b"old"
    )
    write_together({one: b"new", two: b"new"}, instead_of=[gone])
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(
        (one, two), b"new"
    )


def refusal(data, table=None):
    """The message with which a file of these bytes is refused."""
    with pytest.raises(InputError) as caught:
        parse_table("t.csv", data, table or Table(key=("row",), columns={"value": Unchecked()}))
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf" + GOOD, "line 1 begins with a byte order mark"),
        (GOOD[:14] + b"\r" + GOOD[14:], "line 2 holds a carriage return, lines end in LF"),
        (GOOD[:-2] + b"\xff\n", "line 3 is not UTF-8 text"),
        (GOOD[:-2] + b"\0\n\0\n", "line 3 holds a NUL byte"),
        (GOOD[:-1], "its last line was cut short, it has no line end"),
        (b"row,value\n1,2,3\n", "line 2 must have 2 fields like the header. Received: 3"),
        (GOOD + b"1\n", "line 4 must have 2 fields like the header. Received: 1"),
        (b"a,b,a\n1,2,3\n", "its header repeats a column. Received: ['a', 'b', 'a']"),
        (b'row,value\n1,"x\n', "unexpected end of data"),
        (b"row,value\n1,half\n", "line 2, column value must be a number. Received: 'half'"),
        (GOOD + b"3,\n", "line 4, column value must be a number. Received: ''"),
        (GOOD + b"3,1e999\n", "line 4, column value must be a number. Received: '1e999'"),
    ],
)
def test_the_whole_message(data, says):
    assert refusal(data) == f"cannot read t.csv: {says}"


def test_what_is_received_is_shown_in_part():
    long = b"x" * 3000
    assert refusal(b"row,value\n1," + long + b"\n").endswith(f"Received: {'x' * 80!r}")
    head = b",".join([long, long])
    assert refusal(head + b"\n").endswith("Received: " + str(["x" * 3000])[:200])


@pytest.mark.parametrize(
    "cell",
    [
        "1_000",
        " 7",
        "7 ",
        "+7",
        "0x1",
        "٣",
        "1.",
        ".5",
        "1e",
        "1e5.0",
        "Inf",
        "NaN",
        "infinity",
        "1,5",
    ],
)
def test_only_what_a_table_writes_is_a_number(cell):
    table = Table(key=("row",), columns={"value": Unchecked(), "label": Exact()})
    quoted = f'"{cell}"'
    assert "must be a number" in refusal(f"row,value,label\n1,{quoted},a\n".encode(), table)
    label = parse_table("t.csv", f"row,value,label\n1,0,{quoted}\n".encode(), table)["label"]
    assert label.tolist() == [cell]


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        (Exact(), ["1", "-2"], [1, -2]),
        (Exact(), ["1", "2.5"], [1.0, 2.5]),
        (Exact(), ["1", "inf"], [1.0, np.inf]),
        (Exact(), ["007", "7"], ["007", "7"]),
        (Exact(), ["-00.5"], ["-00.5"]),
        (Exact(), ["1", "a"], ["1", "a"]),
        (Exact(), ["True", "False"], [True, False]),
        (Exact(), ["True", "1"], ["True", "1"]),
        (Exact(), [str(2**63 - 1), str(-(2**63))], [2**63 - 1, -(2**63)]),
        (Exact(), [str(2**63)], [str(2**63)]),
        (Exact(), [str(-(2**63) - 1)], [str(-(2**63) - 1)]),
        (Exact(), ["9" * 5000], ["9" * 5000]),
        (Close(rtol=0, atol=0, reason="a test"), [str(2**63)], [2.0**63]),
        (Close(rtol=0, atol=0, reason="a test"), ["1e-300", "-0.0"], [1e-300, -0.0]),
        (Printed(digits=2), ["0.50", "inf"], [0.5, np.inf]),
        (Rate(trials="n"), ["5"], [5]),
        (Rate(), ["5", "solved"], ["5", "solved"]),
        (None, ["5", "solved"], ["5", "solved"]),
    ],
)
def test_cells_are_read_as_their_kind_asks(kind, cells, values):
    table = Table(key=("row",), columns={"value": kind} if kind else {})
    data = "row,value\n" + "".join(f"{row},{cell}\n" for row, cell in enumerate(cells))
    read = parse_table("t.csv", data.encode(), table)
    assert list(read.columns) == ["row", "value"]
    assert read["value"].tolist() == values
    assert [type(value) for value in read["value"].tolist()] == [type(value) for value in values]


def test_a_table_without_rows_or_columns_reads_back():
    read = parse_table("t.csv", b"name,seed,cost,label,solved\n", TABLE)
    assert (list(read.columns), len(read)) == (TABLE.names, 0)
    assert to_csv(read) == b"name,seed,cost,label,solved\n"
    assert parse_cells("t.csv", b"a\n") == (["a"], [])


def test_cells_are_read_as_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes('a,"b, c"\n1,"x ""y"""\n,σ\n'.encode())
    assert read_cells(path) == (["a", "b, c"], [["1", 'x "y"'], ["", "σ"]])


def test_a_value_is_shown_plainly():
    assert plain(np.float64(0.1)) == plain(0.1) == "0.1"
    assert plain(np.float32(0.1)) == "0.10000000149011612"
    assert (plain(1), plain("a"), plain(np.True_)) == ("1", "a", "True")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda f: f.drop(columns="cost"),
            "table t must have the columns ['name', 'seed', 'cost', 'label', 'solved']."
            " Received: ['name', 'seed', 'label', 'solved']",
        ),
        (
            lambda f: pd.concat([f, f[["cost"]]], axis=1),
            "table t must have the columns ['name', 'seed', 'cost', 'label', 'solved']."
            " Received: ['name', 'seed', 'cost', 'label', 'solved', 'cost']",
        ),
        (
            lambda f: f.assign(name="a", seed=[1, 1, 2], cost=[0.5, 0.25, 1]),
            "table t must hold each key once. Received: "
            "['a', np.int64(1), np.float64(0.25), 'a \"quote\"', np.False_]",
        ),
        (
            lambda f: f.assign(label=["a", None, "c"]),
            "table t has a NaN in column label, which may hold none",
        ),
        (
            lambda f: f.assign(name=["a", None, "c"]),
            "table t has a NaN in column name, which may hold none",
        ),
        (
            lambda f: f.assign(label=["a", "b\u0085", "c"]),
            "table t has a line break or control code in column label",
        ),
    ],
)
def test_the_whole_reason_why_a_shape_is_wrong(change, says):
    with pytest.raises(ValueError, match="table t") as caught:
        conform("t", change(FRAME), TABLE)
    assert str(caught.value) == says


def test_a_nan_stands_only_where_its_kind_allows_it():
    frame = pd.DataFrame({"row": [1], "value": [np.nan]})
    for kind, allowed in [
        (Unchecked(nan=True), True),
        (Unchecked(), False),
        (Close(rtol=0, atol=0, reason="a test", nan=True), True),
        (Close(rtol=0, atol=0, reason="a test"), False),
        (Printed(digits=1), False),
        (Exact(), False),
        (Rate(), False),
    ]:
        table = Table(key=("row",), columns={"value": kind})
        if allowed:
            assert conform("t", frame, table)["value"].isna().all()
        else:
            with pytest.raises(ValueError, match="NaN in column value"):
                conform("t", frame, table)


def test_rows_are_sorted_by_key_and_columns_stand_in_order():
    frame = pd.DataFrame({"b": [3, 1, 2], "row": ["x", "x", "a"], "n": [2, 1, 5]})
    shaped = conform("t", frame, Table(key=("row", "n"), columns={"b": Exact()}))
    assert list(shaped.columns) == ["row", "n", "b"]
    assert shaped["b"].tolist() == [2, 1, 3]
    assert shaped.index.tolist() == [0, 1, 2]


FORMULAS = [
    "=1+1",
    "+1",
    "-m",
    "-1 to 2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''-m",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_is_written_with_an_apostrophe(text):
    frame = pd.DataFrame({"row": [0, 1], "label": [text, "a"], text: ["b", text]})
    data = to_csv(frame)
    for line in data.decode().splitlines(keepends=False):
        if "\r" not in text:
            assert all(
                cell.strip('"')[:1] not in "=+-@＝＋－＠\t" for cell in line.split(",") if cell
            )
    table = Table(key=("row",), columns={"label": Exact(), text: Exact()})
    if "\r" not in text:  # which no table holds
        read = parse_table("t.csv", data, table)
        pd.testing.assert_frame_equal(read, frame, check_dtype=False)
        assert to_csv(read) == data


@pytest.mark.parametrize(
    "text", ["-1", "-0.5", "-inf", "-1e-05", "'", "'a", "a=1", "3-2", "", "x@y"]
)
def test_other_texts_and_negative_numbers_are_written_as_they_are(text):
    assert to_csv(pd.DataFrame({"a": [text, "b"]})).decode().splitlines()[1].strip('"') == text
    numbers = pd.DataFrame({"a": [-1.5, -np.inf], "b": [-1, -2], "c": [True, False]})
    assert to_csv(numbers) == b"a,b,c\n-1.5,-1,True\n-inf,-2,False\n"


def test_a_missing_number_is_written_as_nan():
    assert to_csv(pd.DataFrame({"a": [np.nan], "b": ["σ"]})) == "a,b\nnan,σ\n".encode()


def test_a_file_of_cells_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n1,2\n")
    with pytest.raises(InputError, match="line 2 must have 1 fields") as caught:
        read_cells(path)
    assert str(path) in str(caught.value)
