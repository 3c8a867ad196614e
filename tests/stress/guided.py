"""The readers of files under atheris: `python -m tests.stress.guided -runs=100000`."""

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["reproductions"]):
    from reproductions.evidence.errors import InputError
    from reproductions.evidence.kinds import Close, Exact, Rate, Table
    from reproductions.evidence.tables import parse_table, to_csv
    from reproductions.running import config, provenance, results

TABLE = Table(
    key=("seed",),
    columns={
        "value": Close(rtol=0, atol=0, reason="a test", nan=True),
        "k": Rate(trials="n"),
        "n": Exact(),
    },
)


def main() -> None:
    """Each input goes to one of the readers, by its first byte."""
    folder = Path(tempfile.mkdtemp())
    readers = [
        lambda data: to_csv(parse_table(Path("t.csv"), data, TABLE)),
        lambda data: to_csv(parse_table(Path("t.csv"), b"seed,value,k,n\n" + data, TABLE)),
        lambda data: results.read_claims(_file(folder / results.CLAIMS_FILE, data).parent),
        lambda data: config.read(_file(folder / "mine.toml", data)),
        lambda data: provenance.read(_file(folder / provenance.FILE, data).parent),
    ]

    def each(data: bytes) -> None:
        with contextlib.suppress(InputError):
            readers[data[0] % len(readers) if data else 0](data[1:])

    atheris.Setup(sys.argv, each)
    atheris.Fuzz()


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    main()
