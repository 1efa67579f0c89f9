*** Settings ***
Documentation     The card portal as it is: each account meets pages of its own between "Make a payment" and the return
...               to the site, all of them in one run, and each is booked.

Resource          ../acceptance.resource

Suite Setup       Book Through Every Kind Of Portal
Suite Teardown    Close The Venue


*** Test Cases ***
Everybody Has Booked
    [Documentation]    Every slot that was wanted is sold, and paid for once; the run ends well.
    Exit Status Should Be    0
    Slots Should Be Sold To    mother    10
    Slots Should Be Sold To    father    10    14
    Slots Should Be Sold To    bruce    10    14
    Slots Should Be Sold To    aunt    14
    No Slot Should Be Paid Twice

The Button Is Pressed Once For Each
    [Documentation]    Whatever stands before and after it.
    [Template]    Account Should Have Paid Once
    mother
    father
    bruce
    aunt

What A Stranger Has Filled In Is Replaced
    [Documentation]    Mother's billing page, of the older kind, came with somebody else's name and address.
    Cardholder Should Be Ours    mother    father    bruce

No Card Is Saved
    [Documentation]    The portal has offered it to mother before the money and to father after it.
    Something Should Be Asked Of    portal    /save-card
    No Card Should Be Saved

A Last Page Is Left By Its Link
    [Documentation]    Father's portal ends on its own page, and the site books when he comes back: he has.
    Something Should Be Asked Of    portal    /result
    Outcomes Should Be    father    10:00 booked    14:00 booked

A Fee That Is Stated Is Paid And Told
    [Documentation]    Bruce pays half a pound more than the basket, which the portal has said in a line of its own.
    Amounts Should Be    bruce    £28.30
    Amounts Should Be    mother    £13.90
    Amounts Should Be    father    £27.80
    Program Should Say    Bruce: the card portal charges a fee of £0.50    Paid in this run: £83.90
    Ledger Should Count    bruce    10:00 £14.40    14:00 £13.90

What Is Listed Late Is Booked
    [Documentation]    Bruce's bank has asked nobody, and My Bookings lists his slots when he has been waiting a while.
    Outcomes Should Be    bruce    10:00 booked    14:00 booked
    Ledger Should Say    bruce    10:00 paid    14:00 paid

A Bank With A Page Of Its Own Is Waited For
    [Documentation]    Aunt's bank has taken the place of the portal, under a host name of its own, until she confirmed;
    ...    her portal has no billing page.
    Outcomes Should Be    aunt    14:00 booked
    Amounts Should Be    aunt    £13.90

Nothing Is Left Behind
    [Documentation]    The card was typed on pages of every kind and is nowhere; no process, and a ledger that agrees.
    Ledger And Venue Should Agree
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Book Through Every Kind Of Portal
    [Documentation]    Aunt confirms with her bank while it waits.
    Open The Venue As Seeded
    Let An Aunt Join
    Give Everybody Another Portal
    Start Program    PAYMENT_PROOF_WAIT=30
    Wait For Request    portal    /bank/    aunt
    Confirm With The Bank    aunt
    Wait For Program

Give Everybody Another Portal
    [Documentation]    One or two slots each, and what is special about the way to pay for them.
    Schedule For Accounts
    ...    mother 10:00    father 10:00    father 14:00    bruce 10:00    bruce 14:00    aunt 14:00
    Let Account Be    mother    billing=old    prefilled=${True}    offer_save=before
    Let Account Be
    ...    father    last_page=${True}    offer_save=after    card_fields=select    no_back=${True}
    Let Account Be
    ...    bruce    card=frictionless    surcharge_pence=${50}    listed_late_seconds=${8}
    Let Account Be    aunt    card=bank_page    billing=none

Account Should Have Paid Once
    [Documentation]    Checks what the portal has seen of it.
    [Arguments]    ${account: str}
    Payments Should Be    ${account}    card paid
    Payment Button Should Be Pressed    ${account}    times=1
