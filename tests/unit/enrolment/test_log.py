import pytest
from enrolment.log import MAX_LENGTH, Log, one_line


@pytest.mark.parametrize(
    "text", ["a\nb", "a\rb", "a\u2028b", "a\u2029b", "a\x85b", "a\0b", "\x1b[2Jb", "a\udc80b", "a\u202eb"]
)
def test_a_log_line_is_one_printable_line_whatever_the_text_holds(text):
    line = one_line(text)
    assert line.isprintable()
    assert len(line.splitlines()) == 1
    line.encode("utf-8")


def test_readable_text_stays_as_it_is():
    assert one_line("Signing request: node-1 (ä)") == "Signing request: node-1 (ä)"


def test_a_very_long_line_is_cut():
    assert len(one_line("x" * 100_000)) < MAX_LENGTH + 20


def test_standard_error_gets_lines_in_the_words_of_the_contract(capsys):
    log = Log("check_csr", level="debug")
    log.debug("Checking node-1")
    log.info("Signing request: node-1")
    assert (
        capsys.readouterr().err
        == "check_csr: DEBUG: Checking node-1\ncheck_csr: INFO: Signing request: node-1\n"
    )


def test_lines_below_the_level_are_left_out(capsys):
    log = Log("check_csr", level="warning")
    log.info("not this")
    log.warning("this")
    assert capsys.readouterr().err == "check_csr: WARNING: this\n"


def test_without_a_level_and_a_terminal_nothing_goes_to_standard_error(capsys):
    Log("check_csr").error("only syslog")
    assert capsys.readouterr().err == ""
