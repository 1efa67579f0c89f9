*** Settings ***
Documentation     One account, one day, no waiting: what the options of the command line say, and nothing else, is done.

Resource          ../acceptance.resource

Suite Setup       Book Mother On An Earlier Day
Suite Teardown    Close The Venue


*** Test Cases ***
The Chosen Account Has The Chosen Day
    [Documentation]    Mother has her slots on the day that was asked for, none on the day that opens tonight.
    ${day} =    Get Slot Day    weeks_before=1
    Exit Status Should Be    0
    Slots Should Be Sold To    mother    10    14    on=${day}
    Slots Should Be Sold To    mother
    Outcomes Should Be    mother    10:00 booked    14:00 booked

The Other Accounts Are Left Alone
    [Documentation]    Nobody has logged in as father or Bruce.
    Logins Should Be    father
    Logins Should Be    bruce

Nothing Is Left Behind
    [Documentation]    No process, no secret, and a ledger that agrees.
    No Process Should Remain
    Ledger And Venue Should Agree
    Nothing Secret Should Be Left


*** Keywords ***
Book Mother On An Earlier Day
    [Documentation]    A week before the day that opens tonight: open for a week, the same weekday.
    Open The Venue
    ${day} =    Get Slot Day    weeks_before=1
    Run Program    --account    mother    --date    ${day}    --now
