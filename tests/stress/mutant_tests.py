"""Runs a file's tests on its mutants: for each mutant those tests that execute what it changes.

One run without a mutant tells which tests execute which line. Then pytest collects the tests once,
and every mutant is tested in a process forked from that one, in which the changed functions take
the mutant's code. A change of what is executed on import needs a process that imports it again.
"""

import contextlib
import functools
import gc
import hashlib
import inspect
import itertools
import multiprocessing.process
import os
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from tests.stress.codes import OnImportError, differing, lines_of_code, place
from tests.stress.forks import LOG, in_a_fork, streamed

OPTIONS = (
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of what was imported before
)
MOST_S = 12
"""Of the processor's time for the tests of a mutant; those that come after that are left out.

So one that only long tests could kill survives: a short test must kill it.
"""
FRESH, ON_IMPORT = "fresh", "(import)"
STARTS_PROCESSES = {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.system"}
CACHED = type(functools.cache(str))


@dataclass
class Baseline:
    """What the tests do without a mutant.

    Attributes:
        lines: for each file and line the tests that execute it; `ON_IMPORT` among them where it is
            executed before any test.
        cost: of each test, in seconds of the processor's time, without these fixtures:
        setups: of each test, the cost of the fixtures that are set up for others too.
        apart: the tests that start processes, whose lines are unknown.
    """

    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)
    setups: dict[str, dict[str, float]] = field(default_factory=dict)
    apart: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, given: dict) -> "Baseline":
        """From what `baseline` and `to_json` give."""
        lines = {
            file: {int(line): set(tests) for line, tests in of_file.items()}
            for file, of_file in given.get("lines", {}).items()
        }
        apart = set(given.get("apart", ()))
        return cls(lines, given.get("cost", {}), given.get("setups", {}), apart)

    def to_json(self) -> dict:
        """What JSON can hold."""
        lines = {
            file: {line: sorted(tests) for line, tests in of_file.items()}
            for file, of_file in self.lines.items()
        }
        apart = sorted(self.apart)
        return {"lines": lines, "cost": self.cost, "setups": self.setups, "apart": apart}

    def renewed(self, new: "Baseline", there: set[str]) -> "Baseline":
        """With what is known of some tests anew, and without the tests that are not there."""
        old = there - set(new.cost) | {ON_IMPORT}
        lines = {
            file: {
                line: self.lines.get(file, {}).get(line, set()) & old | of_file.get(line, set())
                for line in {*self.lines.get(file, {}), *of_file}
            }
            for file, of_file in new.lines.items()
        }
        cost = {test: s for test, s in self.cost.items() if test in old} | new.cost
        setups = {test: each for test, each in self.setups.items() if test in old} | new.setups
        return Baseline(lines, cost, setups, self.apart & old | new.apart)

    def spent(self, tests: Iterable[str]) -> Iterator[float]:
        """What each of these tests costs, one after the other, with what it sets up first."""
        there: set[str] = set()
        for test in tests:
            setups = self.setups.get(test, {})
            yield self.cost[test] + sum(s for name, s in setups.items() if name not in there)
            there.update(setups)

    def tests_of(self, file: str, span: range) -> set[str]:
        """The tests that execute one of these lines; all, where it is executed on import."""
        executed = set().union(*(self.lines[file].get(line, ()) for line in span))
        return set(self.cost) if ON_IMPORT in executed else executed | self.apart


@dataclass
class Likely:
    """Orders tests: cheap ones first, and those that killed the mutants before."""

    known: Baseline
    kills: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def ordered(self, tests: set[str]) -> list[str]:
        """The tests that take `MOST_S`, those first that most probably kill for the least time."""

        def key(test: str) -> tuple[float, str]:
            (cost,) = self.known.spent([test])
            return (cost + 0.01) / (self.kills[test] + 0.05), test

        every = sorted(tests, key=key)
        spent = itertools.accumulate(self.known.spent(every))
        return [t for i, (t, s) in enumerate(zip(every, spent, strict=True)) if not i or s < MOST_S]

    def learn(self, killer: str) -> None:
        """Takes in which test killed; neighbours are killed by the same test mostly."""
        for test in self.kills:
            self.kills[test] *= 0.8
        self.kills[killer] += 1


