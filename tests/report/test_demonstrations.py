"""The demonstrations of the page, in a real browser, against the stored outcomes and the suite."""

import re

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence.tables import conform, to_csv
from reproductions.report import demonstrations
from reproductions.running import experiment
from reproductions.running.results import read_table
from reproductions.training import xor
from tests.report.driving import DESKTOP, PHONE, drawn, start, until

STORED = experiment.FOLDER.parent / "results" / "expected"
FIRST_SEEDS = 256
FUNCTIONS = ("leaky_relu", "relu", "sigmoid", "tanh")
LOSSES = ("document", "stable")
LEAST_AGREEMENT = 0.99
SAMPLED = range(0, FIRST_SEEDS, 43)


@pytest.fixture(scope="module")
def outcomes():
    """What the first seeds came to when all of them were trained in a browser."""
    return read_table(demonstrations.OUTCOMES_FILE, demonstrations.OUTCOMES)


def stored_seeds():
    table = experiment.load("deep_xor").tables["seeds"]
    return read_table(STORED / "deep_xor" / "seeds.csv", table)


def test_the_browser_agrees_with_the_stored_outcomes(outcomes):
    assert set(outcomes["outcome"]) <= set(xor.OUTCOMES)
    sizes = outcomes.groupby(["activation", "loss"])["seed"].agg(["size", "min", "max"])
    assert (sizes == [FIRST_SEEDS, 0, FIRST_SEEDS - 1]).all(axis=None)
    assert set(sizes.index) == {(name, loss) for name in FUNCTIONS for loss in LOSSES}
    found = demonstrations.agreement(outcomes, stored_seeds())
    assert found["seeds"] == FIRST_SEEDS
    assert found["least"] >= LEAST_AGREEMENT


def test_disagreement_is_counted(outcomes):
    seeds = stored_seeds()
    wrong = (seeds["activation"] == "relu") & (seeds["loss"] == "stable")
    seeds.loc[wrong, "outcome"] = "none"
    assert demonstrations.agreement(outcomes, seeds)["least"] == pytest.approx(0.5, abs=0.01)
    assert demonstrations.agreement(outcomes, seeds[:0]) is None


def test_results_without_a_setting_or_an_experiment_have_no_comparison():
    seeds = stored_seeds()
    heights = pd.DataFrame({"height_cm": [1.0], "density_women": [1.0], "density_men": [1.0]})
    tables = {"one": {"seeds": seeds}, "two": {"posterior": heights}}
    broken = {"one": {"rate": np.nan, "steps": 5}, "two": {"mean_women_cm": 160.0}}
    found = demonstrations.gather(tables, broken)
    assert not {"height", "map", "player", "range"} & set(found.names)
    assert set(found.start["xor"]["stored"]) == {"outcomes", "steps"}
    assert len(found.start["xor"]["stored"]["outcomes"]["tanh stable"]) == 4096
    whole = {"two": {"mean_women_cm": 160.0, "mean_men_cm": 170.0, "deviation_cm": 5.0}}
    names = demonstrations.gather({"two": tables["two"]}, whole).names
    assert set(names) == set(demonstrations.NAMES) - {"map", "player", "range"}
    assert demonstrations.gather({}, {}).start["xor"] == {}


def test_a_network_that_learns_and_breaks_is_one_that_broke_in_both_experiments():
    seeds = stored_seeds()
    curve = pd.DataFrame({"activation": ["relu"] * 3, "rate": [0.01, 0.01, 0.1]})
    curve = curve.assign(seed=[-1, 0, 1], step=0, cost=0.0, accuracy=0.0)
    specs = {"one": {"rate": 0.01}}
    relu = seeds.query("activation == 'relu' and loss == 'document'").set_index("seed")["outcome"]
    assert relu[0] != "non-finite"
    broken = int(relu.index[relu == "non-finite"][0])
    for seed, found in ((0, None), (broken, {"activation": "relu", "seed": broken})):
        tables = {"one": {"seeds": seeds, "curve": curve.assign(seed=[-1, seed, broken])}}
        assert demonstrations.gather(tables, specs).start["xor"]["late"] == found


