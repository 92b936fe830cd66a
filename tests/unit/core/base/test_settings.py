"""Settings come from the environment or from files, and a bad one names its variable."""

import re
from pathlib import Path

import pytest

from core.base.errors import SettingInvalid
from core.base.settings import ROOT, Settings, read, variable


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n", encoding="utf-8")
    found = read({"VIGIE_OIDC_CLIENT_SECRET_FILE": str(secret)})
    assert found.oidc_client_secret.get_secret_value() == "s3cret"


def test_a_secret_is_never_printed() -> None:
    assert "s3cret" not in repr(read({"VIGIE_OIDC_CLIENT_SECRET": "s3cret"}))


def test_a_bad_value_names_the_variable() -> None:
    with pytest.raises(SettingInvalid, match="VIGIE_SESSION_HOURS"):
        read({"VIGIE_SESSION_HOURS": "many"})


def test_an_unreadable_file_names_the_variable() -> None:
    with pytest.raises(SettingInvalid, match="VIGIE_STORE_FILE"):
        read({"VIGIE_STORE_FILE": "/nowhere/at/all"})


def test_demo_data_lie_apart_from_real_data() -> None:
    assert read({}).data == ROOT / "data"
    assert read({"VIGIE_DEMO": "1"}).data == ROOT / "data" / "demo"
    assert read({"VIGIE_DEMO": "1", "VIGIE_DATA": "/srv/vigie"}).data == Path("/srv/vigie")


def test_every_setting_has_a_help_and_stands_in_the_readme() -> None:
    documented = set(re.findall(r"`(VIGIE_[A-Z_]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert variable(name) in documented, name


@pytest.mark.parametrize(
    "places", ["Nord=VIGIE_SECRET_A, Sud=VIGIE_SECRET_A", "Nord=VIGIE_SECRET_A,Nord=VIGIE_SECRET_B"]
)
def test_two_groups_have_no_place_together(places: str) -> None:
    with pytest.raises(SettingInvalid, match=r"VIGIE_PLACES: \w+ stands twice"):
        read({"VIGIE_PLACES": places})
