"""The one error that a user may meet: printed as one line, exit status 2."""


class InputError(Exception):
    """Wrong usage, or input that cannot be read; the message ends with what was received."""
