*** Settings ***
Documentation     One sum for the whole family on one slot day, over accounts that pay at the same time and over runs.

Resource          ../acceptance.resource

Suite Setup       Book Under Four Ceilings
Suite Teardown    Close The Venue


*** Variables ***
# Each account wants one slot of £13.90: this is enough for two and a half.
${FOR_TWO}      34.75
${FOR_THREE}    41.70


*** Test Cases ***
Two Pay And The Third Is Told Why Not
    [Documentation]    The account that came last keeps the slot in the basket and is told which ceiling, and how much.
    Exit Status Of Call Should Be    1    1
    Accounts Should Have Paid    count=2    after_call=1
    Sheet Should Explain    needs a person    £27.80 is spent on this day already
    ...    MAX_SPEND allows £34.75 for all accounts together    held until about    after_call=1
    Ledger And Venue Should Agree    after_call=1

The Same Sum Again Buys Nothing More
    [Documentation]    What was spent is remembered: another run of the same evening does not begin at nothing.
    Exit Status Of Call Should Be    2    1
    Call Should Change Nothing    2

An Account Has A Ceiling Of Its Own
    [Documentation]    With enough for everybody together, but too little for a single slot, nothing is paid either.
    Exit Status Of Call Should Be    3    1
    Call Should Say    3    MAX_SPEND_PER_ACCOUNT
    Call Should Change Nothing    3

A Higher Ceiling Pays For The Third
    [Documentation]    The slot is still in the basket, and is paid for out of it.
    Exit Status Should Be    0
    Accounts Should Have Paid    count=3    after_call=4
    Ledger And Venue Should Agree


*** Keywords ***
Book Under Four Ceilings
    [Documentation]    Three accounts want one slot each, and come to pay at about the same time; then they run again.
    Open The Venue As Seeded
    Schedule    10:00
    Run Program    MAX_SPEND=${FOR_TWO}
    Run Program    MAX_SPEND=${FOR_TWO}
    Run Program    MAX_SPEND_PER_ACCOUNT=13.89
    Run Program    MAX_SPEND=${FOR_THREE}

Accounts Should Have Paid
    [Documentation]    Checks the venue's payments: so many, all by card, each of another account.
    [Arguments]    ${count: int}    ${after_call: int}
    ${records} =    Get Records    after_call=${after_call}
    VAR    ${fates} =    ${{ {each['status'] for each in $records['payments']} }}
    VAR    ${payers} =    ${{ {each['email'] for each in $records['payments']} }}
    Should Be Equal    ${fates}    ${{ {'paid'} }}
    Length Should Be    ${payers}    ${count}
    Length Should Be    ${records}[bookings]    ${count}
