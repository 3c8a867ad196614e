"""Finds experiments, runs them, resumes, stores their results, checks and accepts them."""

import sys

try:
    import fcntl  # noqa: F401  # the locks of files, which Windows lacks
except ImportError:
    sys.stderr.write(
        "error: the suite runs on Linux and macOS, and on Windows inside WSL, the Windows Subsystem"
        f" for Linux. Received: {sys.platform}\n"
    )
    sys.exit(2)
