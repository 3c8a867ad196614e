"""A program that runs listings statement by statement; it changes its process for good."""

import ast
import contextlib
import io
import json
import logging
import re
import sys
import warnings

from reproductions.experiments.functions.printed_code.listings import (
    LISTINGS,
    PLAIN,
    Listing,
    Repair,
)

RUNS, SHOWS_WARNING, FAILS = "runs", "warns", "fails"


def run_documents(documents: list[str], training_steps: int) -> list[dict]:
    """Runs the documents' listings in this process: every statement, then every listing whole.

    This changes the process for good: TensorFlow 2 may be off afterwards.

    Args:
        documents: their names; "plain" stands for xor-post's names without compat.v1.
        training_steps: how many steps a listing's training loop takes.

    Returns:
        One row per attempt; a whole listing has the place 0.
    """
    rows = []
    for document in documents:
        listings = [listing for listing in LISTINGS if listing.document == document]
        namespace = {"__name__": "__main__"}
        for listing in listings:
            rows += run_statements(listing, namespace, training_steps)
        # Whole listings come last, as TensorFlow logs a deprecation only once in a process.
        namespace = {"__name__": "__main__"}
        for listing in listings:
            if not listing.fragment:
                row = run_code(Repair("", "as printed", listing.code), namespace, training_steps)
                key = {"document": document, "listing": listing.name, "place": 0, "attempt": 0}
                rows.append({**key, **row})
    if "plain" in documents:
        rows += run_statements(PLAIN, {"__name__": "__main__"}, training_steps)
    return rows


def run_statements(listing: Listing, namespace: dict, training_steps: int) -> list[dict]:
    """Runs each statement as printed, then each of its repairs, until one of them runs cleanly.

    Returns:
        One row per attempt.
    """
    exec(listing.before, namespace)
    repairs, rows = dict(listing.repairs), []
    for place, code in enumerate(top_level_statements(listing.code), start=1):
        attempts = [Repair("", "as printed", code), *repairs.get(code, ())]
        for number, attempt in enumerate(attempts):
            row = run_code(attempt, namespace, training_steps)
            key = {"document": listing.document, "listing": listing.name, "place": place}
            rows.append({**key, "attempt": number, **row})
            if row["fate"] == RUNS:
                break
    return rows


def top_level_statements(code: str) -> list[str]:
    """The top-level statements of a listing; the whole listing where it is no valid Python."""
    try:
        nodes = ast.parse(code).body
    except SyntaxError:
        return [code]
    statements = [ast.get_source_segment(code, node) for node in nodes]
    return [text for text in statements if text is not None]  # a parsed node always has a place


def run_code(attempt: Repair, namespace: dict, training_steps: int) -> dict[str, str]:
    """Runs one attempt; says whether it ran, warned or failed, and with which message."""
    shortened = attempt.code.replace("range(20001)", f"range({training_steps})")
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    handler.setLevel(logging.WARNING)
    logging.getLogger("tensorflow").addHandler(handler)
    fate, category, message = RUNS, "", ""
    try:
        with (
            warnings.catch_warnings(record=True) as caught,
            contextlib.redirect_stdout(io.StringIO()),
        ):
            exec(compile(shortened, "<listing>", "exec"), namespace)
        # Without a window plt.show() warns that the backend is non-interactive.
        shown = [warning for warning in caught if "non-interactive" not in str(warning.message)]
        if shown:
            fate, category = SHOWS_WARNING, shown[0].category.__name__
            message = str(shown[0].message)
        elif logged.getvalue():
            fate, category, message = SHOWS_WARNING, "TensorFlow's log", logged.getvalue()
    except Exception as error:
        fate, category, message = FAILS, type(error).__name__, str(error)
    finally:
        logging.getLogger("tensorflow").removeHandler(handler)
    lines = attempt.code.splitlines()
    short_repair = attempt.reason and len(lines) <= 3
    return {
        "reason": attempt.reason,
        "change": attempt.change,
        "code": "; ".join(lines) if short_repair else lines[0] + (" …" if lines[1:] else ""),
        "fate": fate,
        "category": category,
        "message": one_line(message),
    }


def one_line(message: str) -> str:
    """The first line of a message, without what differs between machines and runs."""
    line = next(iter(message.strip().splitlines()), "")
    line = re.sub(r"^From \S+:\d+: ", "", line)
    line = re.sub(r"(/|[A-Za-z]:\\)\S*[/\\]", "", line)
    return re.sub(r"0x[0-9a-fA-F]+", "0x…", line).strip()


if __name__ == "__main__":
    print(json.dumps(run_documents(sys.argv[2:], int(sys.argv[1]))))
