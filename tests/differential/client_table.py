"""What Puppet's own clients do with both CAs."""

import json
from collections.abc import Callable

from tests.differential.client import Client
from tests.differential.csr import request
from tests.differential.table import Facts, Row

SSL_ROWS: list[Row[Client]] = []
CLI_ROWS: list[Row[Client]] = []
CLI_ADMINISTRATOR = "administrator"


def ssl(name: str, label: str) -> Callable[[Callable[[Client, str], Facts]], Callable[[Client, str], Facts]]:
    """Put a function that works with one certname into the table of `puppet ssl`.

    The certname's label gets the number of the client, since all clients use the same CAs.
    """

    def add(run: Callable[[Client, str], Facts]) -> Callable[[Client, str], Facts]:
        SSL_ROWS.append(Row(name, lambda client: run(client, _certname(client, label)), (label,)))
        return run

    return add


def client_label(label: str, client_name: str) -> str:
    """A certname's label on one client."""
    return f"{label}-{client_name.lower().replace(' ', '-').replace('.', '-')}"


def _certname(client: Client, label: str) -> str:
    return client.ca.name(client_label(label, client.host.label))


def _steps(**steps: Facts) -> Facts:
    return {f"{step}: {fact}": text for step, facts in steps.items() for fact, text in facts.items()}


@ssl("bootstrap, signed at once; show; verify; clean; bootstrap anew is refused", "auto-ssl-bootstrap")
def _bootstrap(client: Client, name: str) -> Facts:
    client.prepare(name)
    facts = _steps(
        bootstrap=client.ssl(name, "bootstrap", "--waitforcert", "0"),
        files={"there": client.files(name)},
        show=_shown(client.ssl(name, "show")),
        verify=client.ssl(name, "verify"),
        again=client.ssl(name, "bootstrap", "--waitforcert", "0"),
        clean=client.ssl(name, "clean"),
        files_after={"there": client.files(name)},
        anew=client.ssl(name, "bootstrap", "--waitforcert", "0"),
    )
    return {**facts, "state": client.ca.state(name)}


@ssl("submit_request, twice; download_cert before and after it is signed; verify", "wait-ssl-steps")
def _one_by_one(client: Client, name: str) -> Facts:
    client.prepare(name)
    early = _steps(
        submit=client.ssl(name, "submit_request"),
        submit_again=client.ssl(name, "submit_request"),
        download_early=client.ssl(name, "download_cert"),
        verify_early=client.ssl(name, "verify"),
        bootstrap_early=client.ssl(name, "bootstrap", "--waitforcert", "0"),
    )
    signed = client.ca.set_state(name, "signed")
    late = _steps(
        download=client.ssl(name, "download_cert"),
        verify=client.ssl(name, "verify"),
        submit_late=client.ssl(name, "submit_request"),
        bootstrap=client.ssl(name, "bootstrap", "--waitforcert", "0"),
    )
    return {**early, "signed": str(signed.status), **late, "files": client.files(name)}


@ssl("bootstrap waits for a person's signature and goes on", "wait-ssl-waits")
def _waits(client: Client, name: str) -> Facts:
    client.prepare(name)
    refused = client.ssl(name, "bootstrap", "--waitforcert", "0")
    client.ca.expect(204, client.ca.set_state(name, "signed"), name)
    return _steps(waits=refused, goes_on=client.ssl(name, "bootstrap", "--waitforcert", "0"))


@ssl("submit_request with alternative names is refused", "auto-ssl-names")
def _alternative_names(client: Client, name: str) -> Facts:
    client.prepare(name, "dns_alt_names = puppet")
    return {**client.ssl(name, "submit_request"), "files": client.files(name)}


@ssl("a certificate that was revoked: a new CRL, and bootstrap", "auto-ssl-revoked")
def _revoked(client: Client, name: str) -> Facts:
    client.prepare(name)
    first = client.ssl(name, "bootstrap", "--waitforcert", "0")
    client.ca.expect(204, client.ca.set_state(name, "revoked"), name)
    client.host.run(f"rm {client.folder(name)}/ssl/crl.pem")
    return _steps(first=first, bootstrap=client.ssl(name, "bootstrap", "--waitforcert", "0"))


@ssl("renew_cert", "auto-ssl-renew")
def _renew(client: Client, name: str) -> Facts:
    client.prepare(name)
    first = client.ssl(name, "bootstrap", "--waitforcert", "0")
    renewed = client.ssl(name, "renew_cert")
    return _steps(first=first, renew=renewed, verify=client.ssl(name, "verify"))


@ssl("the key of another certificate: download_cert finds that it does not fit", "auto-ssl-key")
def _wrong_key(client: Client, name: str) -> Facts:
    client.prepare(name)
    client.ca.enrol(name)
    return {**client.ssl(name, "bootstrap", "--waitforcert", "0"), "files": client.files(name)}


def _shown(facts: Facts) -> Facts:
    """`puppet ssl show` prints the whole certificate: keep what is no key, serial number or date."""
    kept = [
        part
        for part in facts["output"].split(" / ")
        if part.startswith(
            ("Subject:", "DNS:", "X509v3", "CA:", "TLS Web", "Digital Signature", "Public-Key")
        )
        and "Authority Key" not in part
    ]
    return {"exit": facts["exit"], "output": " / ".join(sorted(kept))}


# puppetserver ca


def cli(name: str, *names: str) -> Callable[[Callable[[Client], Facts]], Callable[[Client], Facts]]:
    """Put a function into the table of `puppetserver ca`."""

    def add(run: Callable[[Client], Facts]) -> Callable[[Client], Facts]:
        CLI_ROWS.append(Row(f"puppetserver ca {name}", run, names))
        return run

    return add


