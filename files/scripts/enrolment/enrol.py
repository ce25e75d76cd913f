"""The transaction: a request arrives or waits; ask the store, decide, and sign, keep or refuse it.

The store is asked before the lock is taken, so that a slow one holds up nobody else. What may have changed in
between (somebody signed the name) is looked at again under the lock.
"""

from dataclasses import dataclass, replace
from enum import Enum

from .authority import Authority
from .certificates import spki
from .decision import Decision, Policy, Verdict, decide, fault_of
from .errors import CrowdedError, RecordError, RequestError, StoreError, StoreUnavailableError
from .log import Log
from .record import Record, parse_record
from .request import Request, parse_request
from .rights import rights
from .store import Store
from .transaction import Transaction


class Result(Enum):
    """What became of a request."""

    SIGNED = "signed"
    WAITING = "waiting"
    REFUSED = "refused"
    CROWDED = "crowded"  # not kept for want of room
    DUPLICATE = "duplicate"  # the same key asks again for the certificate that it has


@dataclass(frozen=True)
class Outcome:
    """What became of a request, why, and whether that is for want of an answer from the store."""

    result: Result
    reason: str
    store_failed: bool = False


class Enroller:
    """Decides on requests for one CA, with one store of records."""

    def __init__(self, authority: Authority, store: Store, log: Log) -> None:
        self._ca = authority
        self._store = store
        self._log = log
        self._policy = Policy(
            autosign=authority.config.autosign, allow_unenrolled=authority.config.allow_unenrolled
        )

    def submit(self, name: str, pem: bytes, *, source: str = "") -> Outcome:
        """Take a request that an agent at the address ``source`` sends."""
        try:
            request = parse_request(pem)
        except RequestError as error:
            return self._refuse(name, str(error))
        fault = fault_of(request, name)
        if fault is not None:
            return self._refuse(name, fault)
        earlier = self._earlier_certificate(name, request)
        if earlier is not None:
            return earlier
        return self._settle(name, request, arrived=True, source=source)

    def review(self, name: str) -> Outcome:
        """Decide anew on a request that waits."""
        pem = self._ca.request_pem(name)
        if pem is None:
            return Outcome(Result.REFUSED, "it waits no longer")
        self._log.debug(f"Checking {name}")
        try:
            request = parse_request(pem)
        except RequestError as error:
            with self._ca.transaction() as transaction:
                transaction.drop_request(name)
            return self._refuse(name, str(error))
        return self._settle(name, request, arrived=False)

    def record(self, name: str) -> Record | None:
        """Return the record of ``name``, None if there is none; raise StoreError or RecordError."""
        self._log.debug(f"Checking url {self._store.url}/{name}")
        stored = self._store.get(name)
        return None if stored is None else parse_record(stored.body)

    def _settle(self, name: str, request: Request, *, arrived: bool, source: str = "") -> Outcome:
        store_failed = False
        has_no_record: bool | None = False
        record: Record | None = None
        trouble = ""
        try:
            record = self.record(name)
            has_no_record = record is None
        except StoreUnavailableError as error:
            has_no_record = None
            trouble, store_failed = f"the store does not answer: {error}", True
        except (StoreError, RecordError) as error:
            trouble = f"its record cannot be used: {error}"
        with self._ca.transaction() as transaction:
            earlier = self._earlier_certificate(name, request)
            if earlier is not None:
                if not arrived:
                    transaction.drop_request(name)
                return earlier
            if not arrived and self._ca.request_pem(name) != request.pem:
                return Outcome(Result.REFUSED, "it waits no longer")
            decision = (
                Decision(Verdict.WAIT, trouble)
                if trouble
                else decide(request, record, self._ca.clock(), name=name, policy=self._policy)
            )
            if decision.verdict is Verdict.SIGN:
                self._log.info(f"Signing request: {name}" + (decision.role and f" (as {decision.role})"))
                transaction.sign(request, name, rights=rights(role=decision.role))
                return Outcome(Result.SIGNED, decision.reason)
            if decision.verdict is Verdict.REJECT:
                if not arrived:
                    transaction.drop_request(name)
                return self._refuse(name, decision.reason)
            if arrived:
                outcome = self._keep(
                    transaction, name, request, decision.reason, source=source, has_no_record=has_no_record
                )
            else:
                outcome = self._keep_on(transaction, name, decision.reason, has_no_record)
        return replace(outcome, store_failed=store_failed)

    def _keep(
        self,
        transaction: Transaction,
        name: str,
        request: Request,
        reason: str,
        *,
        source: str,
        has_no_record: bool | None,
    ) -> Outcome:
        """Have a request wait that has arrived."""
        waiting = self._ca.request_pem(name)
        if waiting is not None and waiting != request.pem and not _same_key(waiting, request):
            message = f"{name} already has a requested certificate; ignoring certificate request"
            return self._refuse(name, message)
        try:
            gone = transaction.save_request(request, name, source=source, has_no_record=has_no_record)
        except CrowdedError as error:
            self._log.warning(f"Request not kept: {name}: {error}")
            return Outcome(Result.CROWDED, str(error))
        self._log.info(f"Request waits: {name}: {reason}" + (f"; {gone} gives way to it" if gone else ""))
        return Outcome(Result.WAITING, reason)

    def _keep_on(
        self, transaction: Transaction, name: str, reason: str, has_no_record: bool | None
    ) -> Outcome:
        """Have a request wait on, unless the store has no record of it and nobody has asked for long."""
        entry = self._ca.room.get(name)
        ttl = self._ca.config.waiting_ttl
        if has_no_record and entry is not None and self._ca.clock().timestamp() - entry.asked >= ttl:
            transaction.drop_request(name, durable=False)
            return self._refuse(name, f"there is no record of this name, and nobody has asked for {ttl} s")
        if has_no_record is not None:
            transaction.note_record(name, has_no_record=has_no_record)
        self._log.info(f"Request waits: {name}: {reason}")
        return Outcome(Result.WAITING, reason)

    def _earlier_certificate(self, name: str, request: Request) -> Outcome | None:
        certificate = self._ca.certificate(name)
        if certificate is None:
            return None
        revoked = self._ca.is_revoked(certificate)
        if not revoked and spki(certificate.public_key()) == request.public_key:
            return Outcome(Result.DUPLICATE, "it has its certificate")
        state = "revoked" if revoked else "signed"
        return self._refuse(name, f"{name} already has a {state} certificate; ignoring certificate request")

    def _refuse(self, name: str, reason: str) -> Outcome:
        self._log.warning(f"Request refused: {name}: {reason}")
        return Outcome(Result.REFUSED, reason)


def _same_key(pem: bytes, request: Request) -> bool:
    try:
        return parse_request(pem).public_key == request.public_key
    except RequestError:
        return False
