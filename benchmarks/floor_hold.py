"""A bare keep-alive HTTP client for one account: the floor under everything that has a browser.

Speaks with its parent as `bare_hold` does.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
from urllib.parse import urljoin, urlsplit

import requests
from selectolax.lexbor import LexborHTMLParser

from benchmarks.errors import BenchmarkError
from benchmarks.visitor import Errand
from booking.opening.waiting import sleep_until
from variables import camden_active as site

_PATIENCE = 60.0
_TARGET = re.compile(r"__doPostBack\('([^']*)'")


def log_in(errand: Errand) -> requests.Session:
    """Return a session that is logged in."""
    session = requests.Session()
    address = urljoin(errand.site_url, site.LOGIN_PATH)
    page = LexborHTMLParser(session.get(address, timeout=_PATIENCE).text)
    fields = {
        str(field.attributes["name"]): field.attributes.get("value") or ""
        for field in page.css(f"{site.PAGE_FORM} input[name]")
    }
    submit = page.css_first(site.SUBMIT_LOGIN)
    target = _TARGET.search(submit.attributes.get("href") or "") if submit else None
    if target is None:
        raise BenchmarkError("the login page has no button that posts back")
    for selector, value in ((site.EMAIL_FIELD, errand.email), (site.PASSWORD_FIELD, errand.password)):
        field = page.css_first(selector)
        fields[str(field.attributes["name"]) if field else ""] = value
    fields["__EVENTTARGET"] = target[1]
    answer = session.post(address, data=fields, timeout=_PATIENCE)
    if LexborHTMLParser(answer.text).css_first(site.LOG_OUT_LINK) is None:
        raise BenchmarkError(f"the venue did not let {errand.email} in")
    return session


def hold(errand: Errand) -> None:
    """Hold the slots of an errand."""
    session = log_in(errand)
    page = LexborHTMLParser(session.get(errand.court_url, timeout=_PATIENCE).text)
    field = page.css_first(site.EVENT_ID_FIELD)
    if field is None:
        raise BenchmarkError("the court page names no event id")
    addresses = errand.addresses(str(field.attributes["value"]))
    headers = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)}
    connection = http.client.HTTPConnection(urlsplit(errand.site_url).netloc, timeout=_PATIENCE)
    connection.request("GET", site.HOME_PATH, headers=headers)
    connection.getresponse().read()
    print(json.dumps({"ready": True}), flush=True)
    sleep_until(json.loads(sys.stdin.readline())["opening"])
    taken = []
    for address in addresses:
        parts = urlsplit(address)
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        taken.append(urlsplit(answer.getheader("Location", "")).path.startswith(site.BASKET_PATH))
    connection.close()
    print(json.dumps({"taken": taken}), flush=True)


if __name__ == "__main__":
    hold(Errand.from_json(json.loads(sys.stdin.readline())))
