"""The resources below `/stores`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.schemas.stores.resources import contact_list, store_content_resource, store_list
from tocsin.contacts.domain.contact_group_json import contact_data
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import page_limit
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.domain.plain_text import named
from tocsin.kernel.domain.version import version_of
from tocsin.stored_content.application.edit_group import Edited, EditGroup
from tocsin.stored_content.application.read_stores import ReadStores

STORES_PER_PAGE = 20
CONTACTS_PER_PAGE = 100

_STORE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def stores_routes(callers: Callers, read: ReadStores, edit: EditGroup) -> Blueprint:
    """Return the routes that read stores back and change stored contact groups one contact at a time."""
    routes = Blueprint(__name__)

    @routes.route("/stores", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_stores(call: Call) -> Response:
        key = callers.store_reader(call)
        query = call.query("limit", "cursor")
        return answer(store_list(read.page(key, page_limit(query, STORES_PER_PAGE), query.get("cursor"))))

    @routes.route("/stores/{store_id}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_store(call: Call, store_id: str) -> Response:
        key = callers.store_reader(call)
        call.query()
        return answer(store_content_resource(read.one(key, _id(store_id))))

    @routes.route("/stores/{store_id}/contacts", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_contacts(call: Call, store_id: str) -> Response:
        key = callers.store_reader(call)
        query = call.query("limit", "cursor")
        limit = page_limit(query, CONTACTS_PER_PAGE)
        return answer(contact_list(read.contacts(key, _id(store_id), limit, query.get("cursor"))))

    @routes.route("/stores/{store_id}/contacts/{contact_id+}", methods=["GET", "PUT", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def contact(call: Call, store_id: str) -> Response:
        key = callers.store_reader(call) if call.method == "GET" else callers.actor(call)
        call.query()
        contact_id, if_match = _named(call, "contact_id"), call.header("if-match")
        if call.method == "GET":
            return _found(contact_data(read.contact(key, _id(store_id), contact_id)))
        if call.method == "PUT":
            return _put(edit.put_contact(key, _id(store_id), contact_id, call.json(), if_match))
        edit.remove_contact(key, _id(store_id), contact_id, if_match)
        return _gone()

    @routes.route("/stores/{store_id}/sets/{name+}", methods=["PUT", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def contact_set(call: Call, store_id: str) -> Response:
        key = callers.actor(call)
        call.query()
        name, if_match = _named(call, "name"), call.header("if-match")
        if call.method == "PUT":
            return _put(edit.put_set(key, _id(store_id), name, call.json(), if_match))
        edit.remove_set(key, _id(store_id), name, if_match)
        return _gone()

    return routes


def _id(text: str) -> StoreId:
    if not _STORE_ID.fullmatch(text):
        raise NotFound("store")
    return StoreId(text)


def _named(call: Call, parameter: str) -> str:
    """Return an id or name in the path. It may hold slashes, which some gateways decode before they route."""
    return named(unquote(call.rest_of_path(parameter)))


def _found(data: dict[str, Any], status: int = 200) -> Response:
    return answer(data, status, {"ETag": version_of(data)})


def _put(edited: Edited) -> Response:
    return _found(edited.data, 201 if edited.made else 200)


def _gone() -> Response:
    return Response("", {}, 204)
