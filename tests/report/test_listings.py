"""The listings: what the tables say of them, and versions for today that do what the documents' do.

Where a printed listing still runs, perhaps without its prompts, the reference is the listing
itself: today's version must print the same numbers and draw the same figure.
"""

import ast
import contextlib
import io
import re
import shutil
from html import unescape

import matplotlib.pyplot as plt
import numpy as np
import pytest

from reproductions.report import build, listings, texts
from reproductions.running import experiment
from reproductions.running.results import read_tables

NAME = "printed_code"
STORED = experiment.FOLDER.parent / "results" / "expected"
PRINTED = listings.printed(NAME)
TODAY = {listings.file_of(*key).stem: listings.file_of(*key) for key in PRINTED}
RUN_AS_PRINTED = [
    *(f"perceptron-post-{place}" for place in range(1, 5)),
    *("network-post-1", "network-post-2", "relu-post-1"),
]


@pytest.fixture(scope="module")
def tables():
    return read_tables(experiment.load(NAME), STORED)


@pytest.fixture(scope="module")
def gathered(tables):
    record = {"python": "3", "packages": {"keras": "3.0"}}
    return listings.gather({"other": {}, NAME: tables}, {NAME: record})


@pytest.fixture
def run(monkeypatch):
    """Runs a program without a window; gives its names, what it prints, and what it draws."""

    def program(code, **names):
        drawn = []

        def show():
            for axes in plt.gcf().axes:
                lines = [line.get_xydata() for line in axes.lines]
                points = [points.get_offsets() for points in axes.collections]
                looks = [line.get_color() for line in axes.lines]
                drawn.append((axes.get_title(), axes.get_ylim(), looks, [*lines, *points]))
            plt.close()

        monkeypatch.setattr(plt, "show", show)
        printed, names = io.StringIO(), {"__name__": "__main__", **names}
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert not plt.get_fignums()
        return names, printed.getvalue(), drawn

    return program


def source(name):
    return TODAY[name].read_text(encoding="utf-8")


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


def test_every_listing_has_a_version_for_today_and_every_version_a_listing():
    assert set(TODAY.values()) == set(listings.TODAY.glob("*"))
    assert len(TODAY) == len(PRINTED)


def test_versions_for_today_name_what_they_use():
    for name in TODAY:
        tree = ast.parse(source(name))
        assert ast.get_docstring(tree).endswith(".")
        modules = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        assert "tensorflow" not in source(name)
        assert name == "network-post-1" or "custom_layers" in modules


@pytest.mark.parametrize("name", RUN_AS_PRINTED)
def test_a_version_prints_and_draws_what_the_printed_listing_does(run, name):
    before = {}
    for key, code in PRINTED.items():
        if key[0] == name.rpartition("-")[0]:
            code = re.sub(r"^>>> ?", "", code, flags=re.MULTILINE)
            code = code.replace("\nreturn ", "\n    return ")
            before, printed, drawn = run(code, **before)
            if listings.file_of(*key).stem == name:
                break
    _, today, figures = run(source(name))
    assert numbers(today) == pytest.approx(numbers(printed), abs=2e-7)
    assert len(today.splitlines()) == len(printed.splitlines())
    assert len(figures) == len(drawn)
    for (title, ylim, looks, shapes), original in zip(figures, drawn, strict=True):
        assert (title, ylim) == (original[0], pytest.approx(original[1], abs=1e-6))
        assert (looks, len(shapes)) == (original[2], len(original[3]))
        for shape, reference in zip(shapes, original[3], strict=True):
            np.testing.assert_allclose(shape, reference, rtol=2e-6, atol=1e-6)
    assert printed or drawn, "there is something to compare"


@pytest.mark.parametrize("name", ["perceptron-post-3", "perceptron-post-4"])
def test_a_version_prints_what_the_document_shows(run, gathered, name):
    (listing,) = [listing for listing in gathered.listings if listing.name == name]
    _, today, _ = run(source(name))
    shown = [line.shown.split() for line in listing.lines]
    assert [line.split() for line in today.strip().splitlines()] == shown
    assert len(shown) == {"perceptron-post-3": 1, "perceptron-post-4": 7}[name]


@pytest.mark.parametrize(("place", "units", "rate"), [(1, 2, 0.001), (2, 3, 0.005), (3, 4, 0.005)])
def test_the_networks_of_the_slides(run, place, units, rate):
    model = run(source(f"slides-{place}"))[0]["model"]
    assert [layer.units for layer in model.layers[::2]] == [units, 2, 1]
    assert float(model.optimizer.learning_rate) == pytest.approx(rate)
    x = np.random.default_rng(place).normal(size=(5, 2))
    outputs = x
    kernels, biases = (model.get_weights()[start::2] for start in (0, 1))
    functions = (np.tanh, np.tanh, logistic)
    for kernel, bias, function in zip(kernels, biases, functions, strict=True):
        outputs = function(outputs @ kernel + bias)
    np.testing.assert_allclose(model.predict(x, verbose=0), outputs, rtol=1e-5)
    y = np.ones((5, 1))
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert loss == pytest.approx(np.mean((outputs - y) ** 2), rel=1e-5)
    assert accuracy == pytest.approx(np.mean(outputs > 0.5))


