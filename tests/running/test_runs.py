"""What a run writes and prints, word for word, of two small made-up experiments."""

import dataclasses
import json
from contextlib import nullcontext
from types import SimpleNamespace

import pandas as pd
import pytest

from reproductions.evidence import verdicts
from reproductions.evidence.errors import InputError, NotMeasured
from reproductions.evidence.tables import to_csv
from reproductions.running import provenance, results, runner, shards
from reproductions.running.files import only_writer, sha256
from reproductions.training.parallel import ProcessEndedError
from reproductions.training.pool import ProcessFullError
from tests.running.made_up import MADE_UP, NAME, Spec, claim, judge_half, judge_values

OTHER = "losses"
PLAIN = dataclasses.replace(MADE_UP, figures=lambda spec, tables: {})
"""Without figures, which take longest."""


def not_measured(tables):
    raise NotMeasured("the tables have no\nluck")


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    """The experiments that there are; a clock that goes on by 1.25 s whenever it is read."""
    other = dataclasses.replace(PLAIN, name=OTHER, claims=[claim("BB-01", judge_half)])
    there = {NAME: PLAIN, OTHER: other}
    for module in (runner, results):
        monkeypatch.setattr(module, "load", there.__getitem__)
    monkeypatch.setattr(runner, "unloadable", dict)
    monkeypatch.setattr(runner, "experiment_names", lambda: (NAME, OTHER))
    now = iter(range(3, 10**6))
    clock = SimpleNamespace(perf_counter=lambda: 1.25 * next(now))
    monkeypatch.setattr(runner, "time", clock)
    monkeypatch.setattr(provenance, "code_of", lambda name, again=False: f"code of {name}")
    return there


@pytest.fixture
def here(monkeypatch):
    """What would run in other processes runs here; which, and how many side by side."""
    asked = []

    def side_by_side(names, most, request):
        asked.append((names, most))
        for name in names:
            yield runner._one(runner._Call(name, request))

    monkeypatch.setattr(runner, "_side_by_side", side_by_side)
    return asked


def lines(capsys):
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def record_of(folder, name=NAME):
    return json.loads((folder / name / provenance.FILE).read_text())


def test_a_run_prints_a_line_for_each_experiment_and_its_claims(tmp_path, capsys, here):
    request = runner.Request(tmp_path / "deep" / "results")
    runner.run([NAME, OTHER], request)
    assert lines(capsys) == [
        f"{OTHER:24}     3.8 s",  # whose stored run took longer
        f"{NAME:24}     3.8 s",
        "AA-01  reproduced          A statement. [0.5]",
        "AA-02  reproduced          A statement. [0.5]",
        "BB-01  reproduced          A statement. [0.5]",
        "3 claims: 3 reproduced",
    ]
    before = {p: p.stat().st_mtime_ns for p in request.results.rglob("*/*")}
    runner.run([OTHER], request)
    assert lines(capsys) == [
        f"{OTHER:24} unchanged",
        "BB-01  reproduced          A statement. [0.5]",
        "1 claims: 1 reproduced",
    ]
    assert {p: p.stat().st_mtime_ns for p in request.results.rglob("*/*")} == before
    runner.run([OTHER], dataclasses.replace(request, force=True, changes={OTHER: {"rate": 0.5}}))
    assert lines(capsys)[0] == f"{OTHER:24}     3.8 s  rate = 0.5"
    claims = results.read_claims(request.results)
    assert list(claims["id"]) == ["AA-01", "AA-02", "BB-01"]
    assert list(claims["note"]) == ["A note.", "", "with rate = 0.5: A note."]


def test_a_run_replaces_the_rows_of_its_claims_and_no_others(tmp_path, capsys, here, made_up):
    runner.run([NAME, OTHER], runner.Request(tmp_path))
    capsys.readouterr()
    made_up[NAME] = dataclasses.replace(PLAIN, claims=[claim("AA-02", judge_half)])
    runner.run([NAME], runner.Request(tmp_path, seeds=6, force=True))
    assert lines(capsys) == [
        f"{NAME:24}     3.8 s",
        "AA-02  reproduced          A statement. [0.5]",
        "1 claims: 1 reproduced",
    ]
    claims = results.read_claims(tmp_path)
    assert list(claims["id"]) == ["AA-01", "AA-02", "BB-01"]
    assert record_of(tmp_path)["seeds"] == 6
    assert record_of(tmp_path)["judged"] == verdicts.digest(claims[claims["id"] == "AA-02"])


