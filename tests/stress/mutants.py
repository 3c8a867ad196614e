"""Changes of the code that the tests must catch: `make mutants`.

mutmut makes the mutants. It does not run them: it would put a function of other parameters around
each method, and Keras reads the parameters of a layer's `__init__`. `mutant_tests` runs them, on
copies of the project.

The outcome of each mutant is kept in `.mutants`, until the top-level statement changes in which it
stands, such as a function; new comments and docstrings change nothing. A mutant that was killed is
tested again if the test that killed it changed; one that survived meets the tests whose text is
new. What tests share, such as fixtures, is not looked at: `--test all` runs every mutant again.
"""

import argparse
import ast
import contextlib
import csv
import dataclasses
import functools
import hashlib
import importlib
import itertools
import json
import multiprocessing.util
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.stress import mutant_tests

ROOT = Path(__file__).parents[2]
COPIED = (
    *("custom_layers", "reproductions", "tests", "pyproject.toml", "requirements.txt"),
    *("results/expected", "README.md", "README.ko.md"),
)
HEAVY = (
    "reproductions",  # first: it fixes what the others read
    *("hypothesis", "keras", "matplotlib.pyplot", "numpy", "pandas", "pytest", "scipy.special"),
    "scipy.stats",
)
LAYERS = ("tests/layers",)
CHECKS = (
    "tests/evidence/test_comparison.py",
    "tests/evidence/test_counts_and_seeds.py",
    "tests/evidence/test_formats.py",
    "tests/evidence/test_tables.py",
)
# None of these starts processes: such a test meets every mutant of a file.
RUNS = tuple(f"tests/running/test_{name}.py" for name in ("runner", "runs", "guards", "inputs"))
RUNNING = (
    *(f"tests/running/test_{name}.py" for name in ("provenance", "checking", "compared")),
    "tests/running/test_folder_checks.py",
    *("tests/running/test_results.py", *RUNS),
)
JUDGED = ("tests/evidence/test_verdicts.py", "tests/experiments/test_claims.py")
TRIALS = tuple(
    f"tests/trial/test_{n}.py" for n in ("candidate", "probes", "soundness", "scorecard")
)
TARGETS = {
    **{
        path.relative_to(ROOT).as_posix(): LAYERS
        for path in sorted((ROOT / "custom_layers").glob("*.py"))
    },
    **{
        f"reproductions/evidence/{name}.py": CHECKS
        for name in ("comparison", "differences", "kinds", "tables")
    },
    "reproductions/evidence/verdicts.py": JUDGED,
    "reproductions/training/pool.py": ("tests/training/test_pool.py",),
    **{
        f"reproductions/running/{name}.py": RUNNING
        for name in ("provenance", "results", "checking", "folder_checks", "accepting")
    },
    "reproductions/running/runner.py": RUNS,
    "reproductions/running/shards.py": ("tests/running/test_shards.py",),
    "reproductions/trial/scorecard.py": ("tests/trial/test_card.py", *TRIALS),
    **{f"reproductions/trial/{name}.py": TRIALS for name in ("candidate", "soundness")},
}
LEAST_KILLED = 0.95
KEPT = ROOT / ".mutants"
REASONS = Path(__file__).with_name("survivors.csv")
"""Why the tests need not catch a mutant, by file and change; written by hand."""


@dataclass(frozen=True)
class Mutant:
    """One changed file.

    Attributes:
        file: its path.
        line: the first line that is changed.
        last: the last one.
        change: what stood there and stands there now.
        text: the whole file, changed.
        key: under which its outcome is kept.
    """

    file: str
    line: int
    last: int
    change: str
    text: str
    key: str


def mutants(file: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    import libcst
    from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
    from mutmut.mutation.mutators import mutation_operators
    from mutmut.mutation.pragma_handling import IgnoredCode

    source = (ROOT / file).read_text(encoding="utf-8")
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = libcst.MetadataWrapper(libcst.parse_module(source)).visit(visitor)
    seen, statements, made = {source}, _statements(source), Counter[str]()
    for mutation in visitor.mutations:
        text = deep_replace(module, mutation.original_node, mutation.mutated_node).code
        if text in seen:
            continue
        seen.add(text)
        before, after = source.splitlines(), text.splitlines()
        line = next(i for i, pair in enumerate(zip(before, after)) if pair[0] != pair[1])  # noqa: B905
        rest = len(before) - line
        same = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
        old = " ".join(part.strip() for part in before[line : len(before) - same])
        new = " ".join(part.strip() for part in after[line : len(after) - same])
        change = f"{old} -> {new}"
        alike = f"{statements[line + 1]} {change}"
        made[alike] += 1
        last = max(line + 1, len(before) - same)
        yield Mutant(file, line + 1, last, change, text, f"{alike} {made[alike]}")


def _statements(source: str) -> dict[int, str]:
    """By line, the checksum of the top-level statement there, without comments and docstrings."""
    by_line = {}
    for statement in ast.parse(source).body:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in (statement, *decorators))
        for node in ast.walk(statement):
            if isinstance(body := getattr(node, "body", None), list):
                node.body = [part for part in body if not _is_text(part)]
        checksum = _checksum(ast.unparse(statement))
        by_line |= dict.fromkeys(range(first, statement.end_lineno + 1), checksum)
    return by_line


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a text alone, as a docstring is."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@functools.cache
def _copy() -> Path:
    """This process' own copy of the project, which goes with it."""
    folder = tempfile.TemporaryDirectory()
    multiprocessing.util.Finalize(folder, folder.cleanup, exitpriority=10)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, Path(folder.name, name))
    return Path(folder.name)