def _wait(client: Client, *labels: str) -> tuple[str, ...]:
    names = tuple(client.ca.name(label) for label in labels)
    for name in names:
        client.ca.expect(200, client.ca.submit(name, request(name)), name)
    return names


def _run(client: Client, *words: str, names: tuple[str, ...] = ()) -> Facts:
    facts = dict(client.cli(CLI_ADMINISTRATOR, *words, names=names))
    return {**facts, **{f"state {index}": client.ca.state(name) for index, name in enumerate(names)}}


@cli("list --certname, of a waiting and a signed name", "auto-cli-list")
def _list(client: Client) -> Facts:
    names = (*_wait(client, "wait-cli-list"), client.ca.name("auto-cli-list"))
    client.ca.enrol(names[1])
    return _run(client, "list", "--certname", ",".join(names), names=names)


@cli("list: the waiting one is there")
def _list_waiting(client: Client) -> Facts:
    (name,) = _wait(client, "wait-cli-listed")
    facts = client.cli(CLI_ADMINISTRATOR, "list", names=(name,))
    lines = [line for line in facts["output"].split(" / ") if "NAME0" in line or line.endswith(":")]
    return {"exit": facts["exit"], "lines": " / ".join(lines)}


@cli("list --all --format json: keys and states", "auto-cli-json")
def _list_json(client: Client) -> Facts:
    client.ca.enrol(client.ca.name("auto-cli-json"))
    config = f"{client.folder(CLI_ADMINISTRATOR)}/puppet.conf"
    text = client.host.run(f"puppetserver ca list --all --format json --config {config}")
    document = json.loads(text)
    entry = next(item for item in document["signed"] if item["name"] == client.ca.name("auto-cli-json"))
    return {"keys": " ".join(sorted(document)), "entry": " ".join(sorted(entry))}


@cli("list --certname of an unknown name")
def _list_unknown(client: Client) -> Facts:
    return _run(client, "list", "--certname", "nosuch")


@cli("sign --certname, two names")
def _sign(client: Client) -> Facts:
    names = _wait(client, "wait-cli-sign-a", "wait-cli-sign-b")
    return _run(client, "sign", "--certname", ",".join(names), names=names)


@cli("sign --certname, a waiting and an unknown name")
def _sign_unknown(client: Client) -> Facts:
    names = _wait(client, "wait-cli-sign-c")
    return _run(client, "sign", "--certname", f"{names[0]},nosuch", names=names)


@cli("sign --ttl 90m")
def _sign_ttl(client: Client) -> Facts:
    names = _wait(client, "wait-cli-ttl")
    facts = _run(client, "sign", "--ttl", "90m", "--certname", names[0], names=names)
    return {**facts, "lifetime": client.ca.facts(client.ca.certificate(names[0]))["lifetime"]}


@cli("revoke, of a signed, a waiting and an unknown name", "auto-cli-revoke")
def _revoke(client: Client) -> Facts:
    names = (client.ca.name("auto-cli-revoke"), *_wait(client, "wait-cli-revoke"))
    client.ca.enrol(names[0])
    return _run(client, "revoke", "--certname", f"{','.join(names)},nosuch", names=names)


@cli("clean, of a signed, a waiting and an unknown name", "auto-cli-clean")
def _clean(client: Client) -> Facts:
    names = (client.ca.name("auto-cli-clean"), *_wait(client, "wait-cli-clean"))
    client.ca.enrol(names[0])
    return _run(client, "clean", "--certname", f"{','.join(names)},nosuch", names=names)


@cli("generate")
def _generate(client: Client) -> Facts:
    names = (client.ca.name("wait-cli-generate"),)
    facts = _run(client, "generate", "--certname", names[0], names=names)
    return {**facts, "again": _run(client, "generate", "--certname", names[0], names=names)["output"]}


@cli("generate --ttl 90m")
def _generate_ttl(client: Client) -> Facts:
    names = (client.ca.name("wait-cli-generate-ttl"),)
    facts = _run(client, "generate", "--ttl", "90m", "--certname", names[0], names=names)
    return {**facts, "lifetime": client.ca.facts(client.ca.certificate(names[0]))["lifetime"]}


@cli("generate --subject-alt-names")
def _generate_names(client: Client) -> Facts:
    names = (client.ca.name("wait-cli-generate-names"),)
    return _run(client, "generate", "--subject-alt-names", "puppet", "--certname", names[0], names=names)


@cli("generate --ca-client while the CA runs")
def _generate_client(client: Client) -> Facts:
    names = (client.ca.name("wait-cli-generate-client"),)
    return _run(client, "generate", "--ca-client", "--certname", names[0], names=names)


@cli("sign --all")
def _sign_all(client: Client) -> Facts:
    names = _wait(client, "wait-cli-all")
    facts = dict(_run(client, "sign", "--all", names=names))
    words = [word for word in facts.pop("output").split(" / ") if word == "NAME0" or " " in word]
    return {**facts, "lines": " / ".join(words)}


@cli("sign --all when nothing waits that may be signed")
def _sign_none(client: Client) -> Facts:
    names = _wait(client, "wait-cli-none")
    _run(client, "sign", "--all", names=names)
    facts = dict(client.cli(CLI_ADMINISTRATOR, "sign", "--all"))
    return {"exit": facts["exit"], "signs": str("Successfully" in facts["output"])}


@cli("list without an administrator's certificate")
def _nobody(client: Client) -> Facts:
    client.become("nobody", "node")
    return client.cli("nobody", "list")
