*** Settings ***
Documentation     A card portal that nobody has seen: its marks are its own, and no page of it has a last button: going
...               on from a form is what pays. That is recorded before each form is sent: where the answer to one is
...               lost, nobody pays again.

Resource          ../acceptance.resource

Suite Setup       Book Through Strange Portals
Suite Teardown    Close The Venue


*** Test Cases ***
A Form That Pays Is Believed When My Bookings Lists It
    [Documentation]    Mother's portal asks for the cardholder on a page of its own, bruce's does not.
    Sheet Should Log    mother    10:00 booked    10:00 already booked
    Sheet Should Log    bruce    10:00 booked    10:00 already booked
    Slots Should Be Sold To    mother    10
    Slots Should Be Sold To    bruce    10

A Form That Is Not Answered May Have Paid
    [Documentation]    The bank has charged father and the portal has said nothing.
    Payments Should Be    father    card paid
    Ledger Should Say    father    10:00 unknown
    Exit Status Of Call Should Be    2    3
    Exit Status Of Call Should Be    3    3

A Run That Is Killed Behind A Form May Have Paid
    [Documentation]    No page came after aunt's last form, and her run was killed: the ledger had it before.
    Payments Should Be    aunt    card paid
    Ledger Should Say    aunt    14:00 unknown

It Is Paid For Once
    [Documentation]    By the venue's own records, after both runs.
    No Slot Should Be Paid Twice
    Slots Should Be Paid For    mother    10
    Slots Should Be Paid For    father    10
    Slots Should Be Paid For    bruce    10
    Slots Should Be Paid For    aunt    14


*** Keywords ***
Book Through Strange Portals
    [Documentation]    One slot for each account; the same command once more.
    Open The Venue As Seeded
    Let An Aunt Join
    Schedule For Accounts    mother 10:00    father 10:00    bruce 10:00    aunt 14:00
    Let Account Be    mother    other_portal=${True}
    Let Account Be    bruce    other_portal=${True}    billing=none
    Let Account Be    father    other_portal=${True}    card=approve_lost
    Let Account Be    aunt    other_portal=${True}    billing=none
    Kill A Run That Has Paid
    Run Program
    Run Program

Kill A Run That Has Paid
    [Documentation]    Kills everything of aunt's at once, when her form has taken the money and no answer has come.
    Add Fault    portal    /card    hang    account=aunt    method=POST    when=after
    Start Program    --account    aunt
    Wait For Payment    aunt
    Cut The Power
    Wait For Program
    Wait Until Keyword Succeeds    ${LONGEST_STOP} s    0.5 s    No Process Should Remain
    Clear Faults