def lines_of(source: str, line: int, last: int) -> range:
    """The lines of the statement that holds these, without the statements inside it."""
    import ast

    span = range(line, last + 1)
    for node in ast.walk(ast.parse(source)):  # outer ones come before inner ones
        if isinstance(node, ast.stmt) and node.lineno <= line and last <= (node.end_lineno or 0):
            inside = [n.lineno for n in ast.walk(node) if n is not node and isinstance(n, ast.stmt)]
            end = min([n for n in inside if n > node.lineno], default=(node.end_lineno or 0) + 1)
            if last >= end:  # of several statements
                span = range(line, last + 1)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                span = range(node.lineno, node.lineno + 1)  # its head is of what stands around it
            else:
                span = range(node.lineno, end)
    return span


def baseline(files: Sequence[str], tests: Sequence[str], copy: Path) -> dict | str:
    """What the tests do without a mutant, for `Baseline.of`; what they print if they fail."""

    def traced(send: Callable[[Any], None]) -> int:
        import coverage

        paths = [str(copy / file) for file in files]
        tracing = coverage.Coverage(None, include=paths, config_file=False, messages=False)
        tracing.start()
        tracing.switch_context(ON_IMPORT)
        plugin = _Tracing(tracing)
        status = pytest.main([*OPTIONS, "-x", *_where(copy), *tests], plugins=[plugin])
        tracing.stop()
        data = tracing.get_data()
        lines = {
            file: {
                line: sorted(set().union(*(plugin.users.get(c, {c}) for c in of_line if c)))
                for line, of_line in data.contexts_by_lineno(path).items()
            }
            for file, path in zip(files, paths, strict=True)
        }
        apart = sorted(plugin.apart)
        send({"lines": lines, "cost": plugin.cost, "setups": plugin.setups(), "apart": apart})
        return int(status)

    sent, status = in_a_fork(traced, copy)
    if status or not sent:
        return (copy / LOG).read_text(encoding="utf-8") or f"the tests end with {status}"
    return sent[0]


