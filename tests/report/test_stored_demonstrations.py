"""The demonstrations that show an experiment's tables, in a real browser, against these tables."""

import re

import numpy as np
import pytest

from reproductions.report import maps, players
from reproductions.running import experiment, results
from reproductions.training import circles
from tests.report.driving import PHONE, drawn, number, start, until

STORED = experiment.FOLDER.parent / "results" / "expected"
PLAYED, SLOPES, PHASES = "tanh_warping", "slope_or_range", "xor_phase_diagram"


@pytest.fixture(scope="module")
def played():
    """The tables of the networks that are played."""
    return results.read_tables(experiment.load(PLAYED), STORED)


def test_the_player_computes_what_numpy_does(visit, played):
    """The margin: the nearest point's distance from the deciding line, on its own side."""
    points, labels = circles.grid()
    sign = np.where(labels[:, 0] == 1, 1, -1)
    seen = set()
    with visit("?lang=en") as page:
        form = start(page, "player")
        for network in form.locator("[name=network] option").all_inner_texts():
            form.locator("[name=network]").select_option(network)
            for run in ("typical", "best"):
                form.locator("[name=run]").select_option(run)
                form.locator("[name=epoch]").fill("17")
                _, seed, epoch, margin, right = drawn(form).split()
                rows = played["weights"].query("network == @network and shown == @run")
                weights = circles.unflatten(rows[rows["epoch"] == int(epoch)], network)
                logits = sign * circles.layers(weights, points)[-1][:, 0]
                expected = logits.min() / np.hypot(*weights[-2][:, 0])
                assert float(margin) == pytest.approx(expected, abs=1e-6)
                assert float(right) == (logits > 0).mean()
                assert number(form.locator(".margin")) == pytest.approx(expected, rel=5e-3)
                shown = played["shown"].query("network == @network and shown == @run")
                assert [int(seed)] == shown["seed"].tolist()
                said = "separated" if expected > 0 else "not separated"
                assert form.locator(".state").inner_text() == said
                seen.add((network, said))
    assert {said for _, said in seen} == {"separated", "not separated"}
    assert len({network for network, _ in seen}) == 3


INKED = """path => {
    const svg = path.ownerSVGElement, box = path.getBBox();
    const [x, y, width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    let inked = 0, all = 0;
    for (let i = 0.5; i < 40; i++) {
        for (let j = 0.5; j < 40; j++) {
            const point = svg.createSVGPoint();
            [point.x, point.y] = [x + width * i / 40, y + height * j / 40];
            inked += path.isPointInFill(point);
            all++;
        }
    }
    return inked / all;
}"""


def test_the_plane_is_coloured_as_the_network_answers(visit, played):
    places = (np.arange(40) + 0.5) / 40 * 2.5 - 1.25
    points = circles.square_points(places)
    with visit("?lang=en&player-run=best&player-epoch=30") as page:
        form = start(page, "player")
        for network in ("2-2-2-1", "2-4-2-1"):
            form.locator("[name=network]").select_option(network)
            epoch = int(drawn(form).split()[2])
            rows = played["weights"].query("network == @network and shown == 'best'")
            weights = circles.unflatten(rows[rows["epoch"] == epoch], network)
            ones = (circles.layers(weights, points)[-1] > 0).mean()
            areas = form.locator(".plane svg svg path").all()[:2]
            inked = [area.evaluate(INKED) for area in areas]
            assert inked == pytest.approx([ones, 1 - ones], abs=0.01)
            assert 0.1 < ones < 0.9


