*** Settings ***
Documentation     Something is held and cannot be paid: the portal is down, the card is declined, the basket does not
...               open, or it holds what nobody asked for. A person is told at once, while the run goes on; and a run
...               that can keep no picture pays all the same.

Resource          ../acceptance.resource

Suite Setup       Hold In Trouble
Suite Teardown    Close The Venue


*** Test Cases ***
No Money Moves For What Is In Trouble
    [Documentation]    Both runs say that something was missed.
    Exit Statuses Should Be    1    1
    Payments Should Be    mother
    Payments Should Be    father    card declined
    Payments Should Be    bruce    card declined

Nobody In Trouble Has Booked
    [Documentation]    The venue has sold nothing to any of the three.
    [Template]    Slots Should Be Sold To
    mother
    father
    bruce

A Basket That Does Not Open Is Told
    [Documentation]    In the first run the site answered mother with errors when she came to pay.
    Outcomes Of Call Should Be    1    mother    10:00 site error
    Person Should Be Called    Mother: site error    court 1    10:00

A Decline On A Page Of Its Own Is Told
    [Documentation]    In the first run, to Bruce, with what he holds, what it costs, and where.
    Outcomes Of Call Should Be    1    bruce    14:00 payment declined
    Person Should Be Called    Bruce: payment declined    DECLINED    court 3    14:00 (£13.90)

A Portal That Is Down Is Told
    [Documentation]    In the second run mother's portal answered 502 instead of its first page.
    Outcomes Should Be    mother    10:00 site error
    Slots Should Be Held By    mother    10
    Person Should Be Called    Mother: site error    court 1    10:00 (£13.90)    run=2

A Decline That Leads Back To The Card Is Told
    [Documentation]    In the second run, to father; nobody thinks of it as unknown.
    Outcomes Should Be    father    10:00 payment declined
    Slots Should Be Held By    father    10
    Ledger Should Say    father    10:00 held
    Person Should Be Called    Father: payment declined    court 2    10:00 (£13.90)    run=2

A Foreign Line Is Told Before The Opening And At The Payment
    [Documentation]    Bruce wants another hour now than the one in his basket: it will keep it from being paid, and he
    ...    could still remove it. He did not, so that both are held.
    Outcomes Should Be    bruce    10:00 needs a person
    Slots Should Be Held By    bruce    10    14
    Person Should Be Called    Bruce: needs a person    also holds    court 3    10:00 (£13.90)    run=2

A Run Without Pictures Pays
    [Documentation]    None of the second run's pictures could be kept; aunt has booked all the same.
    No Picture Should Be Kept
    Outcomes Should Be    aunt    14:00 booked
    Slots Should Be Sold To    aunt    14
    Payments Should Be    aunt    credit paid
    Ledger Should Say    aunt    14:00 paid

Nothing Is Paid Twice Or Forgotten
    [Documentation]    By the venue's own records, over both runs.
    No Slot Should Be Paid Twice
    Ledger And Venue Should Agree

No Secret Is Left Behind
    [Documentation]    Neither by the runs nor in what was sent to people.
    No Process Should Remain
    Nothing Secret Should Be Left
    Nothing Secret Should Be Sent


*** Keywords ***
Hold In Trouble
    [Documentation]    Two runs; what the first has left in Bruce's basket is foreign to the second.
    Open The Venue As Seeded
    Let An Aunt Join
    Let Runs Send Notifications
    Meet A Closed Basket And Decline
    Hold What Cannot Be Paid

Meet A Closed Basket And Decline
    [Documentation]    The site has shown mother her basket when she came and when she got the slot, and does not then.
    Schedule For Accounts    mother 10:00    bruce 14:00
    Let Account Be    bruce    card=decline_page
    Add Fault    site    ^/basket/$    status    account=mother    method=GET    status=${503}    skip=${2}
    Run Program    --account    mother    --account    bruce
    Clear Faults

Hold What Cannot Be Paid
    [Documentation]    Bruce is told before father, or anybody, has held anything.
    Schedule For Accounts    mother 10:00    father 10:00    bruce 10:00    aunt 14:00
    Worsen The Weather
    Start Program
    Block Pictures
    Wait For Notification    Bruce: needs a person    also holds    14:00    the plan did not ask for    run=2
    Slots Should Be Held By    father
    Wait For Calls To People
    Program Should Still Run
    Wait For Program

Worsen The Weather
    [Documentation]    Aunt pays with her credit, and waits half a minute for My Bookings then, so that the run goes on.
    Add Fault    portal    /card    status    account=mother    status=${502}
    Let Account Be    father    card=decline
    Let Account Be    aunt    credit_pence=${5000}
    Add Fault    site    ^/dashboards/my-bookings    delay    account=aunt    skip=${1}    times=${1}    seconds=${30}

Wait For Calls To People
    [Documentation]    Waits for a message to everybody who holds something; aunt is still waiting then.
    Wait For Notification    Mother: site error    Held and not paid    run=2
    Wait For Notification    Father: payment declined    Held and not paid    run=2
    Wait For Notification    Bruce: needs a person    Held and not paid    run=2
