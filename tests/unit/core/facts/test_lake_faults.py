"""Kills, rivals and a full disk: whatever happens while landing, the lake ends as one clean run leaves it."""

import os
import random
import subprocess
import sys
import threading
import time
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import pytest

from core.base.settings import ROOT
from core.facts.lake import Lake
from tests import processes
from tests.unit.core.facts.jobs import JOBS, batch, job, stored, story, tell

KILLS = 10


def start(root: Path) -> tuple[BaseProcess, Semaphore]:
    """A process of its own that lands the story, and what counts its landings."""
    landings = processes.Semaphore(0)
    return processes.begin(tell, root, landings), landings


def told(process: BaseProcess) -> bool:
    """Whether a process that ended landed the story whole."""
    process.join()
    return process.exitcode == 0


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake after one undisturbed run."""
    lake = Lake(tmp_path_factory.mktemp("clean"))
    for rows in story():
        lake.land(JOBS, rows)
    return lake


def same(lake: Lake, other: Lake) -> None:
    for name in ("jobs", "jobs_observations"):
        assert stored(lake, name) == stored(other, name)


def test_two_landings_at_once_leave_what_one_leaves(tmp_path: Path, clean: Lake) -> None:
    rivals = [start(tmp_path) for _ in range(2)]
    assert [told(rival) for rival, _landings in rivals] == [True, True]
    same(Lake(tmp_path), clean)


def test_kills_at_random_leave_what_one_clean_run_leaves(tmp_path: Path, clean: Lake) -> None:
    chance = random.Random(20261120)
    killed = 0
    while killed < KILLS:
        victims = [start(tmp_path) for _ in range(2)]
        for victim, landings in victims:
            for _landing in range(chance.randrange(6)):
                assert landings.acquire(timeout=60)
            time.sleep(chance.uniform(0, 0.05))
            victim.kill()
            killed += not told(victim)
    assert len(stored(Lake(tmp_path))) > 0, "the kills fell while it was landing"
    last, _landings = start(tmp_path)
    assert told(last)
    same(Lake(tmp_path), clean)


def test_threads_landing_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    failures: list[BaseException] = []

    def land(number: int) -> None:
        try:
            for turn in range(5):
                lake.land(JOBS, batch(job("shared", state=f"{turn}"), job(f"{number} {turn}")))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=land, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [row["job"] for row in stored(lake)] == sorted([*(f"{n} {t}" for n in range(4) for t in range(5)), "shared"])


def test_compactions_at_once_double_no_row(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for rows in story(8):
        lake.land(JOBS, rows)
    before = stored(lake), stored(lake, "jobs_observations")
    together = threading.Barrier(2)

    def compact() -> None:
        together.wait()
        lake.compact(JOBS)

    threads = [threading.Thread(target=compact) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stored(lake), stored(lake, "jobs_observations")) == before


FULL = """
import resource, sys
from pathlib import Path
from core.base.errors import LandingFailed
from core.facts.lake import Lake
from core.base.i18n import speaking
from tests.unit.core.facts.jobs import JOBS, batch, job
lake = Lake(Path(sys.argv[1]))
lake.land(JOBS, batch(job("a")))
if sys.argv[2] == "limit":
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    lake.land(JOBS, batch(*(job(str(hash(str(n))), state=str(hash(n * n))) for n in range(40_000))))
except LandingFailed as error:
    print(error.sentence)
"""
FULL_SENTENCE = (
    "Le disque du lac est plein\u202f; ce lot n’a pas été enregistré. "
    "Libérez de la place, puis relancez la synchronisation\u202f: rien n’est perdu.\n"
)


def on_a_full_disk(root: Path, how: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", FULL, str(root), how], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_a_file_that_may_not_grow_is_told_and_leaves_no_half(tmp_path: Path) -> None:
    assert on_a_full_disk(tmp_path, "limit") == FULL_SENTENCE
    lake = Lake(tmp_path)
    assert [row["job"] for row in stored(lake)] == ["a"]
    assert lake.land(JOBS, batch(job("b"))).inserted == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_told_and_leaves_no_half(tmp_path: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount here")
    try:
        assert on_a_full_disk(tmp_path, "small") == FULL_SENTENCE
        lake = Lake(tmp_path)
        assert [row["job"] for row in stored(lake)] == ["a"]
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