def test_the_image_of_the_first_layer_is_turned(visit, played):
    """The outer circle, as seen from the side that the sliders, the pointer and the keys choose."""
    rows = played["weights"].query("network == '2-3-2-1' and shown == 'typical' and epoch == 100")
    first = circles.layers(
        circles.unflatten(rows, "2-3-2-1"),
        [[np.sin(a), np.cos(a)] for a in np.linspace(0, 2 * np.pi, 181)],
    )[0]
    with visit("?lang=en&player-turn=0&player-tilt=0", PHONE, has_touch=True) as page:
        form = start(page, "player")
        space = form.locator(".space")

        def outline():
            path = space.locator("svg svg path").nth(2).get_attribute("d")
            return np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 2)

        def picture(across, up):
            expected = np.stack([across, -up], 1)
            width = space.locator("> svg").bounding_box()["width"]
            return width / 2 + expected * (width - 8) / 2 / 2.05

        np.testing.assert_allclose(outline(), picture(first[:, 1], first[:, 2]), atol=0.2)
        form.locator("[name=turn]").fill("90")
        np.testing.assert_allclose(outline(), picture(-first[:, 0], first[:, 2]), atol=0.2)
        form.locator("[name=tilt]").fill("90")
        np.testing.assert_allclose(outline(), picture(-first[:, 0], -first[:, 1]), atol=0.2)
        place = space.bounding_box()
        x, y = place["x"] + 150, place["y"] + 150
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 100, y - 30)
        page.mouse.up()
        page.mouse.move(x, y)  # no longer held
        values = [form.locator(f"[name={name}]").input_value() for name in ("turn", "tilt")]
        assert values == ["350", "60"]
        form.locator("[name=tilt]").focus()
        page.keyboard.press("ArrowRight")
        assert form.locator("[name=tilt]").input_value() == "61"
        until(page, "location.search.includes('player-tilt=61')")
        assert "player-turn=350" in page.url
        form.locator("[name=network]").select_option("2-4-2-1")
        assert space.is_hidden()
        form.locator("button[type=reset]").click()
        until(page, "location.search === '?lang=en'")
        assert space.is_visible()


def test_the_player_plays_pauses_and_obeys_the_keys(visit):
    with visit("?lang=en&player-epoch=0") as page:
        form = start(page, "player")
        slider, play = form.locator("[name=epoch]"), form.locator(".play")
        slider.focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
        assert slider.input_value() == "1"
        page.keyboard.press("Space")
        assert play.get_attribute("aria-pressed") == "true"
        assert play.inner_text() == "❚❚ Pause"
        until(page, "document.querySelector('#try-player [name=epoch]').value > 4")
        page.keyboard.press("Space")
        assert play.get_attribute("aria-pressed") == "false"
        paused = slider.input_value()
        until(page, f"location.search.includes('player-epoch={paused}')")
        assert slider.input_value() == paused
        play.focus()
        page.keyboard.press("Space")
        assert play.get_attribute("aria-pressed") == "true"
        slider.fill("49")
        assert play.get_attribute("aria-pressed") == "false"
        play.click()
        until(page, "!location.search.includes('player-epoch')")  # the last one is the form's own
        assert slider.input_value() == slider.get_attribute("max")
        assert play.get_attribute("aria-pressed") == "false"


def test_without_motion_the_player_shows_one_picture_after_another(visit):
    with visit("?lang=en", reduced_motion="reduce") as page:
        form = start(page, "player")
        slider, play = form.locator("[name=epoch]"), form.locator(".play")
        assert play.inner_text() == "Next picture"
        shown = []
        for _ in range(4):
            play.click()
            shown.append(int(slider.input_value()))
            assert play.get_attribute("aria-pressed") == "false"
        assert shown[0] == 0
        assert len(set(np.diff(shown))) == 1
        assert shown[1] > 1
        page.wait_for_timeout(300)
        assert int(slider.input_value()) == shown[-1]


def table(experiment_name, name):
    return results.read_tables(experiment.load(experiment_name), STORED)[name]


def percent(locator):
    """A share and its interval, of a text such as "68.2 % (64.0 to 72.1 %)"."""
    return [float(word) / 100 for word in re.findall(r"[\d.]+", locator.inner_text())]


def tile(page, box, row, column, rows, columns):
    """The middle of a tile on the screen, from the room that the axes leave."""
    place = box.locator("svg svg").bounding_box()
    x = place["x"] + (column + 0.5) * place["width"] / columns
    return x, place["y"] + (rows - row - 0.5) * place["height"] / rows


