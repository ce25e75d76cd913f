"""Runs on the database's host, as root, with that host's own Python: works on PuppetDB, and says how it went.

Reads one job as JSON from standard input, prints one answer as JSON. PuppetDB is asked on its loopback port
with the host's certificate, over one connection; `ask` goes through Apache too, as a worker does, with a new
connection for each question.
"""

import json
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter

OK = 200
NEAR, FAR = 8082, 8081  # PuppetDB itself, and Apache in front of it
PATIENCE = 600.0  # seconds for all commands of a job


class Named(HTTPAdapter):
    """For a server whose certificate has another name than its address."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Of urllib3."""
        super().init_poolmanager(*arguments, assert_hostname=self.name, **options)


class Database:
    """PuppetDB by one of its two doors."""

    def __init__(self, url: str, files: Any, name: str) -> None:
        self.url = url
        self.headers = {"Host": name} if name else {}
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cert, self.session.verify = files
        if name:
            self.session.mount("https://", Named(name))

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """JSON; whatever goes wrong ends the script."""
        headers = {**self.headers, "Accept": "application/json"}
        answer = self.session.request(method, self.url + path, headers=headers, timeout=PATIENCE, **options)
        if answer.status_code != OK:
            sys.exit(f"PuppetDB answers {answer.status_code} to {method} {path}: {answer.text[:300]}")
        return answer.json()

    def query(self, entity: str, query: Any = None) -> Any:
        """Rows."""
        params = {} if query is None else {"query": json.dumps(query)}
        return self.ask("GET", f"/pdb/query/v4/{entity}", params=params)

    def command(self, name: str, version: int, certname: str, text: str) -> None:
        """Into its queue."""
        params = {"command": name, "version": version, "certname": certname}
        self.ask("POST", "/pdb/cmd/v1", params=params, data=text.encode())

    def meter(self, name: str) -> int:
        """A count of its queue's."""
        url = f"{self.url}/metrics/v2/read/puppetlabs.puppetdb.mq:name={name}"
        answer = self.session.get(url, headers=self.headers, timeout=60)
        value = answer.json().get("value") if answer.status_code == OK else None
        return int((value or {}).get("Count", 0))

    def settled(self) -> None:
        """Wait until no command waits."""
        began = time.monotonic()
        while self.meter("global.depth"):
            if time.monotonic() - began > PATIENCE:
                sys.exit(f"PuppetDB still has {self.meter('global.depth')} commands to do")
            time.sleep(0.1)


def fill(near: Database, job: Any) -> Any:
    """Send each document once a node, with the words of the node in it."""
    began = time.monotonic()
    for words in job["nodes"]:
        for command in job["documents"]:
            text = command["text"]
            for word, value in words.items():
                text = text.replace(f"@{word}@", value)
            near.command(command["name"], command["version"], words["CERTNAME"], text)
    sent = time.monotonic() - began
    near.settled()
    return {"sent_seconds": sent, "seconds": time.monotonic() - began}


def remove(near: Database, job: Any) -> Any:
    """Nodes are gone for good, at once."""
    began = time.monotonic()
    for name in job["names"]:
        body = {"command": "delete", "version": 1, "payload": {"certname": name}}
        near.ask("POST", "/pdb/admin/v1/cmd", json=body)
    return {"seconds": time.monotonic() - began}


def ask(near: Database, far: Callable[[], Database], job: Any) -> Any:
    """Each query in turn, by both doors, so many times."""
    found: Any = {name: {"near": [], "far": [], "rows": 0} for name in job["queries"]}
    for _ in range(job["times"]):
        for name, query in job["queries"].items():
            for door, database in (("near", near), ("far", far())):
                began = time.monotonic()
                rows = database.query("resources", query)
                found[name][door].append(time.monotonic() - began)
                found[name]["rows"] = len(rows)
    return found


def look(near: Database) -> Any:
    """What it knows."""
    count = [["extract", [["function", "count"]]]]
    return {
        "nodes": near.query("nodes", count[0])[0]["count"],
        "resources": near.query("resources", count[0])[0]["count"],
        "exported": near.query("resources", [*count[0], ["=", "exported", True]])[0]["count"],
        "discarded": near.meter("global.discarded"),
        "version": near.ask("GET", "/pdb/meta/v1/version")["version"],
    }


def node(near: Database, job: Any) -> Any:
    """The catalog and the facts of a node, as the queries give them."""
    name = job["certname"]
    return {
        "catalog": near.ask("GET", f"/pdb/query/v4/catalogs/{name}"),
        "facts": near.ask("GET", f"/pdb/query/v4/factsets/{name}"),
    }


def main() -> None:
    job = json.load(sys.stdin)
    settings = job["settings"]
    files = ((settings["hostcert"], settings["hostprivkey"]), settings["localcacert"])
    near = Database(f"https://127.0.0.1:{NEAR}", files, settings["certname"])

    def far() -> Database:
        return Database(f"https://{socket.getfqdn()}:{FAR}", files, "")

    jobs: dict[str, Callable[[], Any]] = {
        "fill": lambda: fill(near, job),
        "remove": lambda: remove(near, job),
        "ask": lambda: ask(near, far, job),
        "depth": lambda: {"depth": near.meter("global.depth")},
        "look": lambda: look(near),
        "node": lambda: node(near, job),
    }
    print(json.dumps(jobs[job["do"]]()))


if __name__ == "__main__":
    main()
