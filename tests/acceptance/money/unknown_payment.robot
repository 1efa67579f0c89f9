*** Settings ***
Documentation     A payment was sent, no answer came, and My Bookings does not list the slots: nobody can know its fate,
...               so a person is told, and nothing is paid again.

Resource          ../acceptance.resource

Suite Setup       Lose A Payment And Try Again
Suite Teardown    Close The Venue


*** Test Cases ***
A Payment Without A Trace Is Unknown
    [Documentation]    The request was lost before the bank saw it, but the program cannot know that.
    Exit Status Of Call Should Be    1    3
    Outcomes Of Call Should Be    1    father    10:00 unknown    14:00 unknown
    Ledger Should Say    father    10:00 unknown    14:00 unknown    after_call=1
    Payment Button Should Be Pressed    father    times=0    after_call=1

A Portal That Repeats The Card Number Is Not Repeated
    [Documentation]    What mother's portal has said after the last click reaches people without the number.
    Outcomes Of Call Should Be    1    mother    10:00 unknown    14:00 unknown
    Each Row Should Explain    mother    unknown    could not be processed    ./run.sh settle mother
    Nothing Secret Should Be Left

It Is Not Paid Again
    [Documentation]    The weather is fine again, but the next run leaves what is unknown to a person.
    Exit Status Should Be    3
    Payment Button Should Be Pressed    father    times=0
    Outcomes Should Be    father    10:00 unknown    14:00 unknown

Nothing Is Left Behind
    [Documentation]    No process, no secret.
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Lose A Payment And Try Again
    [Documentation]    The connection breaks before the portal has taken in father's last click; mother's is answered
    ...    with a page that repeats what she has typed. Father runs again in fine weather.
    Open The Venue
    ${page} =    Get Page With Card Number
    Add Fault    portal    /confirmation    drop    account=father    method=POST
    Add Fault    portal    /confirmation    status    account=mother    method=POST    status=${200}    body=${page}
    Run Program    --account    father    --account    mother
    Clear Faults
    Run Program    --account    father
