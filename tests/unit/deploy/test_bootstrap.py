"""`meridian bootstrap`: the command goes before the environment, and that before the settings."""

import pytest

from deploy.bootstrap import choose
from identity.bootstrap import BootstrapOptions
from runtime.settings import Secret, SettingsError

SECTION = BootstrapOptions(base_url="http://cloud", admin_password=Secret("kept"), region="here")


def test_command_goes_before_environment_and_settings() -> None:
    environ = {"OS_BOOTSTRAP_PASSWORD": "secret", "OS_BOOTSTRAP_USERNAME": "root", "OS_BOOTSTRAP_REGION_ID": "there"}
    said = {"bootstrap_username": "chief", "bootstrap_admin_url": "http://who", "immutable_roles": True}
    chosen = choose(SECTION, said, environ)
    assert chosen.admin_password.reveal() == "secret"
    assert (chosen.admin_username, chosen.region, chosen.admin_url) == ("chief", "there", "http://who")
    assert (chosen.immutable_roles, chosen.admin_project, chosen.public_url) == (True, "admin", None)


def test_settings_stay_where_nothing_is_said() -> None:
    assert choose(SECTION, {"bootstrap_password": None, "immutable_roles": None}, {}) == SECTION
    with pytest.raises(SettingsError, match="bootstrap"):
        choose(None, {}, {})
