"""The simulated browsers of the demo tenant's people. What they show is kept in a file, for the simulator's page."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.local.browser.keys import BrowserKeys
from infra.local.browser.push_service import push_service


@dataclass(frozen=True, slots=True)
class Push:
    """What a browser shows of a push.

    Attributes:
        id: unique in the file.
        to: address of the person.
        url: the page that a click opens, as the service worker gets it.
        tag: a later push of the same tag takes the place of an earlier one.
    """

    id: str
    to: str
    at: str
    title: str
    text: str
    url: str
    tag: str

    @property
    def shown_at(self) -> datetime:
        """When the browser showed it."""
        return datetime.fromisoformat(self.at)


class Browsers:
    """One browser a person, all with the keys of one file.

    Args:
        file: keys, and for whom which endpoint was subscribed.
        shown: pushes, a JSON line each.
        port: the preferred port of their push service, which is in their endpoints.
    """

    def __init__(self, file: Path, shown: Path, port: int = 0) -> None:
        self._file, self._shown, self._port = file, shown, port
        self._writing = threading.Lock()
        kept = {}
        with suppress(OSError, ValueError):
            kept = json.loads(file.read_text())
        self._keys = BrowserKeys.of(kept["keys"]) if "keys" in kept else BrowserKeys()
        self._subscribed: dict[str, str] = kept.get("subscribed", {})
        self._endpoint: Callable[[str], str] = str  # of a name, while `listening`

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take pushes until the end of the block."""
        with push_service(self._keys, self._show, self._port) as endpoint:
            self._endpoint = endpoint
            yield

    def is_subscribed(self, person: str) -> bool:
        """Whether the browser of this address has said so with the endpoint that it has now."""
        return self._subscribed.get(person) == self._endpoint(person)

    def subscription(self, person: str) -> dict[str, object]:
        """Return what the browser of a person says of itself."""
        return self._keys.subscription(self._endpoint(person))

    def former(self, person: str) -> str | None:
        """Return the id of the subscription that the browser had, if it is another one now."""
        endpoint = None if self.is_subscribed(person) else self._subscribed.get(person)
        return None if endpoint is None else hashlib.sha256(endpoint.encode()).hexdigest()[:32]

    def subscribed(self, person: str) -> None:
        """Remember that the browser of a person is subscribed."""
        self._subscribed[person] = self._endpoint(person)
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"keys": self._keys.kept(), "subscribed": self._subscribed}, file)

    def pushes(self) -> Sequence[Push]:
        """Return what the browsers show; of each, oldest first. A later push of a tag replaces an earlier one."""
        found: dict[tuple[str, str], Push] = {}
        with suppress(FileNotFoundError), self._shown.open() as file:
            for line in file:
                if line.endswith("\n"):
                    push = Push(**json.loads(line))
                    found.pop((push.to, push.tag), None)
                    found[push.to, push.tag] = push
        return list(found.values())

    def _show(self, person: str, message: str) -> None:
        said, now = json.loads(message), datetime.now(UTC)
        with self._writing:
            id = f"push-{now:%Y%m%d%H%M%S%f}"
            push = Push(id, person, now.isoformat(), said["title"], said["text"], said["url"], said["tag"])
            with os.fdopen(os.open(self._shown, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
                file.write(json.dumps(asdict(push)) + "\n")
