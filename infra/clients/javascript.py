"""Writes the generated part of the JavaScript client: `operations.js`, `operations.d.ts` and `types.d.ts`."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator

from infra.clients.shapes import Api, Basic, Choice, List, Map, Named, Operation, Shape, Type, Words

_NOTE = "Written by `make clients` from docs/openapi.json; changes belong there."

_BASIC = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"} | {
    "null": "null",
    "any": "unknown",
}

_WIDTH = 110
"""Of a comment, without its indentation."""


def operations(api: Api) -> str:
    """Return the text of `operations.js`: a method for each operation."""
    head = [
        f"// Every operation of the API as a method. {_NOTE}",
        "",
        'import { Transport, part } from "./transport.js";',
        "",
        "/** A method for each operation. Each rejects with a `TocsinError`. */",
        "export class Tocsin extends Transport {",
    ]
    methods = ("\n".join(_method(one)) for one in api.operations)
    return "\n".join([*head, "\n\n".join(methods), "}"]) + "\n"


def signatures(api: Api) -> str:
    """Return the text of `operations.d.ts`: the signature of each method."""
    methods = "\n\n".join("\n".join(_signature(one)) for one in api.operations)
    names = sorted(name for name in api.shapes if re.search(rf"\b{name}\b", methods))
    head = [
        f"// The signature of every operation. {_NOTE}",
        "",
        'import type { CallOptions, Pages } from "./transport.js";',
        'import { Transport } from "./transport.js";',
        "import type {",
        *(f"  {name}," for name in names),
        '} from "./types.js";',
        "",
        "/** A method for each operation. Each rejects with a `TocsinError`. */",
        "export declare class Tocsin extends Transport {",
    ]
    return "\n".join([*head, methods, "}"]) + "\n"


def types(api: Api) -> str:
    """Return the text of `types.d.ts`: an interface for each object, a type for each vocabulary."""
    head = f"// Requests and answers of the API, as JSON has them. {_NOTE}"
    return "\n\n".join([head, *("\n".join(_shape(shape)) for shape in api.shapes.values())]) + "\n"


def _shape(shape: Shape) -> Iterator[str]:
    yield from _comment(shape.about, "")
    if shape.type is not None:
        yield f"export type {shape.name} = {written(shape.type)};"
        return
    yield f"export interface {shape.name} {{"
    for member in shape.members:
        yield from _comment(member.about, "  ")
        name = member.name if member.name.isidentifier() else json.dumps(member.name)
        yield f"  {name}{'' if member.required else '?'}: {written(member.type)};"
    yield "}"


def _comment(about: str, indent: str) -> Iterator[str]:
    lines = textwrap.wrap(about.replace("*/", "* /"), _WIDTH)
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}" for line in lines)
        yield f"{indent} */"


def written(type: Type) -> str:
    """Return a type as TypeScript has it."""
    match type:
        case Named(name):
            return name
        case Basic(word):
            return _BASIC[word]
        case Words(values):
            return " | ".join(json.dumps(value) for value in values)
        case List(of):
            inner = written(of)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case Map(of):
            return f"Record<string, {written(of)}>"
        case Choice(options):
            return " | ".join(written(option) for option in options)


def _signature(one: Operation) -> Iterator[str]:
    yield from _comment(f"{one.summary.rstrip('.')}. `{one.method} {one.path}`", "  ")
    given = [f"{_camel(name)}: string" for name in one.in_path]
    if one.body is not None:
        given.append(f"body: {written(one.body)}")
    if one.query:
        query = "; ".join(f"{q.name}{'' if q.required else '?'}: {written(q.type)}" for q in one.query)
        given.append(f"query{'' if any(q.required for q in one.query) else '?'}: {{ {query} }}")
    given.append("options?: CallOptions")
    answer = "void" if one.answer is None else written(one.answer)
    returned = f"Pages<{written(one.item)}>" if one.item is not None else f"Promise<{answer}>"
    yield f"  {one.name}({', '.join(given)}): {returned};"


def _method(one: Operation) -> Iterator[str]:
    taken = [_camel(name) for name in one.in_path]
    call = []
    if one.body is not None:
        taken.append("body")
        call.append('body: { version: "latest", ...body }' if one.version else "body")
    if one.query:
        taken.append("query = {}")
        call.append("query")
    page = one.item is not None
    if one.headers and not page:
        call.append("headers: { " + ", ".join(_header(name) for name in one.headers) + " }")
    path = re.sub(r"\{(\w+)\}", lambda found: f"${{part({_camel(found[1])})}}", one.path)
    quoted = f"`{path}`" if one.in_path else f'"{path}"'
    yield f"  {one.name}({', '.join([*taken, 'options = {}'])}) {{"
    if page:
        yield f"    return this._pages({quoted}, query, options);"
    else:
        yield f"    const request = {{ {', '.join(call)} }};" if call else "    const request = {};"
        yield f'    return this._request("{one.method}", {quoted}, request, options);'
    yield "  }"


def _header(name: str) -> str:
    return f'"{name}": options.{_camel(name)}'


def _camel(name: str) -> str:
    first, *others = re.split(r"[-_]", name)
    return first[0].lower() + first[1:] + "".join(word.capitalize() for word in others)
