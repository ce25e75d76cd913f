"""Nodes that PuppetDB knows besides: rows as a node's own commands leave them, copied by PostgreSQL itself.

By commands, 2,000 nodes would take longer than the rest of the benchmark; bench/database does it that way.
"""

from __future__ import annotations

import shlex

from bench.agents.site import Host, Site

COPY = """
BEGIN;
CREATE TEMPORARY TABLE new ON COMMIT DROP AS
  SELECT nextval('certname_id_seq') AS id, name FROM unnest(string_to_array(:'names', ' ')) AS name;
INSERT INTO certnames (id, certname) SELECT id, name FROM new;
INSERT INTO catalogs (hash, transaction_uuid, certname, producer_timestamp, api_version, timestamp,
    catalog_version, environment_id, code_id, catalog_uuid, producer_id, job_id)
  SELECT sha256(hash || name::bytea), gen_random_uuid(), name, producer_timestamp, api_version, timestamp,
    catalog_version, environment_id, code_id, gen_random_uuid(), producer_id, job_id
  FROM catalogs CROSS JOIN new WHERE certname = :'of';
INSERT INTO catalog_resources (resource, tags, type, title, exported, file, line, certname_id)
  SELECT resource, tags, type, title, exported, file, line, new.id
  FROM catalog_resources JOIN certnames ON certnames.id = certname_id CROSS JOIN new WHERE certname = :'of';
INSERT INTO edges (certname, source, target, type)
  SELECT name, source, target, type FROM edges CROSS JOIN new WHERE certname = :'of';
INSERT INTO factsets (certname, timestamp, environment_id, hash, producer_timestamp, producer_id, paths_hash,
    stable, stable_hash, volatile)
  SELECT name, timestamp, environment_id, sha256(hash || name::bytea), producer_timestamp, producer_id,
    paths_hash, stable, stable_hash, volatile
  FROM factsets CROSS JOIN new WHERE certname = :'of';
COMMIT;
ANALYZE certnames, catalogs, catalog_resources, edges, factsets;
"""
REMOVE = """
DELETE FROM certnames WHERE certname = ANY (string_to_array(:'names', ' '));
ANALYZE certnames, catalogs, catalog_resources, edges, factsets;
"""
DEADLINE = 600.0


def copy(site: Site, host: Host, of: str, names: list[str]) -> None:
    """PuppetDB, on ``host``, knows these nodes too, each with the facts and the catalog of ``of``."""
    _psql(site, host, COPY, {"of": of, "names": " ".join(names)})


def remove(site: Site, host: Host, names: list[str]) -> None:
    """It does not any more."""
    _psql(site, host, REMOVE, {"names": " ".join(names)})


def _psql(site: Site, host: Host, text: str, words: dict[str, str]) -> None:
    # By standard input, since a command line cannot hold the names of thousands.
    given = "".join(f"\\set {name} {shlex.quote(value)}\n" for name, value in words.items())
    command = "cd / && runuser -u postgres -- psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 puppetdb"
    site.shell(host, command, stdin=given + text, deadline=DEADLINE)
