"""The one error that a user may meet: printed as one line, exit status 2."""


class InputError(Exception):
    """Wrong usage, or input that cannot be read; the message ends with what was received."""


def one_line(text: str) -> str:
    """A text for a terminal: what files hold may move no cursor, and break no line."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
