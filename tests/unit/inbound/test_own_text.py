"""AH-91: what people wrote, and what their mail programs quote and add."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.inbound.domain.own_text import OwnText, trimmed


@pytest.mark.parametrize(
    ("mail", "answer"),
    [
        ("On my way.", "On my way."),
        ("Yes\r\n\r\nOn Sat, 21 Nov 2026 at 09:00, Alerts <a@t.example> wrote:\r\n> Come\r\n", "Yes"),
        ("Yes\n\nOn Sat, 21 Nov 2026 at 09:00, A very long name of alerts\n<a@t.example> wrote:\n> Come", "Yes"),
        ("Ja, komme\n\nAm 21.11.2026 um 09:00 schrieb Alerts:\n> Komm", "Ja, komme"),
        ("Oui\n\nLe sam. 21 nov. 2026 à 09:00, Alerts a écrit :\n> Viens", "Oui"),
        ("Ok\n-----Original Message-----\nFrom: Alerts\nCome", "Ok"),
        ("Ok\n________________________________\nFrom: Alerts\nSent: today", "Ok"),
        ("Ok\n\nFrom: Alerts <a@t.example>\nSent: Saturday\nSubject: x", "Ok"),
        ("Coming\n-- \nAna Example\nHead of nights", "Coming"),
        ("> Come\n> now\n\nYes, below the quote", "Yes, below the quote"),
        ("On 21 Nov 2026, Alerts wrote:\n> Come\n\nYes, below it\n-- \nAna", "Yes, below it"),
        ("On Sat, 21 Nov 2026 at 09:00, Alerts\n<a@t.example> wrote:\n> Come\nYes\n> now\nat once", "Yes\nat once"),
        ("-----Original Message-----\nFrom: Alerts\nCome", "From: Alerts\nCome"),
        ("On time, promise.\nAna", "On time, promise.\nAna"),
        ("", ""),
    ],
)
def test_ah_91_the_body_above_the_quote_is_kept(mail: str, answer: str) -> None:
    assert trimmed(mail).text == answer


@pytest.mark.parametrize(
    "mail",
    [
        "On 21 Nov 2026, Alerts wrote:\n> Come",
        "Sent from my iPhone\n\nOn 21 Nov 2026, Alerts wrote:\n> Come\n> now",
    ],
)
def test_decided_8_7_a_mail_of_which_trimming_leaves_nothing_is_told_whole(mail: str) -> None:
    assert trimmed(mail) == OwnText(mail, trimmed=False)


@pytest.mark.parametrize(
    ("mail", "answer"),
    [
        ("On my way\nOn Sat, 21 Nov 2026 at 10:00, Alerts <a@t.example> wrote:\n> Come", "On my way"),
        ("I come at 10:00\nOn Sat, 21 Nov 2026 at 10:00, Alerts <a@t.example> wrote:\n> Come", "I come at 10:00"),
        ("Meet on 21.11.2026.\nAlerts <a@t.example> wrote:\n> Come", "Meet on 21.11.2026."),
        (
            "See below\n\nOn 21 Nov 2026, Alerts <a@t.example> wrote:\n> Who can go?\nAna goes\n> When?\nIn 5 min",
            "See below\nAna goes\nIn 5 min",
        ),
        ("____________________\nYes I go", "Yes I go"),
        (
            "---------- Forwarded message ---------\nFrom: Ana <a@b.example>\nDate: Sat, Nov 21, 2026\nSubject: A gate\n"
            "of ours\nTo: r@t.example\n\nGate 4 is shut",
            "Gate 4 is shut",
        ),
    ],
)
def test_k2_what_stands_beside_a_quote_is_not_lost(mail: str, answer: str) -> None:
    assert trimmed(mail).text == answer


@pytest.mark.parametrize(
    "mail",
    [
        "From: gate 4\nTo: pump house\n\nI bring the key.",
        "Ja.\nVon: Tor 4 bis Pumpe ist gesperrt.\nBitte umleiten.",
        "Da: vin imediat",
        "Name: Ana\nMail: ana@x.example\nTel: 5",
        "Meeting with ana@x.example on 21 Nov 2026:\nbring keys",
        "Steps:\n1. shut the gate\n2. wait until 10:00:\nthen go",
        "| gate | state |\n| 4 | shut |",
        "Here it is.\n\nSent from my desk, it is quicker than the phone.",
        "Done.\nSent by phone to all of them",
        "--- urgent ---\nCome to gate 4",
        "> Come",
        "--\nYes I go",
        "Sent from my iPhone",
        "...",
        "👍",
    ],
)
def test_k2_what_only_looks_like_a_quote_is_kept_whole(mail: str) -> None:
    assert trimmed(mail).text == mail


@pytest.mark.parametrize(
    "quote",
    [
        "Em sáb., 21 de nov. de 2026 às 10:00, Alerts <a@t.example> escreveu:\n\n> Venha",
        "Em 21 de novembro de 2026 10:00, Alerts <\na@t.example> escreveu:\n\n> Venha",
        "lør. 21. nov. 2026 kl. 10:00 skrev Alerts <a@t.example>:\n\n> Kom",
        "Alerts <a@t.example> schrieb am Sa., 21.\nNov. 2026 um 10:00 Uhr:\n\n> Komm",
        "Alerts <a@t.example> schrieb:\nKomm",
        "De : Alerts <a@t.example>\nEnvoyé : samedi 21 novembre 2026 10:00\nÀ : Ana\nObjet : Alerte\n\nVenez",
        "Le sam. 21 nov. 2026 à 10:00, Alertes du bâtiment nord\n<a@t.example>\na écrit :\n\n> Venez",
        "- Le 21 nov. 2026 à 10:00, Alerts <a@t.example> a écrit :\n> Venez",
        "---- Message original ----\nDe : Alerts\nVenez",
        "-------- Original message --------From: Alerts <a@t.example> Date: 21/11/2026 10:00\nCome",
        "Begin forwarded message:\n\nFrom: Alerts\nDate: 21 November 2026\nTo: Ana\n\nCome",
        "Alerts <a@t.example> skrev: (21 november 2026 10:00)\n> Kom",
        "сб, 21 лист. 2026 р. о 10:00 Alerts <a@t.example> пише:\n\n> Іди",
        "суббота, 21 ноября 2026 г. пользователь Alerts написал:\n\n> Иди",
        "Alerts <a@t.example> 于2026年11月21日周六 10:00写道：\n\n> 来",
        "2026년 11월 21일 (토) 오전 10:00, Alerts <a@t.example>님이 작성:\n\n> 오세요",
        "Vào Th 7, 21 thg 11, 2026 vào lúc 10:00 Alerts <a@t.example> đã viết:\n\n> Đến",
        "في السبت، 21 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Alerts <a@t.example>:\n\n> تعال",
        "Στις Σάβ 21 Νοε 2026 στις 10:00 π.μ., ο/η Alerts <a@t.example> έγραψε:\n\n> Έλα",
        "so 21. 11. 2026 v 10:00 odesílatel Alerts <a@t.example> napsal:\n\n> Přijď",
        "Alerts <a@t.example> ezt írta (időpont: 2026. nov. 21., Szo, 10:00):\n\n> Gyere",
        "On Sat, 21 Nov 2026 at 10:00 Alerts\n\n<\nmailto:Alerts <a@t.example>\n> wrote:\n\nCome",
        "2026-11-21 10:00 GMT+01:00 Alerts <a@t.example>:\n\n> Come",
        "2026-11-21 10:00 GMT+01:00 Alerts\n\nCome",
        "2026/11/21 Alerts <a@t.example>\n\n| Come",
        "---- On Sat, 21 Nov 2026 10:00:00 +0000 Alerts<a@t.example> wrote ----\n\nCome",
        "From: Alerts\nSent: Saturday, 21 November 2026 10:00\nTo: Ana\nSubject: Alert\n\nCome",
        "*From:* Alerts\n*Sent:* 2026-11-21\n*To:* ana@x.example\n*Subject:* Alert\n\nCome",
        "Lurra: Alerts <a@t.example>\nEguna: 21.11.2026 10:00\nNori: Ana\n\nEtorri",
        "_______________________________________________\nGates mailing list\nhttps://lists.x.example/gates",
    ],
)
def test_k9_quotes_of_any_language_are_known_by_their_shape(quote: str) -> None:
    assert trimmed(f"I go.\nAt once.\n\n{quote}").text == "I go.\nAt once."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from Outlook Mobile<https://x.example>", "Get Outlook for iOS<https://x.example/o>",
        "Sent from [Mail](https://x.example/m) for Windows", "(sent from a phone)", "<<sent by galaxy>>", "Sent from my TI-85",
        "Sent from my cell, please excuse any typos.", "Envoyé depuis mon iPhone", "Von meinem Mobilgerät gesendet",
        "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.", "Sendt fra min iPad",
        "Enviado desde mi iPhone", "Inviato da iPhone", "Verzonden met BlackBerry Work", "Lähetetty iPhonesta", "iPhoneから送信",
        "Отправлено с iPhone", "從我的 iPhone 傳送", "iPhone'umdan gönderildi", "나의 iPhone에서 보냄",
    ],
)  # fmt: skip
def test_k9_what_devices_add_is_no_part_of_the_answer(line: str) -> None:
    assert trimmed(f"I go.\n\n{line}\n\nOn 21 Nov 2026, Alerts <a@t.example> wrote:\n> Come").text == "I go."


BATCHES = [
    "I go.", "", "> Come", "On 21 Nov 2026, Alerts <a@t.example> wrote:", "From: a@t.example", "Sent: 21.11.2026", "To: b", "-- ",
    "_______________", "---- Original Message ----", "Sent from my iPhone", "| x", "wrote:", "a écrit :", "<", "a@t.example>:", "...",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(BATCHES), st.text(max_size=30)), max_size=12).map("\n".join))
def test_k2_nothing_is_made_up_and_no_mail_comes_to_nothing(mail: str) -> None:
    own = trimmed(mail).text
    lines = [line.strip() for line in mail.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    assert {line.strip() for line in own.replace("\r", "\n").split("\n")} - {""} <= set(lines)
    if mail.strip():
        assert own
