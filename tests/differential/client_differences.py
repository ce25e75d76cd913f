"""The differences that Puppet's own clients see, and that are meant. One entry each; any other fails."""

from tests.differential.table import Difference

_REPEATED = "a request repeated with the same key, after a lost answer say, is no error and changes nothing"
_STEPS = "*: puppet ssl submit_request, twice; *"

DIFFERENCES: tuple[Difference, ...] = (
    *(
        Difference(_STEPS, fact, reference, ours, _REPEATED)
        for step in ("submit_again", "submit_late")
        for fact, reference, ours in (
            (f"{step}: exit", "1", "0"),
            (f"{step}: output", "*due to a conflict on the server", "Notice: Submitted certificate request*"),
        )
    ),
    Difference(
        "puppetserver ca generate --subject-alt-names",
        "output",
        "*To allow subject alternative names, set allow-subject-alt-names to true in your ca.conf*",
        "*To allow them for this one: puppet_ca sign --allow-dns-alt-names*",
        "the same refusal; ours says how our CA would do it",
    ),
    Difference(
        "puppetserver ca list without an administrator's certificate",
        "output",
        "*Please see the server logs for details.*",
        "*(method :get).*",
        "the same refusal, with fewer words",
    ),
)
