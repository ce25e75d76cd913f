"""``puppet_master``: keeps a master's workers fresh.

puppet_master refresh     new code is in force: every request from now on is served by workers that began
                          after this was called. No request is refused; those that come meanwhile wait a few
                          seconds. For r10k: `postrun: ["/usr/local/bin/puppet_master", "refresh"]`.
                          --no-wait: do not ask the master whether it came up again
puppet_master recycle     replaces the worker that is most over the memory limit, after it has finished what
                          it does, and notes for the health listener whether the master serves (systemd
                          timer, every minute)
puppet_master status      says whether the master serves, its workers' memory, whether the code is newer
                          than they are, and which revocation list is in force

Exit codes: 0 done; 1 not done, or with status: something is amiss; 2 wrong usage.
What goes wrong is in syslog and on standard error. Passenger answers root only.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crl.errors import CrlError
from enrolment.log import Log
from enrolment.options import add_level_option

from master.code import last_change
from master.config import PATH, Config, load_config
from master.errors import MasterError, NoAnswerError
from master.passenger import Passenger, Worker
from master.probe import probe
from master.state import State, write_state

REFRESH_TIMEOUT = 180.0  # seconds: as PassengerStartTimeout
PROBE_TIMEOUT = 10.0  # seconds

Probe = Callable[..., bool]


@dataclass
class Master:
    """One run of the command. The collaborators are passed in for tests."""

    config: Config
    log: Log
    now: datetime
    passenger: Passenger
    probe: Probe = probe

    def refresh(self, *, wait: bool) -> None:
        """Put new code in force; raise MasterError if the master does not come up with it."""
        self.passenger.restart()
        if wait and self._runs() and not self.probe(self.config, timeout=REFRESH_TIMEOUT):
            raise NoAnswerError(f"No worker has answered for {REFRESH_TIMEOUT:.0f} s: see Apache's error log")
        self.log.info("New code is in force")

    def recycle(self) -> None:
        """Replace one worker that is over the limit, if any, and note the state."""
        error = ""
        try:
            # This also starts the workers where nobody has asked since Apache started.
            self.probe(self.config, timeout=PROBE_TIMEOUT)
        except NoAnswerError as failure:
            error = str(failure)
            self.log.error(error)
        workers = self._workers_if_running(error)
        largest = max(workers, key=lambda worker: worker.resident, default=None)
        # One at a time: its successor has to parse the site's code anew.
        if largest is not None and largest.resident > self.config.memory_limit:
            self.log.info(f"Replacing {describe(largest)}: the limit is {self.config.memory_limit} MB")
            self.passenger.detach(largest)
        resident = 0 if largest is None else largest.resident
        write_state(Path(self.config.state), State(self.now, len(workers), resident, error))

    def status(self) -> int:
        """Print what there is to know; 1 if something is amiss."""
        findings = [*self._serving(), *self._freshness(), *self._revocation()]
        for good, text in findings:
            print(text if good else f"AMISS: {text}")
        return 0 if all(good for good, _ in findings) else 1

    def _runs(self) -> bool:
        try:
            self.passenger.workers()
        except MasterError:
            self.log.info("Apache is not running: it will start with the new code")
            return False
        return True

    def _workers_if_running(self, error: str) -> list[Worker]:
        try:
            return self.passenger.workers()
        except MasterError:
            if error:  # nothing new
                return []
            raise

    def _serving(self) -> Iterator[tuple[bool, str]]:
        try:
            free = self.probe(self.config, timeout=PROBE_TIMEOUT)
            yield (
                True,
                "The master answers" if free else f"All workers have been busy for {PROBE_TIMEOUT:.0f} s",
            )
        except NoAnswerError as error:
            yield False, str(error)

    def _freshness(self) -> Iterator[tuple[bool, str]]:
        try:
            workers = self.passenger.workers()
        except MasterError as error:
            yield False, str(error)
            return
        limit = self.config.memory_limit
        for worker in workers:
            yield worker.resident <= limit, f"{describe(worker)}; the limit is {limit} MB"
        changed = last_change(self.config.environments)
        if changed is not None and any(worker.loaded < changed[0] for worker in workers):
            yield (
                False,
                f"{changed[1]} was changed at {changed[0]:%Y-%m-%d %H:%M:%SZ}: run puppet_master refresh",
            )

    def _revocation(self) -> Iterator[tuple[bool, str]]:
        # Only status verifies lists: the timer need not load python-cryptography each time.
        from crl import command as crl_command  # noqa: PLC0415
        from crl.keeper import Keeper  # noqa: PLC0415

        try:
            keeper = Keeper(crl_command.load_config(Path(self.config.crl)), self.log, self.now)
            yield crl_command.is_current(keeper), keeper.describe(keeper.known())
        except CrlError as error:
            yield False, str(error)


def describe(worker: Worker) -> str:
    """Say which worker this is and how it does."""
    doing = "busy" if worker.sessions else "idle"
    return (
        f"Worker {worker.pid}: {worker.resident} MB, {doing}, {worker.processed} requests, "
        f"code of {worker.loaded:%Y-%m-%d %H:%M:%SZ}"
    )


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="puppet_master", description="Keeps a master's workers fresh.")
    parser.add_argument("--config", type=Path, default=PATH)
    add_level_option(parser)
    commands = parser.add_subparsers(dest="command", required=True)
    refresh = commands.add_parser("refresh", help="put new code in force; no request is refused")
    refresh.add_argument("--no-wait", action="store_true", help="do not ask whether the master came up again")
    commands.add_parser("recycle", help="replace a worker that is over the memory limit")
    commands.add_parser("status", help="say whether the master serves")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    # r10k shows its user what its postrun says on standard error; of the timer's runs syslog is enough.
    log = Log("puppet_master", level=arguments.log_level, stderr=arguments.command != "recycle" or None)
    try:
        config = load_config(arguments.config)
        master = Master(config, log, datetime.now(UTC), Passenger(config.approot))
        if arguments.command == "status":
            return master.status()
        if arguments.command == "refresh":
            master.refresh(wait=not arguments.no_wait)
        else:
            master.recycle()
    except (MasterError, OSError) as error:
        log.error(str(error))
        return 1
    return 0
