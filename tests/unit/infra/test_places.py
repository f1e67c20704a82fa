"""Places and ports: what cannot work is said in one line before anything is started."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from infra.local.complaint import Complaint
from infra.local.engine import Engine, stop_leftover
from infra.local.places import DEFAULT_PORT, Places, chosen_ca, chosen_port, free_port
from tests.fakes.certificate import self_signed


def test_the_port_is_what_tocsin_port_says() -> None:
    assert chosen_port({"TOCSIN_PORT": "9001"}) == 9001
    assert chosen_port({"TOCSIN_PORT": ""}) == DEFAULT_PORT
    assert chosen_port({}) == DEFAULT_PORT


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", "80.5", "²"])
def test_a_port_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Complaint, match="TOCSIN_PORT"):
        chosen_port({"TOCSIN_PORT": text})


def test_an_authority_of_ones_own_is_named_by_its_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    self_signed(tmp_path / "ca.pem", "localhost")
    assert chosen_ca({"TOCSIN_CA": "ca.pem"}) == str(tmp_path / "ca.pem")
    assert chosen_ca({"TOCSIN_CA": " "}) == chosen_ca({}) == ""


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_file_without_a_certificate_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "mine.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Complaint, match=r"TOCSIN_CA .*mine\.pem"):
        chosen_ca({"TOCSIN_CA": str(file)})


def test_the_folder_is_private(tmp_path: Path) -> None:
    places = Places(tmp_path / "local")

    places.prepare()

    assert places.home.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Complaint, match="file/local"):
        Places(tmp_path / "file" / "local").prepare()


def test_forgetting_leaves_what_is_not_ours_and_the_lock(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.prepare()
    (places.state / "sqs.json").write_text("{}")
    places.mail.mkdir()
    for file in (places.run, places.log, places.texts, places.callbacks, places.lock, tmp_path / "notes.txt"):
        file.write_text("{}")

    places.forget()

    assert {path.name for path in tmp_path.iterdir()} == {"lock", "notes.txt"}


def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path, socket_enabled: None) -> None:
    places = Places(tmp_path / "local")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        with pytest.raises(Complaint, match=str(taken)):
            Engine(places, taken).start()

    assert not places.pid.exists()


@pytest.mark.parametrize("record", ['{"pid": 1, "port": 1}', "not json", "[]", '{"pid": 99999999}'])
def test_a_record_of_an_engine_that_is_gone_is_forgotten_and_nobody_else_is_stopped(
    tmp_path: Path, record: str
) -> None:
    places = Places(tmp_path)
    places.pid.write_text(record)

    assert stop_leftover(places) is False

    assert not places.pid.exists()


def test_a_free_port_is_free(socket_enabled: None) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free_port()))
