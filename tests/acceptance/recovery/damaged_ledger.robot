*** Settings ***
Documentation     The memory between runs is damaged: it is set aside and rebuilt, and nothing is booked or paid twice.

Resource          ../acceptance.resource

Suite Setup       Book Everything But What Is Left In Fathers Basket
Suite Teardown    Close The Venue


*** Test Cases ***
Nothing Is Booked Or Paid Twice
    [Documentation]    By the venue's own records; the ledger has from My Bookings again what is paid.
    ${before} =    Get Records
    Damage The Ledger
    Run Program    --account    mother    --account    father
    Nothing Should Be New Since    ${before}
    Outcomes Should Be    mother    10:00 already booked    14:00 already booked
    Ledger Should Say    mother    10:00 paid    14:00 paid

The Damage Is Told
    [Documentation]    On the terminal and in the report.
    Program Should Say    Warning: ledger.sqlite3 was damaged
    Report Elsewhere Should Show    ledger.sqlite3 was damaged    set aside as ledger.sqlite3.damaged-

What Lies In The Basket Is Left To A Person
    [Documentation]    Father's slots may have been paid for, for all the new ledger knows.
    Exit Status Should Be    1
    Slots Should Be Held By    father    10    14
    Outcomes Should Be    father    10:00 needs a person    14:00 needs a person
    Each Row Should Explain    father    needs a person    the ledger was damaged    ./run.sh settle father

The Old Ledger Is Still There
    [Documentation]    Byte for byte as it was damaged, also after another run.
    Damaged Ledger Should Be Set Aside

A Person's Word Settles It
    [Documentation]    The person has looked: it was not paid. The next run pays for the basket.
    ${day} =    Get Slot Day
    Settle As Not Paid    father    ${day}    10    14
    Run Program    --account    father
    Exit Status Should Be    0
    Slots Should Be Sold To    father    10    14
    Payments Should Be    father    card declined    card paid

Nothing Is Left Behind
    [Documentation]    Ledger and venue agree, nothing runs on, nothing secret is left.
    Ledger And Venue Should Agree
    Damaged Ledger Should Be Set Aside
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Book Everything But What Is Left In Fathers Basket
    [Documentation]    Mother books, and father's card is declined.
    Open The Venue
    Run Program    --account    mother
    Let Account Be    father    card=decline
    Run Program    --account    father
    Let Account Be    father    card=approve

Settle As Not Paid
    [Documentation]    Says of each of these hours what a person has found out.
    [Arguments]    ${account: str}    ${day: date}    @{hours: int}
    FOR    ${hour}    IN    @{hours}
        Run Program    settle    ${account}    ${day}    ${hour}:00    not-paid
        Exit Status Should Be    0
    END
