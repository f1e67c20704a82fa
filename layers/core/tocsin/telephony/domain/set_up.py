"""What an admin pastes into a telephone system, so that it sends its events to a source: one table, an entry a kind.

Sources: mod_json_cdr (autoload_configs/json_cdr.conf.xml); docs.asterisk.org, `manager.conf`, `cdr_manager.conf`,
`cel.conf`; help.yeastar.com, "event push"; Twilio, "Status callback" and "Messaging webhooks"; developers.telnyx.com,
"Voice API" and "Messaging profiles"; 3cx.com, "CRM template XML description" (ReportCall); FS PBX, "Call Webhooks";
docs.aws.amazon.com, "Contact events". The agent's options are those of `agents/pbx/tocsin_pbx.py`.

In the texts `{url}` is where the source is reached, `{id}` its id, and `{secret}` its secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from tocsin.telephony.domain.event_source import GENERIC, NATIVE, EventSource

TEXT, XML = "text/plain", "application/xml"

NO_SECRET = "PASTE-THE-SECRET-HERE"  # noqa: S105 - stands where the reader puts the secret
"""Stands in the text in place of a secret, which can be read only in the answer that gives it."""


@dataclass(frozen=True, slots=True)
class SetUpText:
    """A text to paste.

    Attributes:
        media_type: TEXT or XML.
        template: with names in braces; it has no other braces.
    """

    media_type: str
    template: str


_AGENT = """\
# /etc/tocsin-pbx.ini, for agents/pbx/tocsin_pbx.py: mode 600
[tocsin]
url = {url}
secret = {secret}
kind = %s
user = tocsin
password = choose-a-password
"""

_FREESWITCH = """\
<!-- autoload_configs/json_cdr.conf.xml, then: fs_cli -x "reload mod_json_cdr" -->
<configuration name="json_cdr.conf" description="Call records to Tocsin">
  <settings>
    <param name="url" value="{url}"/>
    <param name="auth-scheme" value="basic"/>
    <param name="cred" value="{id}:{secret}"/>
    <param name="encode" value="false"/>
    <param name="encode-values" value="false"/>
    <param name="log-b-leg" value="false"/>
    <param name="retries" value="3"/>
    <param name="delay" value="5"/>
    <param name="enable-cacert-check" value="true"/>
    <param name="enable-ssl-verifyhost" value="true"/>
  </settings>
</configuration>
"""

_ASTERISK = """\
; /etc/asterisk/manager.conf
[tocsin]
secret = choose-a-password
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = system,call,cdr,agent,cel
write =

; /etc/asterisk/cdr_manager.conf
[general]
enabled = yes
[mappings]
linkedid => LinkedID

; /etc/asterisk/cel.conf
[general]
enable = yes
events = LINKEDID_END
[manager]
enabled = yes

; then: asterisk -rx "core reload"

"""

_3CX = """\
<?xml version="1.0" encoding="utf-8"?>
<Crm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
     Country="GB" Name="Tocsin" Version="1" SupportsEmojis="true" ListPageSize="0">
  <Number Prefix="AsIs" MaxLength="" />
  <Connection MaxConcurrentRequests="2" />
  <Parameters>
    <Parameter Name="ReportCallEnabled" Type="Boolean" Editor="String" Title="Send calls to Tocsin" Default="True" />
  </Parameters>
  <Authentication Type="No" />
  <Scenarios>
    <Scenario Id="ReportCall" Type="REST">
      <Request SkipIf="[ReportCallEnabled]!=True" Url="{url}" MessagePasses="0" RequestContentType="application/json"
               RequestEncoding="Json" RequestType="Post" ResponseType="Json">
        <Headers>
          <Value Key="X-API-Key" Passes="0" Type="String">{secret}</Value>
        </Headers>
        <PostValues>
          <Value Key="callType" Passes="1" Type="String">[CallType]</Value>
          <Value Key="number" Passes="1" Type="String">[Number]</Value>
          <Value Key="name" Passes="1" Type="String">[Name]</Value>
          <Value Key="agent" Passes="1" Type="String">[Agent]</Value>
          <Value Key="queue" Passes="1" Type="String">[QueueExtension]</Value>
          <Value Key="duration" Passes="1" Type="String">[Duration]</Value>
          <Value Key="startedAt" Passes="2" Type="String">[[CallStartTimeUTC].ToString("yyyy-MM-ddTHH:mm:ssZ")]</Value>
          <Value Key="endedAt" Passes="2" Type="String">[[CallEndTimeUTC].ToString("yyyy-MM-ddTHH:mm:ssZ")]</Value>
        </PostValues>
      </Request>
    </Scenario>
  </Scenarios>
