"""Another setting than the stored one: its figures say its own numbers, and what it lacks is told.

Every experiment runs once in a small setting of which every number is another than the stored one,
and every list an element shorter, so that one activation, rate or network is missing.
"""

import dataclasses
import re
import typing
from types import SimpleNamespace

import pytest
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from reproductions import __main__ as command_line
from reproductions.evidence import drawing, verdicts
from reproductions.evidence.errors import NotMeasured
from reproductions.running import experiment, results, runner
from tests.experiments import beside

STORED = experiment.FOLDER.parent / "results" / "expected"
NAMES = [name for name in experiment.names() if (STORED / name).is_dir()]
SEEDS = 4

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
NETWORK = re.compile(r"\d+(-\d+)+")


def other(value):
    """A value of the same kind that is another one, and not much larger."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return f"{2 * float(value):.12f}".rstrip("0")
    if isinstance(value, tuple):
        return tuple(map(other, value))
    if isinstance(value, float):
        return float(f"{1.1 * value:.6g}")
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 1 if value < 100 else value - value // 10
    return value


def another(loaded):
    """A small setting all of whose numbers are others than the stored ones."""
    small = dataclasses.replace(runner.spec_for(loaded), **loaded.small)
    changes = {}
    for name, kind in typing.get_type_hints(type(small)).items():
        value = getattr(small, name)
        if typing.get_args(kind)[-1:] == (...,) and len(value) > 1:
            value = value[:-1]  # how many there are is a number too
        changes[name] = other(value)
    few = {"seeds": SEEDS} if loaded.has_seeds else {}
    return dataclasses.replace(
        small, **changes | few | beside.of(loaded.name, "ANOTHER_SETTING", {})
    )


def numbers(value) -> set:
    """What a text may say of a field: its numbers, how many there are, and a network's name."""
    if dataclasses.is_dataclass(value):
        return numbers_of(value)
    if isinstance(value, tuple):
        found = set().union(*map(numbers, value)) | {len(value), len(value) + 1}
        if value and all(isinstance(part, int) for part in value):
            found.add("-".join(map(str, (2, *value, 1))))
        return found
    if isinstance(value, str):
        return {float(value)} if NUMBER.fullmatch(value) else set()
    if isinstance(value, bool) or value is None:
        return set()
    return {value, value - 1} if value >= 100 else {value}  # the last of so many steps


def numbers_of(spec) -> set:
    return set().union(*map(numbers, vars(spec).values()))


def texts(figure):
    """The texts of a figure as it is drawn; with a tick that was set, its axis' label."""
    figure.draw_without_rendering()
    ticks = {}
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            shared = getattr(axes, f"get_shared_{axis.axis_name}_axes")().get_siblings(axes)
            labels = [getattr(a, f"get_{axis.axis_name}label")() for a in shared]
            label = next(filter(None, [axis.label.get_text(), *labels]), axis.axis_name)
            set_by_hand = isinstance(axis.get_major_locator(), FixedLocator)
            # A share is drawn from 0 to 1 in any setting.
            told = label if set_by_hand and not label.startswith("share") else None
            ticks |= dict.fromkeys(map(id, axis.get_ticklabels(which="both")), told)
    for text in figure.findobj(Text):
        words, label = text.get_text(), ticks.get(id(text), "")
        if text.get_visible() and words and label is not None:
            yield words, label


def places(words, label):
    """Where numbers stand in a text: the word before, the number, the word after."""
    parts = [part.strip(",;:.()[]'\"=") for part in words.split()]
    values = [
        value_of(part, percent=following.startswith("%"))
        for part, following in zip(parts, [*parts[1:], ""], strict=True)
    ]
    others = [part if value is None else None for part, value in zip(parts, values, strict=True)]
    for i, value in enumerate(values):
        if value is not None and label and len(parts) == 1:
            yield f"[{label}]", value, None
        elif value is not None:
            before, after = (next(filter(None, side), None) for side in (others[i::-1], others[i:]))
            yield before, value, after


def value_of(part, percent):
    """The number that a word is; a network such as 2-3-1 as it is; None for any other word."""
    if part.lower() in drawing.WORDS[2:]:
        return drawing.WORDS.index(part.lower())
    if NETWORK.fullmatch(part):
        return part
    number = part.strip("%°√").replace("−", "-").replace(",", "")
    if not NUMBER.fullmatch(number):
        return None
    return float(number) / (100 if percent or part.endswith("%") else 1)


