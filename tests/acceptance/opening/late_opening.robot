*** Settings ***
Documentation     The day opens eight seconds later than announced, and then the site is slow: the slots are held all
...               the same, with few requests, one after the other, and the report tells how long it took.

Resource          ../acceptance.resource
Library           ../Traffic.py
Library           ../Reports.py

Suite Setup       Book At A Slow Late Opening
Suite Teardown    Close The Venue


*** Test Cases ***
Everything Is Booked
    [Documentation]    Mother has both of her slots, father has his, and each has paid once.
    Exit Status Should Be    0
    Slots Should Be Sold To    mother    10    14
    Slots Should Be Sold To    father    10
    Payments Should Be    mother    card paid
    Payments Should Be    father    card paid
    Ledger And Venue Should Agree

One Request Is In Flight
    [Documentation]    From the login to the end, nobody asks for anything before the last answer is there.
    Requests Should Follow Each Other    mother    father

The First Requests Go Out In One Go
    [Documentation]    At the announced opening nothing stands between the requests for mother's two slots.
    Slots Should Be Asked For Together    mother    10    14

Tries Are Few And Ever Further Apart
    [Documentation]    Before the day is open the pauses grow; a slot is asked for no more often than a run may.
    Slot Should Be Asked For    mother    10
    Slot Should Be Asked For    mother    14
    Slot Should Be Asked For    father    10
    Pauses Should Grow    mother    10
    Pauses Should Grow    father    10

A Slow Site Is Waited For
    [Documentation]    Once the day is open, one request a slot is enough: its answer is waited for.
    ${open} =    Get Real Opening
    Slot Should Be Asked For Once    mother    10    since=${open}
    Slot Should Be Asked For Once    mother    14    since=${open}
    Slot Should Be Asked For Once    father    10    since=${open}

The Measures Are True
    [Documentation]    Tries and milliseconds after the opening agree with the venue's own records.
    ${folder} =    Get Newest Run
    ${records} =    Get Records
    ${opening} =    Get Opening
    Measures Should Agree With    ${records}    ${folder}    ${opening}    mother    father
    Clocks Should Be Told    ${folder}    mother    father

The Report Shows The Measures
    [Documentation]    The table has tries, request and hold of every slot, and names the opening they are counted from.
    ${folder} =    Get Newest Run
    ${rows} =    Get Rows With Measures    ${folder}
    ${opening} =    Get Opening
    Report In Browser Should Show    ${folder}    @{rows}
    ...    Times are milliseconds after the opening, ${opening.strftime('%d %B %Y %H:%M:%S')}


*** Keywords ***
Book At A Slow Late Opening
    [Documentation]    Books with two accounts, from a site that opens late and then takes long for every answer.
    Open The Venue As Seeded
    Schedule For Accounts    mother 10:00    mother 14:00    father 10:00
    Let Site Be    opening_delay_seconds=${8}    slow_seconds=${3}    slow_for_seconds=${10}
    Run Program    --account    mother    --account    father
