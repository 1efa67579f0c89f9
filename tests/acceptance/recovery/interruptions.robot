*** Settings ***
Documentation    What is killed or stopped: a worker that is lost is nobody else's loss, and a run that is told to end
...              leaves nothing running and forgets nothing, so that the next one can take up where it was.

Resource         ../acceptance.resource

Test Setup       Open The Venue    ${TEST_NAME}
Test Teardown    Close The Venue


*** Test Cases ***
A Killed Worker Is Nobody Else's Loss
    [Documentation]    Mother's Robot is killed while it waits for the opening: the others book, the report names her.
    Start Program
    Wait Until Ready    mother
    Kill Worker    mother
    Wait For Program
    The Others Should Have Booked
    What Must Hold After Every Run Should Hold

A Killed Run Leaves Nothing Running
    [Documentation]    The runner is killed while everybody waits for the opening: nothing of it remains, without any
    ...    other run, and nothing is booked behind anybody's back. The next run books everything.
    Kill A Waiting Run
    Everything Should End By Itself
    Run Program
    Everybody Should Have Booked In The End
    What Must Hold After Every Run Should Hold

A Run Killed With Its Whole Group Leaves Nothing Running
    [Documentation]    The same where the system kills all processes of the group, here while father's payment has no
    ...    answer yet and the others have paid: what each has paid is known to the next run.
    Kill A Paying Run
    Everything Should End By Itself
    The Next Run Should Find All Paid
    What Must Hold After Every Run Should Hold

SIGTERM While Waiting Ends The Run
    [Documentation]    Everybody waits for an opening that is minutes away: the run ends soon, and nothing was held.
    ${opening} =    Open Slot Day In    600
    Start Program    OPENING=${opening}
    Wait Until Ready    @{ACCOUNTS}
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}
    Nothing Should Have Been Done

SIGTERM While Paying Forgets Nothing
    [Documentation]    Mother waits for the answer to her request for a slot, father for the answer to his payment; both
    ...    have been granted. The next run takes up what the basket and My Bookings have.
    Stop While Mother Is Holding And Father Is Paying
    What Must Hold After Every Run Should Hold
    Clear Faults
    Run Program
    Everybody Should Have Booked In The End
    What Must Hold After Every Run Should Hold

A Sheet That Hangs Does Not Hold A Stop Up
    [Documentation]    The log of the sheet is never on the way of anything: the run ends soon, the next one goes on.
    Stop After Paying While The Sheet Hangs
    Clear Faults
    Run Program    --account    mother
    Exit Status Should Be    0
    Ledger Should Say    mother    10:00 paid    14:00 paid

A Basket That Runs Out At The Click Is No Payment
    [Documentation]    While "Make Booking" is on its way the hold ends: the site shows an empty basket, so nothing was
    ...    paid and nothing is unknown; the next run books the slots.
    Lose The Basket At The Click
    Exit Status Should Be    1
    Outcomes Should Be    mother    10:00 site error    14:00 site error
    Payments Should Be    mother
    Run Program    --account    mother
    Mother Should Have Booked In The End


*** Keywords ***
Lose The Basket At The Click
    [Documentation]    Holds the request that sends mother's basket up until what is in it has run out.
    Add Fault    site    ^/basket/$    pause    account=mother    method=POST    times=${1}
    Start Program    --account    mother
    Wait Until Fault Strikes
    Let Basket Run Out    mother
    Clear Faults
    Wait For Program

Stop While Mother Is Holding And Father Is Paying
    [Documentation]    Stops a run whose answers hang, after the venue has acted on what was asked; Bruce has paid. Of
    ...    father's money the venue learns by itself.
    Let Account Be    father    learns=later    learns_seconds=${1}
    Add Fault    site    /courses/book.aspx    hang    account=mother    when=after
    Add Fault    portal    /confirmation    hang    account=father    method=POST    when=after
    Start Program
    Wait Until Asked    site    book.aspx    mother
    Wait Until Paid    father
    Wait Until Paid    bruce
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}

Kill A Waiting Run
    [Documentation]    The opening is minutes away.
    ${opening} =    Open Slot Day In    600
    Start Program    OPENING=${opening}
    Wait Until Ready    @{ACCOUNTS}
    Kill Program
    Wait For Program
    Exit Status Should Be    ${-9}

Kill A Paying Run
    [Documentation]    Father waits for the answer to a payment that has been taken; the venue learns of it by itself.
    ...    The others are past theirs: killed between the click and the portal, a payment would be unknown for good.
    Let Account Be    father    learns=later    learns_seconds=${1}
    Add Fault    portal    /confirmation    hang    account=father    method=POST    when=after
    Start Program
    FOR    ${account}    IN    @{ACCOUNTS}
        Wait Until Paid    ${account}
    END
    Kill Program    group=True
    Wait For Program

Everything Should End By Itself
    [Documentation]    Robots, Node, browsers and whatever watched over them.
    Wait Until Keyword Succeeds    ${LONGEST_STOP} s    0.5 s    No Process Should Remain
    Ledger And Venue Should Agree
    Open Slot Day In    -1

Stop After Paying While The Sheet Hangs
    [Documentation]    Mother has paid, and the sheet takes her rows without ever answering.
    Add Fault    sheet    append    hang
    Start Program    --account    mother
    Wait Until Paid    mother
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}

Mother Should Have Booked In The End
    [Documentation]    Her slots are sold and paid for, once.
    Exit Status Should Be    0
    Slots Should Be Sold To    mother    10    14
    Payments Should Be    mother    card paid
    Ledger Should Say    mother    10:00 paid    14:00 paid

The Others Should Have Booked
    [Documentation]    Father and Bruce have their slots, mother has an outcome all the same.
    Exit Status Should Be    1
    Slots Should Be Sold To    father    10    14
    Slots Should Be Sold To    bruce    10    14
    Slots Should Be Sold To    mother
    Outcomes Should Be    mother    10:00 site error    14:00 site error
    Report Elsewhere Should Show    Mother    the worker of this account was killed or lost

Nothing Should Have Been Done
    [Documentation]    No slot was reached for, the report is there, the ledger has what was intended and no more.
    Exit Status Should Be    1
    Nothing Should Be Asked Of    site    book.aspx
    Report Should Be Complete    @{ACCOUNTS}
    What Must Hold After Every Run Should Hold

The Next Run Should Find All Paid
    [Documentation]    It pays nothing itself, and does not say that it has.
    Clear Faults
    Run Program
    Program Should Not Say    Paid in this run
    Everybody Should Have Booked In The End

Everybody Should Have Booked In The End
    [Documentation]    Every slot is sold once, and paid for once.
    Exit Status Should Be    0
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Sold To    ${account}    10    14
        Payments Should Be    ${account}    card paid
        Ledger Should Say    ${account}    10:00 paid    14:00 paid
    END

What Must Hold After Every Run Should Hold
    [Documentation]    Nothing runs on, nothing is forgotten, nothing secret is left.
    No Process Should Remain
    Ledger And Venue Should Agree
    Report Should Be Complete
    Nothing Secret Should Be Left