def drawn(loaded, spec, tables, left_out=None) -> dict:
    """Where numbers stand in the texts of all figures; for each place, a text that shows it."""
    found = {}
    with drawing.style():
        for name, draw in loaded.figures(spec, tables).items():
            try:
                figure, last = draw(), 0
            except NotMeasured as error:
                if left_out is None:
                    raise
                left_out.append(f"{name}: {error}")
                continue
            if isinstance(figure, drawing.Animation):
                figure, update, last = figure.figure, figure.update, figure.frames - 1
                update(last)
            for words, label in texts(figure):
                for place in places(words, label):
                    found.setdefault(place, f"{name}: {words!r} {label}".rstrip())
    return found


def stale(loaded, spec, tables, says) -> list[str]:
    """The texts of another setting's figures that say a number of the stored setting."""
    fixed = beside.of(loaded.name, "FIXED_NUMBERS", {})
    stored = drawn(loaded, loaded.spec, results.read_tables(loaded, STORED))
    before, after = {place[:2] for place in stored}, {place[1:] for place in stored}
    old = numbers_of(loaded.spec) - numbers_of(spec)
    measured = {
        number
        for frame in tables.values()
        for number in frame.select_dtypes("number").to_numpy().ravel()
    }
    found = {}
    for (word, number, following), text in says.items():
        there = (word and (word, number) in before) or (following and (number, following) in after)
        tick = bool(word) and word.startswith("[")  # of a place that tables may have
        known = {word, following} & set(fixed) or (tick and number in measured)
        if there and number in old and not known:
            found[word, number, following] = f"{text} says {number}"
    counted = moving(loaded, spec, tables, says) if found else set()
    return [text for place, text in found.items() if place not in counted]


def moving(loaded, spec, tables, says) -> set:
    """The places whose number is another one where other values were measured: it is counted.

    A number of the setting stands there whatever was measured.
    """
    found = set()
    for end in ("min", "max"):
        elsewhere = {
            name: frame.assign(
                **{
                    column: getattr(frame[column], end)()
                    for column in loaded.tables[name].columns
                    if column in frame.select_dtypes("number")
                }
            )
            for name, frame in tables.items()
        }
        try:
            others = drawn(loaded, spec, elsewhere, [])
        except Exception:  # no such values can be drawn, so that they tell nothing
            continue
        words = {(word, following) for word, _, following in others}
        found |= {p for p in says if p not in others and (p[0], p[2]) in words}
    return found


@pytest.fixture(scope="module", params=NAMES)
def elsewhere(request):
    """An experiment in another setting: its tables, verdicts, texts, and what it lacks."""
    loaded = experiment.load(request.param)
    spec = another(loaded)
    frames = runner.tables_of(loaded, spec, STORED)
    tables = {n: runner.reread(n, frames[n], table) for n, table in loaded.tables.items()}
    left_out = []
    judged = verdicts.judge(loaded.claims, tables, "another setting", left_out)
    says = drawn(loaded, spec, tables, left_out)
    return SimpleNamespace(
        loaded=loaded, spec=spec, tables=tables, judged=judged, left_out=left_out, says=says
    )


def test_what_is_lacking_is_told_and_all_else_is_made(elsewhere):
    assert elsewhere.left_out == beside.of(elsewhere.loaded.name, "LEFT_OUT", [])
    told = {line.split()[0] for line in elsewhere.left_out}
    ids = [claim.id for claim in elsewhere.loaded.claims]
    assert elsewhere.judged["id"].tolist() == [name for name in ids if name not in told]


def test_every_number_is_another_one(elsewhere):
    for field in dataclasses.fields(elsewhere.spec):
        stored, now = (
            getattr(spec, field.name) for spec in (elsewhere.loaded.spec, elsewhere.spec)
        )
        assert not numbers(stored) or numbers(stored) - numbers(now), field.name


def test_the_figures_say_the_numbers_of_their_own_setting(elsewhere):
    loaded, spec = elsewhere.loaded, elsewhere.spec
    assert stale(loaded, spec, elsewhere.tables, elsewhere.says) == []


def test_a_run_without_an_activation_says_what_it_lacks_and_makes_the_rest(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(command_line, "CUSTOM", tmp_path)
    (tmp_path / "mine.toml").write_text(
        '[deep_xor]\nseeds = 4\nhidden = [5]\nsteps = 201\nactivations = ["sigmoid", "relu"]\n'
    )
    assert command_line.main(["run", "--config", str(tmp_path / "mine.toml")]) == 0
    printed = capsys.readouterr().out
    assert "deep_xor, XP-12 is not judged: the tables have no activation tanh\n" in printed
    assert "deep_xor, XP-13 is not judged: the tables have no activation leaky_relu\n" in printed
    judged = results.read_claims(tmp_path / "mine")["id"].tolist()
    assert judged == ["XP-02", "XP-10", "XP-11", "XP-16"]
    stored, made = STORED / "deep_xor", tmp_path / "mine" / "deep_xor"
    assert {path.name for path in made.iterdir()} == {path.name for path in stored.iterdir()}
