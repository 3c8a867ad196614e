"""The errors with a meaning of their own; any other that is not caught is a bug."""


class InputError(Exception):
    """Wrong usage, or input that cannot be read; the message ends with what was received.

    It is the one error that a user may meet: printed as one line, exit status 2.
    """


class NotMeasured(Exception):  # noqa: N818 - a result, not a mistake
    """The tables of another setting lack what a claim or a figure needs; the message says what.

    Raised on purpose, by `measured.rows` and its like: that claim or figure is left out with a
    line that says so, and the others are made.
    """


def one_line(text: str) -> str:
    """A text for a terminal: what files hold may move no cursor, and break no line."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def in_short(error: Exception) -> str:
    """An error's kind and message in one line, of 200 characters at most."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
