"""Requests, records and names by chance, near to what counts as good.

The examples are the same each time: `make unit` must not fail by luck. `make fuzz` is what searches.
"""

import dataclasses
import datetime
import string

from enrolment.decision import AUTHORIZATION, PRIVATE, REGISTERED
from enrolment.record import Enrolment, Record, parse_record
from enrolment.request import Extension, Request, parse_request
from hypothesis import settings
from hypothesis import strategies as st

from tests.hostile import der
from tests.hostile.judging import NOW, RECORD
from tests.hostile.making import SECRET, pem, request

repeatable = settings(derandomize=True, database=None, deadline=None, max_examples=100)

GOOD = parse_request(pem(request()))
LIVE = parse_record(RECORD.encode())

certnames = st.from_regex(r"[a-z0-9_][a-z0-9_.-]{0,70}", fullmatch=True)
odd_names = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=string.ascii_letters + "._-/\0\n*0", max_size=70),
    certnames,
    st.sampled_from(["", "ca", ".", "..", "a..b", "a.", "-a", "a-", "node-1", "Node-1", "node-1\n"]),
)
moments = st.one_of(
    st.sampled_from(
        [NOW, NOW + datetime.timedelta(microseconds=1), NOW - datetime.timedelta(microseconds=1)]
    ),
    st.datetimes(timezones=st.just(datetime.UTC)),
)
values = st.one_of(
    st.text(max_size=20).map(der.text),
    st.binary(max_size=20),
    st.sampled_from([der.text("a" * size) for size in (0, 127, 128, 255, 256, 1020, 1021)]),
)
oids = st.one_of(
    st.sampled_from(
        [REGISTERED + "1", PRIVATE + "1", AUTHORIZATION, AUTHORIZATION + ".1", "2.5.29.19", "1.2.3"]
    ),
    st.builds("1.3.6.1.4.1.34380.1.{}.{}".format, st.integers(0, 40), st.integers(0, 50)),
)
extensions = st.builds(Extension, oids, st.booleans(), values)
digests = st.sampled_from(["sha256", "sha384", "sha512", "sha1", "md5", "sha224", "none", "unknown"])
keys = st.sampled_from(["RSA", "secp256r1", "secp384r1", "secp521r1", "secp256k1", "Ed25519PublicKey"])
near_limits = st.sampled_from([0, 1, 512, 2047, 2048, 4096, 8192, 8193, 16384])
exponents = st.sampled_from([0, 1, 3, 65536, 65537, 1 << 32, (1 << 32) + 1])
secrets = st.sampled_from([SECRET.encode(), SECRET.upper().encode(), b"", b"wrong"])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A good request, of which a few parts are something else."""
    parts = {
        "common_names": st.one_of(
            st.lists(odd_names, max_size=2).map(tuple), st.tuples(certnames), st.just(("node-1",))
        ),
        "other_subject": st.sampled_from([(), ("2.5.4.10",)]),
        "key_type": keys,
        "key_bits": near_limits,
        "key_exponent": exponents,
        "digest": digests,
        "signature_valid": st.booleans(),
        "dns_names": st.lists(odd_names, max_size=3).map(tuple),
        "other_alt_names": st.sampled_from([(), ("IPAddress",)]),
        "extensions": st.lists(extensions, max_size=3).map(tuple),
        "challenges": st.lists(secrets, max_size=2).map(tuple),
    }
    changed = draw(st.sets(st.sampled_from(sorted(parts)), max_size=3))
    return dataclasses.replace(GOOD, **{part: draw(parts[part]) for part in sorted(changed)})


records = st.one_of(
    st.none(),
    st.builds(
        Record,
        classes=st.dictionaries(
            st.sampled_from(["puppet::master", "::puppet::ca", "hadoop::worker"]), st.just({}), max_size=3
        ),
        parameters=st.just({}),
        environment=st.none(),
        enrolment=st.one_of(
            st.none(),
            st.builds(
                Enrolment,
                secret_sha256=st.sampled_from([LIVE.enrolment.secret_sha256, "0" * 64]),
                expires=moments,
                dns_alt_names=st.one_of(st.none(), st.frozensets(certnames, max_size=3)),
            ),
        ),
    ),
)
