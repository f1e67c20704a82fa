"""Writes the generated part of the Python client: `types.py` and `operations.py`."""

from __future__ import annotations

import json
import keyword
import re
import textwrap
from collections.abc import Iterator

from infra.clients.shapes import Api, Basic, Choice, List, Map, Member, Named, Operation, Shape, Type, Words

_NOTE = "Written by `make clients` from docs/openapi.json; changes belong there."

_BASIC = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "any": "Any"}

_WIDTH = 110
"""Of a description, without its indentation and quotes."""


def types(api: Api) -> str:
    """Return the text of `types.py`: a TypedDict for each object, an alias for each vocabulary."""
    head = f'"""Requests and answers of the API, as JSON has them. {_NOTE}"""'
    imports = "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict"
    blocks = [head, "from __future__ import annotations", imports]
    return "\n\n".join([*blocks, *("\n".join(_shape(shape)) for shape in api.shapes.values())]) + "\n"


def operations(api: Api) -> str:
    """Return the text of `operations.py`: a method for each operation."""
    head = f'"""Every operation of the API as a method. {_NOTE}"""'
    lines = [
        "from __future__ import annotations",
        "from tocsin_client import types\nfrom tocsin_client.transport import Pages, Transport, part",
        'class Tocsin(Transport):\n    """A method for each operation. Each raises `TocsinError`."""',
    ]
    return "\n\n".join([head, *lines, *("\n".join(_operation(one)) for one in api.operations)]) + "\n"


def _shape(shape: Shape) -> Iterator[str]:
    if shape.type is not None:
        quoted = written(shape.type) if isinstance(shape.type, Words) else json.dumps(written(shape.type))
        yield f"{shape.name}: TypeAlias = {quoted}"
        yield from _docstring(shape.about, "")
    elif any(keyword.iskeyword(member.name) or not member.name.isidentifier() for member in shape.members):
        # Such a field cannot be declared in a class.
        yield f"{shape.name} = TypedDict({json.dumps(shape.name)}, {{"
        for member in shape.members:
            yield from (f"    # {line}" for line in textwrap.wrap(member.about, _WIDTH))
            yield f"    {json.dumps(member.name)}: {json.dumps(_member(member))},"
        yield "})"
        yield from _docstring(shape.about, "")
    else:
        yield f"class {shape.name}(TypedDict):"
        yield from _docstring(shape.about or f"{shape.name}.", "    ")
        for member in shape.members:
            yield f"    {member.name}: {_member(member)}"
            yield from _docstring(member.about, "    ")


def _member(member: Member) -> str:
    return written(member.type) if member.required else f"NotRequired[{written(member.type)}]"


def _docstring(about: str, indent: str) -> Iterator[str]:
    lines = textwrap.wrap(about.replace("\\", "\\\\").replace('"""', "'''"), _WIDTH)
    if lines:
        yield f'{indent}"""{lines[0]}' + ('"""' if len(lines) == 1 else "")
        yield from (f"{indent}{line}" for line in lines[1:])
        if len(lines) > 1:
            yield f'{indent}"""'


def written(type: Type, module: str = "") -> str:
    """Return a type as Python has it. `module`: prefix of the names of shapes."""
    match type:
        case Named(name):
            return module + name
        case Basic(word):
            return _BASIC[word]
        case Words(values):
            return f"Literal[{', '.join(repr(value) for value in values)}]"
        case List(of):
            return f"list[{written(of, module)}]"
        case Map(of):
            return f"dict[str, {written(of, module)}]"
        case Choice(options):
            return " | ".join(written(option, module) for option in options)


def _operation(one: Operation) -> Iterator[str]:
    page = one.item is not None
    answer = "None" if one.answer is None else written(one.answer, "types.")
    returned = f"Pages[{written(one.item, 'types.')}]" if one.item is not None else answer
    yield f"    def {_snake(one.name)}({', '.join(_parameters(one))}) -> {returned}:"
    yield f'        """{one.summary.rstrip(".")}.\n\n        `{one.method} {one.path}`\n        """'
    arguments = [_path(one)] if page else [json.dumps(one.method), _path(one)]
    if one.query:
        named = (f"{json.dumps(member.name)}: {_argument(member.name)}" for member in one.query)
        arguments.append("query={" + ", ".join(named) + "}")
    if one.body is not None:
        arguments.append('body={"version": "latest", **body}' if one.version else "body=body")
    if one.headers and not page:
        arguments.append("headers={" + ", ".join(_header(name) for name in one.headers) + "}")
    call = f"self.{'_pages' if page else '_request'}({', '.join(arguments)})"
    if page:
        yield f"        return {call}"
    elif one.answer is None:
        yield f"        {call}"
    else:
        yield f"        answer: {answer} = {call}"
        yield "        return answer"


def _parameters(one: Operation) -> Iterator[str]:
    yield "self"
    yield from (f"{_argument(name)}: str" for name in one.in_path)
    if one.body is not None:
        yield f"body: {written(one.body, 'types.')}"
    if one.query or one.headers:
        yield "*"
    for member in one.query:
        omitted = "" if member.required else " | None = None"
        yield f"{_argument(member.name)}: {written(member.type, 'types.')}{omitted}"
    yield from (f"{_snake(name)}: str | None = None" for name in one.headers)


def _header(name: str) -> str:
    return f"{json.dumps(name)}: {_snake(name)}"


def _path(one: Operation) -> str:
    if not one.in_path:
        return json.dumps(one.path)
    return 'f"' + re.sub(r"\{(\w+)\}", lambda found: f"{{part({_argument(found[1])})}}", one.path) + '"'


def _argument(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()
