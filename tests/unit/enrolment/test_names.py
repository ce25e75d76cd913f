import pytest
from enrolment.names import is_certname


@pytest.mark.parametrize(
    "name",
    ["a", "3f0c2f6e-0b1d-4a57-9d1e-5a0c7f3b2a11-0", "ip-172-31-0-1.ec2.internal", "_x", "a_b", "x" * 64, "0"],
)
def test_certnames_of_launched_and_of_foreign_nodes_are_accepted(name):
    assert is_certname(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ca",
        ".",
        "..",
        "a..b",
        ".a",
        "a.",
        "-a",
        "a-",
        "a.b-",
        "A",
        "a/b",
        "a\\b",
        "a%2e",
        "a b",
        "a\n",
        "a\0b",
        "ä",
        "*",
        "*.example.org",
        "x" * 65,
        "a;b",
        "\u0661",
        "a,b",
        "a=b",
        "terminated/a",
    ],
)
def test_what_could_be_a_path_or_is_no_puppet_name_is_no_certname(name):
    assert not is_certname(name)


def test_a_long_hostile_name_is_refused_without_delay():
    assert not is_certname("a-" * 500_000)
