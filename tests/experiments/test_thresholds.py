"""Every threshold of a rule can be moved: none hides in the code of the functions that judge."""

import ast
import importlib
import inspect
import sys

import pytest

from reproductions.evidence import thresholds
from reproductions.running import experiment
from reproductions.running.results import read_claims, read_tables

STORED = experiment.FOLDER.parent / "results" / "expected"
NAMES = [name for name in experiment.loadable() if experiment.load(name).claims]
LEAST, MOST = 1e-3, 1
"""A number between these two, to which something is compared, is a threshold."""

NO_THRESHOLDS = {
    ("_comparison_picture", 0.011): "the listing's points lie this far apart",
    ("_network_post_curves", 0.27846): "swish's smallest value follows from its formula",
    ("_network_post_curves", 0.05): "a place on a curve is read off points on a grid",
    ("_learned", 0.95): "the share that 95 % regions must cover by definition",
    ("_dying_is_no_great_problem", 0.5): "chooses a note and decides no verdict",
}
"""Numbers in comparisons of judging functions that are no choice, and why."""


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_thresholds_give_the_stored_verdicts(name):
    stored = read_claims(STORED).set_index("id")["verdict"]
    loaded = experiment.load(name)
    tables = read_tables(loaded, STORED)
    for claim in loaded.claims:
        moves = thresholds.moved(claim, tables)
        unmoved = moves[moves["value"] == moves["stored"]]
        assert set(unmoved["threshold"]) == set(thresholds.of(claim.judge))
        assert set(unmoved["verdict"]) <= {stored[claim.id]}
        given = claim.judge(tables, **thresholds.of(claim.judge))
        assert given.verdict == stored[claim.id]


def judging_functions(name):
    """The functions of an experiment that take part in judging, as pairs of module and syntax."""
    module = importlib.import_module(experiment.modules(name)[-1])
    package = experiment.modules(name)[0]
    (claims,) = [
        statement.value
        for statement in ast.parse(inspect.getsource(module)).body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        and "CLAIMS" in ast.unparse(statement).partition("=")[0]
    ]
    functions, ahead = {}, [(module, claims)]
    while ahead:
        module, syntax = ahead.pop()
        for used in {node.id for node in ast.walk(syntax) if isinstance(node, ast.Name)}:
            function = getattr(module, used, None)
            if not inspect.isfunction(function) or not function.__module__.startswith(package):
                continue
            key = function.__module__, function.__name__
            if key not in functions:
                home = sys.modules[function.__module__]
                found = ast.parse(inspect.getsource(function)).body[0]
                functions[key] = home, found
                ahead.append((home, found))
    return list(functions.values())


def compared_numbers(module, function):
    """The numbers between the two bounds that a function compares something to.

    They stand in `a < b` and its like, or in `between`, as literals or as constants of the module.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and any(
            isinstance(sign, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for sign in node.ops
        ):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".between"):
            sides = node.args
        else:
            continue
        for part in (part for side in sides for part in ast.walk(side)):
            number = getattr(module, part.id, None) if isinstance(part, ast.Name) else None
            number = part.value if isinstance(part, ast.Constant) else number
            if isinstance(number, float) and LEAST < number < MOST:
                yield number


@pytest.mark.parametrize("name", NAMES)
def test_no_threshold_is_a_bare_number(name):
    bare = {
        (function.name, number)
        for module, function in judging_functions(name)
        for number in compared_numbers(module, function)
    }
    assert bare <= set(NO_THRESHOLDS), "make it a keyword-only float with a name and this default"


def test_every_exception_is_still_one():
    bare = {
        (function.name, number)
        for name in NAMES
        for module, function in judging_functions(name)
        for number in compared_numbers(module, function)
    }
    assert bare == set(NO_THRESHOLDS)


@pytest.mark.parametrize("name", NAMES)
def test_every_threshold_is_used_as_it_was_given(name):
    for _, outer in judging_functions(name):
        for function in ast.walk(outer):
            if not isinstance(function, ast.FunctionDef):
                continue
            given = {argument.arg for argument in function.args.kwonlyargs}
            names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
            assert given <= {node.id for node in names if isinstance(node.ctx, ast.Load)}
            assert not given & {node.id for node in names if isinstance(node.ctx, ast.Store)}


@pytest.mark.parametrize("name", NAMES)
def test_the_walk_finds_every_judge(name):
    found = {function.name for _, function in judging_functions(name)}
    for claim in experiment.load(name).claims:
        assert claim.judge.__qualname__.partition(".")[0] in found
