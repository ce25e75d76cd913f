"""`lab up` and `lab down`: what must be there before the daemon runs, and nothing after it is gone."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lab import certs, cgroups, host
from lab.cloud.control import ask
from lab.errors import LabError
from lab.image import build
from lab.names import resolv_conf
from lab.network import PACKAGES_NAME
from lab.packages import ensure_packages
from lab.releases import DEFAULT, RELEASES, Release
from lab.run import wait_for
from lab.state import CHECKOUT, State, read_json, write_atomically

START_DEADLINE = 120
APPEARANCE_DEADLINE = 5

Say = Callable[[str], None]


def is_running(state: State) -> bool:
    """True while the daemon of this state directory lives."""
    report = read_json(state.report_file)
    return report is not None and report["pid"] in _daemon_pids()


def _daemon_pids() -> list[int]:
    try:
        return cgroups.members("daemon")
    except LabError:
        return []


def _daemon_lives() -> bool:
    """Whether the daemon is starting or runs; what it has started may outlive it."""
    for pid in _daemon_pids():
        with contextlib.suppress(OSError):
            if b"lab.daemon" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
    return False


def up(state: State, say: Say, suites: Iterable[str] = ()) -> None:
    """Build what is missing from the cache and start the daemon; one that runs is left as it is.

    `suites` are releases to have images of besides the default one; they can be added to a lab that is up.
    """
    host.require_fit()
    more = [RELEASES[suite] for suite in suites]
    with state.exclusive():
        if is_running(state):
            _add_images(state, more, say)
            return
        _sweep(state)
        raised = host.make_room_for_instances()
        if raised:
            say(raised)
        state.make()
        authority = certs.authority(state.cache / "ca")
        images = _images(state, [DEFAULT, *more], say)
        say(f"Hadoop packages: from the cache, or built now (log: {state.log}/packages.log)")
        packages = ensure_packages(state.cache, state.log / "packages.log")
        certificate, key = certs.serve(state.cache / "ca", state.run)
        main, security = host.archive()
        resolv_conf(state.run)
        shutil.copyfile(authority, state.run / "ca.pem")
        settings = {
            "certificate": str(certificate),
            "key": str(key),
            "packages": str(packages),
            "archives": {"debian": main, "debian-security": security},
            "images": images,
        }
        write_atomically(state.settings_file, json.dumps(settings, indent=1))
        write_sample(state, default_ami=next(iter(images)), packages=packages)
        try:
            _start_daemon(state)
        except BaseException:
            _sweep(state)
            raise


def _images(state: State, releases: Iterable[Release], say: Say) -> dict[str, dict[str, str]]:
    """The images of these releases, from the cache or built now, as the settings hold them: by AMI id."""
    found = {}
    for release in dict.fromkeys(releases):
        log = state.log / f"image-{release.suite}.log"
        say(f"image {release.suite}: from the cache, or built now (log: {log})")
        image = build.ensure(state.cache, release, certs.authority(state.cache / "ca"), log)
        found[image.ami_id] = {"name": image.name, "root": str(image.root)}
    return found


def _add_images(state: State, releases: Iterable[Release], say: Say) -> None:
    """Give a lab that is up the images that it lacks; those that it has stay, of whatever recipe they are."""
    settings: dict[str, Any] = read_json(state.settings_file)
    held = {image["name"] for image in settings["images"].values()}
    missing = [release for release in releases if release.image_name not in held]
    if missing:
        settings["images"] |= _images(state, missing, say)
        write_atomically(state.settings_file, json.dumps(settings, indent=1))
    ask(state.control_socket, "/images", "POST")  # always: the last `lab up` may have been cut short here
    say("the lab is already up")


def _start_daemon(state: State) -> None:
    log = state.log / "daemon.log"
    cgroups.group("daemon").mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        # Forked once more, so that it is nobody's child: its end is seen at once, and it outlives us.
        subprocess.run(
            [
                "setsid",
                "--fork",
                "sh",
                "-c",
                'echo $$ > "$0/cgroup.procs" && exec "$@"',
                cgroups.group("daemon"),
                "unshare",
                "--mount",
                "--propagation",
                "private",
                sys.executable,
                "-m",
                "lab.daemon",
            ],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            check=True,
            env={**os.environ, "LAB_STATE_DIR": str(state.root), "PYTHONPATH": str(CHECKOUT)},
        )
    begun = time.monotonic()
    appeared = False

    def reported() -> bool:
        nonlocal appeared
        alive = _daemon_lives()
        if not alive and (appeared or time.monotonic() - begun > APPEARANCE_DEADLINE):
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
            raise LabError(f"the lab's daemon has ended; {log} ends with:\n{tail}")
        appeared = appeared or alive
        return is_running(state)

    wait_for(reported, deadline=START_DEADLINE, what=f"the lab's daemon does not report; see {log}")


def down(state: State, say: Say) -> None:
    """End everything that the lab started, whatever state it is in; caches and logs stay."""
    host.require_root()
    with state.exclusive():
        _sweep(state)
        say(f"the lab is down; caches stay in {state.cache}")


def _sweep(state: State) -> None:
    cgroups.destroy()
    for instance in state.instances.glob("i-*"):
        for name in ("propagate", "unix-export"):  # nspawn leaves empty folders, one a machine
            _remove(Path("/run/systemd/nspawn", name, instance.name))
    if state.log.exists():
        _remove(state.last_log)
        state.log.rename(state.last_log)
    _remove(state.instances)
    _remove(state.run)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def write_sample(state: State, *, default_ami: str, packages: Path) -> None:
    """Write the configuration with which the conductor works on this lab."""
    text = (Path(__file__).parent / "start_instance.yaml").read_text()
    key = "\n".join(
        " " * 8 + line for line in (packages / "hadoop-archive-keyring.asc").read_text().splitlines()
    )
    text = (
        text.replace("@AMI@", default_ami).replace("@KEY@", key.lstrip()).replace("@PACKAGES@", PACKAGES_NAME)
    )
    write_atomically(state.run / "start_instance.yaml", text)
