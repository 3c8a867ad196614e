"""What figures are drawn with: words and ticks from numbers; one is lost, the others are kept."""

import dataclasses

import pytest
from matplotlib.font_manager import fontManager

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no"), (1, "one"), (3, "three"), (10, "ten"), (4096, "4,096")]
)
def test_a_number_in_words(count, words):
    assert drawing.in_words(count) == words


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.1, 10, [0.1, 0.2, 0.5, 1, 2, 5, 10]),
        (0.3, 7, [0.5, 1, 2, 5]),
        (3, 4, [3, 4]),  # no round number between them
        (0.7, 0.7, [0.7]),
    ],
)
def test_round_ticks_stay_between_the_ends(low, high, ticks):
    assert drawing.round_ticks(low, high) == ticks


def empty():
    figure, _ = drawing.panels()
    return figure


def missing():
    raise NotMeasured("the tables have no activation tanh")


def mistaken():
    raise KeyError("activaton")


def test_one_figure_is_lost_and_the_others_are_drawn():
    left_out = []
    files = drawing.render_all({"first": empty, "lost": missing, "last": empty}, left_out)
    assert list(files) == ["first.png", "first.svg", "last.png", "last.svg"]
    assert left_out == ["figure lost is not drawn: the tables have no activation tanh"]


def test_none_is_lost_where_none_may_be():
    with pytest.raises(NotMeasured, match="tanh"):
        drawing.render_all({"first": empty, "lost": missing})


def test_a_mistake_is_no_missing_measurement():
    with pytest.raises(KeyError, match="activaton"):
        drawing.render_all({"first": mistaken}, [])


SVG = (
    b'<clipPath id="p64fe7387a3"/><path clip-path="url(#p64fe7387a3)" d="M 1 2"/>'
    b'<g id="m00aa00aa00"/>'
)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda svg: svg, True),
        (lambda svg: svg.replace(b"p64fe7387a3", b"pf6ccea302b"), True),
        (lambda svg: svg.replace(b"(#p64fe7387a3", b"(#m00aa00aa00"), False),  # another part
        (lambda svg: svg.replace(b"(#p64fe7387a3", b"(#pf6ccea302b"), False),  # no part
        (lambda svg: svg.replace(b"(#p64fe7387a3", b"(#part-0"), False),
        (lambda svg: svg.replace(b"m00aa00aa00", b"p64fe7387a3"), False),  # two of one name
        (lambda svg: svg.replace(b"M 1", b"M 3"), False),
        (lambda svg: svg + b"<!-- -->", False),
    ],
)
def test_figures_are_the_same_but_for_the_names_of_their_parts(change, same):
    assert drawing.same_figure("a.svg", SVG, change(SVG)) is same
    assert drawing.same_figure("a.svg", change(SVG), SVG) is same
    assert drawing.same_figure("a.png", SVG, change(SVG)) is (change(SVG) == SVG)


def test_a_list_of_fonts_in_the_user_s_cache_decides_no_letter(monkeypatch):
    def draw():
        figure, axes = drawing.panels(width=2, height=1)
        axes[0, 0].set_title("Letters and $x^2$")
        return figure

    as_it_is = drawing.render_all({"letters": draw})
    serif = next(font for font in fontManager.ttflist if font.name == "DejaVu Serif")
    forged = [dataclasses.replace(font, fname=serif.fname) for font in fontManager.ttflist]
    monkeypatch.setattr(fontManager, "ttflist", forged)
    assert drawing.render_all({"letters": draw}) == as_it_is
    assert fontManager.ttflist is forged
    assert fontManager.findfont("DejaVu Sans") == serif.fname
    fontManager._findfont_cached.cache_clear()
