*** Settings ***
Documentation     The memory between runs is damaged: it is set aside and rebuilt, and nothing is booked or paid twice.

Resource          ../acceptance.resource

Suite Setup       Run On A Damaged Ledger
Suite Teardown    Close The Venue


*** Test Cases ***
Nothing Is Booked Or Paid Twice
    [Documentation]    By the venue's own records; the ledger has from My Bookings again what is paid.
    Call Should Change Nothing    3
    Outcomes Of Call Should Be    3    mother    10:00 already booked    14:00 already booked
    Ledger Should Say    mother    10:00 paid    14:00 paid    after_call=3

The Damage Is Told
    [Documentation]    On the terminal and in the report.
    Call Should Say    3    Warning: ledger.sqlite3 was damaged
    Report Elsewhere Should Show    ledger.sqlite3 was damaged    set aside as ledger.sqlite3.damaged-
    ...    after_call=3

What Lies In The Basket Is Left To A Person
    [Documentation]    Father's slots may have been paid for, for all the new ledger knows.
    Exit Status Of Call Should Be    3    1
    Slots Should Be Held By    father    10    14    after_call=3
    Outcomes Of Call Should Be    3    father    10:00 needs a person    14:00 needs a person
    Each Row Should Explain    father    needs a person    the ledger was damaged    ./run.sh settle father

The Old Ledger Is Still There
    [Documentation]    Byte for byte as it was damaged, also after the runs that came then.
    Damaged Ledger Should Be Set Aside

A Person's Word Settles It
    [Documentation]    The person has looked: it was not paid. The next run pays for the basket.
    Exit Status Of Call Should Be    4    0
    Exit Status Of Call Should Be    5    0
    Exit Status Should Be    0
    Slots Should Be Sold To    father    10    14
    Payments Should Be    father    card declined    card paid

Nothing Is Left Behind
    [Documentation]    Ledger and venue agree, nothing runs on, nothing secret is left.
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Run On A Damaged Ledger
    [Documentation]    The next run for both, and one for father when a person has said that he has not paid.
    Open The Venue
    Book Mother And Decline Father
    Damage The Ledger
    Run Program    --account    mother    --account    father
    ${day} =    Get Slot Day
    Run Program    settle    father    ${day}    10:00    not-paid
    Run Program    settle    father    ${day}    14:00    not-paid
    Run Program    --account    father

Book Mother And Decline Father
    [Documentation]    Leaves father's slots in his basket.
    Run Program    --account    mother
    Let Account Be    father    card=decline
    Run Program    --account    father
    Let Account Be    father    card=approve
