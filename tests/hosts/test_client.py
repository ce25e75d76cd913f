"""A gateway works with the cluster and is no part of it."""

from tests.hosts.hadoop_host import assert_complete, assert_file_comes_back


def test_it_reaches_both_masters(host):
    assert "client: ok" in host.run_expect([0], "hadoop_health client").stdout


def test_it_runs_no_daemon_of_hadoop(host):
    units = host.check_output("systemctl list-units --all --plain --no-legend 'hadoop-*'")
    assert units == ""


def test_a_file_that_it_writes_comes_back_the_same(host):
    assert_file_comes_back(host)


def test_it_waits_for_nothing(host):
    assert_complete(host)
