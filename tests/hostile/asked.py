"""Names that are not the node's, and rights that are not the node's to ask for."""

from collections.abc import Iterator

from tests.hostile import Hostile, der
from tests.hostile.making import (
    ALT_NAMES,
    CHALLENGE,
    COMMON_NAME,
    EXTENSION_REQUEST,
    MICROSOFT_REQUEST,
    ORGANIZATION,
    PUPPET,
    SECRET,
    alt_names,
    asking,
    attribute,
    challenge,
    dns,
    extension,
    pem,
    rdn,
    request,
    subject,
)  # fmt: skip

TRUE = der.text("true")
NO_CERTNAME = "format is invalid|lower case|wildcard|cannot be parsed"

# Under each of these a request comes by the path too: it is not only that the names differ.
NAMES = {
    "empty": "",
    "300 characters": "a" * 300,
    "65 characters": "a" * 65,
    "a slash": "../../etc/passwd",
    "a slash inside": "a/b",
    "a backslash": "a\\b",
    "dots": "..",
    "an escaped slash": "a%2fb",
    "a line feed": "node-1\n",
    "a log line": "node-1\nERROR: Signing request: other",
    "a carriage return": "node\r1",
    "a NUL": "node-1\0.evil",
    "a terminal's escape": "\x1b[2J\x1b[31mnode",
    "a bell and a delete": "node\x07\x7f",
    "a blank": "node-1 ",
    "a no-break space": "node\u00a01",
    "Cyrillic": "n\u043ede-1",
    "right to left": "node-\u202e1",
    "no width": "node\u200b-1",
    "digits of another script": "node-\u0661",
    "a small capital's look-alike": "\u212aode-1",
    "beyond the basic plane": "node-\U0001f600",
    "upper case": "NODE-1",
    "a wildcard": "*",
    "a wildcard of a domain": "*.example.org",
    "the CA's": "ca",
    "a command": "$(reboot)",
    "an option": "-rf",
    "a format": "%s%n",
    "YAML": "a: b",
    "an LDAP subject": "node-1,O=x",
    "a last dot": "node-1.",
    "two dots": "node..1",
}  # fmt: skip


def subjects() -> Iterator[tuple[str, Hostile]]:
    """Common names that are no certnames, several, none, and what else a subject may hold."""
    for what, name in NAMES.items():
        yield f"a name with {what}", Hostile(pem(request(names=subject(name))), NO_CERTNAME, name)
    for tag, codec in ((der.BMP, "utf-16-be"), (der.UNIVERSAL, "utf-32-be"), (der.TELETEX, "latin-1")):
        value = der.tlv(tag, "nöde-1".encode(codec))
        yield (
            f"a name in the string type {tag}",
            Hostile(pem(request(names=der.sequence(rdn(COMMON_NAME, value)))), NO_CERTNAME, "nöde-1"),
        )
    for what, value in (
        ("no UTF-8", der.tlv(der.UTF8, b"node\xff")),
        ("half a surrogate", der.tlv(der.BMP, b"\xd8\x00")),
        ("a number for text", der.integer(1)),
        ("a list for text", der.sequence(der.text("node-1"))),
    ):
        yield (
            f"a name of {what}",
            Hostile(
                pem(request(names=der.sequence(rdn(COMMON_NAME, value)))), f"{NO_CERTNAME}|does not match"
            ),
        )
    not_one = "not exactly one common name"
    yield "two names", Hostile(pem(request(names=subject("node-1", "node-2"))), not_one)
    yield "the same name twice", Hostile(pem(request(names=subject("node-1", "node-1"))), not_one)
    both = der.sequence(*(der.sequence(der.oid(COMMON_NAME), der.text(name)) for name in ("node-1", "x")))
    yield (
        "two names in one part",
        Hostile(pem(request(names=der.sequence(der.tlv(der.SET, both[2:])))), f"{not_one}|cannot be parsed"),
    )
    yield "no name", Hostile(pem(request(names=der.sequence())), not_one)
    organization = rdn(ORGANIZATION, der.text("node-2"))
    name = rdn(COMMON_NAME, der.text("node-1"))
    yield (
        "another's name as organization",
        Hostile(pem(request(names=der.sequence(name, organization))), not_one),
    )
    yield "only an organization", Hostile(pem(request(names=der.sequence(organization))), not_one)
    yield "another node's name", Hostile(pem(request(names=subject("node-2"))), "does not match")
    yield "many names", Hostile(pem(request(names=subject(*(f"n{n}" for n in range(300))))), not_one)


