"""When a soak has failed."""

import pytest

from bench.agents.measure import Journal, Sample
from bench.soaking import verdict
from bench.soaking.deploy import Deploy
from bench.soaking.revoking import Revocation
from bench.soaking.usage import Usage, Watch


def test_one_failed_request_is_enough() -> None:
    good = Sample(1, "a", "m", "catalog", 200, 0.1)
    bad = Sample(2, "a", "m", "catalog", 500, 0.1, failed=True, error="oops")
    assert list(verdict.of_requests(Journal([good]))) == []
    [said] = verdict.of_requests(Journal([good, bad]))
    assert "1 of 2 requests failed" in said
    assert "oops" in said


def test_a_soak_without_requests_has_failed() -> None:
    assert list(verdict.of_requests(Journal())) == ["no request was made"]


@pytest.mark.parametrize(
    ("refused", "kept", "failed"),
    [
        ({"m1": 1.0, "m2": 59.9}, {"m1": "403", "m2": "closed"}, False),
        ({"m1": 1.0, "m2": 60.0}, {}, True),
        ({"m1": None}, {}, True),
        ({"m1": 1.0}, {"m1": "200"}, True),
    ],
)
def test_each_master_must_refuse_within_a_minute_on_old_connections_too(
    refused: dict[str, float | None], kept: dict[str, str], failed: bool
) -> None:
    revocation = Revocation("name", "how", 1.0, refused, kept)
    assert revocation.failed is failed
    assert bool(list(verdict.of_revocations([revocation]))) is failed


@pytest.mark.parametrize(
    ("deploy", "said"),
    [
        (Deploy("1", "m", 100, refreshed=101, first_new=105), ""),
        (Deploy("1", "m", 100), "was not deployed"),
        (Deploy("1", "m", 100, refreshed=101, first_new=105, stale=[104]), "1 catalogs"),
        (Deploy("1", "m", 100, refreshed=101), "showed in no catalog"),
        (Deploy("1", "m", 950, refreshed=951), ""),
    ],
    ids=["good", "not deployed", "stale", "never seen", "too late to be seen"],
)
def test_a_deploy_must_show_and_nothing_older_after_it(deploy: Deploy, said: str) -> None:
    found = " ".join(verdict.of_deploys([deploy], end=1000, interval=60))
    assert said in found
    assert bool(found) is bool(said)


def looks(totals: list[float], *, files: int = 1, worker: float = 100) -> Watch:
    return Watch(
        [
            Usage(minute * 60.0, "m", {"workers": total}, {7: worker}, 300, 1, files if minute else 1, 0)
            for minute, total in enumerate(totals)
        ]
    )


def test_steady_memory_is_right() -> None:
    assert list(verdict.of_memory(looks([200.0] * 60), minutes=60)) == []


def test_memory_that_grows_is_wrong() -> None:
    [said] = verdict.of_memory(looks([200.0 + minute for minute in range(60)]), minutes=60)
    assert "memory of m grew" in said


def test_a_worker_over_its_limit_is_wrong() -> None:
    [said] = verdict.of_memory(looks([200.0] * 5, worker=301), minutes=5)
    assert said == "worker 7 of m stayed over the limit of 300 MB"


def test_files_of_superseded_lists_may_not_pile_up() -> None:
    [said] = verdict.of_memory(looks([200.0] * 5, files=4), minutes=5)
    assert said == "m keeps 4 CRL files; at the beginning 1"
