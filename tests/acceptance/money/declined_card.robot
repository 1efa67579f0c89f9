*** Settings ***
Documentation     The card is declined for mother while father is on his way to the checkout: the accounts share the
...               card, so nobody tries it again in that run, neither at the checkout nor in a watch for a second
...               chance.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Decline Mothers Card While Father Is On His Way
Suite Teardown    Close The Venue


*** Variables ***
# Seconds that the portal's first page keeps father waiting, and after which bruce's slots come back: mother is through
# with the checkout long before.
${LATE}    ${20}


*** Test Cases ***
The Run Says That Something Was Missed
    [Documentation]    Nobody has booked anything.
    Exit Status Should Be    1
    Report Should Be Complete    @{ACCOUNTS}

A Declined Card Is Tried Once
    [Documentation]    Mother's bank declines: one press of the button, and the slots stay in her basket.
    Payments Should Be    mother    card declined
    Payment Button Should Be Pressed    mother    times=1
    Slots Should Be Held By    mother    10    14
    Outcomes Should Be    mother    10:00 payment declined    14:00 payment declined
    Ledger Should Say    mother    10:00 held    14:00 held

Another Account Does Not Try It
    [Documentation]    Father's card would have been good for all anybody knows, but it is the same one: he has come to
    ...    the page that asks for it, and gone no further.
    Card Should Be Asked For But Not Typed    father
    Payments Should Be    father
    Slots Should Be Held By    father    10    14
    Outcomes Should Be    father    10:00 payment declined    14:00 payment declined
    Ledger Should Say    father    10:00 held    14:00 held
    Sheet Should Explain To    father    declined for Mother    held until about

A Watch Does Not Try It Either
    [Documentation]    Bruce's slots were lost and have come back, but what he could hold now nobody could pay for.
    Slots Should Be Held By    bruce
    Payment Button Should Be Pressed    bruce    times=0
    Slot Should Be Asked For    bruce    10    at_most=2
    Outcomes Should Be    bruce    10:00 taken by somebody else    14:00 taken by somebody else

The Next Run May Try It
    [Documentation]    Somebody has seen to the card: the slots are paid for out of the baskets.
    Let Account Be    mother    card=approve
    Clear Faults
    Run Program    --account    mother    --account    father
    Exit Status Should Be    0
    Payments Should Be    mother    card declined    card paid
    Ledger And Venue Should Agree

No Secret Is Left Behind
    [Documentation]    A declined card is as secret as a good one.
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Decline Mothers Card While Father Is On His Way
    [Documentation]    Bruce loses his slots, and watches until they have come back.
    Open The Venue
    Let Account Be    mother    card=decline
    Add Fault    portal    /card    delay    account=father    seconds=${LATE}
    Let Rival Give Back    bruce    hour=${10}    after=${LATE}
    Let Rival Give Back    bruce    hour=${14}    after=${LATE}
    ${until} =    Evaluate
    ...    (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90)).isoformat()
    Run Program    --watch    ${until}    WATCH_EVERY=0.5
