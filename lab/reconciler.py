"""Makes the containers follow what the API says."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import cgroups
from lab.errors import LabError
from lab.instances import Container, Place
from lab.names import Leases
from lab.network import Network

log = logging.getLogger("reconciler")

ALIVE = {"pending", "running"}
REBOOT = 133  # nspawn's exit code when its guest wants to boot again


@dataclass
class Reconciler:
    """Holds the containers; `step` compares them with the API's instances and acts on each difference.

    `image_root` gives the root file system of an AMI id, or None for one that this lab does not have;
    `report_stop` tells the API that a guest switched itself off.
    """

    instances: Path
    image_root: Callable[[str], Path | None]
    network: Network
    leases: Leases
    report_stop: Callable[[str], None]
    containers: dict[str, Container] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def step(self, wanted: list[dict[str, Any]]) -> None:
        """One round; a failure concerns one instance only and is kept in `failures`."""
        for instance in wanted:
            try:
                self._settle(instance)
            except (LabError, OSError) as failed:
                log.error("%s: %s", instance["id"], failed)
                self.failures[instance["id"]] = str(failed)

    def _settle(self, instance: dict[str, Any]) -> None:
        instance_id, state = instance["id"], instance["state"]
        container = self.containers.get(instance_id)
        if container is not None and container.ended is not None:
            self._ended(container, state)
        elif state in ALIVE and container is None and instance_id not in self.failures:
            self._boot(instance)
        elif state == "stopped" and container is not None:
            container.power_off()
        elif state in ALIVE and container is not None and container.reboots < instance["reboots"]:
            container.reboot(instance["reboots"])
        if state == "terminated":
            self._remove(instance_id, self.containers.get(instance_id))

    def _boot(self, instance: dict[str, Any]) -> None:
        instance_id = instance["id"]
        image = self.image_root(instance["image"])
        if image is None:
            raise LabError(f"there is no image {instance['image']} in this lab")
        log.info("%s: boot on %s as %s", instance_id, instance["image"], instance["name"])
        self.leases.add(instance_id, instance["mac"], instance["address"], instance["name"])
        place = Place(self.instances / instance_id)
        place.make()
        place.mount(image)
        container = Container.boot(instance_id, place, self.network, instance["mac"])
        container.reboots = instance["reboots"]
        self.containers[instance_id] = container

    def _ended(self, container: Container, state: str) -> None:
        code = container.ended
        instance_id = container.instance_id
        del self.containers[instance_id]
        cgroups.destroy(instance_id)
        container.place.unmount()
        if state not in ALIVE:
            log.info("%s: stopped", instance_id)
        elif code == REBOOT:
            log.info("%s: reboots", instance_id)
        elif code == 0:
            log.info("%s: switched itself off", instance_id)
            self.report_stop(instance_id)
        else:
            raise LabError(
                f"crashed: the container ended with exit code {code}; see {container.place.console}"
            )

    def _remove(self, instance_id: str, container: Container | None) -> None:
        self.failures.pop(instance_id, None)
        if container is not None:
            log.info("%s: terminate", instance_id)
            container.destroy()
            del self.containers[instance_id]
            self.leases.remove(instance_id)
        Place(self.instances / instance_id).remove()
