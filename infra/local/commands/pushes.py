"""`make pushes`: be a browser of a person of the demo tenant in a second terminal, and show what is pushed to it.

It subscribes by the API, switches pushes on in the person's settings, decrypts with keys of its own, and ends the
subscription with Ctrl+C.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime

from infra.local.browser.keys import BrowserKeys
from infra.local.browser.push_service import push_service
from infra.local.commands.people import as_person, first_of
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.demo_tenant.browsers import SUBSCRIPTIONS, subscribe_one
from infra.local.places import Places, chosen_home


def shown(message: str) -> str:
    """Return a push as a browser would show it, in lines."""
    said, now = json.loads(message), datetime.now().astimezone()
    return f"{now:%H:%M:%S}  {said['title']}\n          {said['text']}\n          opens {said['url']}"


def main(words: Sequence[str]) -> int:
    """Show pushes until Ctrl+C. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="pushes", description=__doc__.split("\n")[0])
    parser.add_argument("--role", default="account_owner")
    role = parser.parse_args(words).role
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    keys = BrowserKeys()
    try:
        found = noted(Places(chosen_home()))
        if role not in {user["role"] for user in found["users"]}:
            raise Complaint(f"ROLE is one of {', '.join(sorted({user['role'] for user in found['users']}))}")
        api, person = as_person(found, role), first_of(found, role)
        with push_service(keys, lambda name, message: print(shown(message), flush=True)) as endpoint:
            made = subscribe_one(api, keys.subscription(endpoint("1")), "make pushes")
            print(f"a browser of {person['name']} is subscribed; end it with Ctrl+C", flush=True)
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                api.delete(f"{SUBSCRIPTIONS}/{made}")
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
