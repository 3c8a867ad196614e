"""What the page computes in the reader's browser: its scripts, and what they start from.

Each demonstration has a template, a script and a section of texts, all of its name. Whatever it
shows beside what the browser computes comes from the tables of an experiment, which is found by
what its tables hold: a table `seeds` (activation, loss, seed, outcome), for example, belongs to
networks that learn XOR.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from reproductions.evidence.functions import ELEMENTWISE, FUNCTIONS
from reproductions.evidence.kinds import Exact, Table
from reproductions.report import maps, players, texts
from reproductions.running.results import read_table

HERE = Path(__file__).parent
SCRIPTS = HERE / "static" / "demonstrations"

NAMES = (
    "xor",
    "explorer",
    "depth",
    "range",
    "map",
    "temperature",
    "height",
    "fold",
    "player",
    "path",
    "unit",
)
"""In the order of the page."""

ENGINE = ("philox", "expression", "functions", "xor_engine", "fold", "descent", "networks")
"""The scripts that compute; the workers get them too."""

SHARED = ("crew", "plot", "tiles", "demonstration")
"""The scripts that all demonstrations use."""

OUTCOMES_FILE = HERE.parents[1] / "results" / "browser" / "outcomes.csv"
"""What the first seeds came to in a browser: `pytest tests/report/test_demonstrations.py --full
--store results/browser` makes it."""

OUTCOMES = Table(key=("activation", "loss", "seed"), columns={"outcome": Exact()})

_PROSE = ("see", "shown", "title", "lead")
"""Texts that the templates alone show; the scripts need not carry them again."""

_CURVE = {"activation", "rate", "step", "seed", "cost", "accuracy"}

_HELD = {
    "xor": ("seeds", {"activation", "loss", "seed", "outcome"}),
    "height": ("posterior", {"height_cm", "density_women", "density_men"}),
    "player": ("weights", players.WEIGHTS),
    "range": ("cells", maps.SLOPES),
    "map": ("cells", maps.PHASES),
}
"""The table, and columns of it, that tell which experiment a demonstration shows results of."""


@dataclass(frozen=True)
class Demonstrations:
    """What the page's template needs.

    Attributes:
        names: of the demonstrations, in order.
        functions: what each activation function is called, by name, then by language.
        start: what the scripts start from, by demonstration, ready for JSON.
        sources: the experiment whose tables a demonstration shows, of those that show some.
    """

    names: tuple[str, ...]
    functions: Mapping[str, Mapping[str, str]]
    start: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)

    def of(self, experiment: str) -> list[str]:
        """The demonstrations that show results of an experiment."""
        return [name for name in self.names if self.sources.get(name) == experiment]

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts start from, with their words in every language."""
        sections = ("demonstrations", *NAMES)
        words = {
            language: {
                section: {key: text for key, text in words.items() if key not in _PROSE}
                for section, words in texts.load(language).items()
                if section in sections
            }
            for language in texts.LANGUAGES
        }
        return {**self.start, "words": words}

    @property
    def engine(self) -> Markup:
        """The scripts that compute."""
        return _joined(ENGINE)

    @property
    def worker(self) -> Markup:
        """What a worker runs after the engine."""
        return _joined(["worker"])

    @property
    def scripts(self) -> Markup:
        """All other scripts, in the order in which they run."""
        return _joined([*SHARED, *(f"{name}_demo" for name in self.names)])

    @property
    def style(self) -> Markup:
        """Their style sheet."""
        return Markup((SCRIPTS / "demonstrations.css").read_text(encoding="utf-8"))


def gather(
    tables: Mapping[str, Mapping[str, pd.DataFrame]], specs: Mapping[str, Mapping]
) -> Demonstrations:
    """What the demonstrations need of some results.

    Args:
        tables: of each experiment.
        specs: the setting of each experiment, as its provenance holds it.
    """
    functions = {
        name: {language: FUNCTIONS[name].name_in(language) for language in texts.LANGUAGES}
        for name in ELEMENTWISE
    }
    colours = {name: {"colour": FUNCTIONS[name].color} for name in ELEMENTWISE}
    sources = {name: found for name, held in _HELD.items() if (found := _holding(tables, *held))}
    stored = {
        name: make(tables[sources[name]], specs[sources[name]]) if name in sources else {}
        for name, make in _STORED.items()
    }
    start = {
        "functions": {name: functions[name] | colours[name] for name in ELEMENTWISE},
        "xor": _xor(tables, specs, sources.get("xor")),
        **stored,
    }
    names = tuple(name for name in NAMES if stored.get(name, True))
    return Demonstrations(names, functions, start, sources)