def test_outcomes_of_the_page_are_those_of_the_file(xor_page, full, report, request):
    """A sample of the seeds; all of them with --full, which can store them anew with --store."""
    seeds = list(range(FIRST_SEEDS) if full else SAMPLED)
    script = """async ([seeds, functions, losses]) => {
        const asked = functions.flatMap((activation) => losses.flatMap((loss) =>
          seeds.map((seed) => ({ activation, loss, seed }))));
        const results = await Promise.all(asked.map((one) => suite.xor(one)));
        return asked.map((one, i) => ({ ...one, outcome: results[i].outcome }));
    }"""
    frame = pd.DataFrame(xor_page.evaluate(script, [seeds, list(FUNCTIONS), list(LOSSES)]))
    frame = conform("outcomes", frame, demonstrations.OUTCOMES)
    if full:
        found = demonstrations.agreement(frame, stored_seeds())
        report(f"networks trained in a browser: {found}", "outcomes", frame)
    outcomes = request.getfixturevalue("outcomes")
    assert to_csv(frame) == to_csv(outcomes[outcomes["seed"].isin(seeds)])


@pytest.fixture(scope="module")
def xor_page(browser, page_file):
    page = browser.new_context(offline=True).new_page()
    page.set_default_timeout(0)
    page.goto(page_file.as_uri())
    yield page
    page.context.close()


def test_the_xor_network_is_trained_and_the_address_keeps_the_setting(visit, outcomes):
    rows = outcomes[outcomes["loss"] == "document"].set_index(["activation", "seed"])["outcome"]
    with visit("?lang=en&xor-seed=3&xor-loss=nonsense&xor-width=many") as page:
        form = start(page, "xor")
        # No two outcomes in a row are alike, so that none is taken for the one before it.
        last = int(rows["relu"].ne(rows["relu", 3]).idxmax())
        for activation, seed in (("sigmoid", 3), ("relu", 3), ("relu", last)):
            form.locator("[name=function]").select_option(activation)
            form.locator("[name=seed]").fill(str(seed))
            wanted = rows[activation, seed]
            until(page, f"document.querySelector('#try-xor').dataset.outcome === '{wanted}'")
            shown = form.locator(".outcome").inner_text()
            assert shown == form.locator(".before").inner_text()
        until(page, f"/xor-seed={last}(&|$)/.test(location.search)")
        assert "xor-function=relu" in page.url
        assert "lang=en" in page.url
        page.reload()
        form = start(page, "xor")
        assert form.locator("[name=function]").input_value() == "relu"
        form.locator("[name=seed]").fill("-1")
        until(page, "!document.querySelector('#try-xor .mistake').hidden")
        assert form.locator(".mistake").inner_text().endswith("Received: -1")
        form.locator("button[type=reset]").click()
        until(page, "location.search === '?lang=en'")
        assert form.locator("[name=seed]").input_value() == "0"


def test_a_network_learns_then_becomes_nan_and_the_other_loss_cures_it(visit):
    with visit("?lang=en&xor-depth=2&xor-seed=9") as page:
        form = start(page, "xor")
        for button, outcome in (
            ("late", "non-finite"),
            ("cured", "solved"),
            ("as-post", "plateau"),
        ):
            form.locator(f".{button}").click()
            until(page, f"document.querySelector('#try-xor').dataset.outcome === '{outcome}'")
            if button == "late":
                assert "NaN from here on" in form.locator(".costs").inner_text()
                assert form.locator(".right").inner_text() == "2 / 4"
                form.locator(".at").fill("50")
                assert form.locator(".right").inner_text() == "4 / 4"