@dataclass(frozen=True)
class Result:
    """What a mutant came to, the test that killed it, and the checksum of what that rests on."""

    outcome: str
    killer: str
    rests_on: str


def results(files: list[str], most: int, test: str) -> dict[str, tuple[int, list[dict]]]:
    """How many mutants each file has, and a row for each that was tested.

    Args:
        files: which have the same tests.
        most: how many mutants of each file are tested.
        test: which of those are tested: `all`, `new` ones, of which it is not known what they come
            to, or `none`.
    """
    tests, copy = TARGETS[files[0]], _copy()
    prints = mutant_tests.fingerprints(tests, copy)
    known = functools.cache(lambda: _baseline(files, prints, copy))
    given = {}
    for file in files:
        every = list(mutants(file))
        chosen = spread(every, most)
        done = _results(every, chosen, prints, known, test)
        rows = [
            {"file": file, "line": m.line, "change": m.change, "outcome": done[m.key].outcome}
            for m in chosen
            if m.key in done
        ]
        given[file] = len(every), rows
    return given


def _results(
    every: list[Mutant],
    chosen: list[Mutant],
    prints: dict[str, str],
    baseline: Callable[[], mutant_tests.Baseline],
    test: str,
) -> dict[str, Result]:
    """The outcomes of the chosen ones of a file's mutants, by their keys."""
    file = every[0].file
    tests, copy, source = TARGETS[file], _copy(), (ROOT / file).read_text(encoding="utf-8")
    of_all = _checksum(*itertools.chain.from_iterable(sorted(prints.items())))
    path = KEPT / f"{file.replace('/', '+')}.json"
    kept, met = ({}, {}) if test == "all" else _kept(path, {mutant.key for mutant in every})
    met[of_all] = prints

    def holds(key: str) -> bool:
        result = kept.get(key)
        if result is None:
            return False
        if result.outcome == "killed":  # without a test's name, as no test could be imported
            return not result.killer or result.rests_on == prints.get(result.killer)
        return test == "none" or result.rests_on == of_all

    def left_of(tests: set[str], key: str) -> set[str]:
        """Without the tests that the mutant has survived already."""
        before = kept[key] if key in kept else Result("", "", "")
        survived = met.get(before.rests_on, {}) if before.outcome == "survived" else {}
        return {name for name in tests if survived.get(name) != prints[name]}

    done = {mutant.key: kept[mutant.key] for mutant in chosen if holds(mutant.key)}
    left = sorted((m for m in chosen if m.key not in done), key=lambda mutant: mutant.line)
    say = functools.partial(print, f"{file}: ", sep="", file=sys.stderr, flush=True)
    say(f"{len(done)} mutants are known, {len(left)} are tested")
    if not left or test == "none":
        return done
    known = baseline()
    trials = []
    for mutant in left:
        lines = mutant_tests.lines_of(source, mutant.line, mutant.last)
        tests_of = left_of(known.tests_of(file, lines), mutant.key)
        trials.append(mutant_tests.Trial(mutant.text, tests_of))
    runs = mutant_tests.Runs(file, tests, copy, known)
    for i, outcome, killer in runs.outcomes(trials):
        done[left[i].key] = Result(outcome, killer, prints.get(killer, of_all))
        _keep(path, kept | done, met)
    say("done")
    return done


def _baseline(files: list[str], prints: dict[str, str], copy: Path) -> mutant_tests.Baseline:
    """Which tests execute which lines; it is kept until a file changes, but for tests that do."""
    texts = [(ROOT / file).read_text(encoding="utf-8") for file in files]
    path = KEPT / f"baseline-{_checksum(*files, *texts)}.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"prints": {}}
    known = mutant_tests.Baseline.of(kept)
    new = [test for test in prints if kept["prints"].get(test) != prints[test]]
    if new:
        tests = new if known.cost else TARGETS[files[0]]
        given = mutant_tests.baseline(files, tests, copy)
        if isinstance(given, str):
            raise RuntimeError(f"the tests of {files} fail without any mutant: {given[-2000:]}")
        known = known.renewed(mutant_tests.Baseline.of(given), set(prints))
        _write(path, {"prints": prints, **known.to_json()})
    return known


def _write(path: Path, value: object) -> None:
    from reproductions.running.files import write_whole

    path.parent.mkdir(exist_ok=True)
    write_whole(path, json.dumps(value, indent=0).encode())


