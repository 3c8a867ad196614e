"""`run --config FILE`: what a field takes, the line and the nearest name in every refusal."""

import dataclasses
import json
import math
import re
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reproductions import __main__ as command_line
from reproductions.evidence.errors import InputError
from reproductions.running import config, experiment, runner
from reproductions.training.spec import ANY_SIGN


@dataclasses.dataclass(frozen=True)
class Part:
    name: str
    size: int
    loud: bool = False


@dataclasses.dataclass(frozen=True)
class Spec:
    seeds: int = 64
    rate: float = 0.1
    bias: float = dataclasses.field(default=0.5, metadata=ANY_SIGN)
    low: float = 0.0
    offset: int = -3
    name: str = "post"
    mean: bool = True
    kind: Literal["relu", "tanh"] = "relu"
    hidden: tuple[int, ...] = (5, 5)
    networks: tuple[tuple[int, ...], ...] = ((), (2,))
    paired: tuple[tuple[int, tuple[float, ...]], ...] = ((2, (0.1, 0.2)),)
    limits: tuple[float, float] = (0.0, 1.0)
    limit: float | None = None
    parts: tuple[Part, ...] = (Part("a", 1),)

    def __post_init__(self):
        if self.limits[0] >= self.limits[1]:
            raise ValueError(f"limits must rise. Received: {self.limits}")
        if self.rate > 10 * self.limits[1]:
            raise ValueError(f"rate must be near the limits.\nReceived: {self.rate}")


@pytest.fixture(autouse=True)
def lab(monkeypatch):
    """Two made-up experiments, for the configuration alone."""
    real = experiment.load

    def load(name):
        return dataclasses.replace(real("document_arithmetic"), name=name, spec=Spec())

    monkeypatch.setattr(experiment, "names", lambda: ("deep_lab", "lab"))
    monkeypatch.setattr(experiment, "load", load)


def read(folder, text: str) -> dict[str, dict[str, Any]]:
    path = folder / "my.toml"
    path.write_text(text, encoding="utf-8", newline="")
    return config.read(path)


