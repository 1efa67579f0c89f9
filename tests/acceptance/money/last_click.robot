*** Settings ***
Documentation     After the last click: the portal says not to pay again, the bank takes the money when nobody waits any
...               more, the site never hears of it. The same command again, and a rehearsal, pay nothing a second time.

Resource          ../acceptance.resource

Suite Setup       Pay And Never Learn What Became Of It
Suite Teardown    Close The Venue And The Mailbox


*** Variables ***
@{EVERYBODY}    @{ACCOUNTS}    aunt


*** Test Cases ***
Money Is Taken Once At Most
    [Documentation]    Of three accounts it was taken, each time for a slot that the ledger could have thought of as
    ...    unpaid; of aunt's it was not, for all that the portal said.
    No Slot Should Be Paid For Twice
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Paid For    ${account}    10
        Payments Should Be    ${account}    card paid
    END
    Payments Should Be    aunt    card failed

The Button Is Pressed Once In Three Runs
    [Documentation]    In none of the later runs has anybody so much as come to the portal.
    FOR    ${account}    IN    @{EVERYBODY}
        Payment Button Should Be Pressed    ${account}    times=1
    END

Each Run Says That A Person Must Look
    [Documentation]    Exit status 3, and the command to paste for each of the slots, in each of the runs.
    Exit Statuses Should Be    3    3    3
    ${day} =    Get Slot Day
    FOR    ${account}    ${hour}    IN    mother    10    father    10    bruce    10    aunt    14
        Each Call Should Say    ./run.sh settle ${account} ${day} ${hour}:00
    END

Nothing Is Said To Be Booked
    [Documentation]    A confirmation that My Bookings does not bear out is told as that, in each run.
    FOR    ${account}    ${hour}    IN    mother    10    father    10    aunt    14
        Sheet Should Log    ${account}    ${hour}:00 unknown    ${hour}:00 unknown    ${hour}:00 unknown
    END
    Sheet Should Log    bruce    10:00 paid, not listed yet    10:00 paid, not listed yet    10:00 paid, not listed yet
    Ledger And Venue Should Agree

A Rehearsal Leaves The Baskets Alone
    [Documentation]    What may be paid for is not given back, by the last run either.
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Held By    ${account}    10
    END
    Slots Should Be Held By    aunt    14

People Are Called While It Can Help
    [Documentation]    Before the run has come to its end, with what to do and what not to do.
    Letter Should Come Before The Summary    Mother: unknown    neither yes nor no    do not pay for it by hand
    Letter Should Come Before The Summary    Father: unknown    confirm or refuse it with your bank
    ...    do not pay for it by hand
    Letter Should Come Before The Summary    Bruce: paid, not listed yet    do not pay for it by hand
    Letter Should Come Before The Summary    Aunt: unknown    neither yes nor no    ./run.sh settle aunt

What A Person Has Found Out Is Taken
    [Documentation]    Mother's slot is hers and is not paid again; aunt's was not paid and is booked now. The others
    ...    are not forgotten over it.
    Settle And Run Again
    Exit Status Should Be    3
    Outcomes Should Be    mother    10:00 needs a person
    Program Should Say    has it as paid by mother, but My Bookings does not list it    settle mother
    Outcomes Should Be    aunt    14:00 booked
    Program Should Say    ./run.sh settle father    ./run.sh settle bruce

It Is Still Paid For Once
    [Documentation]    By the venue's own records, after all four runs.
    No Slot Should Be Paid For Twice
    Slots Should Be Paid For    aunt    14
    Slots Should Be Sold To    aunt    14
    Payments Should Be    mother    card paid
    Ledger Should Say    mother    10:00 paid
    Ledger Should Say    father    10:00 unknown

No Secret Is Left Behind
    [Documentation]    Neither by the runs nor in what was sent to people.
    ${letters} =    Get Letters
    No Process Should Remain
    Nothing Secret Should Be Left
    No Secret Should Be In    the messages    ${letters}


*** Keywords ***
Pay And Never Learn What Became Of It
    [Documentation]    Father's bank takes the money after his browser was closed. One slot for each account.
    Open The Venue With A Mailbox And An Aunt
    Schedule For Accounts    mother 10:00    father 10:00    bruce 10:00    aunt 14:00
    Let Account Be    mother    card=error_taken
    Let Account Be    father    card=late    late_seconds=${3}
    Let Account Be    bruce    learns=never
    Let Account Be    aunt    card=error_untaken
    Run Program    THREE_D_SECURE_WAIT=5
    Wait Until Paid    father
    Run Program    THREE_D_SECURE_WAIT=5
    Run Program    --rehearse    THREE_D_SECURE_WAIT=5

Settle And Run Again
    [Documentation]    Mother's statement shows the payment, aunt's does not.
    ${day} =    Get Slot Day
    Run Program    settle    mother    ${day}    10:00    paid
    Exit Status Should Be    0
    Run Program    settle    aunt    ${day}    14:00    not-paid
    Exit Status Should Be    0
    Let Account Be    aunt    card=approve
    Run Program    --account    mother    --account    aunt
