*** Settings ***
Documentation     Each account meets a misfortune of its own in one run, and none of them is the others' business.

Resource          ../acceptance.resource

Suite Setup       Book With A Misfortune Each
Suite Teardown    Close The Venue


*** Test Cases ***
The Run Says That Something Was Missed
    [Documentation]    Some wanted slot was not booked: exit status 1, with a report all the same.
    Exit Status Should Be    1
    Report Should Be Complete    mother    bruce

A Slot Lost To A Rival Is Named As Taken
    [Documentation]    Mother's first slot goes to a rival at the worst moment; the second one is hers.
    Slots Should Be Sold To    mother    14
    Outcomes Should Be    mother    10:00 taken by somebody else    14:00 booked
    Sheet Should Log    mother    10:00 taken by somebody else    14:00 booked
    Ledger Should Say    mother    10:00 released    14:00 paid

A Wrong Password Is Tried Once
    [Documentation]    Father is not let in: one try, nothing held, and the reason in the table.
    Logins Should Be    father    refused
    Slots Should Be Sold To    father
    Outcomes Should Be    father    10:00 login refused    14:00 login refused
    Sheet Should Log    father    10:00 login refused    14:00 login refused

Enough Credit Pays Without The Card
    [Documentation]    Bruce has credit for both slots: no card portal, no card.
    Slots Should Be Sold To    bruce    10    14
    Payments Should Be    bruce    credit paid
    Payment Button Should Be Pressed    bruce    times=0

Ledger And Venue Agree
    [Documentation]    Nothing is forgotten and nothing is claimed that is not so.
    Ledger And Venue Should Agree
    No Process Should Remain

No Secret Is Left Behind
    [Documentation]    A refused password is as secret as one that is accepted.
    Nothing Secret Should Be Left


*** Keywords ***
Book With A Misfortune Each
    [Documentation]    A rival for mother, a wrong password for father, credit for bruce.
    Open The Venue
    Let Rival Take    mother    hour=${10}
    Let Account Be    bruce    credit_pence=${5000}
    Run Program    FATHER_CAM_PASSWORD=Canary-wrong-password
