*** Settings ***
Documentation     What can go wrong with a card, one kind for each account, in one run.

Resource          acceptance.resource

Suite Setup       Book With Trouble At The Till
Suite Teardown    Close The Venue


*** Test Cases ***
The Run Says That Something Was Missed
    [Documentation]    Two accounts have booked nothing.
    Exit Status Should Be    1
    Report Should Be Complete    @{ACCOUNTS}

A Declined Card Is Tried Once
    [Documentation]    Mother's bank declines: one press of the button, and the slots stay in her basket.
    Payments Should Be    mother    card declined
    Payment Button Should Be Pressed    mother    times=1
    Slots Should Be Held By    mother    10    14
    Outcomes Should Be    mother    10:00 payment declined    14:00 payment declined
    Ledger Should Say    mother    10:00 held    14:00 held

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
    [Documentation]    The card was typed three times over; nothing of it is anywhere.
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Book With Trouble At The Till
    [Documentation]    A card that is declined, an answer that is lost, a bank that asks a person who is not there.
    Open The Venue
    Let Account Be    mother    card=decline
    Let Account Be    father    card=approve_lost
    Let Account Be    bruce    card=3ds
    Run Program    THREE_D_SECURE_WAIT=5