def test_the_last_layers_with_each_function(run):
    import keras
    import tensorflow as tf

    def blocks(code):
        return re.split("^# .*$", code, flags=re.MULTILINE)

    imports, *today = blocks(source("xor-post-2"))
    _, *original = blocks(PRINTED["xor-post", "2 section 3-1"])
    names, _, _ = run(imports)
    hid7 = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
    for code, reference in zip(today[:-1], original[:-1], strict=True):
        names, _, _ = run(code + today[-1], **names)
        model = keras.Model(names["hid7"], names["hypothesis"])
        parameters = zip(*(model.get_weights()[start::2] for start in (0, 1)), strict=True)
        given = {"tf": tf, "hid7": hid7}
        for layer, (kernel, bias) in enumerate(parameters, start=8):
            given |= {f"W{layer}": kernel, f"b{layer}": bias}
        expected, _, _ = run(reference + original[-1], **given)
        np.testing.assert_allclose(model(hid7), expected["hypothesis"], rtol=1e-5)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def costs_of(weights, steps, every=100):
    """The post's network, cost and gradient descent, worked out in 64 bits."""
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
    kernels, biases = ([w.astype(float) for w in weights[start::2]] for start in (0, 1))
    costs = []
    for step in range(steps + 1):
        signals = [x]
        for kernel, bias in zip(kernels, biases, strict=True):
            last = len(signals) == len(kernels)
            signals.append((logistic if last else np.tanh)(signals[-1] @ kernel + bias))
        h = signals[-1]
        if step % every == 0:
            costs.append(-np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)))
        gradient = (h - y) / len(x)
        for layer in reversed(range(len(kernels))):
            onward = (gradient @ kernels[layer].T) * (1 - signals[layer] ** 2)
            kernels[layer] = kernels[layer] - 0.01 * signals[layer].T @ gradient
            biases[layer] = biases[layer] - 0.01 * gradient.sum(axis=0)
            gradient = onward
    return costs, h


STEPS = "STEPS = 20_000"


def from_the_logit(code):
    """The listing with the loss from the logit, as its comment says."""
    (loss,) = re.findall("^#     (loss=.*)$", code, re.MULTILINE)
    code = re.sub("^    loss=.*$", f"    {loss}", code, flags=re.MULTILINE)
    assert code.count("model.add(Sigmoid())\n") == 1
    code = code.replace("model.add(Sigmoid())\n", "")
    assert "Sigmoid()(model(x_data)) for the hypothesis" in code
    return code.replace("h = ops.convert_to_numpy(model(x_data))", HYPOTHESIS)


HYPOTHESIS = "h = ops.convert_to_numpy(Sigmoid()(model(x_data)))"


@pytest.mark.parametrize("changed", [str, from_the_logit])
def test_the_network_of_ten_layers_is_trained_as_the_post_trains_it(run, changed):
    code = changed(source("xor-post-1"))
    assert code.count(STEPS) == 1
    before, _, _ = run(code.replace(STEPS, "STEPS = 0"))
    weights = before["model"].get_weights()
    assert [kernel.shape for kernel in weights[::2]] == [(2, 5), *[(5, 5)] * 8, (5, 1)]
    assert np.std(np.concatenate([w.ravel() for w in weights])) == pytest.approx(1, abs=0.15)
    after, printed, _ = run(code.replace(STEPS, "STEPS = 200"))
    expected, hypothesis = costs_of(weights, 200)
    steps, costs = zip(*(line.split() for line in printed.splitlines()[:3]), strict=True)
    assert steps == ("0", "100", "200")
    np.testing.assert_allclose(np.array(costs, float), expected, rtol=1e-4)
    assert abs(expected[2] / expected[0] - 1) > 0.01, "another learning rate would be seen"
    np.testing.assert_allclose(after["h"], hypothesis, rtol=1e-3)
    right = np.mean((hypothesis > 0.5) == [[0], [1], [1], [0]])
    assert printed.endswith(f"Accuracy:\n{right}\n")


def test_every_listing_is_gathered_in_the_order_of_the_documents(gathered):
    names = [listing.name for listing in gathered.listings]
    assert set(names) == set(TODAY)
    documents = ["perceptron-post", "xor-post", "slides", "network-post", "relu-post"]
    assert gathered.documents == documents
    assert gathered.versions == {"Python": "3", "keras": "3.0"}


def test_what_happens_to_each_listing(gathered):
    happens = {listing.name: (listing.fate, listing.line) for listing in gathered.listings}
    expected = dict.fromkeys(RUN_AS_PRINTED, ("runs", None)) | {
        "xor-post-1": ("fails", 5),
        "xor-post-2": (listings.PART, None),
        **{f"slides-{place}": ("fails", line) for place, line in ((1, 8), (2, 5), (3, 5))},
        "relu-post-1": ("fails", 1),
    }
    assert happens == expected
    (slides,) = [listing for listing in gathered.listings if listing.name == "slides-1"]
    assert slides.message == "NameError: name 'keras' is not defined"
    warns, fails = slides.statements
    assert [attempt.fate for attempt in warns.attempts] == ["warns", "runs"]
    assert [attempt.fate for attempt in fails.attempts] == ["fails", "fails", "runs"]
    assert fails.attempts[1].message.startswith("ValueError: Argument(s) not recognized")
    assert not fails.attempts[0].change
    assert fails.attempts[2].change["ko"] == "lr을 learning_rate로 바꿈"


