*** Settings ***
Documentation     What can go wrong with a card short of being declined, one kind for each account, in one run.

Resource          ../acceptance.resource

Suite Setup       Book With Trouble At The Checkout
Suite Teardown    Close The Venue


*** Test Cases ***
The Run Says That A Person Must Look
    [Documentation]    Of two accounts nobody knows whether they have paid.
    Exit Status Should Be    3
    Report Should Be Complete    @{ACCOUNTS}

A Lost Answer Is Unknown
    [Documentation]    Mother's payment is taken and the answer to the last click is lost. Nothing has returned to the
    ...    site, so that nothing is booked: her slots lie in the basket, and her money is gone, once.
    Slots Should Be Sold To    mother
    Slots Should Be Held By    mother    10    14
    Slots Should Be Paid For    mother    10    14
    Outcomes Should Be    mother    10:00 unknown    14:00 unknown
    Ledger Should Say    mother    10:00 unknown    14:00 unknown

A Lost Answer Is Settled By My Bookings
    [Documentation]    The same happens to father, and the site learns of his money by itself: he is booked, and paid
    ...    once. (The venue may see two presses: Chromium repeats a request whose connection breaks without an answer.)
    Slots Should Be Sold To    father    10    14
    Payments Should Be    father    card paid
    Outcomes Should Be    father    10:00 booked    14:00 booked
    Ledger Should Say    father    10:00 paid    14:00 paid

An Unanswered Question Of The Bank Is Unknown
    [Documentation]    Bruce's bank asks for 3-D Secure and nobody answers: no money has moved, but it may any moment.
    Payments Should Be    bruce    card pending
    Payment Button Should Be Pressed    bruce    times=1
    Slots Should Be Held By    bruce    10    14
    Outcomes Should Be    bruce    10:00 unknown    14:00 unknown
    Each Row Should Explain    bruce    unknown    confirm or refuse it with your bank    do not pay for it by hand

No Secret Is Left Behind
    [Documentation]    The card was typed three times over; nothing of it is anywhere.
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Book With Trouble At The Checkout
    [Documentation]    Answers that are lost, a bank that asks a person who is not there.
    Open The Venue
    Let Account Be    mother    card=approve_lost
    Let Account Be    father    card=approve_lost    learns=later    learns_seconds=${2}
    Let Account Be    bruce    card=3ds
    Run Program    THREE_D_SECURE_WAIT=5