def test_a_hundred_seeds_fill_a_bar(visit, outcomes):
    rows = outcomes.query("loss == 'document' and activation == 'leaky_relu' and seed < 100")
    with visit("?lang=en&xor-function=leaky_relu") as page:
        form = start(page, "xor")
        form.locator(".hundred").click()
        until(page, "document.querySelector('#try-xor').dataset.tally.startsWith('100 ')")
        said = form.locator(".bar-here").get_attribute("aria-label")
        counts = [int(number) for number in re.findall(r": (\d+)", said)]
        assert counts == [int((rows["outcome"] == name).sum()) for name in xor.OUTCOMES]
        stored = form.locator(".bar-stored").get_attribute("aria-label")
        seeds = stored_seeds().query("loss == 'document' and activation == 'leaky_relu'")
        counts = [int(number) for number in re.findall(r": (\d+)", stored)]
        assert counts == [int((seeds["outcome"] == name).sum()) for name in xor.OUTCOMES]
        assert form.locator(".same").inner_text().startswith("100 of these 100")
        form.locator("[name=rate]").fill("0.02")
        until(page, "document.querySelector('#try-xor .stored').hidden")


def test_what_scripts_are_offered(xor_page):
    given = xor_page.evaluate("suite.xor({ seed: 0, activation: 'tanh', loss: 'stable' })")
    assert set(given) == {"outcome", "cost", "accuracy"}
    assert given["outcome"] == "solved"
    assert given["cost"] < xor.SOLVED_COST
    assert given["accuracy"] == 1
    short = xor_page.evaluate(
        "suite.xor({ seed: 0, activation: 'tanh', loss: 'stable', steps: 1 })"
    )
    assert short["cost"] > 0.5
    for wrong, received in {
        "{ seed: -1, activation: 'tanh', loss: 'stable' }": "seed=-1",
        "{ seed: 0, activation: 'tann', loss: 'stable' }": 'activation="tann"',
        "{ seed: 0, activation: 'tanh', loss: 'none' }": 'loss="none"',
        "{ seed: 0, activation: 'tanh', loss: 'stable', steps: 0.5 }": "steps=0.5",
        "undefined": "seed=undefined",
    }.items():
        message = xor_page.evaluate(f"suite.xor({wrong}).catch(error => error.message)")
        assert message.endswith(f"Received: {received}")


def test_a_typed_function_is_drawn_refused_and_sent_on(visit):
    with visit("?lang=ko&explorer-function=formula") as page:
        form = start(page, "explorer")
        formula = form.locator("[name=formula]")
        for text, x, value, slope in (
            ("x^2 / 4", 2, "1", "1"),
            ("sqrt(x)", 4, "2", "0.25"),
            ("max(x, -x)", -3, "3", "−1"),
        ):
            formula.fill(text)
            form.locator("[name=x]").fill(str(x))
            assert form.locator(".at-y").inner_text() == value
            assert form.locator(".at-slope").inner_text() == slope
            assert form.locator(".mistake").is_hidden()
        for text in ("", "foo(x)", "x +", "sin x", "x $ 2", "1" * 201, "ln(-1 - x^2)", "1 / 0"):
            formula.evaluate("(field, text) => { field.value = text; field.dispatchEvent("
                             "new Event('input', { bubbles: true })); }", text)  # fmt: skip
            mistake = form.locator(".mistake")
            assert re.search("[가-힣]", mistake.inner_text()), text
            assert form.locator(".train").is_disabled()
        formula.fill("x / (1 + abs(x))")
        form.locator(".send").click()
        until(page, "document.querySelector('#try-depth').dataset.drawn?.endsWith(' 30 30')")
        assert drawn(page.locator("#try-depth")) == "x / (1 + abs(x)) 30 30"
        form.locator(".train").click()
        until(page, "!!document.querySelector('#try-xor').dataset.outcome")
        assert page.locator("#try-xor [name=formula]").input_value() == "x / (1 + abs(x))"