def test_slope_and_range_show_the_stored_shares(visit):
    cells, gradients = table(SLOPES, "cells"), table(SLOPES, "gradients")
    ranges, slopes = [0.5, 1.0, 2.0, 5.0, 10.0], [0.25, 0.5, 1.0, 2.0]

    def stored(frame, centre, full_range, slope):
        rows = frame[(frame["family"] == "tanh") & (frame["centre"] == centre)]
        rows = rows[(rows["range"] == full_range) & (rows["slope"] == slope)]
        return [] if rows.empty else rows[["share", "low", "high"]].iloc[0].tolist()

    with visit("?lang=en") as page:
        form = start(page, "range")
        for i, full_range in enumerate(ranges):
            form.locator("[name=range]").fill(str(i))
            for j, slope in enumerate(slopes):
                form.locator("[name=slope]").fill(str(j))
                asked = full_range, slope
                for place, frame, centre in (
                    ("solved", cells, 0.0),
                    ("vanished", gradients, 0.0),
                    ("centre", cells, 0.5),
                ):
                    shown, expected = form.locator(f".{place}"), stored(frame, centre, *asked)
                    if expected:
                        assert percent(shown) == pytest.approx(expected, abs=6e-4), asked
                    else:
                        assert shown.inner_text() == "not measured", asked
        shares = [stored(cells, 0.0, r, s)[0] for s in slopes for r in ranges]
        shown = form.locator(".map text.tile:not(.name)").all_text_contents()
        assert [float(text) / 100 for text in shown] == pytest.approx(shares, abs=6e-3)
        form.locator("[name=measure]").select_option("vanished")
        shares = [stored(gradients, 0.0, r, s)[0] for s in slopes for r in ranges]
        shown = form.locator(".map text.tile:not(.name)").all_text_contents()
        assert [float(text) / 100 for text in shown] == pytest.approx(shares, abs=6e-3)


def test_the_function_of_a_slope_and_a_range_is_drawn_and_trained(visit):
    with visit("?lang=en&range-slope=3&range-range=1", PHONE, has_touch=True) as page:
        form = start(page, "range")
        curve = form.locator(".curve svg svg")
        path = curve.locator("path").last.get_attribute("d")
        points = np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 2)
        left, top, width, height = map(float, curve.get_attribute("viewBox").split())
        x = (points[:, 0] - left) / width * 12 - 6
        y = 5.6 - (points[:, 1] - top) / height * 11.2
        np.testing.assert_allclose(y, np.tanh(4 * x) / 2, atol=0.03)  # slope 2 and range 1
        box = form.locator(".map")
        box.scroll_into_view_if_needed()
        page.touchscreen.tap(*tile(page, box, 2, 2, 4, 5))
        assert drawn(form).startswith("1 2 ")
        until(page, "location.search.includes('range-slope=2')")
        form.locator("[name=slope]").focus()
        page.keyboard.press("ArrowLeft")
        assert drawn(form).startswith("0.5 2 ")
        form.locator(".train").click()
        xor = start(page, "xor")
        assert xor.locator("[name=formula]").input_value() == "1 * tanh(0.5 * x)"
        for name, value in {"depth": "9", "width": "5", "rate": "0.01", "loss": "stable"}.items():
            assert xor.locator(f"[name={name}]").input_value() == value
        until(page, "!!document.querySelector('#try-xor').dataset.outcome")


