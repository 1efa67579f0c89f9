*** Settings ***
Documentation     Books what the family asked for. This file's name is the account's name in the sheet.

Resource          booking.resource

Suite Setup       Open The Session
Suite Teardown    Close The Session


*** Tasks ***
Log In
    [Documentation]    Lets the account in and keeps a picture of it.
    Log In To The Account
    Take Picture    logged in

Hold The Slots
    [Documentation]    Holds the scheduled slots at the opening, first come first served.
    [Setup]    Skip Unless Logged In
    Compare Account With Plan
    Hold The Scheduled Slots

Pay For The Slots
    [Documentation]    Pays for what is held, once, and believes it when My Bookings lists it.
    [Setup]    Skip Unless Slots Are Held
    Pay For The Held Slots

Look Again At The Payment
    [Documentation]    Waits a while for a payment that nobody has confirmed, or My Bookings does not list yet.
    [Setup]    Skip Unless Payments Are Unsettled
    Look Again At The Payment
    Payments Should Be Settled

Watch For A Second Chance
    [Documentation]    Takes what was lost and comes back, where a watch was asked for.
    [Setup]    Skip Unless Logged In
    Watch For Slots That Come Back

Log Out
    [Documentation]    Leaves the site as a person would.
    [Setup]    Skip Unless Logged In
    Log Out Of The Account
