"""Every claim is shown to pass and to fail, on made-up tables."""

import pytest

from reproductions.evidence.verdicts import REPRODUCED
from reproductions.running import experiment
from tests.experiments import beside

NAMES = experiment.names()


def cases(name):
    return beside.of(name, "CASES", [])


def judge(name, claim_id, tables):
    (claim,) = [claim for claim in experiment.load(name).claims if claim.id == claim_id]
    return claim.judge(tables)


@pytest.mark.parametrize(
    ("name", "claim_id", "tables", "verdict"),
    [
        pytest.param(name, *case, id=f"{name}-{case[0]}-{case[2].replace(' ', '-')}-{i}")
        for name in NAMES
        for i, case in enumerate(cases(name))
    ],
)
def test_made_up_tables_give_the_verdict(name, claim_id, tables, verdict):
    assert judge(name, claim_id, tables).verdict == verdict


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_is_shown_to_pass_and_to_fail(name):
    verdicts = {claim.id: set() for claim in experiment.load(name).claims}
    for claim_id, _, verdict in cases(name):
        verdicts[claim_id].add(verdict)
    for claim_id, seen in verdicts.items():
        assert REPRODUCED in seen, f"{claim_id} is never shown to pass"
        assert len(seen) > 1, f"{claim_id} is never shown to fail"


def test_every_claim_is_judged_by_one_experiment():
    ids = [claim.id for name in NAMES for claim in experiment.load(name).claims]
    assert len(ids) == len(set(ids))


def test_every_rule_is_written_down():
    for name in NAMES:
        for claim in experiment.load(name).claims:
            assert len(claim.rule) > 20, claim.id
