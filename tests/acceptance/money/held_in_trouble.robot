*** Settings ***
Documentation     Something is held and cannot be paid: the portal is down, the card is declined, the basket does not
...               open, or it holds what nobody asked for. A person is told at once, while the run goes on; and a run
...               that can keep no picture pays all the same.

Resource          ../acceptance.resource

Suite Setup       Hold In Trouble
Suite Teardown    Close The Venue And The Mailbox


*** Test Cases ***
No Money Moves For What Is In Trouble
    [Documentation]    Nobody has booked but aunt.
    Exit Statuses Should Be    1    1
    Payments Should Be    mother
    Payments Should Be    father    card declined
    Payments Should Be    bruce    card declined
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Sold To    ${account}
    END

A Basket That Does Not Open Is Told
    [Documentation]    In the first run the site answered mother with errors when she came to pay.
    Outcomes Of Call Should Be    1    mother    10:00 site error
    A Person Should Be Called    Mother: site error    court 1    10:00

A Decline On A Page Of Its Own Is Told
    [Documentation]    In the first run, to Bruce, with what he holds, what it costs, and where.
    Outcomes Of Call Should Be    1    bruce    14:00 payment declined
    A Person Should Be Called    Bruce: payment declined    DECLINED    court 3    14:00 (£13.90)

A Portal That Is Down Is Told
    [Documentation]    In the second run mother's portal answered 502 instead of its first page.
    Outcomes Should Be    mother    10:00 site error
    Slots Should Be Held By    mother    10
    A Person Should Be Called    Mother: site error    court 1    10:00 (£13.90)    run=2

A Decline That Leads Back To The Card Is Told
    [Documentation]    In the second run, to father; nobody thinks of it as unknown.
    Outcomes Should Be    father    10:00 payment declined
    Slots Should Be Held By    father    10
    Ledger Should Say    father    10:00 held
    A Person Should Be Called    Father: payment declined    court 2    10:00 (£13.90)    run=2

A Foreign Line Is Told Before The Opening And At The Payment
    [Documentation]    Bruce wants another hour now than the one in his basket: it will keep it from being paid, and he
    ...    could still remove it. He did not, so that both are held.
    Outcomes Should Be    bruce    10:00 needs a person
    Slots Should Be Held By    bruce    10    14
    A Person Should Be Called    Bruce: needs a person    also holds    court 3    10:00 (£13.90)    run=2

A Run Without Pictures Pays
    [Documentation]    None of the second run's pictures could be kept; aunt has booked all the same.
    No Picture Should Be Kept
    Outcomes Should Be    aunt    14:00 booked
    Slots Should Be Sold To    aunt    14
    Payments Should Be    aunt    credit paid
    Ledger Should Say    aunt    14:00 paid

No Secret Is Left Behind
    [Documentation]    Neither by the runs nor in what was sent to people.
    ${letters} =    Get Letters
    No Slot Should Be Paid For Twice
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left
    No Secret Should Be In    the messages    ${letters}


*** Keywords ***
Hold In Trouble
    [Documentation]    Two runs; what the first has left in Bruce's basket is foreign to the second.
    Open The Venue With A Mailbox And An Aunt
    Come To A Basket That Does Not Open And A Page That Declines
    Come To The Checkout With What Cannot Be Paid

Come To A Basket That Does Not Open And A Page That Declines
    [Documentation]    The site has shown mother her basket when she came and when she got the slot, and does not then.
    Schedule For Accounts    mother 10:00    bruce 14:00
    Let Account Be    bruce    card=decline_page
    Add Fault    site    ^/basket/$    status    account=mother    method=GET    status=${503}    skip=${2}
    Run Program    --account    mother    --account    bruce
    Clear Faults

Come To The Checkout With What Cannot Be Paid
    [Documentation]    Bruce is told before father, or anybody, has held anything.
    Schedule For Accounts    mother 10:00    father 10:00    bruce 10:00    aunt 14:00
    Prepare The Weather Of The Second Run
    Start Program
    Keep Pictures From Being Kept
    Wait For Letter Among Others    Bruce: needs a person    also holds    14:00    the plan did not ask for    run=2
    Slots Should Be Held By    father
    People Should Be Called While The Run Goes On
    Wait For Program

Prepare The Weather Of The Second Run
    [Documentation]    Aunt pays with her credit, and waits half a minute for My Bookings then, so that the run goes on.
    Add Fault    portal    /card    status    account=mother    status=${502}
    Let Account Be    father    card=decline
    Let Account Be    aunt    credit_pence=${5000}
    Add Fault    site    ^/dashboards/my-bookings    delay    account=aunt    skip=${1}    times=${1}    seconds=${30}

People Should Be Called While The Run Goes On
    [Documentation]    Waits for a message to everybody who holds something, and checks that aunt is still waiting then.
    FOR    ${who}    IN    Mother: site error    Father: payment declined    Bruce: needs a person
        Wait For Letter Among Others    ${who}    Held and not paid    run=2
    END
    Program Should Still Run

A Person Should Be Called
    [Documentation]    Checks that a message has come before the run's end: who, what, for how much, until when, where.
    [Arguments]    @{texts: str}    ${run: int}=1
    Letter Should Come Before The Summary    @{texts}    Held and not paid    held until about    /basket/
    ...    Pay for it by hand    run=${run}