def test_points_are_dragged_by_mouse_touch_and_keys(visit):
    with visit("?lang=en", PHONE, has_touch=True) as page:
        for name, plot, field in (("explorer", "curve", "x"), ("height", "losing", "threshold")):
            form = start(page, name)
            box, slider = form.locator(f".{plot}"), form.locator(f"[name={field}]")
            box.scroll_into_view_if_needed()
            seen = [slider.input_value()]
            place = box.bounding_box()
            middle = place["y"] + place["height"] / 2
            page.mouse.move(place["x"] + 100, middle)
            page.mouse.down()
            page.mouse.move(place["x"] + 220, middle)
            page.mouse.up()
            seen.append(slider.input_value())
            page.touchscreen.tap(place["x"] + 150, middle)
            seen.append(slider.input_value())
            slider.focus()
            page.keyboard.press("ArrowRight")
            seen.append(slider.input_value())
            assert len(set(seen)) == 4, seen
            assert float(seen[2]) < float(seen[3]) < float(seen[1])
            assert seen[3] in drawn(form)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize(("width", "depth", "scale"), [(5, 10, 1), (3, 30, 2.5)])
def test_gradients_through_depth_are_those_of_the_suite(visit, activation, width, depth, scale):
    from functools import partial

    from reproductions.training import activations, gradients

    stacks = gradients.stacks(width, depth, range(16)).scaled(scale, 1).shortened(depth)
    flow = gradients.flow(partial(activations.layer, activation), stacks)
    query = f"depth-function={activation}&depth-width={width}&depth-depth={depth}"
    with visit(f"?lang=en&{query}&depth-scale={scale}") as page:
        first = float(start(page, "depth").get_attribute("data-first"))
        assert first == pytest.approx(np.median(flow.gradient[-1, 0]), rel=1e-9)


def test_softmax_is_that_of_the_listing(visit):
    from scipy.special import entr, softmax

    scores = np.array([-3, -1.5, 0.3, 0.6, 1, 1.8, 3])
    with visit("?lang=en") as page:
        form = start(page, "temperature")
        for exponent in ("0", "-2", "0.5"):
            form.locator("[name=exponent]").fill(exponent)
            expected = softmax(scores / 10 ** float(exponent))
            shares = [float(share) for share in drawn(form).split()]
            assert shares == pytest.approx(expected, abs=1e-6)
            entropy = entr(expected).sum()
            assert float(form.locator(".entropy").inner_text().replace("−", "-")) == pytest.approx(
                entropy, rel=5e-3
            )
        form.locator("[name=z1]").fill("5")
        scores[0] = 5
        expected = softmax(scores / 10**0.5)
        assert float(drawn(form).split()[0]) == pytest.approx(expected[0], abs=1e-6)


def test_a_threshold_loses_what_is_stored(visit):
    found = experiment.load("heights").tables["information"]
    table = read_table(STORED / "heights" / "information.csv", found)
    rows = table[table["signal"] == "threshold answer"].set_index("threshold_cm")["lost_bits"]
    with visit("?lang=en") as page:
        form = start(page, "height")
        for threshold in (150.0, 168.5, 181.5):
            form.locator("[name=threshold]").fill(str(threshold))
            lost = float(drawn(form).split()[1])
            assert lost == pytest.approx(rows[threshold], abs=1e-6)


def folding(setting, x1, x2):
    """The map of the demonstration: two outputs, on the first axis."""
    w11, w12, w21, w22, b1, b2, third = setting
    first = np.tanh(w11 * x1 + w12 * x2 + b1) - third * (1 + np.tanh(3 * x1 - 3))
    return np.array([first, np.tanh(w21 * x1 + w22 * x2 + b2)])


