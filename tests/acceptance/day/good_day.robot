*** Settings ***
Documentation     The good day: everybody gets everything, started as cron would, and a second run changes nothing.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Book On A Good Day
Suite Teardown    Close The Venue


*** Test Cases ***
A Second Run At Once Leaves The First Alone
    [Documentation]    It was called while the first one was waiting for the opening, ended at once, and said why.
    Exit Status Of Call Should Be    2    75
    Call Should Say    2    Another run is going on

The Run Ends Well
    [Documentation]    Every wanted slot is booked, and the terminal says so, where the report is, and what was paid.
    Exit Status Of Call Should Be    1    0
    ${paid} =    Get Sum Of Payments
    Call Should Say    1    Practice run    Report:    report.html    Paid in this run: ${paid}

Slots Are Sold To The Right Accounts
    [Documentation]    The venue has sold every wanted slot once, at each account's own court.
    [Template]    Wanted Slots Should Be Sold To
    mother
    father
    bruce

All Slots Are Asked For Before Anything Else
    [Documentation]    One request a slot, in the order of the schedule, with nothing in between.
    [Template]    Wanted Slots Should Come First For
    mother
    father
    bruce

Each Account Pays Once
    [Documentation]    One payment by card an account, and one press of the button.
    [Template]    Account Should Have Paid Once
    mother
    father
    bruce

The Sheet Logs Each Slot Once
    [Documentation]    One row a slot, read from the sheet itself.
    [Template]    Wanted Slots Should Be Logged For
    mother
    father
    bruce

The Report Is Complete And Works Elsewhere
    [Documentation]    Files and pictures are there, and ``latest`` leads to them. A copy shows the table of outcomes in
    ...    a browser and leads to pictures that it brings along.
    Report Should Be Complete    @{ACCOUNTS}    after_call=1
    Report Elsewhere Should Show    Mother    Father    Bruce    booked    Pictures of Mother    after_call=1

A Later Run Books And Pays Nothing
    [Documentation]    The same command the same evening: everything is booked already, and it says so.
    Exit Status Should Be    0
    Call Should Change Nothing    3
    Program Should Not Say    Paid in this run
    Everything Should Be Booked Already

The Ledger Is Right
    [Documentation]    It has every slot as paid, as the venue has, after the first run and after the last.
    Ledger And Venue Should Agree    after_call=1
    Ledger And Venue Should Agree

Nothing Is Left Behind
    [Documentation]    Runs have written into their results folder and nowhere else. Neither browser nor Node nor Robot
    ...    is left, and no secret: not in files, ledger, sheet, output or process list, nor with Node or browser.
    Files Of Project Should Be Unchanged
    No Process Should Remain
    Node And Browser Should Be Seen
    Nothing Secret Should Be Left


*** Keywords ***
Book On A Good Day
    [Documentation]    Books the schedule that the venue brings. A second run is called while the first waits for the
    ...    opening, and a third when all is done.
    Open The Venue As Seeded
    Remember Files Of Project
    Start Program
    Wait For Readiness    mother
    Run Program
    Wait For Program
    No Process Should Remain
    Run Program

Wanted Slots Should Be Sold To
    [Documentation]    Checks the venue's bookings against the schedule.
    [Arguments]    ${account: str}
    ${hours} =    Get Seeded Hours
    Slots Should Be Sold To    ${account}    @{hours}    after_call=1

Wanted Slots Should Come First For
    [Documentation]    Checks the account's first requests for slots against the schedule.
    [Arguments]    ${account: str}
    ${hours} =    Get Seeded Hours
    Slots Should Be Asked For Together    ${account}    @{hours}

Account Should Have Paid Once
    [Documentation]    Checks what the portal has seen of it.
    [Arguments]    ${account: str}
    Payments Should Be    ${account}    card paid    after_call=1
    Payment Button Should Be Pressed    ${account}    times=1    after_call=1

Wanted Slots Should Be Logged For
    [Documentation]    Checks the rows of the first run.
    [Arguments]    ${account: str}
    ${rows} =    Get Seeded Rows    booked
    Sheet Should Log    ${account}    @{rows}    after_call=1

Everything Should Be Booked Already
    [Documentation]    Checks the last run's table.
    ${rows} =    Get Seeded Rows    already booked
    FOR    ${account}    IN    @{ACCOUNTS}
        Outcomes Should Be    ${account}    @{rows}
    END
