"""What is exported imports again to exactly the same content after LibreOffice has opened and saved it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.records import check
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.tests import files
from pages.register.tests.samples import WHOLE

pytestmark = pytest.mark.libreoffice

SAVED = {
    "xlsx as xlsx": (".xlsx", "", "xlsx"),
    "xlsx as ods": (".xlsx", "", "ods"),
    "csv as csv": (".csv", "CSV:59,34,76,1", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false"),
    "csv, with dates found, as csv": (
        ".csv",
        "CSV:59,34,76,1,,1036,false,true",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false",
    ),
    "csv as xlsx": (".csv", "CSV:59,34,76,1", "xlsx"),
}
"""What is opened, with which choices of the dialog, and what is saved."""


def save_again(paths: list[Path], opened: str, saved: str) -> list[Path]:
    """Let LibreOffice open files and save them into a folder beside them."""
    folder = paths[0].parent / "saved"
    command = ["soffice", f"-env:UserInstallation={(folder.parent / 'profile').as_uri()}", "--headless"]
    command += [f"--infilter={opened}"] if opened else []
    command += ["--convert-to", saved, "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [folder / f"{path.stem}.{saved.partition(':')[0]}" for path in paths]


@pytest.mark.parametrize("way", SAVED)
@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(data=st.data())
def test_a_register_survives_libreoffice(tmp_path_factory: pytest.TempPathFactory, way: str, data: Any) -> None:
    folder = tmp_path_factory.mktemp("registers")
    registers = [
        data.draw(st.lists(files.contents("treatment"), min_size=1, max_size=4), label="register") for _ in range(12)
    ]
    written = [
        files.write(folder / f"registre{number}{SAVED[way][0]}", TREATMENT, found)
        for number, found in enumerate(registers)
    ]
    for path, found in zip(save_again(written, *SAVED[way][1:]), registers, strict=True):
        assert files.read(path, TREATMENT) == found


@pytest.mark.parametrize("saved", ["xlsx", "ods"])
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_the_layout_of_the_cnil_survives_libreoffice(
    tmp_path_factory: pytest.TempPathFactory, saved: str, data: Any
) -> None:
    folder = tmp_path_factory.mktemp("cnil")
    whole = check.read(TREATMENT, {**WHOLE, "name": "=Paie", "ref": "é/1", "started_on": "2020-02-01"}, shipped())
    drawn = st.lists(files.contents("treatment"), min_size=30, max_size=40, unique_by=lambda one: one["ref"])
    found = [whole.model_dump(mode="json"), *data.draw(drawn, label="register")]
    written = files.write(folder / f"{files.CNIL}.xlsx", TREATMENT, found)
    [path] = save_again([written], "", saved)
    again = [files.kept(TREATMENT, row) for row in sorted(files.rows(path, TREATMENT), key=lambda row: row.ref)]
    assert again == sorted(found, key=lambda one: one["ref"])
