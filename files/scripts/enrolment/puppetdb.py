"""What we ask of PuppetDB, over HTTPS with this host's certificate."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from .errors import PuppetDBError

TIMEOUT = 10.0  # seconds, for connecting and for each read
MAX_ANSWER = 64 * 1024 * 1024  # bytes
_OK = 200


class PuppetDB:
    """One PuppetDB server."""

    def __init__(self, url: str, *, cert: str, key: str, cacert: str) -> None:
        """``url`` is https://HOST:PORT; the others are PEM files."""
        if urlsplit(url).scheme != "https":
            raise PuppetDBError(f"{url!r}: PuppetDB is asked over https:// only")
        for file in (cert, key, cacert):
            if not Path(file).is_file():
                raise PuppetDBError(
                    f"{file or '(no file given)'}: there is no such file, or it cannot be read"
                )
        self._url = url.rstrip("/")
        self._cert = (cert, key)
        self._cacert = cacert
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no ~/.netrc: this is a host of ours

    def query(self, entity: str, query: list[Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of ``entity`` (nodes, resources, ...) that ``query`` (PuppetDB's AST) picks."""
        params = {"query": json.dumps(query)} if query is not None else {}
        answer = self._request("GET", f"/pdb/query/v4/{entity}", params=params)
        if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
            raise PuppetDBError(f"{self._url}: the answer about {entity} is not a list of rows")
        return answer

    def deactivate(self, name: str) -> None:
        """Take a node out of PuppetDB's active ones, with what it exports."""
        now = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
        self._request(
            "POST",
            "/pdb/cmd/v1",
            params={"command": "deactivate_node", "version": "3", "certname": name},
            json={"certname": name, "producer_timestamp": now},
        )

    def _request(self, method: str, path: str, **options: Any) -> Any:
        url = self._url + path
        try:
            with self._session.request(
                method,
                url,
                cert=self._cert,
                verify=self._cacert,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
                **options,
            ) as response:
                body = b""
                for chunk in response.iter_content(1024 * 1024):
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        raise PuppetDBError(f"{url}: the answer is larger than {MAX_ANSWER} bytes")
                if response.status_code != _OK:
                    text = body[:200].decode("utf-8", "replace")
                    hint = " (is this host in PuppetDB's allow-list?)" if response.status_code == 403 else ""  # noqa: PLR2004
                    raise PuppetDBError(f"{url}: HTTP {response.status_code}{hint}: {text}")
                return json.loads(body)
        except (requests.RequestException, OSError, ValueError) as error:
            raise PuppetDBError(f"{url}: {type(error).__name__}: {error}"[:400]) from error
