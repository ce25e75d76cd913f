"""nginx, twice: the front that instances see, and a caching mirror of the Debian archive.

The mirror runs in the machine's own network namespace, since only there is a way out; the front runs in
the lab's. Between the two, and between the front and the API, there is nothing but unix sockets.
"""

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from lab.network import MIRROR_NAME, PACKAGES_NAME, RESOLVER
from lab.state import State, write_atomically

COMMON = """\
user root;
worker_processes {workers};
daemon off;
pid {run}/{name}.pid;
error_log {log}/{name}.error.log;
events {{ worker_connections 512; }}
http {{
  access_log {log}/{name}.access.log;
  client_body_temp_path {run}/{name}.tmp/body;
  proxy_temp_path {run}/{name}.tmp/proxy;
  fastcgi_temp_path {run}/{name}.tmp/fastcgi;
  uwsgi_temp_path {run}/{name}.tmp/uwsgi;
  scgi_temp_path {run}/{name}.tmp/scgi;
  client_max_body_size 512m;
  default_type application/octet-stream;
{servers}
}}
"""

FRONT = """\
  server {{
    listen {resolver}:443 ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{
      proxy_pass http://unix:{api};
      proxy_set_header Host $http_host;
      proxy_read_timeout 120s;
    }}
  }}
  server {{
    listen {resolver}:80 default_server;
    return 404;
  }}
  server {{
    listen {resolver}:80;
    server_name {mirror_name};
    location / {{ proxy_pass http://unix:{mirror}; }}
  }}
  server {{
    listen {resolver}:80;
    server_name {packages_name};
    location /hadoop/ {{ alias {packages}/; sendfile on; }}
  }}
"""

MIRROR = """\
  proxy_cache_path {cache} levels=1:2 keys_zone=apt:10m max_size=20g inactive=60d use_temp_path=off;
  proxy_http_version 1.1;
  proxy_ssl_server_name on;
  proxy_cache apt;
  proxy_cache_lock on;
  proxy_cache_lock_timeout 60s;
  proxy_cache_use_stale error timeout http_500 http_502 http_503;
  proxy_ignore_headers Cache-Control Expires Set-Cookie;
{upstreams}
  server {{
    listen unix:{socket};
{locations}
  }}
"""

# Files in pool/ and by-hash/ never change; the lists that point to them do.
MIRRORED = """\
    location /{name}/ {{
      proxy_set_header Host {host};
      proxy_set_header Connection "";
      proxy_ssl_name {host};
      proxy_pass {scheme}://{name}{path}/;
      proxy_cache_valid 200 60d;
      location ~ ^/{name}/(dists/(?!.*/by-hash/).*)$ {{
        proxy_pass {scheme}://{name}{path}/$1;
        proxy_cache_valid 200 10m;
      }}
    }}
"""


def write_front(state: State, *, certificate: Path, key: Path, packages: Path) -> Path:
    """Write the front's configuration; `packages` is the folder of the Hadoop repository."""
    servers = FRONT.format(
        resolver=RESOLVER,
        certificate=certificate,
        key=key,
        api=state.api_socket,
        mirror=state.mirror_socket,
        mirror_name=MIRROR_NAME,
        packages_name=PACKAGES_NAME,
        packages=packages,
    )
    return _write(state, "front", servers)


def write_mirror(state: State, archives: dict[str, str]) -> Path:
    """Write the mirror's configuration; `archives` maps the path that instances ask for to its origin."""
    origins = {name: urlsplit(url) for name, url in archives.items()}
    upstreams = "\n".join(
        f"  upstream {name} {{ server {origin.hostname}:{_port(origin)}; keepalive 4; }}"
        for name, origin in origins.items()
    )
    locations = "".join(
        MIRRORED.format(name=name, scheme=origin.scheme, host=origin.netloc, path=origin.path.rstrip("/"))
        for name, origin in origins.items()
    )
    cache = state.cache / "mirror"
    cache.mkdir(exist_ok=True)
    servers = MIRROR.format(cache=cache, socket=state.mirror_socket, upstreams=upstreams, locations=locations)
    return _write(state, "mirror", servers)


def _port(origin: SplitResult) -> int:
    return origin.port or (443 if origin.scheme == "https" else 80)


def _write(state: State, name: str, servers: str) -> Path:
    (state.run / f"{name}.tmp").mkdir(exist_ok=True)
    path = state.run / f"{name}.nginx.conf"
    write_atomically(path, COMMON.format(name=name, run=state.run, log=state.log, servers=servers, workers=2))
    return path
