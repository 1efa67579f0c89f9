*** Settings ***
Documentation     Father's payment is in doubt, and he is called Dad in sheet and settings from then on, with the same
...               login: what Father may have paid for, Dad does not pay for again.

Resource          ../acceptance.resource

Suite Setup       Rename Father With Payment In Doubt
Suite Teardown    Close The Venue


*** Test Cases ***
Nothing Is Paid Again
    [Documentation]    The slots lay in the basket that Dad has found, as they had when Father paid for them.
    No Slot Should Be Paid Twice
    Slots Should Be Paid For    dad    10    14    after_call=2
    Payments Should Be    dad    card paid    after_call=2
    Payment Button Should Be Pressed    dad    times=1    after_call=2
    Ledger Should Say    father    10:00 unknown    14:00 unknown    after_call=2
    Ledger Should Say    dad    after_call=2

It Is Unknown To Dad Too
    [Documentation]    With the command that settles it under the name that has paid.
    Exit Statuses Should Be    3    3    0
    Outcomes Of Call Should Be    2    dad    10:00 unknown    14:00 unknown
    ${day} =    Get Slot Day
    Call Should Say    2    was sent by father    ./run.sh settle father ${day} 10:00
    ...    ./run.sh settle father ${day} 14:00

What Is Listed Is Dads
    [Documentation]    The venue learns of the money, and the next run finds everything booked.
    Outcomes Should Be    dad    10:00 already booked    14:00 already booked
    Slots Should Be Sold To    dad    10    14
    Payments Should Be    dad    card paid

Nothing Is Left Behind
    [Documentation]    No process, no secret.
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Rename Father With Payment In Doubt
    [Documentation]    The portal says not to pay again, after it has taken the money. The venue learns of that after
    ...    Dad's first run.
    Open The Venue
    Let Account Be    father    card=error_taken
    Run Program    --account    father
    ${settings} =    Rename Account    father    dad
    Change Settings    ${settings}
    Let Account Be    dad    card=approve
    Run Program    --account    dad
    Let Account Be    dad    learns=later    learns_seconds=${0}
    Run Program    --account    dad
