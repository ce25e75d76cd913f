"""The example for a launch by hand; tests/e2e/test_5_cloud_config.py boots it."""

import yaml

from tests.docs.examples import CLOUD_CONFIG, SERVER, cloud_config

PEM = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n"


def test_it_is_a_cloud_config_that_gives_the_agent_name_servers_and_authority() -> None:
    text = cloud_config(server="m.internal", authority=PEM)
    assert text.startswith("#cloud-config\n")
    assert SERVER not in text
    found = yaml.safe_load(text)["puppet"]
    assert found["conf"]["ca_cert"] == PEM
    assert found["conf"]["main"] == {"certname": "%i.%f"}
    assert found["conf"]["agent"]["server"] == found["conf"]["agent"]["ca_server"] == "m.internal"


def test_its_values_are_texts_which_is_all_that_cloud_inits_parser_takes() -> None:
    sections = yaml.safe_load(CLOUD_CONFIG.read_text(encoding="utf-8"))["puppet"]["conf"]
    values = [value for name, section in sections.items() if name != "ca_cert" for value in section.values()]
    assert all(isinstance(value, str) for value in values)


def test_the_agent_is_started_once_cloud_init_has_told_it_whom_to_trust() -> None:
    config = yaml.safe_load(CLOUD_CONFIG.read_text(encoding="utf-8"))
    assert config["puppet"]["exec"] is config["puppet"]["start_service"] is False
    assert ["systemctl", "restart", "puppet.service"] in config["runcmd"]