def refusal(folder, text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{folder / 'my.toml'}")
    return message.removeprefix(f"{folder / 'my.toml'}")


TAKEN = {
    "seeds = 8": 8,
    "seeds = 100_000_000": 10**8,
    "rate = 1": 1.0,
    "rate = 1e-3": 1e-3,
    "bias = -0.5": -0.5,
    "bias = 0": 0.0,
    "low = 0": 0.0,
    "offset = 4": 4,
    'name = "x"': "x",
    "mean = false": False,
    'kind = "tanh"': "tanh",
    "hidden = [3, 2, 1]": (3, 2, 1),
    "networks = []": None,  # never empty as stored
    "networks = [[], [3, 3]]": ((), (3, 3)),
    "paired = [[3, [1, 0.5]], [4, [2]]]": ((3, (1.0, 0.5)), (4, (2.0,))),
    "limits = [0, 0.5]": (0.0, 0.5),
    "limit = -7": -7.0,
    'parts = [{name = "b", size = 2, loud = true}, {name = "c", size = 3}]': (
        Part("b", 2, True),
        Part("c", 3),
    ),
}


@pytest.mark.parametrize("text", [text for text, value in TAKEN.items() if value is not None])
def test_what_a_field_takes(text, tmp_path):
    name = text.split()[0]
    value = read(tmp_path, f"[lab]\n{text}\n")["lab"][name]
    assert value == TAKEN[text]
    assert type(value) is type(TAKEN[text])
    assert repr(value) == repr(TAKEN[text])


REFUSED = {
    "seeds = 0": "lab.seeds must be a whole number above 0, 100,000,000 at most. Received: 0",
    "seeds = -8": "Received: -8",
    "seeds = 100_000_001": "Received: 100000001",
    "seeds = 8.0": "must be a whole number above 0, 100,000,000 at most. Received: 8.0",
    "seeds = true": "must be a whole number above 0, 100,000,000 at most. Received: true",
    'seeds = "8"': "Received: '8'",
    "seeds = [8]": "Received: [8]",
    "seeds = 1979-05-27": "must be a whole number",
    "seeds = {n = 8}": "Received: {'n': 8}",
    f"seeds = 0x{'f' * 5000}": "Received: a number of thousands of digits",
    "rate = 0": "lab.rate must be a number above 0. Received: 0",
    "rate = -0.1": "above 0. Received: -0.1",
    "rate = nan": "Received: nan",
    "rate = inf": "Received: inf",
    "rate = -inf": "Received: -inf",
    "rate = 1e999": "Received: inf",
    f"rate = 1{'0' * 400}": "lab.rate must be a number above 0",
    "rate = false": "Received: false",
    "rate = 20": "rate must be near the limits. Received: 20.0",
    "low = -1e-9": "must be a number of 0 or more. Received: -1e-09",
    "offset = -100_000_001": "must be a whole number, 100,000,000 at most",
    "name = 5": "lab.name must be a text. Received: 5",
    "mean = 1": "lab.mean must be true or false. Received: 1",
    'kind = "rleu"': "lab.kind must be one of relu, tanh; did you mean relu? Received: 'rleu'",
    "kind = 5": "must be one of relu, tanh. Received: 5",
    "hidden = 5": "lab.hidden must be a list of whole numbers. Received: 5",
    "hidden = []": "must be a list of whole numbers, with one at least. Received: []",
    "hidden = [5, 0]": "lab.hidden[1] must be a whole number above 0",
    "networks = []": "must be a list of lists of whole numbers, with one at least",
    "networks = [[], [2, 0.5]]": "lab.networks[1][1] must be a whole number above 0",
    "paired = [[2]]": "lab.paired[0] must be a list of 2 (a whole number, a list of numbers)",
    "paired = [[2, [0]]]": "lab.paired[0][1][0] must be a number above 0. Received: 0",
    "limits = [0]": "lab.limits must be a list of 2 (a number, a number). Received: [0]",
    "limits = [0.5, 0.5]": "limits must rise. Received: (0.5, 0.5)",
    "limits = [-1, 1]": "lab.limits[0] must be a number of 0 or more. Received: -1",
    'limit = "no"': "lab.limit must be a number. Received: 'no'",
    "parts = [3]": "lab.parts[0] must be a table. Received: 3",
    'parts = [{name = "b"}]': "lab.parts[0] must be a table with the key size.",
    'parts = [{name = "b", size = 0}]': "lab.parts[0].size must be a whole number above 0",
    'parts = [{nam = "b", size = 1}]': "no such key of lab.parts[0], did you mean name?",
    "sead = 8": "no such key of lab, did you mean seeds? Received: sead",
    '"se\\nads" = 8': "no such key of lab, did you mean seeds? Received: 'se\\nads'",
    f"{'x' * 500} = 8": "no such key of lab, there are: seeds, rate, bias, ",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_field_refuses(text, tmp_path):
    message = refusal(tmp_path, f"# mine\n[deep_lab]\n[lab]\n{text}\n")
    assert message.startswith(":4: ")
    assert REFUSED[text] in message
    assert re.search(r"Received: .{1,80}$", message)


FILES = {  # the text, the line, what is said
    "an unknown experiment": ("\n\n[labb]\nseeds = 1\n", 3, "did you mean lab? Received: labb"),
    "no table": ("\nlab = 5\n", 2, "lab must be a table [lab]. Received: 5"),
    "a key without a table": ("seeds = 8\n", 1, "no such experiment, there are: deep_lab, lab."),
    "an array of tables": ("[[lab]]\nseeds = 8\n", 1, "lab must be a table [lab]."),
    "a dotted key": ("# a\nlab.rate = 0.5\nlab.seeds = 0\n", 3, "lab.seeds must"),
    "a dotted key below a table": ("[lab]\nrate = 1\nseeds.a = 0\n", 3, "lab.seeds must"),
    "a quoted key": ('[lab]\nrate = 1\n"seeds" = 0\n', 3, "lab.seeds must"),
    "a quoted table": ('[deep_lab]\nseeds = 8\n[ "lab" ]\nseeds = 0\n', 4, "lab.seeds must"),
    "an inline table": ("\nlab = {rate = 1, seeds = 0}\n", 2, "lab.seeds must"),
    "the same key of another table": (
        "[deep_lab]\nseeds = 8\n\n[lab]\nrate = 1\nseeds = 0\n",
        6,
        "lab.seeds must",
    ),
    "a list of several lines": (
        "[lab]\nhidden = [\n  5,  # ]\n  0,\n]\nrate = 1\n",
        2,
        "lab.hidden[1] must",
    ),
    "a key after such a list": ("[lab]\nhidden = [\n 5,\n]\nseeds = 0\n", 5, "lab.seeds must"),
    "a key within a text": (
        '[lab]\nname = """\nseeds = 0\n[deep_lab]\n"""\n\nseeds = 0\n',
        7,
        "lab.seeds must",
    ),
    "a table below another": ("[lab]\nrate = 1\n[lab.seeds]\na = 0\n", 3, "lab.seeds must"),
    "the second table of an array": (
        '[[lab.parts]]\nname = "a"\nsize = 1\n[[lab.parts]]\nname = "b"\nsize = 0\n',
        6,
        "lab.parts[1].size must",
    ),
    "carriage returns": ("[lab]\r\nrate = 1\r\nseeds = 0\r\n", 3, "lab.seeds must"),
    "two changes that do not fit": (
        "[deep_lab]\n[lab]\nrate = 2\nlimits = [0, 0.1]\n",
        2,
        "rate must be near the limits. Received: 2.0",
    ),
    "no TOML": ("[lab]\nseeds = 8\nrate == 1\n", 3, "Invalid value. Received: 'rate == 1'"),
    "a list that does not end": ("[lab]\nhidden = [5,\n\n", 2, "Received: 'hidden = [5,'"),
    "a key given twice": ("[lab]\nseeds = 8\nseeds = 9\n", 3, "Received: 'seeds = 9'"),
    "a table given twice": ("[lab]\n[deep_lab]\n[lab]\n", 3, "Received: '[lab]'"),
}


@pytest.mark.parametrize("case", FILES)
def test_the_line_and_the_reason(case, tmp_path):
    text, line, says = FILES[case]
    message = refusal(tmp_path, text)
    assert message.startswith(f":{line}: ")
    assert says in message


UNREADABLE = {
    "nothing": (b"# nothing\n", ": names no experiment"),
    "other text": (b"[lab]\nname = '\xff'\n", ":2: the line is not UTF-8 text"),
    "a large file": (b"#" * 40_000, ""),
    "a deep list": (b"lab = " + b"[" * 10_000, ": lists or tables are nested too deeply"),
    "a long number": (b"lab = 1" + b"0" * 5000, ": a number has too many digits"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read(case, tmp_path):
    path = tmp_path / "my.toml"
    data, says = UNREADABLE[case]
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        config.read(path)
    assert f"{path}{says}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["/nowhere/my.toml", "/dev/zero", "/dev"])
def test_no_such_file(path, capsys):
    assert command_line.main(["run", "--config", path]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"error: cannot read {path}: ")
    assert printed.count("\n") == 1


def test_a_statement_of_many_lines_takes_no_time_and_gives_no_wrong_line(tmp_path):
    rows = "[],\n" * 7000
    assert refusal(tmp_path, f"[lab]\nrate = 1\nhidden = [\n{rows}]\nseeds = 0\n").startswith(":1:")
    assert refusal(tmp_path, f"[lab]\nseeds = 0\nhidden = [\n{rows}]\n").startswith(":2:")


KEYS = st.sampled_from(["lab", "deep_lab", '"lab"', "labb", "seeds", "hidden", "parts", "limits"])
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
VALUES = st.recursive(
    st.sampled_from(["0", "1", "-1", "2.5", "nan", "true", '"a"', "'''\n'''", "07:32:00"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: "[" + ",\n".join(parts) + "]")
        | st.tuples(KEYS, inner).map(lambda pair: f"{{{pair[0]} = {pair[1]}}}")
    ),
    max_leaves=4,
)
LINES = (
    st.tuples(PATHS, VALUES).map(" = ".join)
    | PATHS.map("[{}]".format)
    | PATHS.map("[[{}]]".format)
    | st.text(max_size=10)
)


BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The time limits are for a machine with nothing else to do."""


@BUSY
@given(st.lists(LINES, max_size=6).map("\n".join))
def test_any_text_is_read_or_refused_in_a_line(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    message = ""
    try:
        changes = config.read(path)
    except InputError as error:
        message = str(error)
    else:
        assert all(dataclasses.replace(Spec(), **fields) for fields in changes.values())
    assert message.isprintable()
    line = re.match(r":(\d+): ", message.removeprefix(str(path)))
    assert line is None or 1 <= int(line[1]) <= text.count("\n") + 1


@BUSY
@given(st.lists(PATHS, min_size=1, max_size=5, unique=True))
def test_every_statement_has_its_own_line(paths):
    text = "\n".join(f"[{path}]" for path in paths)
    for number, statement in config._statements(text):
        assert statement == f"[{paths[number - 1]}]\n"


def as_toml(value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    if dataclasses.is_dataclass(value):
        fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return f"{{{', '.join(f'{name} = {as_toml(field)}' for name, field in fields)}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isinf(value):
        return "inf"
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("name", experiment.names())
def test_every_stored_spec_can_be_written_as_a_configuration(name, monkeypatch, tmp_path):
    monkeypatch.undo()
    spec = experiment.load(name).spec
    fields = {field.name: getattr(spec, field.name) for field in dataclasses.fields(spec)}
    lines = [f"{key} = {as_toml(value)}\n" for key, value in fields.items() if value is not None]
    changes = read(tmp_path, f"[{name}]\n{''.join(lines)}")[name]
    assert runner.spec_for(experiment.load(name), changes=changes) == spec
    small = dict(experiment.load(name).small) | dict(experiment.load(name).quick)
    lines = [f"{key} = {as_toml(value)}\n" for key, value in small.items()]
    assert read(tmp_path, f"[{name}]\n{''.join(lines)}")[name] == small
