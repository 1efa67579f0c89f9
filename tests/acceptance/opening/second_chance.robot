*** Settings ***
Documentation     Slots that were lost at the opening come back, or do not: a watch takes what comes, also after it was
...               stopped and started again.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Stop And Resume A Watch
Suite Teardown    Close The Venue


*** Variables ***
# Minutes between two looks of a watch, as the runs are told, and a little less than that in seconds.
${WATCH_EVERY}    0.05
${NO_SOONER}      2.9


*** Test Cases ***
What Comes Back Is Booked
    [Documentation]    Mother's slot comes back during the first run, is held and paid for once.
    Slots Should Be Sold To    mother    10
    Payments Should Be    mother    card paid
    Sheet Should Log    mother    10:00 booked    10:00 already booked

A Stopped Watch Is Taken Up Again
    [Documentation]    Bruce's slot comes back during the second run, after the first had named it as taken.
    Outcomes Of Call Should Be    1    bruce    10:00 taken by somebody else
    Slots Should Be Sold To    bruce    10
    Payments Should Be    bruce    card paid
    Outcomes Should Be    bruce    10:00 booked
    Sheet Should Log    bruce    10:00 taken by somebody else    10:00 booked

A Watch Ends Without Success
    [Documentation]    Father's slot never comes back: the watch ends when it should, and names the slot as taken.
    Exit Statuses Should Be    1    1
    Slots Should Be Sold To    father
    Outcomes Should Be    father    10:00 taken by somebody else
    Ledger Should Say    father    10:00 released

Looks Are Quiet
    [Documentation]    A slot that the calendar shows as taken is not asked for, in neither run; and looks are no closer
    ...    than was told, here those of the first.
    ${opening} =    Get Opening    after_call=1
    Looks Should Be Apart    father    ${NO_SOONER}    since=${opening}    after_call=1
    Slot Should Be Asked For    father    10    at_most=2
    Slot Should Be Asked For    mother    10    at_most=3
    Requests Should Follow Each Other    @{ACCOUNTS}

Nothing Is Forgotten
    [Documentation]    Ledger and venue agree, nothing runs on, nothing secret is left.
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Stop And Resume A Watch
    [Documentation]    Loses a slot for everybody. Mother's comes back soon, bruce's late, father's never.
    Open The Venue As Seeded
    Schedule    10:00
    Let Rival Give Back    mother    hour=${10}    after=${4}
    Let Rival Give Back    bruce    hour=${10}    after=${35}
    Let Rival Take    father    hour=${10}
    Watch Until Mother Has Booked
    ${until} =    Get Instant In    35
    Run Program    --now    --watch    ${until}    WATCH_EVERY=${WATCH_EVERY}

Watch Until Mother Has Booked
    [Documentation]    Runs with a long watch, and stops it when what has come back first is booked.
    ${until} =    Get Instant In    900
    Start Program    --watch    ${until}    WATCH_EVERY=${WATCH_EVERY}
    Wait Until Keyword Succeeds    90 s    0.5 s    Ledger Should Say    mother    10:00 paid
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}
