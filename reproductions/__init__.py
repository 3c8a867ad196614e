"""Five tutorials on activation functions, rebuilt and judged claim by claim."""

import sys

_IS_PROGRAM = sys.argv[:1] == ["-m"]  # as Python has it until it has found the module to run

# Older Pythons can read no more of the project than this file.
if sys.version_info < (3, 11):  # noqa: UP036
    _NEEDED = (
        "Python 3.11, 3.12 or 3.13 is needed; `make quick` makes the environment .venv with one,"
        " and `.venv/bin/python -m reproductions` runs in it. Received: Python "
    ) + sys.version.split()[0]
    if _IS_PROGRAM:
        sys.stderr.write("error: " + _NEEDED + "\n")
        sys.exit(2)
    raise ImportError(_NEEDED)

from reproductions.evidence import settings  # noqa: E402

settings.fix(_IS_PROGRAM)  # before anything imports NumPy, TensorFlow or Keras