def test_a_fold_appears_where_the_third_unit_turns_cells_over(visit):
    with visit("?lang=en", PHONE, has_touch=True) as page:
        form = start(page, "fold")
        for third, folded in ((0, False), (0.6, True)):
            form.locator("[name=third]").fill(str(third))
            *setting, count = (float(word) for word in drawn(form).split())
            edges = np.linspace(-1.2, 1.2, 25)
            centres = (edges[1:] + edges[:-1]) / 2
            x1, x2 = np.meshgrid(centres, centres, indexing="ij")
            across = folding(setting, x1 + 1e-5, x2) - folding(setting, x1 - 1e-5, x2)
            along = folding(setting, x1, x2 + 1e-5) - folding(setting, x1, x2 - 1e-5)
            turned = across[0] * along[1] - across[1] * along[0] < 0
            assert count == turned.sum()
            assert (0 < count < turned.size) == folded
            assert form.locator(".state").inner_text() == (
                "folded" if folded else "not turned over"
            )
        form.locator("[name=third]").fill("0")
        form.locator("[name=w11]").fill("-1")
        assert form.locator(".state").inner_text() == "turned over as a whole"
        for name, value in {"w11": 1, "w12": 2, "w21": 0.5, "w22": 1}.items():
            form.locator(f"[name={name}]").fill(str(value))
        assert form.locator(".state").inner_text() == "flattened to a curve"
        handle = form.locator("[data-handle='1']")
        handle.scroll_into_view_if_needed()
        place = handle.bounding_box()
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 40, y + 60)
        page.mouse.up()
        page.mouse.move(x, y)  # no longer held
        width = form.locator(".plane").bounding_box()["width"] - 68
        shown = [float(form.locator(f"[name={name}]").input_value()) for name in ("w21", "w22")]
        assert shown == pytest.approx([0.5 - 40 * 4.6 / width, 1 - 60 * 4.6 / width], abs=0.06)
        place, before = handle.bounding_box(), page.evaluate("scrollY")
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        finger = page.context.new_cdp_session(page)
        for kind, move in (("touchStart", 0), *(("touchMove", -10 * i) for i in range(1, 6))):
            point = {"x": x, "y": y + move}
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        shown[1] += 50 * 4.6 / width
        values = [float(form.locator(f"[name={name}]").input_value()) for name in ("w21", "w22")]
        assert values == pytest.approx(shown, abs=0.06)
        assert page.evaluate("scrollY") == before


def test_a_point_is_followed_through_the_layer(visit):
    """The image of the outer circle: by the weights, then the biases, then tanh."""
    w, b = np.array([[2, 0.5], [-1, 1.5]]), np.array([0.5, -1])
    names = {"w11": 2, "w12": 0.5, "w21": -1, "w22": 1.5, "b1": 0.5, "b2": -1}
    query = "&".join(f"fold-{name}={value}" for name, value in names.items())
    angles = np.linspace(0, 2 * np.pi, 181)
    x = np.stack([np.cos(angles), np.sin(angles)], 1)
    z = x @ w.T + b
    with visit(f"?lang=en&{query}") as page:
        form = start(page, "fold")
        for stage, expected in {
            "0": x,
            "0.5": (x + x @ w.T) / 2,
            "1": x @ w.T,
            "1.5": x @ w.T + b / 2,
            "2": z,
            "2.25": 0.75 * z + 0.25 * np.tanh(z),
            "3": np.tanh(z),
        }.items():
            form.locator("[name=stage]").fill(stage)
            path = form.locator(".image svg svg path").nth(3).get_attribute("d")
            points = np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 2)
            # The scale is that of the axes: distances in the picture are proportional.
            across, up = (points - points.mean(0)).T
            centred = expected - expected.mean(0)
            scale = np.ptp(across) / np.ptp(centred[:, 0])
            np.testing.assert_allclose(across, centred[:, 0] * scale, atol=0.3)
            np.testing.assert_allclose(-up, centred[:, 1] * scale, atol=0.3)
            view = form.locator(".image svg svg").get_attribute("viewBox").split()
            left, top, width, height = map(float, view)
            assert (points.min(0) >= (left, top)).all()
            assert (points.max(0) <= (left + width, top + height)).all()


