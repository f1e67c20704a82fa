"""`make pushes`: be a browser of a person of the demo tenant in a second terminal, and show what is pushed to it.

It subscribes by the API, decrypts with keys of its own, and ends the subscription with Ctrl+C. The person's notices are
pushed if the switch "browser" of their notification settings is on.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from infra.local.browser.keys import BrowserKeys
from infra.local.browser.push_service import push_service
from infra.local.commands.people import as_person, taken
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.places import Places, chosen_home

_ROUTE = "/users/me/push_subscriptions"


def shown(message: str) -> str:
    """Return a push as a browser would show it, in lines."""
    said = json.loads(message)
    return f"{datetime.now(UTC):%H:%M:%S}  {said['title']}\n          {said['text']}\n          opens {said['url']}"


def main(words: Sequence[str]) -> int:
    """Show pushes until Ctrl+C. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="pushes", description=__doc__.split("\n")[0])
    parser.add_argument("--role", default="account_owner")
    role = parser.parse_args(words).role
    keys = BrowserKeys()
    try:
        found = noted(Places(chosen_home()))
        if role not in {user["role"] for user in found["users"]}:
            raise Complaint(f"ROLE is one of {', '.join(sorted({user['role'] for user in found['users']}))}")
        api = as_person(found, role)
        with push_service(keys, lambda message: print(shown(message), flush=True)) as endpoint:
            body = {**keys.subscription(endpoint), "details": True, "device": "make pushes"}
            made = taken(api.post(_ROUTE, body), "subscribe")
            print("a browser of the person is subscribed; end it with Ctrl+C", flush=True)
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                api.delete(f"{_ROUTE}/{made['id']}")
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
