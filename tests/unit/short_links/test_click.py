"""E3, S12: machines that look at links are not people."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.short_links.domain.click import ClickClassification, classify_click, describe

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=5)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
PEOPLE = [
    (IPHONE, ("Safari", "iOS", "phone")),
    ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/130.0 Mobile/15E148 Safari/604.1",
     ("Chrome", "iPadOS", "tablet")),
    ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
     ("Chrome", "Android", "phone")),
    ("Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0 Safari/537.36",
     ("Samsung Internet", "Android", "tablet")),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
     ("Edge", "Windows", "computer")),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
     ("Safari", "macOS", "computer")),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", ("Firefox", "Linux", "computer")),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 OPR/115.0",
     ("Opera", "Windows", "computer")),
]  # fmt: skip
MACHINES = [
    "", "-", "curl/8.9.1", "Wget/1.24", "python-requests/2.32.3", "Go-http-client/2.0", "Java/21", "okhttp/4.12.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "WhatsApp/2.24.20.78 A", "Twitterbot/1.0",
    "TelegramBot (like TwitterBot)", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/534 BingPreview/1.0b", "SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17 Safari/605.1.15 (Applebot/0.1)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/131.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))", "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)", "Mozilla/5.0 (compatible; Mimecast)", "Mozilla/5.0 zscaler",
    "Mozilla/5.0 (compatible; YandexBot/3.0)", "Mozilla/5.0 (compatible; UptimeRobot/2.0)", "axios/1.7.7", "node-fetch/1.0",
    "Mozilla/5.0 (compatible; GPTBot/1.2)", "Mozilla/5.0 AppleWebKit/537.36 (compatible; ClaudeBot/1.0)",
    "Mozilla/5.0 GoogleImageProxy", "Microsoft Office/16.0 (Windows NT 10.0; Outlook)", "Iframely/1.3.1",
    "Mozilla/5.0 (compatible; SafeLinks)", "Mozilla/5.0 (compatible; Pingdom.com_bot_version_1.4)", "libwww-perl/6.77",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 "
    "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 10; compatible; SomeBot/1.0) AppleWebKit/537.36", "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 CensysInspect/1.1",
    "Opera/9.80 (compatible; SomeCrawler/1.0)",
]  # fmt: skip
_CHROME_ON_ANDROID = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36"
UNUSUAL_PEOPLE = [
    f"{IPHONE.rpartition(' ')[0]} DuckDuckGo/7 Safari/605.1.15",
    f"Mozilla/5.0 (Linux; Android 13; Pixel 6) {_CHROME_ON_ANDROID} DuckDuckGo/5",
    f"Mozilla/5.0 (Linux; Android 10; CUBOT X30) {_CHROME_ON_ANDROID}",
    f"Mozilla/5.0 (Linux; Android 8.0; CUBOT_P20) {_CHROME_ON_ANDROID}",
    f"Mozilla/5.0 (Linux; Android 8.1.0; ID bot 553) {_CHROME_ON_ANDROID}",
    f"Mozilla/5.0 (Linux; Android 8.1.0; ID bot 553 Build/OPM2.171019.012) {_CHROME_ON_ANDROID}",
    f"Mozilla/5.0 (Linux; U; Android 4.1.1; en-us; My|Phone A898 Duo Build/JRO03C) {_CHROME_ON_ANDROID}",
    f"Mozilla/5.0 (Linux; Android 11; M2004J19C) {_CHROME_ON_ANDROID} T7/13.20 baiduboxapp/13.20.0.10 (Baidu; P1 11)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Slack_SSB/4.35 Chrome/118.0 Electron/27 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Teams/1.6.00 Chrome/118.0 Electron/27 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Outlook-iOS/711.27.prod.iphone",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Kaspersky/21",
    "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
    "UCWEB/2.0 (MIDP-2.0; U; Adr 9; en-US; Redmi_7A) U2/1.0.0 UCBrowser/12.12 U2/1.0.0 Mobile",
]


@pytest.mark.parametrize(("agent", "seen"), PEOPLE)
def test_s12_people_count(agent: str, seen: tuple[str, str, str]) -> None:
    headers = {"user-agent": agent, "accept-language": "en-GB,en;q=0.8"}
    assert classify_click(headers, LONG_AGO, NOW).classification is ClickClassification.HUMAN
    visitor = describe(headers)
    assert (visitor.browser, visitor.os, visitor.device, visitor.language) == (*seen, "en-GB")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0)", "Windows"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_told_in_words(agent: str, words: str) -> None:
    assert describe({"user-agent": agent}).words == words


@pytest.mark.parametrize("agent", UNUSUAL_PEOPLE)
def test_s12_a_word_in_the_name_of_a_phone_or_an_app_makes_nobody_a_machine(agent: str) -> None:
    assert classify_click({"user-agent": agent}, LONG_AGO, NOW).classification is ClickClassification.HUMAN


@pytest.mark.parametrize("agent", MACHINES)
def test_e3_machines_do_not(agent: str) -> None:
    assert classify_click({"user-agent": agent}, LONG_AGO, NOW).classification is ClickClassification.AUTOMATED


@pytest.mark.parametrize(
    ("extra", "submitted", "reason"),
    [
        ({"sec-purpose": "prefetch"}, LONG_AGO, "prefetch"),
        ({"purpose": "prefetch"}, LONG_AGO, "prefetch"),
        ({"x-moz": "prefetch"}, LONG_AGO, "prefetch"),
        ({}, NOW - timedelta(seconds=2), "too_soon"),
        ({}, NOW - timedelta(seconds=3), "browser"),
        ({}, None, "browser"),
    ],
)
def test_ah_83_a_look_ahead_is_no_click(extra: dict[str, str], submitted: datetime | None, reason: str) -> None:
    assert classify_click({"user-agent": IPHONE, **extra}, submitted, NOW).reason == reason
