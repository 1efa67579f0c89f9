*** Settings ***
Documentation     A rehearsal does everything but pay, and a court on a site that is not configured is never visited.

Resource          ../acceptance.resource

Suite Setup       Rehearse For All And For Two
Suite Teardown    Close The Venue


*** Test Cases ***
A Rehearsal Holds And Gives Back
    [Documentation]    Every slot of mother and father. The exit status tells that an account had to be left out: nobody
    ...    knows what it would have been booked.
    Exit Status Of Call Should Be    1    1
    Outcomes Of Call Should Be    1    mother    10:00 rehearsed    14:00 rehearsed
    Outcomes Of Call Should Be    1    father    10:00 rehearsed    14:00 rehearsed
    Sheet Should Log    mother    10:00 rehearsed    14:00 rehearsed    after_call=1

A Rehearsal Of Those Who Can Succeeds
    [Documentation]    Asked for the two whose rows are right, the same rehearsal ends well.
    Exit Status Of Call Should Be    2    0

Nothing Is Paid Or Kept
    [Documentation]    The venue has sold nothing, took no payment, and all baskets are empty.
    [Template]    Account Should Have Nothing
    mother
    father
    bruce

It Went As Far As The Card Page
    [Documentation]    The slots were really held and the card portal was really reached.
    Something Should Be Asked Of    site    /courses/book.aspx
    Something Should Be Asked Of    portal    /card
    Nothing Should Be Asked Of    portal    /details

A Court On Another Site Is Told And Never Visited
    [Documentation]    Bruce's row of the sheet is left out with a remark; nobody has come to the address it names.
    Nobody Should Have Come
    Each Call Should Say    Account & Court Configuration, row 4    Court URL
    Logins Should Be    bruce

Nothing Is Left Behind
    [Documentation]    No process, no secret, and a ledger that agrees.
    No Process Should Remain
    Ledger And Venue Should Agree
    Nothing Secret Should Be Left


*** Keywords ***
Rehearse For All And For Two
    [Documentation]    Bruce's court has the right path on another server of this machine; then it is asked for the two
    ...    others only.
    Open The Venue
    ${elsewhere} =    Listen Elsewhere
    Set Court Address    bruce    ${elsewhere}/courses/detail/177/practice-fields-tennis-court-3/
    Run Program    --rehearse
    Run Program    --rehearse    --account    mother    --account    father

Account Should Have Nothing
    [Documentation]    Checks that the venue has sold it nothing, holds nothing for it, and was asked for no payment.
    [Arguments]    ${account: str}
    Slots Should Be Sold To    ${account}
    Slots Should Be Held By    ${account}
    Payments Should Be    ${account}
    Payment Button Should Be Pressed    ${account}    times=0