def test_an_added_mean_makes_the_path_of_the_weights_jump_across_the_valley(visit):
    with visit("?lang=en&path-mean=0&path-rate=1") as page:
        form = start(page, "path")
        assert form.locator(".updates").inner_text() == "1"  # straight to the best weights
        for mean, rate in ((1, 0.5), (2, 0.2), (3, 0.1)):
            form.locator("[name=mean]").fill(str(mean))
            form.locator("[name=rate]").fill(str(rate))
            curvature = 1 + 2 * mean**2
            assert form.locator(".curvature").inner_text() == str(curvature)
            assert form.locator(".greatest").inner_text() == f"{2 / curvature:.3g}"
            # Along the valley, across it: the error is multiplied by this at each update.
            factors = np.array([1 - rate, 1 - rate * curvature])
            t = np.arange(101)[:, None]
            losses = (np.array([2, 0.5 * curvature]) * factors ** (2 * t)).sum(1) / 2
            solved = int(np.argmax(losses < 0.01 * losses[0]))
            assert form.locator(".updates").inner_text() == str(solved)
        form.locator("[name=batch]").select_option("one")
        form.locator("[name=rate]").fill("0.01")
        assert form.locator(".together").inner_text() == "100 / 100"
        form.locator("[name=rate]").fill("1")
        assert form.locator(".updates").inner_text() == "not in 100"
        until(page, "location.search.includes('path-batch=one')")
        form.locator("button[type=reset]").click()
        until(page, "location.search === '?lang=en'")


def test_a_relu_dies_at_a_high_learning_rate_and_stays_dead(visit):
    with visit("?lang=en") as page:
        form = start(page, "unit")
        slider = form.locator("[name=rate]")
        for rate, bias, dead in (("0.4", "0", 1), ("0.2", "0", -1), ("0.2", "-5", 0)):
            slider.fill(rate)
            form.locator("[name=bias]").fill(bias)
            assert form.get_attribute("data-dead") == str(dead)
            said = "stays alive" if dead < 0 else f"is dead from update {dead} on"
            assert form.locator(".state").inner_text() == said
        assert form.locator(".below-relu").inner_text() == "10 / 10"
        assert int(form.locator(".below-leaky_relu").inner_text().split()[0]) < 10
        form.locator("[name=at]").fill("0")
        assert [float(word) for word in drawn(form).split()] == [2, -5, 10, 2, -5, 10]
        form.locator("[name=bias]").fill("-4")
        assert form.locator(".below-relu").inner_text() == "10 / 10"  # z = 0 has derivative 0
        form.locator("[name=bias]").fill("-3.9")
        assert form.locator(".below-relu").inner_text() == "9 / 10"
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert slider.input_value() == "0.25"


NAMES_THAT_STAY = set(
    re.findall(r"\w+", "XOR ReLU NaN log nat tanh det Leaky ELU Swish Keras Glorot abs max")
)
TEXTS = """form => {
    const walker = document.createTreeWalker(form, NodeFilter.SHOW_TEXT), texts = [];
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
        if (text && !element.closest('code, [hidden]') && element.checkVisibility()) {
            texts.push(text);
        }
    }
    const labels = [...form.querySelectorAll('[aria-label]')].map((e) => e.ariaLabel);
    return [...texts, ...labels];
}"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "375"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_demonstrations_fit_and_speak_the_language(visit, language, viewport):
    scheme = "light" if language == "en" else "dark"
    with visit(f"?lang={language}", viewport, color_scheme=scheme) as page:
        for name in demonstrations.NAMES:
            form = start(page, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            nameless = form.locator("button, input, select, [role=img]").evaluate_all(
                "all => all.filter(e => !(e.getAttribute('aria-label') || e.textContent.trim()"
                " || e.labels?.length)).map(e => e.outerHTML.slice(0, 200))"
            )
            assert nameless == []
            said = form.evaluate(TEXTS)
            assert said
            for text in said:
                if language == "en":
                    assert not re.search("[가-힣]", text), text
                else:  # names such as ReLU and N(0, 1) stay
                    words = re.findall("[A-Za-z]{3,}", text)
                    assert set(words) <= NAMES_THAT_STAY, text
