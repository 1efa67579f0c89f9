*** Settings ***
Documentation     The good day: everybody gets everything, started as cron would, and a second run changes nothing.

Resource          ../acceptance.resource
Library           ../Traffic.py

Suite Setup       Start A Good Day
Suite Teardown    Close The Venue


*** Test Cases ***
A Second Run At Once Leaves The First Alone
    [Documentation]    It is called while the first one waits for the opening, ends at once, and says why.
    Wait Until Ready    mother
    Run Program
    Exit Status Should Be    75
    Program Should Say    Another run is going on

The Run Ends Well
    [Documentation]    Every wanted slot is booked, and the terminal says so, where the report is, and what was paid.
    Wait For Program
    Exit Status Should Be    0
    ${paid} =    Get Sum Of Payments
    Program Should Say    Practice run    Report:    report.html    Paid in this run: ${paid}

Slots Are Sold To The Right Accounts
    [Documentation]    The venue has sold every wanted slot once, at each account's own court.
    ${hours} =    Get Seeded Hours
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Sold To    ${account}    @{hours}
    END

All Slots Are Asked For Before Anything Else
    [Documentation]    One request a slot, in the order of the schedule, with nothing in between.
    ${hours} =    Get Seeded Hours
    FOR    ${account}    IN    @{ACCOUNTS}
        Slots Should Be Asked For In One Go    ${account}    @{hours}
    END

Each Account Pays Once
    [Documentation]    One payment by card an account, and one press of the button.
    FOR    ${account}    IN    @{ACCOUNTS}
        Payments Should Be    ${account}    card paid
        Payment Button Should Be Pressed    ${account}    times=1
    END

The Sheet Logs Each Slot Once
    [Documentation]    One row a slot, read from the sheet itself.
    ${rows} =    Get Seeded Rows    booked
    FOR    ${account}    IN    @{ACCOUNTS}
        Sheet Should Log    ${account}    @{rows}
    END

The Report Is Complete
    [Documentation]    Files and pictures are there, and ``latest`` leads to them.
    Report Should Be Complete    @{ACCOUNTS}

The Report Works Elsewhere
    [Documentation]    A copy shows the table of outcomes in a browser and leads to pictures that it brings along.
    Report Elsewhere Should Show    Mother    Father    Bruce    booked    Pictures of Mother

Ledger Is Right
    [Documentation]    It has every slot as paid, as the venue has.
    Ledger And Venue Should Agree

No Process Remains
    [Documentation]    Neither browser nor Node nor Robot is left of the run.
    No Process Should Remain

A Later Run Books And Pays Nothing
    [Documentation]    The same command the same evening: everything is booked already, and it says so.
    ${before} =    Get Records
    Run Program
    Exit Status Should Be    0
    Nothing Should Be New Since    ${before}
    Program Should Not Say    Paid in this run
    Everybody Should Find The Slots Booked Already

Nothing Else In The Project Changes
    [Documentation]    Two runs have written into their results folder and nowhere else.
    Files Of Project Should Be Unchanged

No Secret Is Left Behind
    [Documentation]    Not in files, ledger, sheet, output or process list, nor with Node and the browser.
    Node And Browser Should Have Been Seen
    Nothing Secret Should Be Left


*** Keywords ***
Start A Good Day
    [Documentation]    Starts a run for the schedule that the venue brings; it goes on while the first test looks at it.
    Open The Venue As Seeded
    Remember Files Of Project
    Start Program

Everybody Should Find The Slots Booked Already
    [Documentation]    Checks the last run's table.
    ${rows} =    Get Seeded Rows    already booked
    FOR    ${account}    IN    @{ACCOUNTS}
        Outcomes Should Be    ${account}    @{rows}
    END
