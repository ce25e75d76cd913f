"""The figures of bench/catalogs, and what is said of them."""

from typing import Any

from bench.catalogs_beside import figures, shown
from bench.catalogs_beside.load import Catalog, Cell
from bench.catalogs_beside.plan import FULL, INSTALLATION, QUICK, WORKLOADS
from bench.catalogs_beside.prepared import tuned
from bench.catalogs_beside.runs import Runs
from bench.parts import PARTS

MB = 1_000_000


def cell(rate: float, cost: float, count: int = 4, memory: int = 100 * MB) -> Cell:
    return Cell([1 / rate] * count, rate, [], 0.1, cost * count, memory)


def row(workload: str, agents: int, rounds: list[dict[str, Cell]]) -> dict[str, Any]:
    return figures.of_catalogs(workload, agents, Catalog(10, 5000), rounds)


def document(*, ours: float = 8.0, memory: int = 100 * MB, start: float = 3.0) -> dict[str, Any]:
    rounds = [
        {"ours": cell(ours, 0.1, memory=memory), "puppetserver": cell(2.0, 0.5, memory=1500 * MB)},
    ]
    runs = [{"ours": Runs([0.5], 2.0, [], 0.2), "puppetserver": Runs([1.0], 1.0, [], 0.6)}]
    looks: dict[str, list[dict[str, int]]] = {
        "ours": [{"apache2": 40 * MB, "ruby": 60 * MB}],
        "puppetserver": [{"java": 1400 * MB}],
    }
    return {
        "plan": FULL.document(),
        "puppetserver": {"environment_timeout": "unlimited"},
        "warmed": {"ours": {"worker": 10}, "puppetserver": {"worker": 100}},
        "starts": figures.of_starts({"ours": [start], "puppetserver": [60.0]}),
        "catalogs": [row(workload, agents, rounds) for workload in WORKLOADS for agents in (1, 4)],
        "runs": {
            "first": figures.of_runs(1, runs),
            "later": [figures.of_runs(4, runs)],
            "requests": {
                "ours": [{"kind": "catalog", "count": 2, "p50": 0.1, "p95": 0.2}],
                "puppetserver": [],
            },
        },
        "memory": {"idle": figures.of_memory(looks), "after": figures.of_memory(looks)},
    }


def test_a_ratio_is_of_the_same_round_whatever_the_machine_did_in_between() -> None:
    rounds = [
        {"ours": cell(8.0, 0.1), "puppetserver": cell(2.0, 0.4)},
        {"ours": cell(4.0, 0.2), "puppetserver": cell(1.0, 0.8)},
    ]
    found = row("worker", 4, rounds)
    assert found["times_the_catalogs"] == {"median": 4.0, "least": 4.0, "most": 4.0, "count": 2}
    assert found["times_the_processor_seconds"]["median"] == 4.0
    assert found["sides"]["ours"]["rate"] == {"median": 6.0, "least": 4.0, "most": 8.0, "count": 2}


def test_processor_time_is_that_of_one_catalog() -> None:
    found = row("worker", 1, [{"ours": cell(2.0, 0.25, count=8), "puppetserver": cell(1.0, 0.5)}])
    assert found["sides"]["ours"]["processor"]["median"] == 0.25


def test_a_side_without_a_catalog_has_no_ratio_and_its_failures_are_counted() -> None:
    broken = Cell(failures=["refused", "refused"])
    found = row("worker", 1, [{"ours": cell(2.0, 0.1), "puppetserver": broken}])
    assert found["times_the_catalogs"] is None
    assert found["sides"]["puppetserver"]["failed"] == 2
    assert found["sides"]["puppetserver"]["rate"]["median"] == 0.0


def test_figures_of_broken_cells_can_be_shown() -> None:
    broken = document()
    rounds = [{"ours": Cell(failures=["no"]), "puppetserver": Cell(failures=["no"])}]
    broken["catalogs"] = [row(workload, 4, rounds) for workload in WORKLOADS]
    assert [table.rows for table in shown.tables(broken)]
    assert not any(goal.met for goal in shown.goals(broken) if goal.name.startswith("catalogs"))


def test_goals_are_met_where_the_figures_reach_them() -> None:
    assert [goal.met for goal in shown.goals(document())] == [True] * 6


def test_a_goal_that_is_missed_is_told_with_what_was_measured() -> None:
    missed = shown.goals(document(ours=5.0, memory=200 * MB, start=7.0))
    assert [goal.met for goal in missed] == [False] * 6
    assert [goal.measured for goal in missed[3:]] == ["2.5 times", "7.5 times less", "7.0 s"]


def test_processes_are_called_by_their_names_not_by_their_command_lines() -> None:
    names = {
        "Passenger RubyApp: /usr/share/puppet-master (production)": "Passenger RubyApp",
        "/usr/bin/python3 -IB /usr/local/bin/puppet_crl --config /etc": "puppet_crl",
        "/usr/sbin/apache2 -k start": "apache2",
        "/usr/bin/java -Xms1536m": "java",
    }
    looks = {"ours": [dict.fromkeys(names, MB)], "puppetserver": [{"java": MB}]}
    figured = document() | {"memory": {"idle": figures.of_memory(looks), "after": {}}}
    [table] = [table for table in shown.tables(figured) if table.title.startswith("Memory")]
    assert table.rows[0][2] == ", ".join(f"{name} 1" for name in names.values())


def test_each_row_of_a_table_has_a_cell_under_each_head() -> None:
    for table in shown.tables(document()):
        assert table.rows
        assert {len(cells) for cells in table.rows} == {len(table.head)}, table.title


def test_each_workload_has_a_plot_of_both_sides_and_all_have_one_of_their_cost() -> None:
    plots = shown.plots(document())
    assert [plot.name for plot in plots] == [
        *(f"catalogs-{workload}" for workload in WORKLOADS),
        "catalogs-cost",
    ]
    assert all(list(plot.series) == ["ours", "puppetserver"] for plot in plots)
    assert all(len(values) == len(plot.at) for plot in plots for values in plot.series.values())
    cost = plots[-1].series["puppetserver"][0]
    assert cost is not None
    assert cost.median == 500.0


def test_the_full_and_the_quick_measurement_fit_their_times() -> None:
    part = next(part for part in PARTS if part.name == "catalogs")
    # Both hosts are those that the part before has launched.
    assert FULL.estimated_seconds + INSTALLATION <= part.full
    assert QUICK.estimated_seconds <= part.quick


def test_puppetserver_has_a_jruby_for_each_core_and_heap_for_each() -> None:
    tuning, words = tuned(2)
    assert "-Xms1536m -Xmx1536m" in words["JAVA_ARGS"]
    assert any("max-active-instances: 2" in content for content in tuning.files.values())
    assert tuning.environment_timeout == "unlimited"