def test_a_cell_of_the_map_is_looked_at_chosen_and_trained(visit):
    cells = table(PHASES, "cells")
    depths, rates = (sorted(cells[axis].unique()) for axis in ("depth", "rate"))
    keys = ["activation", "initialisation", "depth", "rate"]
    rows = cells.set_index(keys)

    def told(form):
        names = ("solved", "plateau", "non_finite", "other")
        return [number(form.locator(f"b.{name}")) for name in names]

    def stored(*key):
        row = rows.loc[key]
        counts = row[["solved", "plateau", "non_finite"]].tolist()
        return [100 * count / row["seeds"] for count in (*counts, row["seeds"] - sum(counts))]

    with visit("?lang=en") as page:
        form = start(page, "map")
        box = form.locator(".map")
        for activation, initial, outcome in (
            ("sigmoid", "normal", "solved"),
            ("leaky_relu", "normal", "non_finite"),
            ("relu", "he", "plateau"),
        ):
            form.locator("[name=function]").select_option(activation)
            form.locator("[name=initial]").select_option(initial)
            form.locator("[name=outcome]").select_option(outcome)
            panel = rows.loc[activation, initial].reset_index()
            counts = panel.pivot(index="depth", columns="rate", values=outcome)
            shown = [float(text) for text in box.locator("text.tile").all_text_contents()]
            expected = 100 * counts.to_numpy().ravel() / panel["seeds"].iloc[0]
            assert shown == pytest.approx(expected, abs=0.51)
            form.locator("[name=depth]").fill("4")
            form.locator("[name=rate]").fill("1")
            chosen = (activation, initial, depths[4], rates[1])
            assert told(form) == pytest.approx(stored(*chosen), abs=0.06)
            low, high = rows.loc[chosen][["low", "high"]]
            assert (
                f"{100 * low:.1f} to {100 * high:.1f} %" in form.locator(".interval").inner_text()
            )
            box.scroll_into_view_if_needed()
            page.mouse.move(*tile(page, box, 0, 6, len(depths), len(rates)))
            looked = (activation, initial, depths[0], rates[6])
            assert told(form) == pytest.approx(stored(*looked), abs=0.06)
            page.mouse.move(0, 0)
            assert told(form) == pytest.approx(stored(*chosen), abs=0.06)
        box.scroll_into_view_if_needed()
        page.mouse.click(*tile(page, box, 2, 3, len(depths), len(rates)))
        page.mouse.move(0, 0)
        assert told(form) == pytest.approx(stored("relu", "he", depths[2], rates[3]), abs=0.06)
        form.locator("[name=depth]").focus()
        page.keyboard.press("ArrowLeft")
        until(page, "location.search.includes('map-depth=1')")
        form.locator(".train").click()
        xor = start(page, "xor")
        asked = {"function": "relu", "depth": depths[1] - 1, "rate": rates[3], "loss": "stable"}
        asked["initial"] = "he"
        for name, value in asked.items():
            assert xor.locator(f"[name={name}]").input_value() == str(value)
        until(page, "!!document.querySelector('#try-xor').dataset.outcome")


def test_a_map_of_fewer_cells_has_holes_and_keeps_its_order():
    cells, gradients = table(SLOPES, "cells"), table(SLOPES, "gradients")
    hole = (cells["centre"] == 0) & (cells["range"] == 2) & (cells["slope"] == 0.5)
    found = maps.slopes({"cells": cells[~hole].sample(frac=1, random_state=1)})
    assert found["ranges"] == [0.5, 1, 2, 5, 10]
    assert found["slopes"] == [0.25, 0.5, 1, 2]
    assert set(found["shares"]) == {"solved"}  # the gradients' table is not there
    shares = found["shares"]["solved"]
    assert [[bool(cell) for cell in row] for row in shares["0"]] == [
        [(full_range, slope) != (2, 0.5) for slope in found["slopes"]]
        for full_range in found["ranges"]
    ]
    assert shares["0"][2][2] == [0.9551, 0.9335, 0.9699]  # tanh, not x clipped to the same range
    assert shares["5"] == [[None] * 4] * 5
    off_centre = cells[cells["centre"] != 0]
    assert maps.slopes({"cells": off_centre, "gradients": gradients}) == {}
    phases = table(PHASES, "cells")
    some = phases.query("depth == 10 and activation in ('tanh', 'relu') and rate < 0.02")
    found = maps.phases({"cells": some[1:]})  # without ReLU with Glorot's weights at the least rate
    assert (found["depths"], found["rates"]) == ([10], [0.001, 0.003, 0.01])
    assert found["activations"] == ["tanh", "relu"]  # as everywhere on the page
    assert found["initialisations"] == ["normal", "glorot", "he"]
    assert found["panels"]["relu glorot"][0][0] is None
    row = some.query("activation == 'tanh' and initialisation == 'he' and rate == 0.01").iloc[0]
    counts = row[["solved", "plateau", "non_finite"]].tolist()
    assert found["panels"]["tanh he"][0][2][:3] == counts


def test_networks_without_a_layer_of_two_units_are_not_played(played):
    assert players.player({"weights": played["weights"]}) == {}
    other = {name: frame.assign(network="2-2-3-1") for name, frame in played.items()}
    assert players.player(other) == {}
    best = played["shown"].query("shown == 'best'")
    found = players.player({"weights": played["weights"], "shown": best})
    assert [list(network["runs"]) for network in found["networks"]] == [["best"]] * 3
    assert found["frames"] == played["weights"]["epoch"].nunique()