def alternatives() -> Iterator[tuple[str, Hostile]]:
    """Alternative names beyond what the record holds, of every kind."""
    kinds = {
        "IP": der.context(7, b"\x0a\0\0\1"),
        "IPv6": der.context(7, b"\0" * 16),
        "URI": der.context(6, b"https://puppet/"),
        "mail": der.context(1, b"root@puppet"),
        "directory": der.context(4, subject("puppet"), constructed=True),
        "registered": der.context(8, der.oid("1.2.3")[2:]),
        "other": der.context(
            0, der.oid("1.3.6.1.4.1.311.20.2.3"), der.context(0, der.text("x"), constructed=True),
            constructed=True,
        ),
    }  # fmt: skip
    for what, name in kinds.items():
        yield (
            f"an alternative name of the kind {what}",
            Hostile(pem(request(alt_names(name))), "no DNS names"),
        )
    yield (
        "an address in five bytes",
        Hostile(pem(request(alt_names(der.context(7, b"\1\2\3\4\5")))), "cannot be parsed|no DNS names"),
    )
    yield (
        "the URI of a good name too",
        Hostile(pem(request(alt_names(dns("node-1"), kinds["URI"]))), "no DNS names"),
    )
    for what, name in {
        "another's name": "puppet",
        "another's name in upper case": "PUPPET",
        "its own in upper case": "NODE-1",
        "a wildcard": "*.example.org",
        "a blank": "a b",
        "a NUL": "node-1\0.evil",
        "a line feed": "node-1\n",
        "a last dot": "node-1.",
        "nothing": "",
        "300 characters": "a" * 300,
        "a slash": "a/b",
        "no ASCII": "püppet",
    }.items():
        yield (
            f"an alternative name that is {what}",
            Hostile(
                pem(request(alt_names(dns(name)))),
                "record does not hold|wildcard|no DNS name|cannot be parsed",
            ),
        )
    many = alt_names(*(dns(f"n{number}") for number in range(300)))
    yield "300 alternative names", Hostile(pem(request(many)), "more than 64 alternative names")
    broken = asking(extension(ALT_NAMES, b"\x30\x80"))
    yield "alternative names that are no DER", Hostile(pem(request(broken)), "cannot be parsed")


def rights() -> Iterator[tuple[str, Hostile]]:
    """Extensions of authorization, and others that a node does not get by asking."""
    disallowed = "authorization extension"
    for last in ("3.1", "3.2", "3.13", "3.39", "3.99.1", "3", "3.0"):
        yield f"the right {last}", Hostile(pem(request(asking(extension(PUPPET + last, TRUE)))), disallowed)
    yield (
        "a right beside a good extension",
        Hostile(
            pem(request(asking(extension(PUPPET + "1.1", TRUE), extension(PUPPET + "3.39", TRUE)))),
            disallowed,
        ),
    )
    yield (
        "a right by Microsoft's attribute",
        Hostile(pem(request(asking(extension(PUPPET + "3.39", TRUE), dotted=MICROSOFT_REQUEST))), disallowed),
    )
    yield (
        "a right in a second list",
        Hostile(
            pem(request(asking(extension(PUPPET + "1.1", TRUE)), asking(extension(PUPPET + "3.39", TRUE)))),
            "more than one list",
        ),
    )
    yield "a right in a second list, Microsoft's", Hostile(
        pem(request(
            asking(extension(PUPPET + "1.1", TRUE)),
            asking(extension(PUPPET + "3.39", TRUE), dotted=MICROSOFT_REQUEST),
        )),
        "more than one list",
    )  # fmt: skip
    padded = der.oid(PUPPET + "3.39")
    padded = der.tlv(der.OID, padded[2:-1], b"\x80", padded[-1:])
    yield (
        "a right whose number is padded",
        Hostile(pem(request(asking(der.sequence(padded, der.octets(TRUE))))), "cannot be parsed"),
    )
    for what, dotted in {
        "an arc that begins like the rights'": PUPPET + "30.1",
        "basic constraints": "2.5.29.19",
        "key usage": "2.5.29.15",
        "policy": "2.5.29.32",
        "Netscape's": "2.16.840.1.113730.1.13",
        "any other": "1.2.3.4",
    }.items():
        value = der.sequence(der.tlv(der.BOOLEAN, b"\xff")) if dotted == "2.5.29.19" else TRUE
        yield (
            f"the extension {what}",
            Hostile(pem(request(asking(extension(dotted, value)))), "not permitted|cannot be parsed"),
        )
    twice = asking(extension(PUPPET + "1.1", TRUE), extension(PUPPET + "1.1", der.text("b")))
    yield "an extension twice", Hostile(pem(request(twice)), "twice")
    names = asking(*(extension(ALT_NAMES, der.sequence(dns(name))) for name in ("node-1", "puppet")))
    yield "alternative names twice", Hostile(pem(request(names)), "twice")
    several = attribute(EXTENSION_REQUEST, der.sequence(), der.sequence(extension(PUPPET + "3.39", TRUE)))
    yield "two lists in one attribute", Hostile(pem(request(several)), "cannot be parsed")
    yield (
        "a list that is none",
        Hostile(pem(request(attribute(EXTENSION_REQUEST, der.text("x")))), "cannot be parsed"),
    )


