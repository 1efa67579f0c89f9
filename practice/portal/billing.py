"""The billing page: its fields, what is wrong with them, and the stranger they may come filled in with."""

from __future__ import annotations

from collections.abc import Mapping

PAGES = {"new": "tdsv2AdditionalInfoPage", "old": "additionalInformationPage"}
"""What the ids of each generation of the page are named after."""
LABELS = {
    "cardholderName": "Cardholder Name",
    "address_1": "Address Line 1",
    "address_2": "Address Line 2",
    "city": "Town or City",
    "postcode": "Postcode",
    "email": "Email Address",
    "emailConfirmation": "Confirm Email Address",
}
OPTIONAL = frozenset({"address_2", "emailConfirmation"})
LONGEST = 50
STRANGER = {
    "cardholderName": "S Stranger",
    "address_1": "99 Elsewhere Road",
    "address_2": "Flat 9",
    "city": "Leeds",
    "postcode": "LS1 9ZZ",
    "email": "stranger@example.test",
}


def faults_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the details as they were typed, by field."""
    wrong = {}
    for name, label in LABELS.items():
        value = values[name]
        if not value and name not in OPTIONAL:
            wrong[name] = f"Please enter: {label}"
        elif len(value) > LONGEST:
            wrong[name] = f"{label}: {LONGEST} characters at most"
    if values["email"] and "@" not in values["email"]:
        wrong["email"] = "Email address not correct"
    if values["emailConfirmation"] and values["emailConfirmation"] != values["email"]:
        wrong["emailConfirmation"] = "The email addresses are not the same"
    return wrong
