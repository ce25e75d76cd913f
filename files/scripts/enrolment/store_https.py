"""A store of public-read objects over HTTPS, spoken as S3 speaks it: read only.

TLS is always verified. Redirects to another host are not followed. What does not look like an object store's
answer (no ETag, HTML, a 404 that S3 did not write, a body of the wrong length) is no answer.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin, urlsplit

import requests

from .errors import StoreError, StoreUnavailableError
from .store import (
    MAX_LISTED,
    MAX_OBJECT,
    PIECE,
    UNCHANGED,
    Listing,
    Stored,
    Unchanged,
    Write,
    check_key,
    check_prefix,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
MAX_REDIRECTS = 2
MAX_LISTING_PAGE = 4 * MAX_OBJECT
_OK, _PARTIAL, _NOT_MODIFIED, _FORBIDDEN, _NOT_FOUND, _NO_SUCH_RANGE = 200, 206, 304, 403, 404, 416
_REDIRECTS = (301, 302, 303, 307, 308)


def ca_bundle() -> str | bool:
    """Return the file of trusted CAs by AWS's or requests' variable, or the folder of the system's.

    Of the folder OpenSSL reads the one CA that it needs; to read all that are in the system's file takes
    longer than the rest of a connection.
    """
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        if os.environ.get(variable):
            return os.environ[variable]
    return str(SYSTEM_BUNDLE.parent) if SYSTEM_BUNDLE.exists() else True


class HttpsStore:
    """Objects of one bucket under https://HOST[:PORT][/PREFIX]."""

    def __init__(self, url: str, *, timeout: float, verify: str | bool | None = None) -> None:
        """``timeout`` in seconds, for connecting and for each read; ``verify`` names a file of CAs."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise StoreError(f"{url!r}: an https store is https://HOST[:PORT][/PATH]")
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._verify = ca_bundle() if verify is None else verify
        self._session = requests.Session()
        self._session.auth = lambda request: request  # or requests would take credentials from ~/.netrc

    def get(self, key: str) -> Stored | None:
        """See Store."""
        answer = self._get_object(key, {})
        if answer is UNCHANGED:
            raise StoreUnavailableError(f"{self.url}/{key}: 304 in answer to an unconditional request")
        return answer

    def get_if_changed(self, key: str, etag: str) -> Stored | Unchanged | None:
        """See Store."""
        return self._get_object(key, {"If-None-Match": etag})

    def download(self, key: str, write: Write) -> bool:
        """See Store. In ranges of one version: each is an answer of its own, and tried again like any."""
        url = f"{self.url}/{quote(check_key(key))}"
        done, total, conditions = 0, 1, dict[str, str]()
        while done < total:
            headers = {"Range": f"bytes={done}-{done + PIECE - 1}", **conditions}
            response, body = self._fetch(url, headers, PIECE)
            status = response.status_code
            if status == _NOT_FOUND and _error_code(body) == "NoSuchKey":
                return False
            if status == _NO_SUCH_RANGE and not done:  # it is empty
                return True
            if status not in (_OK, _PARTIAL) or not body or "ETag" not in response.headers:
                raise StoreUnavailableError(f"{url}: {_describe(response, body)}")
            conditions = {"If-Match": response.headers["ETag"]}
            write(body)
            done += len(body)
            total = done if status == _OK else _total(url, response)
        return True

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> str:
        """Refuse: what is public is read only."""
        raise StoreError(f"{self.url}/{key}: https:// stores are read only; use s3:// to write")

    def delete(self, key: str) -> None:
        """Refuse: what is public is read only."""
        raise StoreError(f"{self.url}/{key}: https:// stores are read only; use s3:// to remove")

    def list_keys(self, prefix: str = "") -> Listing:
        """See Store; the bucket's policy must allow everybody to list it."""
        check_prefix(prefix)
        keys: list[str] = []
        prefixes: list[str] = []
        following: dict[str, str] = {}
        while True:
            query = {"list-type": "2", "delimiter": "/", "prefix": prefix, **following}
            url = f"{self.url}/?{urlencode(query)}"
            response, body = self._fetch(url, {}, MAX_LISTING_PAGE)
            if response.status_code != _OK:
                raise StoreUnavailableError(f"{url}: {_describe(response, body)}")
            page = _parse_listing(url, body)
            keys += (key for key in page.keys if key != prefix)
            prefixes += page.prefixes
            if len(keys) + len(prefixes) > MAX_LISTED:
                raise StoreError(f"{self.url}/{prefix}: more than {MAX_LISTED} objects")
            if not page.following:
                return Listing(tuple(keys), tuple(prefixes))
            if page.following == following:
                raise StoreUnavailableError(f"{url}: the listing does not advance")
            following = page.following

    def _get_object(self, key: str, headers: dict[str, str]) -> Stored | Unchanged | None:
        url = f"{self.url}/{quote(check_key(key))}"
        response, body = self._fetch(url, headers, MAX_OBJECT)
        status = response.status_code
        if status == _NOT_MODIFIED:
            return UNCHANGED
        if status == _NOT_FOUND and _error_code(body) == "NoSuchKey":
            return None
        if status != _OK:
            raise StoreUnavailableError(f"{url}: {_describe(response, body)}")
        etag = response.headers.get("ETag")
        if not etag or response.headers.get("Content-Type", "").startswith("text/html"):
            raise StoreUnavailableError(
                f"{url}: 200, but not from an object store (no ETag, or HTML): a proxy's page?"
            )
        return Stored(body, etag)

    def _fetch(self, url: str, headers: dict[str, str], limit: int) -> tuple[requests.Response, bytes]:
        here = urlsplit(self.url)
        for _ in range(MAX_REDIRECTS + 1):
            response, body = self._request(url, headers, limit)
            if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                return response, body
            target = urljoin(url, response.headers["Location"])
            there = urlsplit(target)
            if (there.scheme, there.netloc) != (here.scheme, here.netloc):
                raise StoreUnavailableError(
                    f"{url}: redirects to another host ({there.netloc[:100]}), not followed"
                )
            url = target
        raise StoreUnavailableError(f"{url}: too many redirects")

    def _request(self, url: str, headers: dict[str, str], limit: int) -> tuple[requests.Response, bytes]:
        headers = {"Accept-Encoding": "identity", **headers}
        for last_try in (False, True):
            try:
                with self._session.get(
                    url,
                    headers=headers,
                    timeout=self._timeout,
                    verify=self._verify,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    return response, _read(url, response, limit)
            except requests.Timeout as error:
                raise StoreUnavailableError(f"{url}: no answer within {self._timeout:g} s") from error
            except requests.exceptions.SSLError as error:
                raise StoreUnavailableError(f"{url}: TLS: {_reason(error)}") from error
            except requests.ConnectionError as error:
                # The server may have closed an idle connection just as it was used again: once more, on a
                # new one.
                if last_try:
                    raise StoreUnavailableError(f"{url}: {_reason(error)}") from error
            except (requests.RequestException, OSError, ValueError) as error:
                raise StoreUnavailableError(f"{url}: {_reason(error)}") from error
        raise AssertionError("not reached")


def _read(url: str, response: requests.Response, limit: int) -> bytes:
    body = b""
    for chunk in response.iter_content(65536):
        body += chunk
        if len(body) > limit:
            raise StoreError(f"{url}: larger than {limit} bytes")
    length = response.headers.get("Content-Length")
    # requests with urllib3 1.26 (Debian 12) takes a body that was cut short for a whole one.
    if response.status_code != _NOT_MODIFIED and length is not None and length != str(len(body)):
        raise StoreUnavailableError(
            f"{url}: {len(body)} bytes came of {length[:20]}: the answer was cut short"
        )
    return body


def _total(url: str, response: requests.Response) -> int:
    """How long the object is of which this is a part."""
    _, _, total = response.headers.get("Content-Range", "").rpartition("/")
    if not total.isdecimal():
        raise StoreUnavailableError(f"{url}: part of an object, and not of which length")
    return int(total)


class _Page:
    """One page of a listing."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.prefixes: list[str] = []
        self.following: dict[str, str] = {}  # what asks for the next one


def _parse_listing(url: str, body: bytes) -> _Page:
    root = _parse_xml(body)
    if root is None or _local(root.tag) != "ListBucketResult":
        raise StoreUnavailableError(f"{url}: the answer is no listing of a bucket")
    page = _Page()
    truncated = False
    for element in root:
        name, text = _local(element.tag), element.text or ""
        if name == "Contents":
            page.keys += (child.text or "" for child in element if _local(child.tag) == "Key")
        elif name == "CommonPrefixes":
            page.prefixes += (child.text or "" for child in element if _local(child.tag) == "Prefix")
        elif name == "NextContinuationToken" and text:
            page.following = {"continuation-token": text}
        elif name == "NextMarker" and text and not page.following:  # an old server, without version 2
            page.following = {"marker": text}
        elif name == "IsTruncated":
            truncated = text == "true"
    if truncated and not page.following:
        raise StoreUnavailableError(f"{url}: the listing is cut short")
    if not truncated:
        page.following = {}
    return page


def _parse_xml(body: bytes) -> "Element | None":
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - most answers hold none

    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:  # S3 sends neither; entities can be made to explode
        return None
    try:
        return ET.fromstring(body)  # noqa: S314
    except ET.ParseError:
        return None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _error_code(body: bytes) -> str:
    root = _parse_xml(body)
    if root is None or _local(root.tag) != "Error":
        return ""
    return next((element.text or "" for element in root if _local(element.tag) == "Code"), "")


def _describe(response: requests.Response, body: bytes) -> str:
    code = _error_code(body)
    hint = " (objects must be public-read, and the bucket listable, or absent ones read as 403)"
    return f"HTTP {response.status_code} {code}".rstrip() + (
        hint if response.status_code == _FORBIDDEN else ""
    )


def _reason(error: Exception) -> str:
    """The innermost cause, without the wrapping that urllib3 puts around it."""
    cause: BaseException = error
    while cause.args and isinstance(cause.args[-1], BaseException):
        cause = cause.args[-1]
    reason = getattr(cause, "reason", None)
    if isinstance(reason, BaseException):
        cause = reason
    return f"{type(cause).__name__}: {cause}"[:300]
