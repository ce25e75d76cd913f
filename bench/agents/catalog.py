"""What a simulated agent reads out of a catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

FILES = "puppet:///"


@dataclass(frozen=True)
class Source:
    """A file, or a folder with all in it, that a File resource takes from the master: `modules/M/...`."""

    title: str
    path: str
    recurse: bool
    ignore: tuple[str, ...]

    def target(self, environment: str) -> str:
        """Where its metadata is, as Puppet's agent asks for it."""
        query: list[tuple[str, str]] = []
        if self.recurse:
            query = [("recurse", "true"), ("max_files", "0"), *(("ignore", name) for name in self.ignore)]
        query += [("links", "manage"), ("checksum_type", "sha256"), ("source_permissions", "ignore")]
        return files("file_metadatas" if self.recurse else "file_metadata", self.path, query, environment)


def files(action: str, path: str, query: list[tuple[str, str]], environment: str) -> str:
    """A request's target on Puppet's file server."""
    return f"/puppet/v3/{action}/{quote(path)}?{urlencode([*query, ('environment', environment)])}"


def resources(catalog: Mapping[str, Any], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Title and parameters of each resource of a type."""
    for resource in catalog.get("resources", []):
        if resource.get("type") == kind:
            yield resource["title"], resource.get("parameters", {})


def sources(catalog: Mapping[str, Any]) -> list[Source]:
    """The files that the agent has to ask for; those whose metadata the catalog holds are not among them."""
    inlined = {**catalog.get("metadata", {}), **catalog.get("recursive_metadata", {})}
    found = []
    for title, parameters in resources(catalog, "File"):
        given = parameters.get("source")
        first = given[0] if isinstance(given, list) and given else given
        if not isinstance(first, str) or not first.startswith(FILES) or title in inlined:
            continue
        ignore = parameters.get("ignore", [])
        found.append(
            Source(
                title=title,
                path=unquote(first.removeprefix(FILES)),
                recurse=parameters.get("recurse") in (True, "true"),
                ignore=tuple(ignore if isinstance(ignore, list) else [ignore]),
            )
        )
    return found


def inlined(catalog: Mapping[str, Any]) -> dict[str, str]:
    """Checksum by content's path, of the files whose metadata a static catalog holds."""
    return {
        entry["content_uri"].removeprefix(FILES): entry["checksum"]["value"]
        for entry in catalog.get("metadata", {}).values()
        if entry.get("content_uri") and entry.get("type") == "file"
    }


def message(catalog: Mapping[str, Any], title: str) -> str | None:
    """What a notify says."""
    for name, parameters in resources(catalog, "Notify"):
        if name == title:
            said: str | None = parameters.get("message")
            return said
    return None
