"""Which tests a mutant meets, and where its code goes."""

import pytest

from tests.stress import mutants
from tests.stress.codes import OnImportError, differing
from tests.stress.mutant_tests import MOST_S, ON_IMPORT, Baseline, Likely, lines_of

SOURCE = """\
LIMIT = 3


class Counter:
    step = 1

    def count(self, n=1):
        if n > LIMIT:
            return [
                self.step * k
                for k in range(n)
            ]
        return n
"""


@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [
        (1, 1, [1]),
        (5, 5, [5]),
        (7, 7, [7]),
        (8, 8, [8]),
        (10, 10, [9, 10, 11, 12]),
        (13, 13, [13]),
        (8, 10, [8, 9, 10]),
    ],
)
def test_the_lines_of_a_change_are_those_of_its_statement(first, last, lines):
    assert list(lines_of(SOURCE, first, last)) == lines


def changed(old, new):
    codes = (compile(text, "f.py", "exec") for text in (SOURCE, SOURCE.replace(old, new)))
    return [(a.co_qualname, a is not b) for a, b in differing(*codes)]


def test_the_outermost_function_that_differs_takes_other_code():
    assert changed("n > LIMIT", "n >= LIMIT") == [("Counter.count", True)]
    assert changed("self.step * k", "self.step / k") == [("Counter.count", True)]
    assert changed("return n\n", "return 1\n") == [("Counter.count", True)]
    assert changed("return n\n", "return n  # the same\n") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("LIMIT = 3", "LIMIT = 4"), ("step = 1", "step = 2"), ("n=1", "n=2"), ("count(", "sum(")],
)
def test_what_is_executed_on_import_needs_an_import(old, new):
    with pytest.raises(OnImportError):
        changed(old, new)


def test_a_mutant_meets_the_tests_of_its_lines_and_those_that_start_processes():
    lines = {"f.py": {1: {ON_IMPORT}, 2: {"a"}, 3: {"a", "b"}}}
    known = Baseline(lines, {"a": 0.1, "b": 0.1, "c": 0.1, "d": 0.1}, apart={"d"})
    assert known.tests_of("f.py", range(2, 3)) == {"a", "d"}
    assert known.tests_of("f.py", range(2, 4)) == {"a", "b", "d"}
    assert known.tests_of("f.py", range(7, 8)) == {"d"}
    assert known.tests_of("f.py", range(1, 2)) == {"a", "b", "c", "d"}


def test_cheap_tests_come_first_then_those_that_killed_and_the_longest_are_left_out():
    cost = {"long": MOST_S, "short": 0.1, "middle": 0.5}
    likely = Likely(Baseline({}, cost, {"short": {"a fixture": 1.0}}))
    assert likely.ordered(set(cost)) == ["middle", "short"]
    assert likely.ordered({"long"}) == ["long"]
    for _ in range(2):
        likely.learn("long")
    assert likely.ordered(set(cost)) == ["long"]


def test_what_is_known_of_tests_is_renewed():
    old = Baseline({"f.py": {1: {"a", "b", "gone"}}}, {"a": 1, "b": 1, "gone": 1}, apart={"gone"})
    new = Baseline({"f.py": {2: {"b", ON_IMPORT}}}, {"b": 2})
    both = old.renewed(new, {"a", "b"})
    assert both.lines == {"f.py": {1: {"a"}, 2: {"b", ON_IMPORT}}}
    assert (both.cost, both.apart) == ({"a": 1, "b": 2}, set())
    assert Baseline.of(both.to_json()) == both


@pytest.mark.parametrize(
    "arguments", [["custom_layers/none.py"], ["--most", "0"], ["--workers", "-1"]]
)
def test_a_wrong_word_is_one_clear_line(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        mutants.main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f". Received: {arguments[-1]}\n")
