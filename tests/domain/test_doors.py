"""The doors' own logic, as far as it can be tried without installing anything."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from doors import processes, progress, snapshots
from doors.lock import alone, together
from doors.places import Places, fingerprint
from doors.settings_file import installation_secrets
from doors.web import choose_port, is_free

DOORS = ["demo", "serve", "stop", "manage", "test", "check", "bench", "backup", "lock", "pictures"]


@pytest.mark.parametrize("door", DOORS)
def test_each_door_explains_itself(checkout: Path, door: str) -> None:
    done = subprocess.run(
        [checkout / "scripts" / door, "--help"], capture_output=True, text=True, check=True
    )
    assert f"scripts/{door}" in done.stdout


@pytest.mark.parametrize("door", DOORS)
def test_doors_need_only_the_standard_library(checkout: Path, door: str) -> None:
    # -S leaves site-packages out, -I the caller's environment.
    done = subprocess.run(
        [sys.executable, "-I", "-S", checkout / "scripts" / door, "--help"], capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_secrets_are_kept_and_private(tmp_path: Path) -> None:
    first = installation_secrets(tmp_path)
    assert installation_secrets(tmp_path) == first
    assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600
    assert len(first["secret_key"]) > 50


def test_broken_secrets_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    with pytest.raises(progress.Refusal, match="delete it"):
        installation_secrets(tmp_path)


def test_second_door_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []

    def second() -> None:
        with alone(tmp_path / "lock"):
            order.append("second")

    with alone(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert "waiting" in capsys.readouterr().out


def test_last_of_a_company_is_known(tmp_path: Path) -> None:
    with together(tmp_path / "lock") as first:
        with together(tmp_path / "lock") as second:
            assert not second.is_last()
        assert first.is_last()


def test_taken_port_is_seen_and_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port, "127.0.0.1")
        with pytest.raises(progress.Refusal, match=str(port)):
            choose_port(port, "127.0.0.1")


def test_process_is_recognised_beyond_its_number(tmp_path: Path) -> None:
    note = tmp_path / "note.json"
    note.write_text(f'{{"pid": {os.getpid()}, "started_at": "1"}}')
    assert processes.remembered(note) == {}
    started = processes.started_at(os.getpid())
    note.write_text(f'{{"pid": {os.getpid()}, "started_at": "{started}"}}')
    assert processes.remembered(note)["started_at"] == started


def test_keeper_starts_again_what_ends_and_leaves_nothing(tmp_path: Path, checkout: Path) -> None:
    note, specification = tmp_path / "note.json", tmp_path / "programs.json"
    mark = tmp_path / "mark"
    program = [sys.executable, "-c", f"open({str(mark)!r}, 'a').write('x')"]
    specification.write_text(json.dumps({"port": 1, "digest": "d", "programs": {"short": program}}))
    keeper = subprocess.Popen(
        [sys.executable, checkout / "scripts/doors/keeper.py", note, specification],
        stdout=subprocess.DEVNULL,
    )
    limit = time.monotonic() + 15
    while time.monotonic() < limit and not (mark.exists() and len(mark.read_text()) >= 2):
        time.sleep(0.1)
    assert processes.remembered(note)["pid"] == keeper.pid
    processes.end(keeper.pid)
    keeper.wait(10)
    assert len(mark.read_text()) >= 2
    assert not note.exists()


def test_socket_folder_is_short_wherever_the_checkout_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "/srv/" + "网格" * 40
    monkeypatch.setenv("GEOGRID_STATE", long)
    folder = Places().sockets("database")
    assert len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") < 108
    assert str(folder).isascii()


def test_fingerprint_sees_a_change(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "a.js").write_text("22")
    assert fingerprint(tmp_path) != before


def test_backup_names_the_file_that_changed(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "photo.jpg").write_bytes(b"one")
    first = snapshots.pack(media, tmp_path / "one.tar")
    (media / "photo.jpg").write_bytes(b"two")
    second = snapshots.pack(media, tmp_path / "two.tar")
    assert first.keys() == second.keys() == {"photo.jpg"}
    assert first != second
