*** Settings ***
Documentation     The portal is about to charge something else than the basket costs, or is not the portal that was
...               expected: nothing is paid, the slots stay held, and a person is told at once.

Resource          ../acceptance.resource

Suite Setup       Meet Portals That Are Wrong
Suite Teardown    Close The Venue And The Mailbox


*** Test Cases ***
No Money Moves
    [Documentation]    Nobody has pressed the button, in any of the runs.
    Exit Statuses Should Be    1    1    0
    FOR    ${account}    IN    mother    father    bruce    aunt
        Payments Should Be    ${account}
        Payment Button Should Be Pressed    ${account}    times=0
    END

The Slots Are Still Held
    [Documentation]    A person can still pay for them.
    FOR    ${account}    ${hour}    IN    mother    ${10}    father    ${10}    bruce    ${10}    aunt    ${14}
        Slots Should Be Held By    ${account}    ${hour}
        Ledger Should Say    ${account}    ${hour}:00 held
    END

A Rehearsal Leaves Them There
    [Documentation]    Father's was not held by the rehearsal, so it is not the rehearsal's to give back.
    Sheet Should Log    father    10:00 needs a person    10:00 rehearsed
    Program Should Say    it lay in the basket before this run and was left there

A Fee Without A Word Is Not Paid
    [Documentation]    Mother's confirmation page asks for five pounds more than her basket, and says nothing of why.
    A Person Should Be Called    Mother
    ...    about to charge £18.90 for a basket of £13.90    court 1    10:00 (£13.90)

Another Amount Is Seen Before The Card Is Typed
    [Documentation]    Father's card page names it already.
    Card Should Be Asked For But Not Typed    father
    A Person Should Be Called    Father
    ...    about to charge £99.99 for a basket of £13.90    court 2    10:00 (£13.90)

A Stated Fee Beyond The Ceiling Is Not Paid
    [Documentation]    Aunt's portal says what it is for, but with it she would spend more than she may.
    A Person Should Be Called    Aunt
    ...    with a fee of £7.00 the basket costs £20.90    MAX_SPEND_PER_ACCOUNT allows £20.00
    ...    court 1    14:00 (£13.90)

Nothing Is Typed Into A Test Installation Or On A Strange Host
    [Documentation]    Bruce has met the one in the first run and the other in the second.
    Card Should Be Asked For But Not Typed    bruce
    A Person Should Be Called    Bruce    test installation    court 3    10:00 (£13.90)
    A Person Should Be Called
    ...    Bruce
    ...    the site led to localhost
    ...    PAYMENT_HOSTS does not name
    ...    10:00 (£13.90)
    ...    run=2

No Secret Is Left Behind
    [Documentation]    Mother and aunt have typed the card; nothing of it is anywhere.
    ${letters} =    Get Letters
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left
    No Secret Should Be In    the messages    ${letters}


*** Keywords ***
Meet Portals That Are Wrong
    [Documentation]    One slot and another trouble for each account; then Bruce again, whom the site leads to a portal
    ...    under another host name; then father, to rehearse.
    Open The Venue With A Mailbox And An Aunt
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

A Person Should Be Called
    [Documentation]    Checks that a message has come before the run's end: who, what, for how much, until when, where.
    [Arguments]    ${who: str}    @{texts: str}    ${run: int}=1
    Letter Should Come Before The Summary
    ...    ${who}: needs a person
    ...    @{texts}
    ...    Held and not paid
    ...    held until about
    ...    /basket/
    ...    Pay for it by hand
    ...    run=${run}