def test_those_that_read_others_come_last_and_those_that_are_timed_before(
    tmp_path, capsys, here, made_up, monkeypatch
):
    kinds = {"long": {}, "short": {}, "never": {}, "timed": {"alone": True},
             "both": {"alone": True, "inputs": {"long": ("counts",)}},
             "reads": {"inputs": {"short": ("counts",)}}, "timed_2": {"alone": True}}  # fmt: skip
    for name, fields in kinds.items():
        made_up[name] = dataclasses.replace(PLAIN, name=name, claims=[], **fields)
    monkeypatch.setattr(runner, "experiment_names", lambda: tuple(made_up))
    stored_s = {"long": 9.0, "short": 1.0}.get
    monkeypatch.setattr(provenance, "stored_seconds", lambda name: stored_s(name, 99.0))
    monkeypatch.setattr(runner, "_one", lambda call: (call.name, None, "1.0 s"))
    request = runner.Request(tmp_path)
    for cores, used in ((3, 3), (None, 1)):
        monkeypatch.setattr(runner.os, "cpu_count", lambda cores=cores: cores)
        asked = ["reads", "timed", "short", "both", "long", "timed_2", "never"]
        given = [name for name, *_ in runner._outcomes(asked, request)]
        assert given == ["never", "long", "short", "timed", "timed_2", "reads", "both"]
        assert here == [
            (["never", "long", "short"], used), (["timed", "timed_2"], 1),
            (["reads", "both"], used),
        ]  # fmt: skip
        here.clear()
    elsewhere = dataclasses.replace(request, sending=lambda *_: None)
    given = [name for name, *_ in runner._outcomes(["short", "long", "timed", "reads"], elsewhere)]
    assert (given, here) == (["long", "short", "timed", "reads"], [])
    assert [name for name, *_ in runner._outcomes(["long"], request)] == ["long"]
    assert here == []


def test_a_folder_of_other_things_or_a_link_is_refused(tmp_path, capsys):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / ".hidden").write_text("")
    runner.run([NAME], runner.Request(mine))  # a folder of hidden files is as good as a new one
    (mine / "notes.txt").write_text("")
    runner.run([NAME], runner.Request(mine))  # and results may have something beside them
    (mine / "claims.csv").unlink()
    runner.run([NAME], runner.Request(mine))
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("")
    said = ("this folder holds other things than results, notes.txt among them; name a new one."
            f" Received: {other}")  # fmt: skip
    with pytest.raises(InputError) as error:
        runner.run([NAME], runner.Request(other))
    assert str(error.value) == said
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / NAME).symlink_to(mine)
    with pytest.raises(InputError) as error:
        runner.run([NAME], runner.Request(tmp_path / "linked"))
    link = tmp_path / "linked" / NAME
    assert str(error.value) == f"cannot write {link}: it is a link, which may lead anywhere"
    assert [path.name for path in other.iterdir()] == ["notes.txt"]
    assert [path.name for path in link.parent.iterdir()] == [NAME]