</Crm>
"""

_NATIVE = """\
# A CloudEvent of a call that was missed. Each event has an id and a time of its own.
curl --user "{id}:{secret}" "{url}" \\
  --header "ce-specversion: 1.0" --header "ce-id: test-1" --header "ce-source: pbx" \\
  --header "ce-type: call.ended" --header "ce-time: $(date -u +%Y-%m-%dT%H:%M:%SZ)" \\
  --json @call.json

# call.json has the data of the event; docs/events/call.ended.json describes them:
#   callId, direction, status, from and to with a number each, line, durationSeconds
"""

_SET_UP: Final[Mapping[str, SetUpText]] = {
    "freeswitch": SetUpText(XML, _FREESWITCH),
    "asterisk": SetUpText(TEXT, _ASTERISK + _AGENT % "asterisk"),
    "yeastar": SetUpText(
        TEXT,
        """\
Integrations > API > Event Push: switch it on.
  Transfer protocol  HTTPS
  URL                {url}?token={secret}
  Events             30007 (extension registration), 30010 (trunk state), 30012 (call details)
""",
    ),
    "twilio": SetUpText(
        TEXT,
        """\
Phone Numbers > the number:
  Call status changes  {url}?token={secret}  (HTTP POST)
  A message comes in   {url}?token={secret}  (HTTP POST)
In place of the token: set the source's `signature` to twilio and `signing_keys` to the Auth Token of the account.
Then leave `?token=…` out of both addresses.
""",
    ),
    "telnyx": SetUpText(
        TEXT,
        """\
Voice > the application, and Messaging > the profile:
  Webhook URL  {url}?token={secret}
  API version  2
In place of the token: set the source's `signature` to telnyx and `signing_keys` to the public key of the account.
Then leave `?token=…` out of the address.
""",
    ),
    "3cx": SetUpText(XML, _3CX),
    "fspbx": SetUpText(
        TEXT,
        """\
Webhooks > New, for the domain:
  URL     {url}?token={secret}
  Events  call.ringing, call.ended
In place of the token: set the source's `signature` to fspbx and `signing_keys` to the signing secret of the webhook.
Then leave `?token=…` out of the address.
""",
    ),
    "connect": SetUpText(
        TEXT,
        """\
EventBridge, in the region of the instance:
  1. Connections > Create: API key, name X-API-Key, value {secret}
  2. API destinations > Create: {url}, method POST, with that connection
  3. Rules > Create on the default event bus, target: that API destination, pattern:
     source       aws.connect
     detail-type  Amazon Connect Contact Event
""",
    ),
    NATIVE: SetUpText(TEXT, _NATIVE),
    GENERIC: SetUpText(
        TEXT,
        """\
The address for the telephone system, which posts JSON or a form:
  {url}
It shows its secret in one of these ways:
  Basic     user {id}, password {secret}
  header    X-API-Key: {secret}
  address   {url}?token={secret}

Try it:
curl --user "{id}:{secret}" "{url}" --json @payload.json
""",
    ),
}


@dataclass(frozen=True, slots=True)
class SetUp:
    """A text to paste, complete."""

    media_type: str
    text: str


def set_up_of(source: EventSource, url: str, secret: str | None = None) -> SetUp:
    """Return what is pasted into the telephone system of a source.

    Args:
        url: where the source is reached.
        secret: if it was just given; without it NO_SECRET stands in its place.
    """
    found = _SET_UP[source.kind]
    values = {"url": url, "id": source.id, "secret": secret or NO_SECRET}
    if found.media_type == XML:
        values = {name: escape(value, {'"': "&quot;"}) for name, value in values.items()}
    text = found.template
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return SetUp(found.media_type, text)