def _joined(names: Iterable[str]) -> Markup:
    return Markup("\n").join(
        Markup((SCRIPTS / f"{name}.js").read_text(encoding="utf-8")) for name in names
    )


def _holding(
    tables: Mapping[str, Mapping[str, pd.DataFrame]], table: str, columns: set[str]
) -> str | None:
    """The experiment that has a table of this name with these columns."""
    return next((name for name, own in tables.items() if columns <= set(own.get(table, ()))), None)


def _xor(
    tables: Mapping[str, Mapping[str, pd.DataFrame]],
    specs: Mapping[str, Mapping],
    found: str | None,
) -> dict[str, Any]:
    """The stored outcomes, and how many of them the browser's own training comes to."""
    if found is None:
        return {}
    seeds, spec = tables[found]["seeds"], specs[found]
    letters = {
        f"{activation} {loss}": "".join(
            outcome[0] for outcome in rows.sort_values("seed")["outcome"]
        )
        for (activation, loss), rows in seeds.groupby(["activation", "loss"])
        if set(rows["seed"]) == set(range(len(rows)))
    }
    setting = _finite(spec, ("hidden", "rate", "steps", "every"))
    stored = {"outcomes": letters, **setting}
    browser = read_table(OUTCOMES_FILE, OUTCOMES)
    late = _learns_then_breaks(tables, letters, setting.get("rate"))
    return {"stored": stored, "agreement": agreement(browser, seeds), "late": late}


def _learns_then_breaks(
    tables: Mapping[str, Mapping[str, pd.DataFrame]], letters: Mapping[str, str], rate: Any
) -> dict[str, Any] | None:
    """A network that learns XOR and then becomes NaN, where an experiment has looked for one."""
    found = _holding(tables, "curve", _CURVE)
    rows = tables[found]["curve"] if found else pd.DataFrame(columns=list(_CURVE))
    for (activation, seed), _ in rows[rows["rate"] == rate].groupby(["activation", "seed"]):
        if seed >= 0 and letters.get(f"{activation} document", "")[seed : seed + 1] == "n":
            return {"activation": activation, "seed": int(seed)}
    return None


def _height(tables: Mapping[str, pd.DataFrame], spec: Mapping[str, Any]) -> dict[str, float]:
    """The two populations; empty where the setting does not hold them."""
    names = {"mean_women_cm": "women", "mean_men_cm": "men", "deviation_cm": "deviation"}
    given = _finite(spec, names)
    return {names[key]: value for key, value in given.items()} if len(given) == 3 else {}


def _range(tables: Mapping[str, pd.DataFrame], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The map by slope and range, and what training one of its cells takes."""
    stored = maps.slopes(tables)
    setting = _finite(spec, ("width", "depth", "rate"))
    if "depth" in setting:
        setting["depth"] -= 1  # there, layers are counted without the last one
    return stored | {"setting": setting} if stored else {}


def _map(tables: Mapping[str, pd.DataFrame], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The map of depths and learning rates, and the networks' width."""
    return maps.phases(tables) | _finite(spec, ("width",))


def _finite(spec: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The fields that a setting has and JSON can hold: a file that was edited may have others."""
    found = {}
    for name in names:
        try:
            json.dumps(spec[name], allow_nan=False)
        except (KeyError, ValueError):
            continue
        found[name] = spec[name]
    return found


def agreement(browser: pd.DataFrame, seeds: pd.DataFrame) -> dict[str, Any] | None:
    """How far the networks that a browser trained come to the stored outcomes, seed by seed.

    Args:
        browser: activation, loss, seed and outcome of each network that it trained.
        seeds: the same columns of the stored ones.

    Returns:
        The number of seeds with each function and loss, of networks, of those whose outcome is the
        same, and the share of these for the function where it is least; None where no network is in
        both.
    """
    both = browser.merge(seeds, on=list(OUTCOMES.key), suffixes=("_browser", "_stored"))
    if both.empty:
        return None
    same = both["outcome_browser"] == both["outcome_stored"]
    return {
        "seeds": int(both.groupby(["activation", "loss"]).size().min()),
        "runs": len(both),
        "same": int(same.sum()),
        "least": float(same.groupby(both["activation"]).mean().min()),
    }


_STORED: Mapping[str, Callable[[Mapping[str, pd.DataFrame], Mapping[str, Any]], dict[str, Any]]] = {
    "height": _height,
    "player": lambda tables, spec: players.player(tables),
    "range": _range,
    "map": _map,
}
"""What a demonstration shows of an experiment's tables and setting; without it, it is left out."""
