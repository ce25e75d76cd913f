"""DER by hand: what is needed here is what the builders of libraries refuse to make."""

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x02, 0x03, 0x04, 0x05, 0x06
UTF8, PRINTABLE, TELETEX, IA5, UNIVERSAL, BMP = 0x0C, 0x13, 0x14, 0x16, 0x1C, 0x1E
SEQUENCE, SET = 0x30, 0x31
BOOLEAN = 0x01


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return tag, shortest length and the parts joined."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(SET, *sorted(parts))  # in the order that DER asks for


def integer(number: int) -> bytes:
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def bits(body: bytes) -> bytes:
    return tlv(BIT_STRING, b"\0", body)


def octets(body: bytes) -> bytes:
    return tlv(OCTET_STRING, body)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    body = bytes([first * 40 + second])
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | (number & 0x7F))
        body += bytes(reversed(groups))
    return tlv(OID, body)


def text(value: str, tag: int = UTF8) -> bytes:
    return tlv(tag, value.encode("utf-8"))


def context(number: int, *parts: bytes, constructed: bool = False) -> bytes:
    """Return ``[number]``, as alternative names and attributes are tagged."""
    return tlv((0xA0 if constructed else 0x80) | number, *parts)
