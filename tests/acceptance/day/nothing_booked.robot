*** Settings ***
Documentation     Runs that are only asked for help, have nothing to do, or meet a site that is down: each ends by
...               itself, says what became of it, and touches no slot.

Resource          ../acceptance.resource

Suite Setup       Run Where Nothing Can Be Booked
Suite Teardown    Close The Venue


*** Test Cases ***
Help Names Options And Exit Statuses
    [Documentation]    Cron's environment is enough for it as well.
    Exit Status Of Call Should Be    1    0
    Call Should Say    1    --account    --date    --now    --rehearse    --headed    75 another run is going on

Nothing Scheduled Is A Good Run
    [Documentation]    An empty schedule: status 0, says so, and a report all the same.
    Exit Status Of Call Should Be    2    0
    Call Should Say    2    Nothing is wanted
    Report Should Be Complete    after_call=2
    Report Elsewhere Should Show    Nothing is wanted    after_call=2

A Site That Is Down Is No Reason To Hang
    [Documentation]    Every connection breaks: each slot ends as a site error, and there is a report.
    Exit Status Should Be    1
    Outcomes Should Be    mother    10:00 site error    14:00 site error
    Outcomes Should Be    father    10:00 site error    14:00 site error
    Outcomes Should Be    bruce    10:00 site error    14:00 site error
    Report Should Be Complete    @{ACCOUNTS}

No Slot Was Touched
    [Documentation]    In all these runs together; and nothing runs on or is known that should not be.
    Nothing Should Be Asked Of    site    book.aspx
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Run Where Nothing Can Be Booked
    [Documentation]    Asks for help, then for an empty schedule, then for slots of a site that gives no answer.
    Open The Venue
    Run Program    --help
    Schedule
    Run Program
    Schedule    @{TYPED}
    Add Fault    site    /    drop
    Run Program
