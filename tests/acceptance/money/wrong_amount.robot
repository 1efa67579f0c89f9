*** Settings ***
Documentation     The portal is about to charge something else than the basket costs, or is not the portal that was
...               expected: nothing is paid, the slots stay held, and a person is told at once.

Resource          ../acceptance.resource

Suite Setup       Meet Portals That Are Wrong
Suite Teardown    Close The Venue


*** Test Cases ***
No Money Moves
    [Documentation]    Nobody has pressed the button, in any of the runs.
    [Template]    Account Should Have Paid Nothing
    mother
    father
    bruce
    aunt

The Slots Are Still Held
    [Documentation]    A person can still pay for them.
    [Template]    Slot Should Still Be Held
    mother    10
    father    10
    bruce    10
    aunt    14

The Runs Say That Something Was Missed
    [Documentation]    Those that were to pay; the rehearsal has ended well.
    Exit Statuses Should Be    1    1    0

A Rehearsal Leaves Them There
    [Documentation]    Father's was not held by the rehearsal, so it is not the rehearsal's to give back.
    Sheet Should Log    father    10:00 needs a person    10:00 rehearsed
    Program Should Say    it lay in the basket before this run and was left there

A Fee Without A Word Is Not Paid
    [Documentation]    Mother's confirmation page asks for five pounds more than her basket, and says nothing of why.
    Person Should Be Called    Mother: needs a person
    ...    about to charge £18.90 for a basket of £13.90    court 1    10:00 (£13.90)

Another Amount Is Seen Before The Card Is Typed
    [Documentation]    Father's card page names it already.
    Account Should Type No Card    father
    Person Should Be Called    Father: needs a person
    ...    about to charge £99.99 for a basket of £13.90    court 2    10:00 (£13.90)

A Stated Fee Beyond The Ceiling Is Not Paid
    [Documentation]    Aunt's portal says what it is for, but with it she would spend more than she may.
    Person Should Be Called    Aunt: needs a person
    ...    with a fee of £7.00 the basket costs £20.90    MAX_SPEND_PER_ACCOUNT allows £20.00
    ...    court 1    14:00 (£13.90)

Nothing Is Typed Into A Test Installation Or On A Strange Host
    [Documentation]    Bruce has met the one in the first run and the other in the second.
    Account Should Type No Card    bruce
    Person Should Be Called    Bruce: needs a person    test installation    court 3    10:00 (£13.90)
    Person Should Be Called
    ...    Bruce: needs a person
    ...    the site led to localhost
    ...    PAYMENT_HOSTS does not name
    ...    10:00 (£13.90)
    ...    run=2

No Secret Is Left Behind
    [Documentation]    Mother and aunt have typed the card; nothing of it is anywhere.
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left
    Nothing Secret Should Be Sent


*** Keywords ***
Meet Portals That Are Wrong
    [Documentation]    One slot and another trouble for each account; then Bruce again, whom the site leads to a portal
    ...    under another host name; then father, to rehearse.
    Open The Venue As Seeded
    Let An Aunt Join
    Let Runs Send Notifications
    Schedule For Accounts    mother 10:00    father 10:00    bruce 10:00    aunt 14:00
    Meet Four Of Them At Once
    Let Account Be    bruce    test_banner=${False}
    Let Site Be    portal_host=localhost
    Run Program    --account    bruce
    Let Site Be    portal_host=127.0.0.1
    Run Program    --rehearse    --account    father

Meet Four Of Them At Once
    [Documentation]    A fee that is not said, another amount, a test installation, a fee that is said and too much.
    Let Account Be    mother    surcharge_pence=${500}    surcharge_stated=${False}
    Let Account Be    father    card_amount_pence=${9999}
    Let Account Be    bruce    test_banner=${True}
    Let Account Be    aunt    surcharge_pence=${700}    surcharge_stated=${True}
    Run Program    MAX_SPEND_PER_ACCOUNT=20.00

Account Should Have Paid Nothing
    [Documentation]    Checks the portal's records of it.
    [Arguments]    ${account: str}
    Payments Should Be    ${account}
    Payment Button Should Be Pressed    ${account}    times=0

Slot Should Still Be Held
    [Documentation]    Checks the basket, and what the ledger says of it.
    [Arguments]    ${account: str}    ${hour: int}
    Slots Should Be Held By    ${account}    ${hour}
    Ledger Should Say    ${account}    ${hour}:00 held
