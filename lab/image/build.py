"""Build a Debian root file system once per recipe, and keep it in the cache."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import host
from lab.errors import CommandFailed, LabError
from lab.network import MIRROR_NAME
from lab.releases import Release
from lab.run import run

RECIPE = Path(__file__).parent
BUILD_DEADLINE = 1200
SOURCES = """\
Types: deb
URIs: {url}
Suites: {suites}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
{options}
"""


@dataclass(frozen=True)
class Image:
    """An AMI of the lab."""

    name: str
    ami_id: str
    root: Path


def recipe_hash(release: Release, authority: Path) -> str:
    """SHA-256 (hexadecimal) over all that an image is made of, but for the archive's contents."""
    digest = hashlib.sha256(f"{release}\n".encode())
    for path in sorted(RECIPE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(RECIPE)}\n".encode() + path.read_bytes())
    digest.update(authority.read_bytes())
    return digest.hexdigest()


def ensure(cache: Path, release: Release, authority: Path, log: Path) -> Image:
    """The image of this recipe, from the cache or built now; older images of the release are removed.

    Raises LabError, with the log's path, when the build fails; no half-built image stays in the cache.
    """
    suite = release.suite
    digest = recipe_hash(release, authority)
    image = Image(release.image_name, f"ami-{digest[:17]}", cache / f"image-{suite}-{digest[:17]}")
    if image.root.exists():
        return image
    host.require_space(cache)
    for stale in cache.glob(f"image-{suite}-*"):
        shutil.rmtree(stale)
    with _scratch(cache / f"building-{suite}") as building:
        try:
            _bootstrap(building, release, log)
            _configure(building, release, authority, log)
        except CommandFailed as failed:
            raise LabError(
                f"the {suite} image could not be built (no network? disk full?): {failed}\nwhole log: {log}"
            ) from failed
        building.rename(image.root)
    return image


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    if folder.exists():
        shutil.rmtree(folder)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder)


def _bootstrap(root: Path, release: Release, log: Path) -> None:
    main, security = host.archive()
    suite = release.suite
    packages = ",".join((RECIPE / "packages.txt").read_text().split())
    deb = "deb" if release.lists_expire else "deb [check-valid-until=no]"
    sources = [
        f"{deb} {main} {suite} main",
        f"{deb} {main} {suite}-updates main",
        f"{deb} {security} {suite}-security main",
    ]
    run(
        [
            "mmdebstrap",
            "--variant=minbase",
            f"--include={packages}",
            "--dpkgopt=path-exclude=/usr/share/doc/*",
            "--dpkgopt=path-exclude=/usr/share/man/*/*",
            "--dpkgopt=path-exclude=/usr/share/locale/*",
            suite,
            root,
            *sources,
        ],
        deadline=BUILD_DEADLINE,
        log=log,
    )


def _configure(root: Path, release: Release, authority: Path, log: Path) -> None:
    for path in (RECIPE / "root").rglob("*"):
        if path.is_file():
            target = root / path.relative_to(RECIPE / "root")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copyfile(path, target)
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    (root / "etc/apt/sources.list.d/debian.sources").write_text(_sources(release))
    trusted = root / "usr/local/share/ca-certificates/ec2-lab.crt"
    trusted.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(authority, trusted)
    for words in (
        "update-ca-certificates",
        "systemctl enable systemd-networkd.service",
        "systemctl disable apt-daily.timer apt-daily-upgrade.timer",
    ):
        run(["chroot", root, *words.split()], log=log)
    _identify_as_ec2(root)
    for made_at_first_boot in (root / "etc/ssh").glob("ssh_host_*"):
        made_at_first_boot.unlink()
    # Empty: a new id at each boot of a new instance, but no "first boot", which would enable every service.
    (root / "etc/machine-id").write_text("")
    (root / "etc/hostname").unlink(missing_ok=True)


def _sources(release: Release) -> str:
    suite = release.suite
    options = "" if release.lists_expire else "Check-Valid-Until: no\n"
    return "".join(
        SOURCES.format(url=f"http://{MIRROR_NAME}/{archive}", suites=suites, options=options)
        for archive, suites in (
            ("debian", f"{suite} {suite}-updates"),
            ("debian-security", f"{suite}-security"),
        )
    )


def _identify_as_ec2(root: Path) -> None:
    """Let cloud-init find the hypervisor's UUID, by which it tells EC2 from clouds that have no IMDSv2.

    A container has no /sys/hypervisor and cannot be given one, so its code looks at a file of the image.
    """
    (root / "etc/hypervisor-uuid").write_text("ec2e1916-9099-7caf-fd21-012345abcdef\n")
    source = root / "usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py"
    code = source.read_text()
    if code.count('"/sys/hypervisor/uuid"') != 1:
        raise LabError(f"{source} is not as expected: where does this cloud-init read the hypervisor's UUID?")
    source.write_text(code.replace("/sys/hypervisor/uuid", "/etc/hypervisor-uuid"))
