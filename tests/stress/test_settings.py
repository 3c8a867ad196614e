"""Hostile settings of Keras, TensorFlow and others, each by itself: no run may see them.

The small sample takes one environment and an experiment without Keras; at full size each setting
meets experiments with Keras' losses, listings in processes of their own, and training in shards,
held byte by byte against a run without any setting.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from tests.evidence import hostile

CONFIG = "[deep_xor]\nseeds = 8\nhidden = [5]\nsteps = 201\n"
CUSTOM = ["run", "--config", "../small.toml"]
SMALL = [["run", "document_arithmetic"]]
FULL = [["run", "--quick", "losses", "printed_code"], CUSTOM]
SETTINGS = {
    "all at once": hostile.all_at_once,
    **hostile.TOGETHER,
    **hostile.ALONE,
}


def attempt(folder: Path, env: hostile.Environment, commands) -> tuple[dict[str, bytes], str]:
    """What the commands write in a folder, and what is wrong with how one of them ends."""
    hostile.write(folder / "small.toml", CONFIG)
    for command in commands:
        done = hostile.run(command, folder, env)
        if done.returncode or "Traceback" in done.stderr:
            return {}, f"{command} ends with {done.returncode}: {done.stderr.strip()[-200:]}"
    return hostile.written(folder), ""


@pytest.fixture
def compared(full, tmp_path):
    """What differs, a line a setting, between a run under it and a plain one."""
    commands = FULL if full else SMALL
    settings = SETTINGS if full else {"all at once": hostile.all_at_once}
    expected, wrong = attempt(tmp_path / "plain", {}, commands)
    assert not wrong
    assert len(expected) > (10 if full else 3)

    def one(name):
        folder = tmp_path / name.replace(" ", "_")
        folder.mkdir()
        obtained, wrong = attempt(folder, SETTINGS[name](folder), commands)
        differ = [path for path in expected if obtained.get(path) != expected[path]]
        return {"setting": name, "files": len(expected), "differ": len(differ), "wrong": wrong}

    with ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 2)) as pool:
        return pd.DataFrame(pool.map(one, settings))


def test_no_setting_changes_a_byte(compared, report):
    bad = compared[(compared["differ"] > 0) | (compared["wrong"] != "")]
    report(
        f"{len(compared)} hostile settings: {len(compared) - len(bad)} change no byte of"
        f" {compared['files'].max()} files",
        "settings",
        compared,
    )
    assert bad.empty, bad.to_string()
