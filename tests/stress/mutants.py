"""Changes of the code that the tests must catch: `make mutants`.

mutmut makes the mutants. It does not run them: it would put a function of other parameters around
each method, and Keras reads the parameters of a layer's `__init__`. Here every mutant is a file in
a copy of the project, tested in a process forked from one that has imported TensorFlow already.
"""

import argparse
import contextlib
import csv
import functools
import importlib
import multiprocessing.util
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

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
    "tests/evidence/test_tables.py",
)
PROVENANCE = ("tests/running/test_provenance.py",)
GUARDS = tuple(f"tests/running/test_{name}.py" for name in ("guards", "inputs", "command_line"))
PROCESSES = tuple(f"tests/running/test_{name}.py" for name in ("side_by_side", "half_written"))
JUDGED = ("tests/evidence/test_verdicts.py", "tests/experiments/test_claims.py")
TRIALS = ("tests/trial/test_soundness.py", "tests/trial/test_scorecard.py")
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
    "reproductions/running/provenance.py": (*PROVENANCE, *GUARDS),
    "reproductions/running/checking.py": ("tests/running/test_checking.py", *GUARDS),
    "reproductions/running/runner.py": ("tests/running/test_runner.py", *GUARDS, *PROCESSES),
    "reproductions/running/results.py": ("tests/running/test_results.py", *GUARDS),
    "reproductions/running/shards.py": ("tests/running/test_shards.py",),
    **{
        f"reproductions/trial/{name}.py": TRIALS for name in ("scorecard", "candidate", "soundness")
    },
}
LONGEST_S = 300
"""Of the processor's time, which is the same on a busy machine; ten times that of a clock's."""
OPTIONS = (
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of what was imported before
)
LOG = "output.txt"
LEAST_KILLED = 0.95
REASONS = Path(__file__).with_name("survivors.csv")
"""Why the tests need not catch a mutant, by file and change; written by hand."""


@dataclass(frozen=True)
class Mutant:
    """One changed file: where, what stood there and what stands there now, and the whole text."""

    file: str
    line: int
    change: str
    text: str


def mutants(file: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    import libcst
    from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
    from mutmut.mutation.mutators import mutation_operators
    from mutmut.mutation.pragma_handling import IgnoredCode

    source = (ROOT / file).read_text(encoding="utf-8")
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = libcst.MetadataWrapper(libcst.parse_module(source)).visit(visitor)
    seen = {source}
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
        yield Mutant(file, line + 1, f"{old} -> {new}", text)


@functools.cache
def _copy() -> Path:
    """This process' own copy of the project, which goes with it."""
    folder = tempfile.TemporaryDirectory()
    multiprocessing.util.Finalize(folder, folder.cleanup, exitpriority=10)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, Path(folder.name, name))
    return Path(folder.name)


def without_mutant(file: str) -> str:
    """What the tests of a file print if they fail on the code as it is; else an empty text."""
    if _in_a_fork(TARGETS[file], _copy()) == 0:
        return ""
    return (_copy() / LOG).read_text(encoding="utf-8")


def outcome(mutant: Mutant) -> str:
    """`killed`, `survived`, or `timeout`: what the tests say of a mutant."""
    path = _copy() / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    try:
        status = _in_a_fork(TARGETS[mutant.file], _copy())
    finally:
        path.write_text(whole, encoding="utf-8")
    return "timeout" if status is None else "killed" if status else "survived"


def _in_a_fork(tests: tuple[str, ...], copy: Path) -> int | None:
    """The exit status of pytest; None where it took too long."""
    child = os.fork()
    if not child:
        os.setsid()
        _run_tests(tests, copy)
    stop = time.monotonic() + 10 * LONGEST_S
    while time.monotonic() < stop:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return None if code == -signal.SIGXCPU else code
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _run_tests(tests: tuple[str, ...], copy: Path) -> None:
    status = 1
    try:
        import pytest

        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S + 10))
        os.chdir(copy)
        sys.path[0] = str(copy)
        for name in [name for name in sys.modules if name.partition(".")[0] in COPIED]:
            del sys.modules[name]  # this module and its package: of the project, not of the copy
        output = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        status = pytest.main([*OPTIONS, *tests])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(int(status))


def reasons() -> dict[tuple[str, str], str]:
    """Why mutants that survive may, by file and change."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["change"]): row["reason"] for row in csv.DictReader(file)}


def main(arguments: list[str] | None = None) -> int:
    """Tests the mutants, prints the survivors, and stores the totals."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="all targets by default")
    parser.add_argument("--store", type=Path, metavar="DIR", help="where the tables go")
    parser.add_argument("--most", type=int, default=10**6, metavar="N", help="mutants of a file")
    parser.add_argument("--workers", type=int, metavar="N", help="as many as cores by default")
    given = parser.parse_args(arguments)
    sys.dont_write_bytecode = True
    for module in HEAVY:
        importlib.import_module(module)
    files = given.files or list(TARGETS)
    every = {file: list(mutants(file)) for file in files}
    chosen = [mutant for file in files for mutant in spread(every[file], given.most)]
    known, rows = reasons(), []
    # Forked here, where TensorFlow is imported and has started no thread yet.
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(given.workers, mp_context=fork) as pool:
        for file, failing in zip(files, pool.map(without_mutant, files), strict=True):
            if failing:
                print(failing, file=sys.stderr)
                print(f"error: the tests of {file} fail without any mutant", file=sys.stderr)
                return 2
        for mutant, result in zip(chosen, pool.map(outcome, chosen), strict=True):
            reason = known.get((mutant.file, mutant.change), "")
            if result == "survived":
                said = f"{mutant.file}:{mutant.line}: {mutant.change}: {reason or '?'}"
                print(said, flush=True)
            rows.append(
                {
                    "file": mutant.file,
                    "line": mutant.line,
                    "change": mutant.change,
                    "outcome": result,
                    "reason": reason if result == "survived" else "",
                }
            )
    made = {file: len(of_file) for file, of_file in every.items()}
    return _conclude(pd.DataFrame(rows), made, given.store)


def spread(every: list[Mutant], most: int) -> list[Mutant]:
    """At most so many of a file's mutants, spread evenly over it."""
    count = min(most, len(every))
    return [every[i * len(every) // count] for i in range(count)]


def _conclude(rows: pd.DataFrame, made: dict[str, int], store: Path | None) -> int:
    counts = pd.crosstab(rows["file"], rows["outcome"]).reindex(
        columns=["killed", "timeout", "survived"], fill_value=0
    )
    counts.insert(0, "made", counts.index.map(made))
    print(counts.to_string())
    survived = rows[rows["outcome"] == "survived"]
    share = 1 - len(survived) / len(rows)
    unexplained = int(survived["reason"].eq("").sum())
    print(f"{len(rows)} mutants, {share:.1%} killed; {unexplained} survivors without a reason")
    if store:
        from reproductions.evidence.tables import to_csv
        from reproductions.running.files import write_whole

        write_whole(store / "mutants.csv", to_csv(counts.reset_index()))
        write_whole(store / "survivors.csv", to_csv(survived.drop(columns="outcome")))
    return int(share < LEAST_KILLED or unexplained > 0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