def _checksum(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _kept(path: Path, keys: set[str]) -> tuple[dict[str, Result], dict[str, dict[str, str]]]:
    """The results that are kept of these mutants, and the tests that they rest on."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"results": {}}
    rows = {key: Result(*row) for key, row in kept["results"].items() if key in keys}
    return rows, kept.get("tests", {})


def _keep(path: Path, every: dict[str, Result], met: dict) -> None:
    used = {result.rests_on for result in every.values()}
    tests = {checksum: prints for checksum, prints in met.items() if checksum in used}
    rows = {key: dataclasses.astuple(result) for key, result in every.items()}
    _write(path, {"tests": tests, "results": rows})


def reasons() -> dict[tuple[str, str], str]:
    """Why mutants that survive may, by file and change."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["change"]): row["reason"] for row in csv.DictReader(file)}


def reason(known: dict[tuple[str, str], str], file: str, change: str) -> tuple[str, bool]:
    """Why a mutant may survive, and whether that holds in any file: it does what the code does.

    The reason is an empty text where nobody has said so.
    """
    for (of, text), why in known.items():
        if of == "*" and re.fullmatch(text, change):
            return why, True
    return known.get((file, change), ""), False


def main(arguments: list[str] | None = None) -> int:
    """Tests the mutants, prints the survivors, and stores the totals."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="all targets by default")
    parser.add_argument("--store", type=Path, metavar="DIR", help="where the tables go")
    parser.add_argument("--most", type=int, default=10**6, metavar="N", help="mutants of a file")
    parser.add_argument("--workers", type=int, metavar="N", help="as many as cores by default")
    parser.add_argument(
        "--test", choices=("new", "all", "none"), default="new",
        help="mutants that were not tested yet, all, or none, for the tables alone",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    if other := [file for file in given.files if file not in TARGETS]:
        parser.error(f"no target, give one of {', '.join(TARGETS)}. Received: {other[0]}")
    for name in ("most", "workers"):
        if (count := getattr(given, name)) is not None and count < 1:
            parser.error(f"--{name} must be at least 1. Received: {count}")
    sys.dont_write_bytecode = True
    for module in HEAVY:
        importlib.import_module(module)
    files = given.files or list(TARGETS)
    known, rows, made = reasons(), [], {}
    # Forked here, where TensorFlow is imported and has started no thread yet.
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(given.workers, mp_context=fork) as pool:
        together: dict[tuple[str, ...], list[str]] = {}
        for file in files:
            together.setdefault(TARGETS[file], []).append(file)
        tested = [
            pool.submit(results, of_tests, given.most, given.test) for of_tests in together.values()
        ]
        try:
            by_file = {file: each for future in tested for file, each in future.result().items()}
        except RuntimeError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        for file in files:
            made[file], of_file = by_file[file]
            for row in of_file:
                why = ""
                if row["outcome"] == "survived":
                    why, anywhere = reason(known, file, row["change"])
                    row["outcome"] = "equivalent" if anywhere else "survived"
                    print(f"{file}:{row['line']}: {row['change']}: {why or '?'}", flush=True)
                rows.append({**row, "reason": why})
    return _conclude(pd.DataFrame(rows), made, given.store)


def spread(every: list[Mutant], most: int) -> list[Mutant]:
    """At most so many of a file's mutants, spread evenly over it."""
    count = min(most, len(every))
    return [every[i * len(every) // count] for i in range(count)]


def _conclude(rows: pd.DataFrame, made: dict[str, int], store: Path | None) -> int:
    outcomes = ["killed", "timeout", "survived", "equivalent"]
    counts = pd.crosstab(rows["file"], rows["outcome"]).reindex(
        index=made, columns=outcomes, fill_value=0
    )
    counts.insert(0, "made", counts.index.map(made))
    print(counts.to_string())
    survived = rows[rows["outcome"].isin(outcomes[2:])]
    different = counts[outcomes[:3]].sum(axis=1)
    share = (1 - counts["survived"] / different).min()
    unexplained = int(survived["reason"].eq("").sum())
    print(
        f"{counts[outcomes].to_numpy().sum()} of {counts['made'].sum()} mutants tested; at least"
        f" {share:.1%} killed of each file; {unexplained} survivors without a reason"
    )
    if store:
        _store(store / "mutants.csv", counts.reset_index(names="file"))
        _store(store / "survivors.csv", survived, made)
    return int(share < LEAST_KILLED or unexplained > 0)


def _store(path: Path, table: pd.DataFrame, files: Iterable[str] = ()) -> None:
    """Writes a table; the rows of files that were not looked at stay."""
    from reproductions.evidence.tables import to_csv
    from reproductions.running.files import write_whole

    if path.exists():
        before = pd.read_csv(path, keep_default_na=False)
        others = before[~before["file"].isin({*files, *table["file"]})]
        table = pd.concat([table, others[others["file"].isin(list(TARGETS))]])
    order = {file: i for i, file in enumerate(TARGETS)}
    table = table.sort_values("file", key=lambda f: f.map(order), kind="stable")
    write_whole(path, to_csv(table))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