def test_what_cannot_be_loaded_is_told_when_the_others_have_run(tmp_path, capsys, monkeypatch):
    broken = {"a": "a has no run", "b": "b has no tables", "c": "c has no spec",
              "d": "d is not asked for"}  # fmt: skip
    monkeypatch.setattr(runner, "unloadable", lambda: broken)
    with pytest.raises(InputError, match=r"^c has no spec$"):
        runner.run(["a", NAME, "b", "c"], runner.Request(tmp_path))
    out, err = capsys.readouterr()
    assert err == "error: a has no run\nerror: b has no tables\n"
    assert out.splitlines()[0].split() == [NAME, "3.8", "s"]
    with pytest.raises(InputError, match=r"^a has no run$"):
        runner.run(["a"], runner.Request(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_a_library_that_is_set_otherwise_and_another_writer_are_refused(tmp_path, monkeypatch):
    with only_writer(tmp_path), pytest.raises(InputError, match="another process writes into"):
        runner.run([NAME], runner.Request(tmp_path))

    def refuse():
        raise InputError("set otherwise")

    monkeypatch.setattr(runner.settings, "hold", refuse)
    for act in (
        lambda: runner.run([NAME], runner.Request(tmp_path)),
        lambda: runner._one_in_process(NAME, runner.Request(tmp_path)),
    ):
        with pytest.raises(InputError, match=r"^set otherwise$"):
            act()
    assert not (tmp_path / NAME).exists()


def test_claims_that_cannot_be_written_stop_a_run_before_it_begins(tmp_path, monkeypatch):
    (tmp_path / "claims.csv").mkdir()
    monkeypatch.setattr(runner, "_one", lambda call: pytest.fail("it ran"))
    with pytest.raises(InputError, match=r"claims\.csv"):
        runner.run([NAME], runner.Request(tmp_path))
    (tmp_path / "claims.csv").rmdir()
    with pytest.raises(pytest.fail.Exception, match="it ran"):
        runner.run([NAME], runner.Request(tmp_path))
    assert results.read_claims(tmp_path).empty
    assert (tmp_path / "claims.csv").read_bytes() == to_csv(results.read_claims(tmp_path))


def test_a_bar_counts_the_experiments(tmp_path, capsys, here, monkeypatch):
    bars, progress = [], runner.progress

    def shown(**asked):
        bars.append((bar := progress(**asked), asked))
        return bar

    monkeypatch.setattr(runner, "progress", shown)
    runner.run([NAME, OTHER], runner.Request(tmp_path))
    ((_, asked),) = bars
    assert asked == {"total": 2, "what": "experiments", "unit": "experiment"}


def test_a_folder_is_kept_for_the_run_and_waited_for_within_it(tmp_path, monkeypatch):
    kept = []

    def keep(folder, **how):
        kept.append((folder, how))
        return nullcontext()

    monkeypatch.setattr(runner, "only_writer", keep)
    runner.run([NAME], runner.Request(tmp_path))
    assert kept == [(tmp_path, {}), (tmp_path / NAME, {"wait": True})]


def test_a_first_look_is_what_was_asked_for(tmp_path):
    runner._one(runner._Call(NAME, runner.Request(tmp_path, quick=True)))
    assert record_of(tmp_path)["spec"] == {"seeds": 32, "depths": [2], "rate": 0.25}


def test_results_of_other_code_are_made_again(tmp_path):
    call = runner._Call(NAME, runner.Request(tmp_path))
    runner._one(call)
    record = record_of(tmp_path)
    path = tmp_path / NAME / provenance.FILE
    path.write_bytes(provenance.to_json(record | {"fingerprint": "of other code"}))
    assert runner._one(call)[2] != "unchanged"
    assert runner._one(call)[2] == "unchanged"


def kept_shards(folder):
    """Puts a shard where a run that was stopped leaves it; the file."""
    path = folder / NAME / shards.FOLDER / "left.npz"
    path.parent.mkdir(parents=True)
    path.write_text("")
    return path


def test_shards_of_a_stopped_run_are_kept_until_the_run_is_done(tmp_path, capsys, monkeypatch):
    seen, original = [], runner.run_one

    def run_one(experiment, spec, folder, setting, pool, spent_s, code):
        assert code == f"code of {experiment.name}"
        store = pool._store.folder, pool._store.fingerprint
        asked = pool._most_bytes, pool._goes_on, pool._line, pool._sending
        seen.append((left.exists(), setting, *store, *asked, spent_s))
        return original(experiment, spec, folder, setting, pool, spent_s, code)

    monkeypatch.setattr(runner, "run_one", run_one)
    sending, folder = object(), tmp_path / NAME
    decided = provenance.decided_by(PLAIN, Spec(), tmp_path)
    for force, spent_s, there in ((False, 0.0, True), (True, 0.0, False), (True, 0.5, True)):
        left = kept_shards(tmp_path)
        request = runner.Request(tmp_path, force=force, sending=sending)
        name, judged, took = runner._one(runner._Call(NAME, request, 3, 7.0, spent_s))
        assert seen.pop() == (there, "", folder, decided, 7.0, spent_s > 0, 3, sending, spent_s)
        assert (name, list(judged["id"])) == (NAME, ["AA-01", "AA-02"])
        assert took == f"{spent_s + 3.75:.1f} s"
        assert record_of(tmp_path)["seconds"] == spent_s + 1.25
        assert left.exists() == there
        runner.shards.clear(folder)
        (folder / provenance.FILE).unlink()
    left = kept_shards(tmp_path)
    runner.run([NAME], runner.Request(tmp_path))
    assert seen[0][:2] == (True, "")
    assert not left.parent.exists()


def test_another_setting_is_said_in_its_line_its_notes_and_its_refusal(tmp_path, capsys, made_up):
    @dataclasses.dataclass(frozen=True)
    class Careful(Spec):
        def __post_init__(self):
            if self.rate > 1:
                raise ValueError("a rate must be\nat most 1")

    made_up[NAME] = dataclasses.replace(
        PLAIN, spec=Careful(),
        claims=[claim("AA-01", judge_half), claim("AA-03", not_measured)],
    )  # fmt: skip
    request = runner.Request(tmp_path, changes={NAME: {"seeds": 4, "rate": 0.5}})
    told = f"{NAME}, AA-03 is not judged: the tables have no\\nluck"
    for took in ("  3.8 s", "unchanged"):
        runner.run([NAME], request)
        out = lines(capsys)
        assert out[:2] == [told, f"{NAME:24} {took:>9}  seeds = 4, rate = 0.5"]
        assert out[2:] == ["AA-01  reproduced          A statement. [0.5]",
                           "1 claims: 1 reproduced"]  # fmt: skip
    assert record_of(tmp_path)["left_out"] == ["AA-03 is not judged: the tables have no\nluck"]
    claims = results.read_claims(tmp_path)
    assert list(claims["note"]) == ["with rate = 0.5: A note."]
    too_fast = runner.Request(tmp_path, changes={NAME: {"rate": 2.0}})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as error:
        runner.run([NAME], too_fast)
    why = "ValueError: a rate must be at most 1"
    assert str(error.value) == f"{NAME} cannot run in this setting ({why}). Received: rate = 2.0"
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    # In the stored setting the same is a mistake of the experiment's author.
    made_up[NAME] = dataclasses.replace(made_up[NAME], claims=[claim("AA-03", not_measured)])
    with pytest.raises(NotMeasured):
        runner.run([NAME], runner.Request(tmp_path, force=True))


def test_a_first_look_without_the_numbers_of_a_claim_is_told(tmp_path, capsys, made_up):
    lacking = [claim("AA-03", not_measured), *made_up[NAME].claims]
    made_up[NAME] = dataclasses.replace(made_up[NAME], claims=lacking)
    for took in ("  3.8 s", "unchanged"):
        runner.run([NAME], runner.Request(tmp_path, quick=True))
        told, ran, *verdicts_of = lines(capsys)
        assert told == f"{NAME}, AA-03 is not judged: the tables have no\\nluck"
        assert ran == f"{NAME:24} {took:>9}"
        assert verdicts_of[-1].startswith("2 claims: ")


def test_a_figure_without_numbers_is_left_out_of_another_setting(tmp_path, capsys):
    def figures(spec, tables):
        return MADE_UP.figures(spec, tables) | {"luck": lambda: not_measured(tables)}

    lacking = dataclasses.replace(MADE_UP, figures=figures)
    runner.run_one(lacking, Spec(rate=0.5), tmp_path, "rate = 0.5")
    said = "figure luck is not drawn: the tables have no\nluck"
    assert record_of(tmp_path)["left_out"] == [said]
    assert lines(capsys) == [f"{NAME}, {said}".replace("\n", "\\n")]
    assert "plot.png" in record_of(tmp_path)["files"]
    with pytest.raises(NotMeasured):
        runner.run_one(lacking, Spec(), tmp_path)


def test_a_table_that_is_not_as_declared_is_named(tmp_path):
    def run(spec, pool):
        frames = PLAIN.run(spec, pool)
        return frames | {"values": frames["values"][["depth"]]}

    with pytest.raises(ValueError, match=r"^table values must have the columns"):
        runner.run_one(dataclasses.replace(PLAIN, run=run), Spec(), tmp_path)


def test_a_run_that_refuses_what_it_runs_says_so_of_another_setting(tmp_path, made_up):
    def run(spec, pool):
        raise MemoryError("2 PiB")

    made_up[NAME] = dataclasses.replace(PLAIN, run=run)
    with pytest.raises(InputError, match=f"^{NAME} cannot .*MemoryError: 2 PiB.*5$"):
        runner.run_one(made_up[NAME], Spec(rate=0.5), tmp_path, "rate = 0.5")
    with pytest.raises(MemoryError):
        runner.run_one(made_up[NAME], Spec(), tmp_path)
    assert not (tmp_path / NAME).exists()


def test_a_folder_holds_the_tables_and_figures_of_its_run(tmp_path):
    judged = runner.run_one(MADE_UP, Spec(), tmp_path)
    folder = tmp_path / NAME
    tables = results.read_tables(MADE_UP, tmp_path)
    assert list(judged["id"]) == ["AA-01", "AA-02"]
    assert {path.name for path in folder.iterdir()} == {
        "counts.csv", "values.csv", "plot.png", "plot.svg", "moves.webp", provenance.FILE,
    }  # fmt: skip
    for name, frame in runner.tables_of(MADE_UP, Spec(), tmp_path).items():
        pd.testing.assert_frame_equal(frame, tables[name], check_dtype=False)
    record = record_of(tmp_path)
    assert record["files"] == {
        path.name: sha256(path.read_bytes())
        for path in sorted(folder.iterdir())
        if path.name != provenance.FILE
    }
    assert "left_out" not in record
    assert record["judged"] == verdicts.digest(judged)
    assert record["seconds"] == 1.25
    few = runner.run_one(MADE_UP, Spec(depths=(2,)), tmp_path, "depths = (2,)")
    assert not (folder / "moves.webp").exists()
    assert list(few["note"]) == ["with depths = (2,): A note.", "with depths = (2,): "]


def test_an_experiment_is_given_the_tables_that_it_reads_and_a_pool(tmp_path):
    runner.run_one(PLAIN, Spec(), tmp_path)
    given = []

    def run(spec, pool, inputs=None):
        given.append((pool, inputs))
        return PLAIN.run(spec, pool)

    reads = dataclasses.replace(PLAIN, run=run, inputs={NAME: ("counts",)})
    mine = object()
    runner.run_one(reads, Spec(), tmp_path, pool=mine)
    assert record_of(tmp_path)["inputs"] == {NAME: record_of(tmp_path)["spec"]}
    runner.tables_of(dataclasses.replace(PLAIN, run=run), Spec(), tmp_path)
    assert given[0][0] is mine
    assert isinstance(given[1][0], runner.Pool)
    assert list(given[0][1]) == [NAME]
    assert list(given[0][1][NAME]) == ["counts"]
    assert given[1][1] is None


def test_tables_that_their_run_cannot_have_judged_so_are_no_reason_to_keep_them(
    tmp_path, capsys, made_up
):
    request = runner.Request(tmp_path)
    runner.run([NAME], request)
    folder = tmp_path / NAME
    assert list(runner.claims_again(PLAIN, PLAIN.spec, tmp_path)["id"]) == ["AA-01", "AA-02"]
    record = record_of(tmp_path)
    table = folder / "counts.csv"
    table.write_bytes(table.read_bytes().replace(b"2,200", b"2,100"))
    record["files"]["counts.csv"] = sha256(table.read_bytes())
    (folder / provenance.FILE).write_bytes(provenance.to_json(record))
    assert provenance.is_current(folder, PLAIN, Spec())
    assert runner.claims_again(PLAIN, PLAIN.spec, tmp_path) is None
    capsys.readouterr()
    runner.run([NAME], request)
    assert lines(capsys)[0] == f"{NAME:24}     3.8 s"
    assert b"2,200" in table.read_bytes()
    none = results.read_claims(tmp_path).head(0)
    for lacks in (KeyError("a row"), NotMeasured("a row")):

        def judge(tables, lacks=lacks):
            raise lacks

        lacking = dataclasses.replace(PLAIN, claims=[claim("AA-01", judge)])
        assert runner.claims_again(lacking, lacking.spec, tmp_path) is None
        nothing = provenance.to_json(record_of(tmp_path) | {"judged": verdicts.digest(none)})
        (folder / provenance.FILE).write_bytes(nothing)
        assert runner.claims_again(lacking, lacking.spec, tmp_path) is None
    table.unlink()
    assert runner.claims_again(PLAIN, PLAIN.spec, tmp_path) is None


def test_a_process_that_is_full_hands_its_experiment_on(tmp_path, monkeypatch):
    call = runner._Call(NAME, runner.Request(tmp_path), line=2, most_bytes=5.0, spent_s=1.5)

    def full(given):
        assert given == call
        raise ProcessFullError

    monkeypatch.setattr(runner, "_one", full)
    assert runner._one_in_process(*call) == call._replace(spent_s=2.75)
    monkeypatch.setattr(runner, "_one", lambda given: (given.name, None, "1.0 s"))
    assert runner._one_in_process(*call) == (NAME, None, "1.0 s")


def test_each_process_has_a_line_of_the_terminal_and_goes_on_first_when_it_was_full(
    tmp_path, monkeypatch
):
    request, started, locks = runner.Request(tmp_path), [], []

    def afresh(function, waiting, most, lock):
        assert (function, most) == (runner._one_in_process, 2)
        locks.append(lock)
        while waiting:
            started.append(call := waiting.popleft())
            if call.name == "b" and call.spent_s == 0:
                yield call._replace(spent_s=4.0)
            else:
                yield call.name, None, "1.0 s"

    monkeypatch.setattr(runner, "afresh", afresh)
    monkeypatch.setattr(runner, "bars_lock", nullcontext)
    monkeypatch.setattr(runner.tqdm, "set_lock", locks.append)
    given = list(runner._side_by_side(["a", "b", "c"], 2, request))
    assert [name for name, *_ in given] == ["a", "b", "c"]
    most = runner.MOST_BYTES
    assert 0.6e9 < most < 1.5e9  # more than the libraries take, and two of them less than 3 GB
    assert started == [
        runner._Call("a", request, 1, most, code="code of a"),
        runner._Call("b", request, 2, most, code="code of b"),
        runner._Call("b", request, 2, most, 4.0, code="code of b"),
        runner._Call("c", request, 1, most, code="code of c"),
    ]  # fmt: skip
    assert len(locks) == 2
    assert locks[0] is locks[1] is not None


def test_a_process_that_was_ended_is_one_line(tmp_path, monkeypatch):
    def afresh(*_):
        raise ProcessEndedError(runner._Call("b", None)) from OSError("A process was terminated")
        yield

    monkeypatch.setattr(runner, "afresh", afresh)
    with pytest.raises(InputError) as error:
        list(runner._side_by_side(["a", "b"], 2, runner.Request(tmp_path)))
    assert str(error.value) == (
        "the process of b was ended from outside; is there memory enough? The same command goes on"
        " from the shards that are done. Received: A process was terminated"
    )


@pytest.mark.parametrize("call_code", ["", "code of then"])
def test_code_that_was_changed_during_the_run_stores_nothing(call_code, tmp_path, monkeypatch):
    codes = {False: "code of then", True: "code of now"}
    monkeypatch.setattr(provenance, "code_of", lambda name, again=False: codes[again])
    with pytest.raises(InputError) as error:
        runner._one(runner._Call(NAME, runner.Request(tmp_path), code=call_code))
    assert str(error.value) == (
        "its code or what it reads was changed while it ran, so that nobody could say what made the"
        f" results; nothing is stored, run it again. Received: {NAME}"
    )
    assert not (tmp_path / NAME / provenance.FILE).exists()
    codes[True] = "code of then"
    runner._one(runner._Call(NAME, runner.Request(tmp_path), code=call_code))
    assert (tmp_path / NAME / provenance.FILE).exists()


def test_an_experiment_alone_is_told_its_code_too(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "_one", lambda call: call)
    (call,) = runner._outcomes([NAME], runner.Request(tmp_path))
    assert call.code == f"code of {NAME}"


def test_code_that_was_changed_before_a_process_began_stores_nothing(tmp_path):
    with pytest.raises(InputError, match="its code or what it reads was changed while it ran"):
        runner._one(runner._Call(NAME, runner.Request(tmp_path), code="another"))


@pytest.mark.parametrize("field", ["python", "cpu", "packages"])
def test_what_another_machine_made_is_made_again(field, tmp_path, monkeypatch):
    call = runner._Call(NAME, runner.Request(tmp_path))
    runner._one(call)
    assert runner._one(call)[2] == "unchanged"
    other = {**provenance._machine(), field: {} if field == "packages" else "another"}
    monkeypatch.setattr(provenance, "_machine", lambda: other)
    assert runner._one(call)[2] != "unchanged"


def test_what_a_request_leaves_out_is_not_asked_for(tmp_path):
    assert runner.Request(tmp_path) == runner.Request(tmp_path, None, False, False, {}, None)
    assert runner._Call("a", runner.Request(tmp_path))[2:] == (None, float("inf"), 0.0, "")
    assert judge_values(runner.tables_of(PLAIN, Spec(), tmp_path)).obtained == 0.5
