"""What the page holds: all claims, whatever there are results of, and nothing unescaped."""

import base64
import gzip
import json
import re
import shutil
import xml.etree.ElementTree

import pytest

from reproductions import __main__ as command_line
from reproductions.evidence import verdicts
from reproductions.evidence.tables import to_csv
from reproductions.report import build, content, figures, listings, units
from reproductions.running import experiment, runner
from reproductions.running.results import read_claims

NAME = "document_arithmetic"  # needs no TensorFlow
STORED = experiment.FOLDER.parent / "results" / "expected"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Fresh results of one experiment."""
    folder = tmp_path_factory.mktemp("made")
    runner.run([NAME], runner.Request(folder))
    return folder


@pytest.fixture
def results(made, tmp_path):
    return shutil.copytree(made, tmp_path / "results")


def test_all_claims_are_there_judged_or_not(made):
    page = content.gather(made)
    assert {claim.id for claim in page.claims} == {
        claim.id for name in experiment.names() for claim in experiment.load(name).claims
    }
    assert sum(page.counts.values()) == len(page.claims)
    assert page.counts[content.NOT_JUDGED] == len(page.claims) - 3
    assert page.counts[verdicts.DOCUMENT_ERROR] == 1


def test_an_experiment_is_found_by_its_results(made):
    page = content.gather(made)
    assert [section.name for section in page.sections] == [NAME]
    assert set(page.missing) == set(experiment.chosen([])) - {NAME}
    (section,) = page.sections
    assert section.document == "xor-post"
    assert {claim.id for claim in section.claims} == {"NP-19", "XP-06", "XP-07"}
    assert {table.name for table in section.tables} == {"products", "e"}
    assert "factors" in section.parts["Assumptions"]["en"]
    assert "1e-10" in section.found["ko"]
    assert section.command == f"python -m reproductions run {NAME} --force"


@pytest.fixture
def stored(tmp_path):
    """Stored results of one experiment, whose verdict depends on some of its thresholds."""
    folder = tmp_path / "stored"
    shutil.copytree(STORED / "weight_scale", folder / "weight_scale")
    shutil.copy(STORED / "claims.csv", folder)
    return folder


def test_thresholds_that_change_a_verdict_come_first(stored):
    page = content.gather(stored)
    assert {reach.id for _, reach in page.reaches} == {"SL-10"}
    assert all(claim.id == reach.id for claim, reach in page.reaches)
    near = [reach.near for _, reach in page.reaches]
    assert near == sorted(near, reverse=True)
    assert len(set(near)) == 2
    html = build.render(stored)
    _, _, after = html.partition('<table id="thresholds-table">')
    rows = re.findall("<tr.*?</tr>", after.partition("</table>")[0], re.S)[1:]
    assert ["class=near" in row for row in rows] == near
    for row, (_, reach) in zip(rows, page.reaches, strict=True):
        assert f"<td class=value>{reach.stored:g}</td>" in row
    assert html.index('id="claims-table"') < html.index('id="thresholds"')


def test_a_claim_is_judged_once_for_its_words_and_its_thresholds(stored, monkeypatch):
    given = []
    moved = content.thresholds.moved
    monkeypatch.setattr(
        content.thresholds, "moved", lambda *asked: given.append(asked[2]) or moved(*asked)
    )
    content.gather(stored)
    assert [judgement.verdict for judgement in given] == [verdicts.IN_PART]


def test_another_verdict_than_that_of_the_tables_shows_no_thresholds(stored):
    frame = read_claims(stored)
    frame["verdict"] = verdicts.REPRODUCED
    (stored / "claims.csv").write_bytes(to_csv(frame))
    assert content.gather(stored).reaches == []


def test_without_thresholds_there_is_no_section(made):
    assert content.gather(made).reaches == []
    assert 'id="thresholds"' not in build.render(made)


def test_a_threshold_without_words_is_shown_by_its_name():
    assert "some new limit" in build._threshold("some_new_limit")


def test_no_experiment_is_named_in_the_code():
    for path in build.HERE.rglob("*"):
        # The versions for today name modules of Keras, one of which has an experiment's name.
        if path.suffix in (".py", ".html", ".js", ".css") and path.parent != listings.TODAY:
            text = path.read_text(encoding="utf-8")
            for name in experiment.names():
                assert not re.search(rf"\b{name}\b", text), (path, name)


def test_an_experiment_without_words_falls_back_to_its_docstring(made, monkeypatch):
    units = {
        language: content.texts.load(language)["units"] for language in content.texts.LANGUAGES
    }
    documents = {"xor-post": "", "all": ""}
    monkeypatch.setattr(
        content.texts, "load", lambda language: {"documents": documents, "units": units[language]}
    )
    (section,) = content.gather(made).sections
    assert section.title["ko"] == section.title["en"] == experiment.summary(NAME).rstrip(".")
    assert section.says["ko"].startswith("xor-post, part 2-2")
    assert section.found is None


def test_the_same_results_give_the_same_bytes(made):
    assert build.render(made) == build.render(made)


def test_the_page_fetches_nothing(made):
    html = build.render(made)
    html = re.sub('<a href="https://[^"]*" rel="noreferrer">', "", html)  # a reader may follow it
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", html)
    assert not re.search(r"url\(|@import", html)
    assert "default-src 'none'" in html


def test_every_table_is_packed_whole(made):
    html = build.render(made)
    for path in (made / NAME / "products.csv", made / "claims.csv"):
        packed = re.search(rf'data-file="{path.name}" data-packed="([^"]+)"', html)[1]
        packed = packed.translate(str.maketrans(",.:", "&<>"))  # the letters that HTML needs
        assert gzip.decompress(base64.b85decode(packed)) == path.read_bytes()


def test_what_others_wrote_is_escaped(results):
    frame = read_claims(results)
    frame["note"] = '</script><script>alert("x")</script>'
    frame["obtained"] = "<img src=x onerror=alert(1)>"
    (results / "claims.csv").write_bytes(to_csv(frame))
    html = build.render(results)
    assert 'alert("x")' not in html
    assert "<img src=x" not in html
    assert "&lt;/script&gt;" in html


def test_every_figure_has_words(made):
    html = build.render(made)
    tags = re.findall(r"<img [^>]*>", html)
    assert any("data-packed=" in tag for tag in tags)
    for tag in tags:
        assert 'alt=""' not in tag or "src" not in tag


def test_no_results_is_one_line(tmp_path, capsys):
    assert command_line.main(["report", "--results", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("error: no results here")


def test_a_broken_table_is_one_line(results, capsys):
    (results / NAME / "products.csv").write_text("layers,product\n1")
    assert command_line.main(["report", "--results", str(results)]) == 2
    assert "products.csv" in capsys.readouterr().err


def test_the_command_writes_the_page_and_the_check_knows_its_folder(results, made, capsys):
    assert command_line.main(["report", "--results", str(results)]) == 0
    assert (results / "report" / "index.html").is_file()
    assert str(results / "report" / "index.html") in capsys.readouterr().out
    assert command_line.main(["compare", str(made), str(results)]) == 0


SHORT = {
    "0.9277": "0.928", "0": "0", "4096": "4096", "40960": "40,960", "1": "1", "-0.5": "−0.5",
    "4.441e-16": "4.44e-16", "12345.6": "12,346", "nan": "nan", "two words": "two words",
    "0.00015": "0.00015", "1e-10": "1e-10", "": "",
}  # fmt: skip


@pytest.mark.parametrize("cell", SHORT)
def test_numbers_are_shown_in_three_digits(cell):
    assert units.short(cell) == SHORT[cell]


def svg(*texts):
    rows = "".join(
        f'<g id="text_{place}"><text style="font: {size}px Sans">{text}</text></g>'
        for place, (size, text) in enumerate(texts)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36">{rows}</svg>'.encode()


def test_alternative_text_is_the_figures_own_titles(tmp_path):
    (tmp_path / "a.svg").write_bytes(svg((9, "0.5"), (11, "left"), (11, "right"), (12, "Whole")))
    (picture,) = figures.pictures(tmp_path, ["a.svg"])
    assert picture.alt == "Whole. left; right"
    assert (picture.width, picture.height) == (96, 48)


def test_a_figure_without_titles_has_its_name(tmp_path):
    (tmp_path / "a_b.svg").write_bytes(svg((9, "0.5")))
    assert figures.pictures(tmp_path, ["a_b.svg"])[0].alt == "a b"


def test_a_figure_without_a_drawing_is_shown_as_pixels(tmp_path):
    from PIL import Image

    Image.new("RGB", (300, 150), "white").save(tmp_path / "a.png")
    (picture,) = figures.pictures(tmp_path, ["a.png"])
    assert picture.source.startswith("data:image/png;")
    assert picture.drawing == b""
    assert (picture.width, picture.height, picture.alt) == (192, 96, "a")


def test_a_drawing_that_cannot_be_read_is_shown_as_it_is(tmp_path):
    (tmp_path / "a.svg").write_bytes(b'<svg viewBox="0 0 72 36"><g></svg>')
    (picture,) = figures.pictures(tmp_path, ["a.svg"])
    assert picture.source.startswith("data:image/svg+xml;")
    assert (picture.width, picture.height) == (96, 48)


def test_docstring_parts():
    doc = "One line.\n\nDocument: a\n b.\nSetup: c: d.\nKnown differences: none.\n"
    expected = {"Document": "a b.", "Setup": "c: d.", "Known differences": "none."}
    assert content.docstring_parts(doc) == expected


def test_the_page_has_no_blanks_at_the_beginning_of_lines_but_where_they_count():
    html = "<p>\n    a  b\n\n  <b>c</b></p><pre>\n  d\n</pre>\n  <script>\n  e\n</script>\n  f"
    html += "<pre>\n<code>\n  g</code>\n  h</pre><a data-copy='i\n  j'\n  k>\n  l</a>"
    left = "<p>\na  b\n<b>c</b></p><pre>\n  d\n</pre>\n<script>\n  e\n</script>\nf"
    left += "<pre>\n<code>\n  g</code>\n  h</pre><a data-copy='i\n  j'\n  k>\nl</a>"
    assert build.smaller(html) == left


def test_the_page_has_no_quotation_marks_that_it_can_do_without():
    html = '<th scope="col" class="a-b"><b class="a b" id="c">class="d"</b><pre class="e"></pre>'
    left = '<th scope=col class=a-b><b class="a b" id="c">class="d"</b><pre class="e"></pre>'
    assert build.smaller(html) == left


def test_texts_in_attributes_come_back_whole():
    text = {"en": 'it\'s "so" & <so>', "ko": "'그렇다'"}
    element = str(build._spoken(title=text))
    parsed = xml.etree.ElementTree.fromstring(f"<p {element}/>")
    assert parsed.get("title") == text["en"]
    for language, expected in text.items():
        assert json.loads(parsed.get(f"data-{language}")) == {"title": expected}
