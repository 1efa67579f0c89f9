*** Settings ***
Documentation     After the last click: the portal says not to pay again, the bank takes the money when nobody waits any
...               more, the site never hears of it. The same command again, and a rehearsal, pay nothing a second time.

Resource          ../acceptance.resource

Suite Setup       Pay And Never Learn The End
Suite Teardown    Close The Venue


*** Test Cases ***
Money Is Taken Once
    [Documentation]    Of three accounts, each time for a slot that the ledger could have thought of as unpaid.
    [Template]    One Payment Should Be Taken From
    mother
    father
    bruce

A Payment That Failed Is Not Tried Again
    [Documentation]    Aunt's money was not taken, for all that the portal said.
    Payments Should Be    aunt    card failed    after_call=3

The Button Is Pressed Once In Three Runs
    [Documentation]    In none of the later runs has anybody so much as come to the portal.
    Payment Button Should Be Pressed    mother    times=1    after_call=3
    Payment Button Should Be Pressed    father    times=1    after_call=3
    Payment Button Should Be Pressed    bruce    times=1    after_call=3
    Payment Button Should Be Pressed    aunt    times=1    after_call=3

Each Run Says That A Person Must Look
    [Documentation]    Exit status 3, and the command to paste for each of the slots, in each of the runs.
    [Template]    Run Should Ask To Look
    1
    2
    3

Nothing Is Said To Be Booked
    [Documentation]    A confirmation that My Bookings does not bear out is told as that, in each run.
    Sheet Should Log    mother    10:00 unknown    10:00 unknown    10:00 unknown    after_call=3
    Sheet Should Log    father    10:00 unknown    10:00 unknown    10:00 unknown    after_call=3
    Sheet Should Log    aunt    14:00 unknown    14:00 unknown    14:00 unknown    after_call=3
    Sheet Should Log    bruce    10:00 paid, not listed yet    10:00 paid, not listed yet    10:00 paid, not listed yet
    ...    after_call=3
    Ledger And Venue Should Agree    after_call=3

A Rehearsal Leaves The Baskets Alone
    [Documentation]    What may be paid for is not given back, by the last run either.
    Slots Should Be Held By    mother    10    after_call=3
    Slots Should Be Held By    father    10    after_call=3
    Slots Should Be Held By    bruce    10    after_call=3
    Slots Should Be Held By    aunt    14    after_call=3

People Are Called While It Can Help
    [Documentation]    Before the run has come to its end, with what to do and what not to do.
    Notification Should Come Before Summary    Mother: unknown    neither yes nor no    do not pay for it by hand
    Notification Should Come Before Summary    Father: unknown    confirm or refuse it with your bank
    ...    do not pay for it by hand
    Notification Should Come Before Summary    Bruce: paid, not listed yet    do not pay for it by hand
    Notification Should Come Before Summary    Aunt: unknown    neither yes nor no    ./run.sh settle aunt

What A Person Has Found Out Is Taken
    [Documentation]    Mother's slot is hers and is not paid again; aunt's was not paid and is booked now. The others
    ...    are not forgotten over it.
    Exit Statuses Should Be    3    3    3    0    0    3
    Outcomes Should Be    mother    10:00 needs a person
    Program Should Say    has it as paid by mother, but My Bookings does not list it    settle mother
    Outcomes Should Be    aunt    14:00 booked
    Program Should Say    ./run.sh settle father    ./run.sh settle bruce

It Is Still Paid For Once
    [Documentation]    By the venue's own records, after all four runs.
    No Slot Should Be Paid Twice
    Slots Should Be Paid For    aunt    14
    Slots Should Be Sold To    aunt    14
    Payments Should Be    mother    card paid
    Ledger Should Say    mother    10:00 paid
    Ledger Should Say    father    10:00 unknown

No Secret Is Left Behind
    [Documentation]    Neither by the runs nor in what was sent to people.
    No Process Should Remain
    Nothing Secret Should Be Left
    Nothing Secret Should Be Sent


*** Keywords ***
Pay And Never Learn The End
    [Documentation]    The same command twice, a rehearsal, and a last run when a person has looked at two payments.
    Open The Venue As Seeded
    Let An Aunt Join
    Let Runs Send Notifications
    Pay In The Dark
    Run Program    THREE_D_SECURE_WAIT=5
    Run Program    --rehearse    THREE_D_SECURE_WAIT=5
    Settle And Run Again

Pay In The Dark
    [Documentation]    Father's bank takes the money after his browser was closed. One slot for each account.
    Schedule For Accounts    mother 10:00    father 10:00    bruce 10:00    aunt 14:00
    Let Account Be    mother    card=error_taken
    Let Account Be    father    card=late    late_seconds=${3}
    Let Account Be    bruce    learns=never
    Let Account Be    aunt    card=error_untaken
    Run Program    THREE_D_SECURE_WAIT=5
    Wait For Payment    father

Settle And Run Again
    [Documentation]    Mother's statement shows the payment, aunt's does not.
    ${day} =    Get Slot Day
    Run Program    settle    mother    ${day}    10:00    paid
    Run Program    settle    aunt    ${day}    14:00    not-paid
    Let Account Be    aunt    card=approve
    Run Program    --account    mother    --account    aunt

One Payment Should Be Taken From
    [Documentation]    Checks that its one slot was paid for, once, before anybody had settled anything.
    [Arguments]    ${account: str}
    Slots Should Be Paid For    ${account}    10    after_call=3
    Payments Should Be    ${account}    card paid    after_call=3

Run Should Ask To Look
    [Documentation]    Checks its status, and that it has named the command that settles each of the payments.
    [Arguments]    ${call: int}
    ${day} =    Get Slot Day
    Exit Status Of Call Should Be    ${call}    3
    Call Should Say
    ...    ${call}
    ...    ./run.sh settle mother ${day} 10:00
    ...    ./run.sh settle father ${day} 10:00
    ...    ./run.sh settle bruce ${day} 10:00
    ...    ./run.sh settle aunt ${day} 14:00
