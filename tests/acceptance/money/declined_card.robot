*** Settings ***
Documentation     The card is declined for mother while father is on his way to the checkout: the accounts share the
...               card, so nobody tries it again in that run, neither at the checkout nor in a watch for a second
...               chance.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Book With A Declined Card
Suite Teardown    Close The Venue


*** Variables ***
# Seconds that the portal's first page keeps father waiting, and after which bruce's slots come back: mother is through
# with the checkout long before.
${LATE}    ${20}


*** Test Cases ***
The Run Says That Something Was Missed
    [Documentation]    Nobody has booked anything.
    Exit Status Of Call Should Be    1    1
    Report Should Be Complete    @{ACCOUNTS}    after_call=1

A Declined Card Is Tried Once
    [Documentation]    Mother's bank declines: one press of the button, and the slots stay in her basket.
    Payments Should Be    mother    card declined    after_call=1
    Payment Button Should Be Pressed    mother    times=1    after_call=1
    Slots Should Be Held By    mother    10    14    after_call=1
    Outcomes Of Call Should Be    1    mother    10:00 payment declined    14:00 payment declined
    Ledger Should Say    mother    10:00 held    14:00 held    after_call=1

Another Account Does Not Try It
    [Documentation]    Father's card would have been good for all anybody knows, but it is the same one: he has come to
    ...    the page that asks for it, and gone no further.
    Account Should Type No Card    father    after_call=1
    Payments Should Be    father    after_call=1
    Slots Should Be Held By    father    10    14    after_call=1
    Outcomes Of Call Should Be    1    father    10:00 payment declined    14:00 payment declined
    Ledger Should Say    father    10:00 held    14:00 held    after_call=1
    Sheet Should Explain To    father    declined for Mother    held until about    after_call=1

A Watch Does Not Try It Either
    [Documentation]    Bruce's slots were lost and have come back, but what he could hold now nobody could pay for.
    Slots Should Be Held By    bruce
    Payment Button Should Be Pressed    bruce    times=0
    Slot Should Be Asked For    bruce    10    at_most=2
    Outcomes Of Call Should Be    1    bruce    10:00 taken by somebody else    14:00 taken by somebody else

The Next Run May Try It
    [Documentation]    Somebody has seen to the card: the slots are paid for out of the baskets.
    Exit Status Should Be    0
    Payments Should Be    mother    card declined    card paid
    Ledger And Venue Should Agree

No Secret Is Left Behind
    [Documentation]    A declined card is as secret as a good one.
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Book With A Declined Card
    [Documentation]    Somebody sees to the card between the first run and the second.
    Open The Venue
    Decline The Card In A Watch
    Let Account Be    mother    card=approve
    Clear Faults
    Run Program    --account    mother    --account    father

Decline The Card In A Watch
    [Documentation]    Mother's is declined while father is on his way to the checkout. Bruce loses his slots, and
    ...    watches until they have come back.
    Let Account Be    mother    card=decline
    Add Fault    portal    /card    delay    account=father    seconds=${LATE}
    Let Rival Give Back    bruce    hour=${10}    after=${LATE}
    Let Rival Give Back    bruce    hour=${14}    after=${LATE}
    ${until} =    Get Instant In    90
    Run Program    --watch    ${until}    WATCH_EVERY=0.5
