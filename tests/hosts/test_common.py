"""What holds for every host, whatever its role."""

import pytest
import yaml

METADATA = "169.254.169.254"


def setting(host, name, section="agent"):
    return host.check_output("puppet config print --section %s %s", section, name)


def test_the_agent_is_enabled_and_running(host):
    assert host.service("puppet").is_enabled
    assert host.service("puppet").is_running


def test_the_hosts_certificate_is_of_the_cluster_s_ca(host):
    host.run_expect(
        [0], "openssl verify -CAfile %s %s", setting(host, "localcacert"), setting(host, "hostcert")
    )


def test_the_private_key_is_nobody_else_s(host):
    key = host.file(setting(host, "hostprivkey"))
    assert key.mode & 0o007 == 0
    assert key.user in {"root", "puppet"}


def test_the_secret_of_the_launch_is_gone(host):
    assert not host.file(setting(host, "csr_attributes")).exists


def test_the_metadata_service_is_root_s_alone(host):
    probe = f"timeout 5 bash -c '</dev/tcp/{METADATA}/80'"
    if host.run(probe).rc != 0:
        pytest.skip("this host has no metadata service")
    assert host.run(f"runuser -u nobody -- {probe}").rc != 0


def test_no_unit_of_ours_has_failed(host):
    ours = "'hadoop-*' 'puppet*' apache2.service"
    assert host.check_output(f"systemctl list-units --failed --plain --no-legend {ours}") == ""


def test_a_further_agent_run_changes_nothing(host):
    run = host.run("puppet agent --test --detailed-exitcodes --color=false --waitforlock 5")
    assert run.rc == 0, run.stdout + run.stderr


def test_no_resource_failed_in_the_last_run(host):
    summary = yaml.safe_load(host.file(setting(host, "lastrunfile")).content_string)
    assert summary["resources"]["failed"] == 0
    assert summary["resources"]["failed_to_restart"] == 0
    assert summary["events"]["failure"] == 0
