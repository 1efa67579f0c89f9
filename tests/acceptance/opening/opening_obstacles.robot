*** Settings ***
Documentation     Four accounts, two of them at one court, and a trouble each at the opening: a rival who is faster, a
...               session that ends, a site that refuses, a page that only a person can pass.

Resource          ../acceptance.resource
Library           ../Traffic.py
Library           ../Reports.py

Suite Setup       Book With Trouble At The Opening
Suite Teardown    Close The Venue


*** Test Cases ***
The Run Says That A Person Is Needed
    [Documentation]    Some wanted slots were not booked: exit status 1, and nothing is left running or forgotten.
    Exit Status Should Be    1
    No Process Should Remain
    Ledger And Venue Should Agree

The Next Preference Is Booked
    [Documentation]    A rival takes mother's 10:00, so she gets 11:00; the outcome names both.
    ${folder} =    Get Newest Run
    Slots Should Be Sold To    mother    11
    Outcomes Should Be    mother    11:00 (wanted 10:00) booked
    Outcome File Should Say    ${folder}    mother    10:00 11:00 booked
    Report In Browser Should Show    ${folder}    10:00, got 11:00
    Ledger Should Say    mother    10:00 released    11:00 paid

A Lost Slot Is Left Alone
    [Documentation]    Once the calendar has shown that 10:00 is taken, mother does not ask for it again.
    Slot Should Be Asked For    mother    10    at_most=2
    Taken Slot Should Be Left Alone    mother    10

A Lost Session Costs One Login
    [Documentation]    The session of the aunt ends with her first request: she logs in again, once, and books.
    Logins Should Be    aunt    accepted    accepted
    Slots Should Be Sold To    aunt    14
    Outcomes Should Be    aunt    14:00 booked
    Slot Should Be Asked For    aunt    14    at_most=2

A Refusal Ends The Tries
    [Documentation]    The site answers father with 403: one request, none for his other slot, a person is asked for.
    ...    (The picture shows the page he stood on; the refusal itself came in the background.)
    ${folder} =    Get Newest Run
    Slots Should Be Sold To    father
    One Slot Should Be Asked For    father
    Outcomes Should Be    father    10:00 needs a person    14:00 needs a person
    Picture Should Exist    ${folder}    father    slots-held

A Challenge Ends The Tries
    [Documentation]    Bruce is shown a challenge page: nothing tries to get round it, a person is asked for.
    ${folder} =    Get Newest Run
    Slots Should Be Sold To    bruce
    One Slot Should Be Asked For    bruce
    Outcomes Should Be    bruce    10:00 needs a person    14:00 needs a person
    Picture Should Exist    ${folder}    bruce    slots-held

One Request Is In Flight
    [Documentation]    Nobody asks for anything before the last answer is there, whatever the trouble.
    Requests Should Follow Each Other    mother    father    bruce    aunt

No Secret Is Left Behind
    [Documentation]    Four passwords and the card are nowhere.
    Nothing Secret Should Be Left


*** Keywords ***
Book With Trouble At The Opening
    [Documentation]    A rival for mother, the end of a session for the aunt, 403 for father, a challenge for bruce.
    Open The Venue As Seeded
    Let An Aunt Join
    Schedule For Accounts    mother 10:00, else 11:00    aunt 14:00    father 10:00    father 14:00    bruce 10:00
    ...    bruce 14:00
    Let Rival Take    mother    hour=${10}
    Add Fault    site    book.aspx    status    account=father    status=${403}
    Add Fault    site    book.aspx    challenge    account=bruce
    Add Fault    site    book.aspx    expire_session    account=aunt    times=${1}
    Run Program
