*** Settings ***
Documentation     Accounts that would log in as somebody else of the sheet share a session and a basket with them: they
...               are left out and told, and the account that stands first in the sheet books.

Resource          ../acceptance.resource

Suite Setup       Let Everybody Log In As Mother
Suite Teardown    Close The Venue


*** Test Cases ***
The First Account Books
    [Documentation]    Mother, at her own court, and nothing else is in her basket.
    Slots Should Be Sold To    mother    10    14
    Slots Should Be Held By    mother
    Payments Should Be    mother    card paid
    Payment Button Should Be Pressed    mother    times=1
    Outcomes Should Be    mother    10:00 booked    14:00 booked

The Others Are Left Out
    [Documentation]    Nobody logs in for them; what they would have been booked nobody knows, so the status tells.
    Exit Status Should Be    1
    Logins Should Be    mother    accepted
    Outcomes Should Be    father
    Outcomes Should Be    bruce

It Is Told Whose Login It Is
    [Documentation]    Father's by the sheet, Bruce's by a setting; at the terminal and in the message at the end.
    VAR    ${by_sheet} =    "Father" logs in with the same address as "Mother"
    VAR    ${by_setting} =    "Bruce" logs in with the same address as "Mother"
    Program Should Say    ${by_sheet}    ${by_setting}    by BRUCE_CAM_EMAIL_ADDRESS
    Notification Should Say    2 of 2 slots    ${by_sheet}    ${by_setting}    by BRUCE_CAM_EMAIL_ADDRESS    call=1

Nothing Is Left Behind
    [Documentation]    No process, no secret, and a ledger that agrees.
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Let Everybody Log In As Mother
    [Documentation]    Father's row has her address and no setting says otherwise; Bruce's row is right.
    Open The Venue
    Let Runs Send Notifications
    Set Email Address    father    mother@example.test
    Change Settings    ${{ {'FATHER_CAM_EMAIL_ADDRESS': ''} }}
    Run Program    BRUCE_CAM_EMAIL_ADDRESS=mother@example.test
