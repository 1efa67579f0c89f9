"""What stands in the place of a page, and what a page says is wrong; and that ordinary pages have neither."""

from __future__ import annotations

import pytest

from booking.site.messages import MessageRole, Obstacle, find_obstacle, read_messages
from tests.unit.booking.site.by_hand import NAME, page

LOGIN = "<input type=email><input type=password><a href='#'>Log in</a>"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (f"<form>{LOGIN}</form>", Obstacle.LOGIN),
        (page(f"<p>Some words</p>{LOGIN}"), Obstacle.LOGIN),
        ("<title>Just a moment...</title>", Obstacle.CHALLENGE),
        (page("<p>Verifying you are human. This may take a few seconds.</p>"), Obstacle.CHALLENGE),
        (page("<p>Please verify you are a human</p>"), Obstacle.CHALLENGE),
        (page(f"<form>{LOGIN}<div class='cf-turnstile' data-sitekey='x'></div></form>"), Obstacle.CHALLENGE),
        (
            page(f"{LOGIN}<iframe src='https://challenges.cloudflare.com/cdn-cgi/turnstile/x'></iframe>"),
            Obstacle.CHALLENGE,
        ),
        (page("<label><input type=checkbox> I'm not a robot</label>"), Obstacle.CHALLENGE),
        (page("<h2>You are now in line</h2><p>Thank you for waiting.</p>"), Obstacle.QUEUE),
        (page("<p>Your estimated wait time is 5 minutes</p>"), Obstacle.QUEUE),
        ("<title>Waiting Room</title><p>Soon.</p>", Obstacle.QUEUE),
        ("<h1>Access Denied</h1><p>Reference 18.2f</p>", Obstacle.DENIED),
        ("<h1>Sorry, you have been blocked</h1>", Obstacle.DENIED),
        (page("<p>Verification code</p><label for=c>Verification code</label><input id=c>"), Obstacle.SECOND_FACTOR),
        (page("<p>Enter the code we sent to your phone</p><input type=tel>"), Obstacle.SECOND_FACTOR),
        (page("<input name='ctl00$fdVerificationCode'>"), Obstacle.SECOND_FACTOR),
        (page("<h2>Two-factor authentication</h2><input>"), Obstacle.SECOND_FACTOR),
        ("<title>Runtime Error</title><h1>Server Error in '/' Application.</h1>", Obstacle.ERROR),
        ("<title>camden.gov.uk | 520: Web server is returning an unknown error</title>", Obstacle.ERROR),
        (page("<h2>Something went wrong</h2>"), Obstacle.ERROR),
    ],
)
def test_obstacles_are_known_wherever_the_words_stand(html: str, kind: Obstacle) -> None:
    found = find_obstacle(html)
    assert found is not None
    assert found.kind is kind
    assert found.words


@pytest.mark.parametrize(
    "content",
    [
        f"<p>{NAME}, 29/12/2026 18:00, £13.90</p><p>Total £13.90</p>",
        "<p>You have no bookings.</p>",
        "<label>Promo code</label><input name=promo placeholder='Promo code'>",
        "<label for=p>Postcode</label><input id=p>",
        "<p>Security code</p><input autocomplete='cc-csc' name=cvv>",
        "<p hidden>Verifying you are human</p><div style='display:none' class='cf-turnstile'></div>",
        "<p>This site is protected by reCAPTCHA.</p><div class='g-recaptcha' data-size='invisible'></div>",
        "<iframe style='visibility: hidden' width=1 height=1 src='https://challenges.cloudflare.com/turnstile/x'></iframe>",
        f"<p>{'Courts are let by the hour. ' * 40}</p><p>Do not queue at the gate; access denied to dogs.</p>",
    ],
)
def test_ordinary_pages_have_none(content: str) -> None:
    assert find_obstacle(page(content)) is None


def test_only_a_person_passes_a_challenge() -> None:
    assert {each for each in Obstacle if each.needs_person} == {
        Obstacle.SECOND_FACTOR,
        Obstacle.CHALLENGE,
        Obstacle.QUEUE,
        Obstacle.DENIED,
    }


@pytest.mark.parametrize(
    ("content", "role", "text"),
    [
        ("<div role=alert>Wrong password.</div>", MessageRole.ALERT, "Wrong password."),
        ("<p aria-live=assertive>Locked</p>", MessageRole.ALERT, "Locked"),
        (
            "<div class=validation-summary-errors><ul><li>Unknown address</li></ul></div>",
            MessageRole.SUMMARY,
            "Unknown address",
        ),
        (
            "<input aria-invalid=true aria-describedby=m><span id=m>Type an address</span>",
            MessageRole.FIELD,
            "Type an address",
        ),
        (
            "<input><span class='field-validation-error'>The password is wrong</span>",
            MessageRole.FIELD,
            "The password is wrong",
        ),
        ("<p>Your email or password is incorrect.</p>", MessageRole.TEXT, "Your email or password is incorrect."),
    ],
)
def test_messages_are_found_by_their_role(content: str, role: MessageRole, text: str) -> None:
    (found,) = read_messages(page(content, "Log in"))
    assert (found.role, found.text) == (role, text)


@pytest.mark.parametrize(
    "content",
    [
        "<p>Welcome</p>",
        "<div role=alert style='display:none'>Wrong password.</div>",
        "<span id=v style='visibility:hidden'>The password is required</span>",
        "<p>Forgotten or wrong password?</p>",
        "<div role=alert></div>",
    ],
)
def test_where_nothing_is_wrong_there_is_no_message(content: str) -> None:
    assert read_messages(page(content, "Log in")) == ()
