"""What is stored and sent is read back through the deployed gateway, with the permissions of the API's own role."""

from __future__ import annotations

from tests.stack.system import System, sms


def test_a_stored_group_is_read_and_changed_one_contact_at_a_time(system: System) -> None:
    api, phones = system.callers["live"], system.phones(2)
    group = {"name": "crew", "contacts": [{"id": "ana", "sms": phones[0]}], "sets": [{"name": "night", "ids": ["ana"]}]}
    entry = {"contentType": "contactGroup", "tag": "t", "content": group}
    stored = api.post("/storecontent", {"version": "latest", "content": [entry]})
    at = f"/stores/{stored.body['content'][0]['storeId']}"

    assert api.get(at).body["content"] == group
    made = api.put(f"{at}/contacts/ben%2Fb", {"sms": phones[1]})
    assert (made.status, made.body) == (201, {"id": "ben/b", "sms": phones[1]})
    assert api.put(f"{at}/sets/night", {"ids": ["ben/b"]}).status == 200
    assert [contact["id"] for contact in api.get(f"{at}/contacts?limit=1").body["items"]] == ["ana"]
    assert api.get(f"{at}/contacts/ben%2Fb").body["sms"] == phones[1]
    assert api.delete(f"{at}/contacts/ana").status == 204
    assert api.delete(f"{at}/sets/night").status == 204
    assert api.delete(f"{at}/contacts/ben%2Fb").status == 409
    assert [store["content_type"] for store in api.get("/stores").body["items"]].count("contactGroup") >= 1
    assert system.callers["rival"].get(at).status == 404


def test_alerts_are_filtered_and_added_up_and_events_are_looked_at(system: System) -> None:
    api = system.callers["live"]
    phones = system.phones(3)
    refs = [system.sent("live", sms(those), clientRef="read-back") for those in (phones[:1], phones[1:])]
    for ref in refs:
        system.settled("live", ref)

    listed = api.get("/alerts?client_ref=read-back&state=completed&since=2020-01-01T00:00:00Z&limit=5")
    assert [alert["alert_ref"] for alert in listed.body["items"]] == refs[::-1]
    summed = api.get("/alerts/summary?client_ref=read-back")
    assert (summed.status, summed.body["alerts"], summed.body["recipient_count"]) == (200, 2, 3)

    look = {"version": "latest", "alertId": refs[1], "options": {"peek": True}}
    seen = system.awaited(lambda: api.post("/collectevents", look).body["events"], lambda found: len(found) >= 2, 30)
    assert {event["eventId"] for event in seen} <= {event["eventId"] for event in system.events("live", refs[1], 2)}


def test_a_test_event_is_queued_by_the_api_s_own_role(system: System) -> None:
    body = {"version": "latest", "callback": {"callbackUrl": "https://hooks.example.org/tocsin", "test": True}}
    answer = system.callers["live"].post("/setinfo", body)
    assert answer.status == 200, answer.body
    assert answer.body["callback"]["testEventId"].startswith("evt_")
