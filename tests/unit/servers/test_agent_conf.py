"""puppet.conf as the agent reads it."""

import pytest
from servers.agent_conf import masters, with_server_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("[agent]\nca_server = ca\n", []),
        ("[agent]\nserver = a\n", [("a", 8140)]),
        ("[agent]\nserver = a\nserverport = 9140\n", [("a", 9140)]),
        ("[main]\nserver = a\n", [("a", 8140)]),
        ("server=a", [("a", 8140)]),
        ("[main]\nserver = a\n[agent]\nserver = b\n", [("b", 8140)]),
        ("[agent]\nserver = a\nserver_list = B:8141 , c\n", [("b", 8141), ("c", 8140)]),
        ("[main]\nserver_list = b\n[agent]\nserver = a\n", [("b", 8140)]),
        ("[server]\nserver = a\n", []),
        ("[agent]\n# server = a\n; server = b\n", []),
        ("[agent]\nserver_list =\nserver = a\n", [("a", 8140)]),
        ("[agent]\nserver_list = a:none\n", [("a", 0)]),
    ],
)
def test_the_masters_are_those_that_the_agent_would_ask(text: str, expected: list[tuple[str, int]]) -> None:
    assert masters(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "[agent]\nserver_list = a:8140\n"),
        ("[main]\nx = 1", "[main]\nx = 1\n[agent]\nserver_list = a:8140\n"),
        ("[agent]\nx = 1\n\n[user]\n", "[agent]\nx = 1\nserver_list = a:8140\n\n[user]\n"),
        ("[agent]", "[agent]\nserver_list = a:8140\n"),
        (
            "[agent]\nserver_list = b\n# kept\n  x=1\n",
            "[agent]\nserver_list = a:8140\n# kept\n  x=1\n",
        ),
        (
            "[main]\nserver_list = b\n[agent]\n",
            "[main]\nserver_list = b\n[agent]\nserver_list = a:8140\n",
        ),
    ],
)
def test_server_list_is_set_in_the_agent_s_section_and_all_else_stays(text: str, expected: str) -> None:
    assert with_server_list(text, "a:8140") == expected
