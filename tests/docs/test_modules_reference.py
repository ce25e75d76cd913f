"""The modules' references: puppet-strings of several releases, one form, and what is missing is said."""

import shutil
from pathlib import Path

import pytest

from docs.generate import modules

OLD = """\
* [`a::b`](#ab): Something

## Classes

### <a name="ab"></a>`a::b`

* [`port`](#port)

##### <a name="port"></a>`port`

Default value: ``undef``

## Data types

### <a name="aport"></a>`A::Port`

Alias of

```puppet
Integer[1]
```
"""
NEW = """\
* [`a::b`](#a--b): Something

## Classes

### <a name="a--b"></a>`a::b`

* [`port`](#-a--b--port)

##### <a name="-a--b--port"></a>`port`

Default value: `undef`

## Data types

### <a name="A--Port"></a>`A::Port`

Alias of `Integer[1]`
"""

needs_strings = pytest.mark.skipif(shutil.which("puppet") is None, reason="needs Debian's puppet-strings")


def test_older_and_newer_releases_give_the_same_page() -> None:
    assert modules.normal(OLD) == modules.normal(NEW) == NEW


@pytest.mark.parametrize("module", ["hadoop", "login_allowed", "puppet"])
def test_each_link_of_a_page_leads_to_an_anchor_that_is_there_once(module: str) -> None:
    text = (modules.MODULES / module / modules.NAME).read_text()
    anchors = [part.partition('"')[0] for part in text.split('<a name="')[1:]]
    links = {part.partition(")")[0] for part in text.split("](#")[1:]}
    assert len(anchors) == len(set(anchors))
    assert links == set(anchors) != set()


@needs_strings
def test_a_parameter_without_a_comment_is_named(tmp_path: Path) -> None:
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (tmp_path / "metadata.json").write_text('{"name": "a-b", "version": "1.0.0"}')
    (manifests / "init.pp").write_text("# @summary A class\nclass b (Integer $port = 1) { }\n")
    with pytest.raises(modules.CannotDocument, match="b has no @param for port"):
        modules.reference(tmp_path)
