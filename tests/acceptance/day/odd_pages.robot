*** Settings ***
Documentation     The site at its oddest, short of being broken: both cookie bars, pages that stay locked after they
...               have come, a JavaScript dialog on every page, a session dialog over a waiting page, a fault each.

Resource          ../acceptance.resource

Suite Setup       Book From An Odd Site
Suite Teardown    Close The Venue


*** Test Cases ***
Everything Is Booked All The Same
    [Documentation]    Both slots of mother, paid once.
    Exit Status Should Be    0
    Slots Should Be Sold To    mother    10    14
    Payments Should Be    mother    card paid
    Payment Button Should Be Pressed    mother    times=1
    Ledger And Venue Should Agree

The Weather Was Really Bad
    [Documentation]    Each page that was asked for had one answer of the kind that a server in trouble gives.
    ${records} =    Get Records
    VAR    ${faults} =    ${{[each['status'] for each in $records['requests'] if each['status'] in (502, 503)]}}
    Should Not Be Empty    ${faults}


*** Keywords ***
Book From An Odd Site
    [Documentation]    One account is enough to meet all of it.
    Open The Venue
    Let Site Be
    ...    cookie_bar=both
    ...    lock_ms=${1200}
    ...    js_dialog=confirm
    ...    session_dialog_seconds=${2}
    Add Fault    site    ^/security/login    status    status=${503}    times=${1}
    Add Fault    site    ^/courses/detail    status    status=${502}    times=${1}
    Add Fault    site    ^/basket    status    status=${503}    times=${1}
    Add Fault    site    ^/dashboards/my-bookings    status    status=${503}    times=${1}
    Run Program    --account    mother
