*** Settings ***
Documentation     A run is killed while the answers to two last clicks are still to come. The next run is for another
...               day, as the next night's would be: it tells of the one that came to no end, and looks up what it paid.

Resource          ../acceptance.resource

Suite Setup       Run After A Killed Run
Suite Teardown    Close The Venue


*** Test Cases ***
The Next Run Says That One Came To No End
    [Documentation]    At the terminal and to a phone: which run, and what it has left behind.
    ${day} =    Get Slot Day
    Notification Should Come Before Summary    An earlier run came to no end    killed    mother    father    paying
    Call Should Say
    ...    2
    ...    came to no end
    ...    ./run.sh settle father ${day} 10:00
    ...    ./run.sh settle mother ${day} 10:00

It Says That A Person Must Look
    [Documentation]    The payments are looked up although nobody has asked for that day: My Bookings lists neither.
    Exit Status Of Call Should Be    2    3
    Notification Should Come Before Summary    Father: unknown    settle father    do not pay for it by hand
    Notification Should Come Before Summary    Mother: unknown    settle mother    do not pay for it by hand

What Is Listed Is Settled Without A Word
    [Documentation]    The venue has learnt of father's money: the run after that finds his slot and tells nobody, and
    ...    pays for what it was asked for.
    Exit Status Of Call Should Be    4    0
    Call Should Not Say    4    unknown
    Call Should Not Say    4    came to no end
    ${other} =    Get Slot Day    weeks_before=1
    Slots Should Be Sold To    father    10
    Slots Should Be Sold To    father    10    on=${other}

What Was Cancelled Is Booked Again
    [Documentation]    Mother's bank has given the money back and her slot came free; she has said so, and pays anew.
    Exit Status Should Be    0
    Outcomes Should Be    mother    10:00 booked
    Slots Should Be Sold To    mother    10
    Payments Should Be    mother    card paid    card paid

Father Has Paid Once For Each Day
    [Documentation]    His basket held what may have been paid for, and the run in between left it alone.
    ${other} =    Get Slot Day    weeks_before=1
    Slots Should Be Paid For    father    10
    Slots Should Be Paid For    father    10    on=${other}
    Payments Should Be    father    card paid    card paid

Nothing Is Left Behind
    [Documentation]    No process, no secret.
    No Process Should Remain
    Nothing Secret Should Be Left
    Nothing Secret Should Be Sent


*** Keywords ***
Run After A Killed Run
    [Documentation]    Money is taken for mother and father, and no answer comes before everything is killed.
    Open The Venue As Seeded
    Let Runs Send Notifications
    Schedule    10:00
    Kill A Run After The Money
    ${other} =    Get Slot Day    weeks_before=1
    Run Program    --account    mother    --account    father    --date    ${other}    --now
    Change What The Venue Knows
    Run Program    --account    father    --date    ${other}    --now
    ${day} =    Get Slot Day
    Run Program    --account    mother    --date    ${day}    --now

Kill A Run After The Money
    [Documentation]    Kills everything at once, as a cut of the power does; of the money the venue does not learn.
    FOR    ${account}    IN    mother    father
        Let Account Be    ${account}    learns=never
        Add Fault    portal    /confirmation    hang    account=${account}    method=POST    when=after
    END
    Start Program    --account    mother    --account    father
    Wait For Payment    mother
    Wait For Payment    father
    Cut The Power
    Wait For Program
    Wait Until Keyword Succeeds    ${LONGEST_STOP} s    0.5 s    No Process Should Remain
    Clear Faults

Change What The Venue Knows
    [Documentation]    It learns of father's money, and mother's slot is cancelled, before the next run.
    ${day} =    Get Slot Day
    Let Account Be    father    learns=later    learns_seconds=${0}
    Let Account Be    mother    learns=return
    Let Basket Run Out    mother
    Run Program    settle    mother    ${day}    10:00    cancelled
    Exit Status Should Be    0
