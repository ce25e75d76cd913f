"""The decision for a CA that is not ours: it keeps requests and certificates itself, and asks only whether
to sign."""

from datetime import UTC, datetime
from typing import BinaryIO

from .decision import Policy, Verdict, decide
from .errors import RecordError, RequestError, StoreError
from .log import Log
from .names import is_certname
from .record import parse_record
from .request import MAX_SIZE, parse_request
from .store import Store


def may_sign(name: str, stream: BinaryIO, store: Store, log: Log, *, allow_unenrolled: bool = False) -> bool:
    """Whether the PEM request in ``stream``, which came under ``name``, may be signed; the log says why."""
    try:
        request = parse_request(stream.read(MAX_SIZE + 1))
        log.debug(f"Checking {name}")
        record = None
        if is_certname(name):
            log.debug(f"Checking url {store.url}/{name}")
            stored = store.get(name)
            record = None if stored is None else parse_record(stored.body)
        policy = Policy(allow_unenrolled=allow_unenrolled)
        decision = decide(request, record, datetime.now(tz=UTC), name=name, policy=policy)
    except (RequestError, RecordError, StoreError) as error:
        log.warning(f"Request refused: {name}: {error}")
        return False
    if decision.verdict is Verdict.SIGN:
        log.info(f"Signing request: {name}")
        return True
    log.warning(f"Request refused: {name}: {decision.reason}")
    return False
