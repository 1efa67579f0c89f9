*** Settings ***
Documentation     A watch finds a lost slot free again while the payment of another one is in doubt, is declined, or is
...               only listed late: what is in doubt is never paid a second time, and nothing is held beside it.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Watch Beside A Payment
Suite Teardown    Close The Venue


*** Variables ***
# Minutes between two looks of a watch, and after how many seconds lost slots come back.
${WATCH_EVERY}    0.05
${BACK_AFTER}     ${12}


*** Test Cases ***
A Declined Card Ends The Watch
    [Documentation]    Father's 10:00 stays in his basket, his 14:00 comes back for others. That was the first run.
    Payments Should Be    father    card declined
    Payment Button Should Be Pressed    father    times=1
    Slots Should Be Held By    father    10
    Slot Should Be Asked For    father    14    at_most=2
    Sheet Should Log    father    10:00 payment declined    14:00 taken by somebody else

What Is In Doubt Is Not Paid Again
    [Documentation]    Mother's money for 10:00 was taken and the portal said not to pay again: one press, in however
    ...    many looks.
    Payments Should Be    mother    card paid
    Payment Button Should Be Pressed    mother    times=1
    Slots Should Be Paid For    mother    10
    Ledger Should Say    mother    10:00 unknown    14:00 released

Nothing Is Held Beside What Is In Doubt
    [Documentation]    Mother's 14:00 was free again for all to see, and is left alone: it would lie in one basket with
    ...    what may have been paid for.
    Slot Should Be Seen Free Again    mother    14
    Slots Should Be Held By    mother    10
    Slot Should Be Asked For    mother    14    at_most=2
    Outcomes Should Be    mother    10:00 unknown    14:00 taken by somebody else

What Is Listed Late Is Settled And The Watch Goes On
    [Documentation]    Bruce's 10:00 was confirmed and not listed for a while; then he books what came back, too.
    Slots Should Be Sold To    bruce    10    14
    Slots Should Be Paid For    bruce    10    14
    Payments Should Be    bruce    card paid    card paid
    Outcomes Should Be    bruce    10:00 booked    14:00 booked

The Runs Say What Is To Be Done
    [Documentation]    Something was missed in the first run; after the second a person must look.
    Exit Statuses Should Be    1    3
    Program Should Say    ./run.sh settle mother

Nothing Is Left Behind
    [Documentation]    No money taken twice, no process, no secret, and a ledger that agrees.
    No Slot Should Be Paid Twice
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Watch Beside A Payment
    [Documentation]    Everybody wants two slots and loses the second to a rival, who gives it back.
    Open The Venue
    FOR    ${account}    IN    @{ACCOUNTS}
        Let Rival Give Back    ${account}    hour=${14}    after=${BACK_AFTER}
    END
    Let Account Be    mother    card=error_taken
    Let Account Be    father    card=decline
    Let Account Be    bruce    listed_late_seconds=${6}
    Watch For    30    --account    father
    Watch For    55    --account    mother    --account    bruce

Watch For
    [Documentation]    Runs with a watch that ends so many seconds from now.
    [Arguments]    ${seconds: int}    @{options: str}
    ${until} =    Get Instant In    ${seconds}
    Run Program    @{options}    --watch    ${until}    WATCH_EVERY=${WATCH_EVERY}
