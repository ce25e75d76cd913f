import os
import pwd

import pytest
from enrolment.errors import ConfigError
from enrolment.users import acting_as, acting_as_owner_of

from tests.unit.enrolment.support import as_root


def test_without_a_user_nothing_changes():
    before = os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME")
    with acting_as(""):
        assert before == (os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME"))


@as_root
def test_root_becomes_the_user_wholly_and_root_again(reachable):
    nobody = pwd.getpwnam("nobody")
    before = os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME")
    reachable.chmod(0o777)
    with acting_as("nobody"):
        assert (os.geteuid(), os.getegid()) == (nobody.pw_uid, nobody.pw_gid)
        assert 0 not in os.getgroups()
        assert os.environ["HOME"] == nobody.pw_dir
        (reachable / "file").touch()
    assert (reachable / "file").stat().st_uid == nobody.pw_uid
    assert before == (os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME"))


@as_root
def test_root_is_root_again_after_an_error():
    with pytest.raises(RuntimeError), acting_as("nobody"):
        raise RuntimeError
    assert os.geteuid() == 0


@as_root
def test_an_unknown_user_is_said():
    with pytest.raises(ConfigError, match="no-such-user"), acting_as("no-such-user"):
        pass


@as_root
def test_a_link_in_anothers_directory_does_not_lead_where_only_root_may_write(reachable):
    nobody = pwd.getpwnam("nobody")
    theirs, ours = reachable / "theirs", reachable / "ours"
    theirs.mkdir()
    ours.mkdir(mode=0o700)
    os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
    (theirs / "link").symlink_to(ours)
    with acting_as_owner_of(theirs):
        (theirs / "file").touch()
        with pytest.raises(PermissionError):
            (theirs / "link" / "file").touch()
    assert os.geteuid() == 0
