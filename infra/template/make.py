"""Generates template.yaml and the nested templates in infra/ from the YAML in this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from infra.cloudformation import parsed
from infra.template.alarms import Alarm, dashboard
from infra.template.functions import Function
from infra.template.intrinsics import Json, ref, sub
from infra.template.queues import Queue, fill_in_policies
from tocsin.adapters.connect.flow import contact_flow_text

HERE = Path(__file__).resolve().parent


class Unmakeable(Exception):
    """An entry is not valid; the text names the entry."""


def made(sources: Path = HERE) -> dict[str, str]:
    """Return the text of each generated template, by its path in the checkout.

    Args:
        sources: folder of the YAML.

    Raises:
        Unmakeable: an entry has an unknown word, or lacks one.
    """

    def read(name: str) -> Json:
        content: Json = parsed((sources / f"{name}.yaml").read_text())
        return content

    main, routes, rights = read("main"), read("routes"), read("rights")
    functions: list[str] = []
    paths: dict[str, Json] = {}
    for name, entry in read("functions").items():
        with _entry(name):
            function = Function(folder=name, routes=routes.pop(name, {}), **entry)
            main["Resources"] |= function.resources(rights)
            for path, method, operation in function.operations():
                if method in paths.setdefault(path, {}):
                    raise ValueError(f"{method.upper()} {path} is a route of two functions")
                paths[path][method] = operation
        functions.append(function.name)
    if routes:
        raise Unmakeable(f"routes.yaml: there is no function {', '.join(routes)}")
    main["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"] = paths
    main["Resources"]["Observability"]["Properties"]["Parameters"] |= {f"{name}Name": ref(name) for name in functions}

    messaging = read("messaging")
    for name, entry in messaging.pop("Queues").items():
        with _entry(name):
            queue = Queue(name=name, **entry)
        messaging["Resources"] |= queue.resources()
        messaging["Outputs"] |= queue.outputs()
    fill_in_policies(messaging["Resources"])

    observability, alarms = read("observability"), []
    for name, entry in observability.pop("Alarms").items():
        with _entry(name):
            alarms.append(Alarm(name=name, **entry))
            observability["Resources"] |= alarms[-1].resources(functions)
    observability["Parameters"] |= {f"{name}Name": {"Type": "String"} for name in functions}
    observability["Resources"]["Dashboard"] = dashboard(observability.pop("Dashboard"), alarms, functions)

    voice = read("voice")
    voice["Resources"]["VoiceFlow"]["Properties"]["Content"] = sub(contact_flow_text())

    return {
        "template.yaml": _text(main, "functions, main, rights and routes"),
        "infra/messaging.yaml": _text(messaging, "messaging"),
        "infra/observability.yaml": _text(observability, "observability and functions"),
        "infra/voice.yaml": _text(voice, "voice, and from the contact flow"),
        "infra/voice-flow.json": contact_flow_text(),
    }


@contextmanager
def _entry(name: str) -> Iterator[None]:
    try:
        yield
    except (TypeError, ValueError, KeyError) as error:
        raise Unmakeable(f"{name}: {type(error).__name__}: {error}") from error


class _Plain(yaml.SafeDumper):
    """Writes no YAML aliases, and strings of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _represent_text)


def _text(template: Json, sources: str) -> str:
    note = f"# Made by `make template` from infra/template ({sources}). Change it there.\n"
    return note + yaml.dump(
        template, Dumper=_Plain, default_flow_style=None, sort_keys=False, width=120, allow_unicode=True
    )