def values() -> Iterator[tuple[str, Hostile]]:
    """Values of Puppet's own extensions that are no short text, and very many of them."""
    short = "not a short text"
    for what, value in {
        "of 20,000 bytes": der.text("a" * 20_000),
        "of 1,025 bytes": der.text("a" * 1021),
        "that is empty": b"",
        "with a line feed": der.text("a\nb"),
        "with a terminal's escape": der.text("\x1b[31m"),
        "that is no UTF-8": der.tlv(der.UTF8, b"\xff"),
        "in a list": der.sequence(TRUE),
        "with a byte behind it": TRUE + b"\0",
        "longer than it says": b"\x0c\x01ab",
        "shorter than it says": b"\x0c\x05ab",
        "without an end": b"\x2c\x80\x0c\x01a\0\0",
        "whose length is not the shortest": b"\x0c\x81\x01a",
        "whose length is enormous": b"\x0c\x88" + b"\xff" * 8,
    }.items():
        yield f"a value {what}", Hostile(pem(request(asking(extension(PUPPET + "1.1", value)))), short)
    critical = asking(extension(PUPPET + "1.1", TRUE, critical=True))
    yield "a critical extension", Hostile(pem(request(critical)), short)
    many = asking(*(extension(f"{PUPPET}2.{number}", TRUE) for number in range(100)))
    yield "100 extensions", Hostile(pem(request(many)), "more than 64 extensions")
    large = asking(extension(PUPPET + "1.1", der.text("a" * 40_000)))
    yield "more than 32 kB", Hostile(pem(request(large)), "larger than")


def secrets() -> Iterator[tuple[str, Hostile]]:
    """Challenge passwords that are not the launch's one."""
    wrong = "not the one of this launch"
    for what, secret in {
        "another": "0" * 64, "none but empty": "", "cut": SECRET[:-1], "longer": SECRET + "0",
        "in upper case": SECRET.upper(), "with a line feed": SECRET + "\n", "with a NUL": SECRET + "\0",
    }.items():  # fmt: skip
        yield f"a secret that is {what}", Hostile(pem(request(secret=challenge(secret))), wrong)
    yield "no secret", Hostile(pem(request(secret=b"")), "0 challenge passwords")
    yield "two secrets", Hostile(pem(request(challenge("0" * 64))), "2 challenge passwords")
    yield "two secrets in one", Hostile(pem(request(secret=challenge("0" * 64, SECRET))), "cannot be parsed")
    number = attribute(CHALLENGE, der.integer(1))
    yield "a number for a secret", Hostile(pem(request(secret=number)), "not text")
    wide = attribute(CHALLENGE, der.tlv(der.BMP, SECRET.encode("utf-16-be")))
    yield "a secret in wide letters", Hostile(pem(request(secret=wide)), "not text")
