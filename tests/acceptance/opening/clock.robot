*** Settings ***
Documentation     The site's clock is not this machine's: the run notices, says so, and goes by the site's.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Book By A Clock Ahead
Suite Teardown    Close The Venue


*** Test Cases ***
The Slot Is Booked With One Request
    [Documentation]    The request came neither before the site's own opening nor a second time.
    Exit Status Should Be    0
    Slots Should Be Sold To    mother    10
    Slot Should Be Asked For    mother    10    at_most=1

The Difference Is A Warning
    [Documentation]    At the terminal while there is time to act, and in the report.
    Program Should Say    Warning: Mother: the site's clock is    ahead of this machine's
    Report Elsewhere Should Show    warning: the site's clock is    ahead of this machine's

Who Is Told No Time Goes By This Machine's
    [Documentation]    Father gets no answer to his questions for the time, and books all the same.
    Slots Should Be Sold To    father    10
    Slot Should Be Asked For    father    10    at_most=1


*** Keywords ***
Book By A Clock Ahead
    [Documentation]    Books a slot each at a site whose clock, which its openings go by, is well ahead.
    Open The Venue
    Schedule    10:00
    Let Site Be    clock_ahead_seconds=${0.7}
    Add Fault    site    ^/$    drop    account=father    method=HEAD
    Run Program    --account    mother    --account    father
