*** Settings ***
Documentation     What can go wrong with a card short of being declined, one kind for each account, in one run.

Resource          acceptance.resource

Suite Setup       Book With Trouble At The Till
Suite Teardown    Close The Venue


*** Test Cases ***
The Run Says That Something Was Missed
    [Documentation]    One account has booked nothing.
    Exit Status Should Be    1
    Report Should Be Complete    father    bruce

A Lost Answer Is Settled By My Bookings
    [Documentation]    Father's payment is taken and the answer to the last click is lost; he is booked, and paid once.
    ...    (The venue may see two presses: Chromium itself repeats a request whose connection breaks without an answer.)
    Slots Should Be Sold To    father    10    14
    Payments Should Be    father    card paid
    Outcomes Should Be    father    10:00 booked    14:00 booked
    Ledger Should Say    father    10:00 paid    14:00 paid

An Unanswered Question Of The Bank Needs A Person
    [Documentation]    Bruce's bank asks for 3-D Secure and nobody answers: no money moves, and a person is asked for.
    Payments Should Be    bruce    card pending
    Payment Button Should Be Pressed    bruce    times=1
    Slots Should Be Sold To    bruce
    Outcomes Should Be    bruce    10:00 needs a person    14:00 needs a person

No Secret Is Left Behind
    [Documentation]    The card was typed twice over; nothing of it is anywhere.
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Book With Trouble At The Till
    [Documentation]    An answer that is lost, a bank that asks a person who is not there.
    Open The Venue
    Let Account Be    father    card=approve_lost
    Let Account Be    bruce    card=3ds
    Run Program    --account    father    --account    bruce    THREE_D_SECURE_WAIT=5