class _Tracing:
    """A plugin of pytest that records which test executes what, and how long it takes."""

    def __init__(self, tracing: Any) -> None:
        self.tracing, self.context, self.started = tracing, ON_IMPORT, False
        self.cost: dict[str, float] = {}
        self.apart: set[str] = set()
        self.users: dict[str, set[str]] = defaultdict(set)
        self.fixtures_s: dict[str, float] = {}
        sys.addaudithook(self._seen)
        start = multiprocessing.process.BaseProcess.start

        def starting(process):
            self.started = True
            return start(process)

        # A process that is spawned raises no audit event; mypy refuses to assign to a method.
        setattr(multiprocessing.process.BaseProcess, "start", starting)  # noqa: B010

    def _seen(self, event: str, _: tuple) -> None:
        self.started = self.started or event in STARTS_PROCESSES

    @contextlib.contextmanager
    def _within(self, context: str) -> Iterator[None]:
        before, self.context = self.context, context
        self.tracing.switch_context(context)
        try:
            yield
        finally:
            self.context = before
            self.tracing.switch_context(before)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        self.users[item.nodeid].add(item.nodeid)
        for definitions in item._fixtureinfo.name2fixturedefs.values():
            for definition in definitions:
                self.users[_name(definition)].add(item.nodeid)
        begun, self.started, self.shared_s = _cpu_s(), False, 0.0
        with self._within(item.nodeid):
            yield
        self.cost[item.nodeid] = _cpu_s() - begun - self.shared_s
        if self.started:
            self.apart.add(item.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        # What a fixture does is done for every test that uses it, not for the first alone.
        begun, shared_s = _cpu_s(), self.shared_s
        with self._within(_name(fixturedef)):
            yield
        if fixturedef.scope != "function":
            inside_s = self.shared_s - shared_s  # of fixtures that it set up itself
            self.fixtures_s[_name(fixturedef)] = spent_s = _cpu_s() - begun - inside_s
            self.shared_s += spent_s

    def setups(self) -> dict[str, dict[str, float]]:
        """The costs of the shared fixtures of each test."""
        given: dict[str, dict[str, float]] = {test: {} for test in self.cost}
        for name, cost in self.fixtures_s.items():
            for test in self.users[name] & set(self.cost):
                given[test][name] = cost
        return given


def _name(definition: Any) -> str:
    return f"(fixture) {definition.baseid}::{definition.argname}"


def _cpu_s() -> float:
    usages = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@dataclass
class Trial:
    """A mutant to be tested: its file's text, and which tests are to be run."""

    text: str
    tests: set[str]


class Runs:
    """Tests of one file on its mutants.

    Args:
        file: of the project.
        tests: files of tests, or folders.
        copy: of the project, in which nothing else writes.
        known: what is known from an earlier run.
    """

    def __init__(self, file: str, tests: Sequence[str], copy: Path, known: Baseline) -> None:
        self.file, self.tests, self.copy, self.baseline = file, tests, copy, known
        self.source = (copy / file).read_text(encoding="utf-8")
        self.likely = Likely(known)
        self.sound: set[str] = set()
        self.unfit: set[str] = set()
        self.unhurried: set[str] = set()

    def outcomes(self, trials: Sequence[Trial]) -> Iterator[tuple[int, str, str]]:
        """The number of each mutant, its outcome, and the test that killed it.

        First those that need no import, then the others.
        """
        later = []
        for i, outcome, killer in self._collected(trials):
            if outcome == FRESH:
                later.append(i)
                continue
            if outcome == "killed":  # that process knows it, this one does not
                self.likely.learn(killer)
                self.sound.add(killer)
            yield i, outcome, killer
        for i in later:
            yield i, *self._verified(trials[i], self._imported_again)

    def _collected(self, trials: Sequence[Trial]) -> Iterator[tuple[int, str, str]]:
        """The outcomes of mutants that are tested in copies of one process."""

        def serve(send: Callable[[Any], None]) -> int:
            plugin = _Serving(self, trials, send)
            return int(pytest.main([*OPTIONS, *_where(self.copy), *self.tests], plugins=[plugin]))

        yield from streamed(serve, self.copy)

    def _verified(self, trial: Trial, run: Callable) -> tuple[str, str]:
        """What a trial comes to. A test that fails by itself without the mutant kills nothing."""
        while tests := self.likely.ordered(trial.tests - self.unfit):
            outcome, killer = run(trial.text, tests)
            if outcome == "timeout" and not self.unhurried.issuperset(tests):
                if run(self.source, tests)[0] != "survived":
                    raise RuntimeError(f"without a mutant too, these take too long: {tests}")
                self.unhurried.update(tests)
            if outcome != "killed":
                return outcome, ""
            if killer in self.baseline.cost and killer not in self.sound:
                if run(self.source, [killer])[0] != "survived":
                    print(f"{killer} fails without a mutant: left out", file=sys.stderr, flush=True)
                    self.unfit.add(killer)
                    continue
                self.sound.add(killer)
            self.likely.learn(killer)
            return outcome, killer
        return "survived", ""

    def limits(self, tests: Sequence[str]) -> tuple[float, float]:
        """How long tests may take: of the processor's time, and of a clock's."""
        cost = sum(self.baseline.spent(tests))
        return 10 + 5 * cost, 40 + 20 * cost

    def _imported_again(self, text: str, tests: Sequence[str]) -> tuple[str, str]:
        files = dict.fromkeys(test.partition("::")[0] for test in tests)

        def run(send: Callable[[Any], None]) -> int:
            plugin = _Chosen(tests, send)
            return int(pytest.main([*OPTIONS, "-x", *_where(self.copy), *files], plugins=[plugin]))

        with self.changed(text):
            return _outcome(*in_a_fork(run, self.copy, *self.limits(tests)))

    @contextlib.contextmanager
    def changed(self, text: str) -> Iterator[None]:
        """The file has another text, for processes that tests start."""
        path = self.copy / self.file
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(self.source, encoding="utf-8")


def _outcome(sent: list, status: int | None) -> tuple[str, str]:
    if status is None:
        return "timeout", ""
    return ("killed", sent[0] if sent else "") if status else ("survived", "")


class _Failure:
    """A plugin of pytest that ends the process at the first test that fails, and sends its name."""

    def __init__(self, send: Callable[[Any], None]) -> None:
        self.send = send

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.send(report.nodeid)
            os._exit(1)


class _Chosen(_Failure):
    """Runs certain tests only, in this order."""

    def __init__(self, tests: Sequence[str], send: Callable[[Any], None]) -> None:
        super().__init__(send)
        self.tests = tests

    def pytest_collection_modifyitems(self, items):
        by_name = {item.nodeid: item for item in items}
        items[:] = [by_name[test] for test in self.tests]  # a test that is gone kills too


class _Serving:
    """In place of the tests, runs the chosen ones for each mutant, in a process of its own."""

    def __init__(self, runs: Runs, trials: Sequence[Trial], send: Callable[[Any], None]) -> None:
        self.runs, self.trials, self.send = runs, trials, send

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        path = str(self.runs.copy / self.runs.file)
        functions = defaultdict(list)
        self.caches = []
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType) and thing.__code__.co_filename == path:
                functions[place(thing.__code__)].append(thing)
            elif isinstance(thing, CACHED) and thing.cache_info().currsize:
                self.caches.append(thing)
        lines = self.runs.baseline.lines[self.runs.file]
        on_import = {line for line, tests in lines.items() if ON_IMPORT in tests}
        whole = compile(self.runs.source, path, "exec", dont_inherit=True)
        for i, trial in enumerate(self.trials):
            try:
                code = compile(trial.text, path, "exec", dont_inherit=True)
                pairs = list(differing(whole, code))
            except (SyntaxError, OnImportError):
                self.send([i, FRESH, ""])
                continue
            known = all(functions.get(place(old)) for old, _ in pairs)
            if not known or any(lines_of_code(old) & on_import for old, _ in pairs):
                self.send([i, FRESH, ""])
                continue
            self.swaps = [(f, new) for old, new in pairs for f in functions[place(old)]]
            self.send([i, *self.runs._verified(trial, self._run)])
        return True

    def _run(self, text: str, tests: Sequence[str]) -> tuple[str, str]:
        mutated = text != self.runs.source

        def run(send: Callable[[Any], None]) -> int:
            for cached in self.caches:
                cached.cache_clear()
            for function, code in self.swaps if mutated else ():
                function.__code__ = code
            self.session.items[:] = [self.items[test] for test in tests]
            self.session.config.pluginmanager.register(_Failure(send))
            from _pytest import main

            main.pytest_runtestloop(self.session)
            return 0

        with self.runs.changed(text):
            return _outcome(*in_a_fork(run, self.runs.copy, *self.runs.limits(tests), again=False))


def fingerprints(tests: Sequence[str], copy: Path) -> dict[str, str]:
    """A checksum of the text of each test, by its name."""

    def collect(send: Callable[[Any], None]) -> int:
        class Collected:
            def pytest_collection_finish(self, session):
                for item in session.items:
                    text = inspect.getsource(item.function)
                    send([item.nodeid, hashlib.sha256(text.encode()).hexdigest()[:16]])

        return int(pytest.main([*OPTIONS, "--collect-only", *tests], plugins=[Collected()]))

    return dict(in_a_fork(collect, copy)[0])


def _where(copy: Path) -> list[str]:
    return [f"--basetemp={copy.with_name(copy.name + '.tmp')}"]
