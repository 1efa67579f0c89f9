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
    Wait For Readiness    mother
    Kill Worker    mother
    Wait For Program
    The Others Should Have Booked
    Nothing Should Be Left Behind

A Killed Run Leaves Nothing Running
    [Documentation]    The runner is killed while everybody waits for the opening: nothing of it remains, without any
    ...    other run, and nothing is booked behind anybody's back. The next run books everything.
    Kill A Waiting Run
    Wait For The End
    Ledger And Venue Should Agree
    Run Again When Open
    Everybody Should Have Booked
    Nothing Should Be Left Behind

A Run Killed With Its Whole Group Leaves Nothing Running
    [Documentation]    The same where the system kills all processes of the group, here while father's payment has no
    ...    answer yet and the others have paid: what each has paid is known to the next run.
    Kill A Paying Run
    Wait For The End
    Ledger And Venue Should Agree
    Run Again When Open
    Everything Should Be Found Paid
    Nothing Should Be Left Behind

SIGTERM While Waiting Ends The Run
    [Documentation]    Everybody waits for an opening that is minutes away: the run ends soon, and nothing was held.
    ${opening} =    Open Slot Day In    600
    Start Program    OPENING=${opening}
    Wait For Readiness    @{ACCOUNTS}
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}
    Nothing Should Have Been Done

SIGTERM While Paying Forgets Nothing
    [Documentation]    Mother waits for the answer to her request for a slot, father for the answer to his payment; both
    ...    have been granted. The next run takes up what the basket and My Bookings have.
    Stop A Holding And Paying Run
    Nothing Should Be Left Behind
    Clear Faults
    Run Program
    Everybody Should Have Booked
    Nothing Should Be Left Behind

A Sheet That Hangs Does Not Hold A Stop Up
    [Documentation]    The log of the sheet is never on the way of anything: the run ends soon, the next one goes on.
    Stop While The Sheet Hangs
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
    Mother Should Have Booked


*** Keywords ***
Lose The Basket At The Click
    [Documentation]    Holds the request that sends mother's basket up until what is in it has run out.
    Add Fault    site    ^/basket/$    pause    account=mother    method=POST    times=${1}
    Start Program    --account    mother
    Wait For Fault
    Let Basket Run Out    mother
    Clear Faults
    Wait For Program

Stop A Holding And Paying Run
    [Documentation]    Stops a run whose answers hang, after the venue has acted on what was asked; Bruce has paid. Of
    ...    father's money the venue learns by itself.
    Let Account Be    father    learns=later    learns_seconds=${1}
    Add Fault    site    /courses/book.aspx    hang    account=mother    when=after
    Add Fault    portal    /confirmation    hang    account=father    method=POST    when=after
    Start Program
    Wait For Request    site    book.aspx    mother
    Wait For Payment    father
    Wait For Payment    bruce
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}

Kill A Waiting Run
    [Documentation]    The opening is minutes away.
    ${opening} =    Open Slot Day In    600
    Start Program    OPENING=${opening}
    Wait For Readiness    @{ACCOUNTS}
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
        Wait For Payment    ${account}
    END
    Kill Program    group=True
    Wait For Program

Wait For The End
    [Documentation]    Robots, Node, browsers and whatever watched over them end by themselves.
    Wait Until Keyword Succeeds    ${LONGEST_STOP} s    0.5 s    No Process Should Remain

Run Again When Open
    [Documentation]    The day has opened, and nothing goes wrong any more.
    Open Slot Day In    -1
    Clear Faults
    Run Program

Stop While The Sheet Hangs
    [Documentation]    Mother has paid, and the sheet takes her rows without ever answering.
    Add Fault    sheet    append    hang
    Start Program    --account    mother
    Wait For Payment    mother
    Terminate Program
    Wait For Program    within=${LONGEST_STOP}

Mother Should Have Booked
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
    Nothing Should Be Left Behind

Everything Should Be Found Paid
    [Documentation]    Checks that the last run has paid nothing itself, and does not say that it has.
    Program Should Not Say    Paid in this run
    Everybody Should Have Booked

Everybody Should Have Booked
    [Documentation]    Every slot is sold once, and paid for once.
    Exit Status Should Be    0
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Sold To    ${account}    10    14
        Payments Should Be    ${account}    card paid
        Ledger Should Say    ${account}    10:00 paid    14:00 paid
    END

Nothing Should Be Left Behind
    [Documentation]    Nothing runs on, nothing is forgotten, nothing secret is left.
    No Process Should Remain
    Ledger And Venue Should Agree
    Report Should Be Complete
    Nothing Secret Should Be Left
