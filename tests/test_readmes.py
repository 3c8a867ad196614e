"""The READMEs: their links lead somewhere, both languages say the same, their examples run."""

import csv
import importlib
import re
from pathlib import Path

import pytest

from reproductions.evidence import thresholds
from reproductions.report import texts
from reproductions.running import experiment
from reproductions.running.results import read_tables

ROOT = Path(__file__).parents[1]
FOLDERS = ("custom_layers", "reproductions", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *(page for f in FOLDERS for page in (ROOT / f).rglob("*.md"))])
ENGLISH = [page for page in PAGES if not page.name.endswith(".ko.md")]
FORMER = re.compile(r"(reproductions|tests)[/.]suite|reproductions/(?!__main__)\w+\.py")
"""Where the code once was."""
CLAIM = re.compile(r"(?<![A-Z])[A-Z]{2}-\d\d(?!\d)")  # a Korean particle may follow it


def shown(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def korean(page: Path) -> Path:
    return page.with_suffix(".ko.md")


def code(page: Path) -> list[str]:
    """A page's blocks of code without their comments, which each language has in its own words."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    return [re.sub(r"\s*#.*", "", block) for block in blocks]


def findings(page: Path) -> list[str]:
    """The items of a page's list of findings."""
    items = re.findall(r"^- (.*?)(?=^- |^$)", page.read_text(encoding="utf-8"), re.M | re.S)
    return [item for item in items if CLAIM.search(item)]


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert local  # to the other language at least
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_no_page_names_a_place_where_the_code_once_was(page):
    assert FORMER.search(page.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("page", ENGLISH, ids=shown)
def test_both_languages_show_the_same(page):
    english, other = (each.read_text(encoding="utf-8") for each in (page, korean(page)))
    assert set(CLAIM.findall(english)) == set(CLAIM.findall(other))
    headings = re.compile("^#+ ", re.M)
    assert headings.findall(english) == headings.findall(other)
    assert code(page) == code(korean(page))


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_findings_are_what_the_stored_claims_say(name):
    with (ROOT / "results/expected/claims.csv").open(encoding="utf-8", newline="") as file:
        obtained = {row["id"]: row["obtained"] for row in csv.DictReader(file)}
    items = findings(ROOT / name)
    assert 5 <= len(items) <= 8  # more is a list that nobody reads
    for item in items:
        claims = CLAIM.findall(item)
        assert set(claims) <= set(obtained)
        shares = filter(re.compile(r"[01]\.\d+").fullmatch, (obtained[claim] for claim in claims))
        measured = {f"{float(share):.0%}" for share in shares}
        assert {f"{share}%" for share in re.findall(r"(\d+) %", item)} <= measured


FEWER = {"range(4096)": "range(8)", "20_001": "201", "range(1024)": "range(8)", "2_000": "20"}
"""The examples of the engine take minutes as they are."""


def example(name, tmp_path, monkeypatch, number=0):
    """The module that a Python example of a page makes, or several examples one after another."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall("```python\n(.*?)```", text, re.S)
    source = "".join(blocks[number]) if isinstance(number, slice) else blocks[number]
    for many, few in FEWER.items():
        source = source.replace(many, few)
    module = f"example_{len(source)}_" + re.sub(r"\W", "_", name)
    (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module(module)


def test_the_example_of_the_layers(tmp_path, monkeypatch):
    made = example("custom_layers/README.md", tmp_path, monkeypatch)
    assert made.model.output_shape == (None, 3)


@pytest.mark.filterwarnings("ignore:Statistics for quantized inputs:UserWarning")
def test_the_examples_of_a_model_of_one_s_own(tmp_path, monkeypatch):
    made = example("custom_layers/README.md", tmp_path, monkeypatch, number=slice(None))
    assert [dense.activation.__class__.__name__ for dense in made.activations] == [
        "function",
        "LeakyReLU",
    ]
    assert made.directional.shape == made.rows.shape == (16, 4)
    assert made.integers[4:8] == b"TFL3"
    assert (made.twin(made.x) == made.model(made.x)).numpy().all()
    assert type(made.with_keras_elu(made.ELU(0.5))).__module__.startswith("keras.")


def test_the_example_of_the_engine(tmp_path, monkeypatch):
    made = example("reproductions/training/README.md", tmp_path, monkeypatch)
    assert made.trained.records["loss"].shape == (3, 8)
    assert made.trained.replica(7).predict(made.xor.X, verbose=0).shape == (4, 1)


def test_the_example_with_an_optimizer(tmp_path, monkeypatch):
    made = example("reproductions/training/README.md", tmp_path, monkeypatch, number=1)
    assert made.trained.records["loss"].shape == (1, 8)
    assert (made.trained.finite_steps == 20).all()


def test_the_example_of_the_tables(tmp_path, monkeypatch):
    made = example("reproductions/evidence/README.md", tmp_path, monkeypatch)
    assert made.TABLES["rates"].names == ["activation", "solved", "seeds", "share", "low", "high"]


def test_the_example_of_a_table_of_one_s_own(tmp_path, monkeypatch):
    made = example("reproductions/evidence/README.md", tmp_path, monkeypatch, number=1)
    made.test_my_table_is_the_stored_one()
    monkeypatch.setattr(made, "STORED", made.STORED.replace("900", "300"))
    with pytest.raises(AssertionError):
        made.test_my_table_is_the_stored_one()


@pytest.fixture(scope="module")
def reaches():
    """How far each threshold of each rule can be moved, on the stored tables."""
    stored = ROOT / "results" / "expected"
    return [
        reach
        for name in experiment.loadable()
        if (loaded := experiment.load(name)).claims
        for tables in [read_tables(loaded, stored)]
        for claim in loaded.claims
        for reach in thresholds.reaches(thresholds.moved(claim, tables))
    ]


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.ko.md", "ko")])
def test_the_verdicts_that_depend_on_a_threshold_are_listed(name, language, reaches):
    words = texts.load(language)["verdicts"]
    due = [
        f"| {reach.id} | `{reach.threshold}` | {reach.stored:g} | {words[reach.verdict]} |"
        f" {', '.join(f'{value:g}: {words[verdict]}' for value, verdict in reach.others)} |"
        for reach in sorted(reaches, key=lambda reach: reach.id)
        if reach.near
    ]
    page = (ROOT / "reproductions" / "evidence" / name).read_text(encoding="utf-8")
    assert re.findall(r"^\| [A-Z]{2}-\d\d \|.*$", page, re.M) == due


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_modules_of_the_evidence_are_those_that_there_are(name):
    folder = ROOT / "reproductions" / "evidence"
    table = (folder / name).read_text(encoding="utf-8").rpartition("## ")[2]
    cells = re.findall(r"^\| (`.*?`) \|", table, re.M)
    named = {module for cell in cells for module in re.findall(r"`(\w+)`", cell)}
    there = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert named == there
