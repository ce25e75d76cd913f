"""A CA put back from a backup: all of it or nothing, with a revocation list that masters take.

Masters refuse a list whose number or time is lower than that of the one they have, and the lost CA has gone
on after the backup. Each of its lists had a number one higher, and was dated at least a second later, than
the one before (:func:`enrolment.crl.issue_time`): so none had a number higher than that in the backup by more
than the seconds since that one. The restored CA's list is dated now, and has a number higher than that; so
has one that is restored again from the same backup. Serial numbers are random.
"""

import contextlib
import dataclasses
import math
import os
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from . import crl as crls
from .authority import Authority
from .cafiles import load_key
from .certificates import common_name
from .chain import load_chain
from .errors import AuthorityError
from .files import exchange, sync_directory
from .importing import Source, write_ca
from .inventory import line_of, serials_in
from .ledger import Learned
from .names import is_certname
from .sweep import remember
from .transaction import FOLDER
from .users import acting_as

KEPT = "%Y%m%dT%H%M%S"  # of a CA that was replaced, in its folder's name
UNFINISHED = "unfinished"  # in the folder beside the CA's until all of it is there


@dataclasses.dataclass(frozen=True)
class Restored:
    """A CA as it is to be, and what it knows of the time after its backup."""

    source: Source
    certificates: int
    revocations: int
    number: int  # of its revocation list


def brought_up_to_date(source: Source, learned: Learned, now: datetime, lifetime: int) -> Restored:
    """Return the CA of a backup with what was ``learned`` since, and its next revocation list.

    ``lifetime`` of that is in seconds. Lists in ``learned`` that the CA has not signed are passed over.
    """
    chain = load_chain(source.files["ca_crt.pem"])
    lists = crls.of_chain(crls.load_each(source.files["ca_crl.pem"]), chain)
    known = serials_in(source.files["inventory.txt"])
    later = [entry for entry in learned.lists if crls.is_signed_by(entry, chain[0])]
    own = _next_list(chain[0], source, [lists.own, *later], now, lifetime)
    revoked = {entry.serial_number for entry in own}
    others = tuple(
        max([entry, *(new for new in learned.lists if crls.is_signed_by(new, above))], key=crls.number)
        for entry, above in zip(lists.others, chain[1:], strict=True)
    )
    new = {each.serial_number: each for each in learned.certificates if each.serial_number not in known}
    lines = {entry.serial: line for line, entry in learned.entries if entry.serial not in known}
    # What the CA has signed says more than the bucket's line about it.
    lines |= {serial: line_of(each) for serial, each in new.items()}
    signed = dict(source.signed)
    for serial, certificate in new.items():
        name = common_name(certificate)
        if serial not in revoked and is_certname(name):
            signed[name] = certificate.public_bytes(Encoding.PEM)
    files = {
        **source.files,
        "ca_crl.pem": crls.lists_pem((own, *others)),
        "inventory.txt": source.files["inventory.txt"] + b"".join(lines.values()),
    }
    return Restored(Source(files, signed), len(lines), len(revoked - lists.serials), crls.number(own))


def _next_list(
    issuer: x509.Certificate,
    source: Source,
    earlier: Sequence[x509.CertificateRevocationList],
    now: datetime,
    lifetime: int,
) -> x509.CertificateRevocationList:
    newest = max(earlier, key=crls.number)
    # Each of them says how high a number may have been given since.
    number = max(crls.number(entry) + _seconds_since(entry, now) + 1 for entry in earlier)
    return crls.build(
        issuer=issuer,
        key=load_key(source.files["ca_key.pem"]),
        previous=newest,
        serials={entry.serial_number for crl in earlier for entry in crl},
        issued=max(now.replace(microsecond=0), *(crls.this_update(entry) + crls.SECOND for entry in earlier)),
        now=now,
        lifetime=lifetime,
        step=number - crls.number(newest),
    )


def _seconds_since(crl: x509.CertificateRevocationList, now: datetime) -> int:
    return max(0, math.ceil((now - crls.this_update(crl)).total_seconds()))


def put_in_place(
    authority: Authority, source: Source, *, force: bool, terminated: Iterable[str] = ()
) -> Path | None:
    """Put the CA where it belongs, all of it in one step; return where the CA is now that was there, if any.

    It is written beside the CA's directory, and then the two change their names. Raise AuthorityError if
    there is a CA already, unless ``force``. PuppetDB is to be told of the ``terminated`` nodes again.
    """
    root, user = authority.root, authority.config.user
    if os.path.ismount(root):
        raise AuthorityError(
            f"{root} is a mount point: restore with it unmounted, and copy the files onto it"
        )
    with contextlib.ExitStack() as stack:
        with acting_as(user):
            stack.enter_context(authority.transaction())
        living = authority.certificate_path.exists() or authority.key_path.exists()
        if living and not force:
            raise AuthorityError(
                f"there is a CA in {root} already; nothing was changed. With --force it is replaced, and "
                "kept beside it"
            )
        beside = root.parent / f".{root.name}.restoring"
        _prepare(beside, root, authority.clock())
        with acting_as(user):
            fresh = Authority(dataclasses.replace(authority.config, cadir=str(beside)), clock=authority.clock)
            write_ca(fresh, source)
            remember(fresh, terminated)
            # Who waits for the lock must find it locked, and free, in either place.
            os.link(root / "lock", beside / "lock")
        (beside / UNFINISHED).unlink()
        sync_directory(beside)
        exchange(beside, root)
        sync_directory(root.parent)
        if not living:
            shutil.rmtree(beside)
            return None
        return _keep(beside, root, authority.clock())


def _keep(beside: Path, root: Path, now: datetime) -> Path:
    kept = root.parent / f"{root.name}.replaced-{now:{KEPT}}"
    while kept.exists():
        kept = kept.with_name(f"{kept.name}+")
    beside.rename(kept)
    return kept


def _prepare(beside: Path, root: Path, now: datetime) -> None:
    """Make an empty folder like ``root``; what is there was left by a restore that was cut short.

    Where that was after the folders had changed their names, it is the CA that was replaced.
    """
    if (beside / "ca_key.pem").exists() and not (beside / UNFINISHED).exists():
        _keep(beside, root, now)
    if beside.exists():
        shutil.rmtree(beside)
    beside.mkdir(mode=FOLDER)
    (beside / UNFINISHED).touch()
    state = root.stat()
    os.chmod(beside, state.st_mode & 0o7777)  # noqa: PTH101 - the mode that the umask has taken from it
    if os.geteuid() == 0:
        os.chown(beside, state.st_uid, state.st_gid)
