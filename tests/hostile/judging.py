"""What the decision says to each hostile request, with whichever libraries this Python has.

``python -m tests.hostile.judging`` prints as JSON those that are not refused as they should be: hosts have
Debian's python3-cryptography, which is years older than the tests' own.
"""

import datetime
import hashlib
import json
import re
import sys
import warnings

from enrolment.decision import Policy, Verdict, decide
from enrolment.errors import RequestError
from enrolment.record import parse_record
from enrolment.request import parse_request

from tests.hostile import Hostile
from tests.hostile.corpus import corpus
from tests.hostile.making import SECRET, pem, request

NOW = datetime.datetime(2026, 11, 24, 6, 0, tzinfo=datetime.UTC)
RECORD = f"""
classes: {{'puppet::master': {{}}}}
enrolment:
  secret_sha256: {hashlib.sha256(SECRET.encode()).hexdigest()}
  expires: 2026-11-24T07:00:00Z
  dns_alt_names: []
"""


def judge(hostile: Hostile) -> tuple[str, str]:
    """Return the verdict and its reason, given a record that vouches for the request's name and secret."""
    try:
        found = parse_request(hostile.pem)
    except RequestError as error:
        return Verdict.REJECT.value, str(error)
    decision = decide(found, parse_record(RECORD.encode()), NOW, name=hostile.name, policy=Policy())
    return decision.verdict.value, decision.reason


def surprises() -> dict[str, tuple[str, str]]:
    """Return those that are not refused, or not for their fault."""
    found = {title: (judge(hostile), hostile.words) for title, hostile in corpus().items()}
    odd = {
        title: said
        for title, (said, words) in found.items()
        if said[0] != Verdict.REJECT.value or not re.search(words, said[1])
    }
    good = judge(Hostile(pem(request()), ""))
    return odd if good[0] == Verdict.SIGN.value else {**odd, "a good request": good}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump(surprises(), sys.stdout)