def test_each_statement_stands_on_its_line(gathered):
    statements = [(listing, s) for listing in gathered.listings for s in listing.statements]
    assert len(statements) == 9
    for listing, statement in statements:
        code = statement.attempts[0].code.removesuffix(" …")
        assert listing.code.splitlines()[statement.line - 1] == code


def test_names_that_a_plain_import_lacks_stand_with_the_listing_that_uses_them(gathered, tables):
    having = {listing.name: len(listing.names) for listing in gathered.listings if listing.names}
    assert having == {"xor-post-1": tables["plain_tensorflow"]["place"].nunique()}


def test_results_without_listings_have_none(tables):
    assert listings.gather({}, {}) is None
    assert listings.gather({"other": tables | {"outputs": tables["formulas"]}}, {}) is None


def leaves(words, path=()):
    for key, value in words.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def test_every_listing_outcome_and_change_has_words(tables):
    words = texts.load("en")["listings"]
    assert set(words["titles"]) == set(words["notes"]) == set(TODAY)
    assert set(words["about"]) < set(TODAY)
    changes = {
        row["change"]
        for name in ("statements", "plain_tensorflow")
        for row in tables[name].to_dict("records")
        if row["attempt"]
    }
    assert set(words["changes"]) == changes
    assert set(words["fates"]) == set(words["outcomes"]) == {"runs", "warns", "fails", "part"}
    assert set(tables["outputs"]["agreement"]) <= set(words["agreements"])


def test_both_languages_say_the_same_of_listings():
    english, korean = (dict(leaves(texts.load(lang)["listings"])) for lang in texts.LANGUAGES)
    assert list(english) == list(korean)
    for key, text in english.items():
        assert sorted(texts.names(text)) == sorted(texts.names(korean[key])), key
        assert re.search("[가-힣]", korean[key]), key


def test_every_number_in_a_note_is_found(gathered):
    for listing in gathered.listings:
        for text in [*listing.note.values(), *listing.about.values()]:
            assert texts.UNKNOWN not in text.replace(" – ", "")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A page of this experiment's stored results alone."""
    folder = tmp_path_factory.mktemp("listings")
    shutil.copytree(STORED / NAME, folder / NAME)
    shutil.copy(STORED / "claims.csv", folder)
    path = folder / build.FILE
    path.write_text(build.render(folder), encoding="utf-8")
    return path


def test_what_is_copied_is_the_whole_code(page_file):
    html = page_file.read_text(encoding="utf-8")
    part = html[html.index('<section id="listings"') :].partition("</section>")[0]
    copied = [unescape(text) for text in re.findall('data-copy="([^"]*)"', part)]
    shown = [unescape(text) for text in re.findall("<pre[^>]*>(.*?)</pre>", part, re.DOTALL)]
    assert copied == shown
    today = (text for name in TODAY for text in listings.in_languages(source(name)).values())
    assert set(copied) == {text.strip("\n") for text in [*PRINTED.values(), *today]}


def test_only_the_comments_of_a_version_for_today_differ_between_languages():
    used = set()
    for name in TODAY:
        versions = listings.in_languages(source(name))
        assert versions["en"] == source(name).strip("\n")
        english, korean = (ast.parse(versions[language]) for language in ("en", "ko"))
        assert re.search("[가-힣]", ast.get_docstring(korean))
        for tree in (english, korean):
            del tree.body[0]  # the docstring
        assert ast.dump(english) == ast.dump(korean)
        words = re.sub(r"\w+\(.*?\)|\[.*|`.*?`", "", " ".join(re.findall("#.*", versions["ko"])))
        assert not re.search(r"\b(the|of|and|is|with|each)\b", words), words
        used |= {key for key in texts.comments()["ko"] if key in source(name)}
    assert used == set(texts.comments()["ko"]), "a comment that no version has any more"


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_listings_in_a_browser(open_file, page_file, language, width):
    viewport = {"width": width, "height": 900}
    with open_file(page_file, f"?lang={language}", viewport) as page:
        page.eval_on_selector_all("#listings details", "all => all.forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        first = page.locator("#listing-perceptron-post-1")
        printed, version = (
            first.locator(f".{side}").bounding_box() for side in ("printed", "version")
        )
        beside = version["x"] > printed["x"] + printed["width"]
        below = version["y"] > printed["y"] + printed["height"]
        assert (beside, below) == ((True, False) if width == 1280 else (False, True))
        page.eval_on_selector_all(
            "#listings :is(.verbatim, .message, code)", "all => all.forEach(one => one.remove())"
        )
        words = page.inner_text("#listings")
        if language == "en":
            assert not re.search("[가-힣]", words)
        else:
            assert not re.search(r"\b(the|of|and|is|with)\b", words)
