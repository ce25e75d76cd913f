"""What the configuration wants the cluster to be."""

from __future__ import annotations

from conductor import roles
from conductor.errors import ConductorError, ConfigError
from conductor.roles import ALL_IN_ONE, CA_CLASS, DATABASE_CLASS, MASTER_CLASS, Plan
from conductor.settings import Settings

WORKER = "worker"
WORKERS = 3
SINGLE = {CA_CLASS: "CA", DATABASE_CLASS: "database"}


def wanted(settings: Settings) -> dict[str, int]:
    """How many of each role: ``cluster:``, else the smallest whole cluster. Roles of which none are wanted
    are left out."""
    if settings.cluster:
        return {role: count for role, count in settings.cluster.items() if count}
    worker = settings.roles.get(WORKER)
    said = worker is not None and "count" in worker.model_fields_set
    workers = worker.count if worker is not None and said else WORKERS
    return {ALL_IN_ONE: 1, "namenode": 1, "jobtracker": 1, WORKER: workers}


def plans(settings: Settings) -> dict[str, Plan]:
    """What to launch for each wanted role, if none of it were there.

    Raises ConfigError with all that is wrong with ``cluster:`` and what it leads to.
    """
    found: dict[str, Plan] = {}
    problems: list[str] = []
    advice = ""
    for role, count in wanted(settings).items():
        try:
            found[role] = roles.plan(settings, role, count=count)
        except ConfigError as error:
            problems += [each for each in error.problems if each not in problems]
        except ConductorError as error:
            problems.append(f"{settings.where('cluster', role)}: {error.message}")
            advice = advice or error.advice
    for name, title in SINGLE.items():
        holders = [role for role, each in found.items() if name in each.node.classes]
        if len(holders) > 1:
            problems.append(
                f"{settings.where('cluster', holders[-1])}: {' and '.join(holders)} each have {name}; "
                f"a cluster has one {title}"
            )
    if problems:
        raise ConfigError(problems, advice=advice)
    return found


def stages(found: dict[str, Plan]) -> list[list[Plan]]:
    """Those that can be launched at once, in the order in which one needs what the other tells: the CA, the
    database, masters, all others."""
    result: list[list[Plan]] = [[], [], [], []]
    for each in found.values():
        result[_stage(each)].append(each)
    return [each for each in result if each]


def _stage(plan: Plan) -> int:
    classes = plan.node.classes
    return next(
        (number for number, name in enumerate((CA_CLASS, DATABASE_CLASS, MASTER_CLASS)) if name in classes), 3
    )
