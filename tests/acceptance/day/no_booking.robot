*** Settings ***
Documentation     Runs that cannot start, have nothing to do, or meet a site that is down: each ends by itself, says
...               why in words that a person can act on, and touches no slot.

Resource          ../acceptance.resource

Suite Setup       Open The Venue
Suite Teardown    Close The Venue
Test Setup        Let Sheet Be    ok


*** Variables ***
${WRONG_CARD}    4111111111111112


*** Test Cases ***
Help Names Options And Exit Statuses
    [Documentation]    Cron's environment is enough for it as well.
    Run Program    --help
    Exit Status Should Be    0
    Program Should Say    --account    --date    --now    --rehearse    --headed    75 another run is going on

Faulty Settings Are Told All At Once
    [Documentation]    Each by its name, with what would be right; what is secret is not repeated.
    Run Program
    ...    MAX_SPEND=lots
    ...    DAYS_AHEAD=soon
    ...    GSHEET_API_URL=ftp://example.test
    ...    LB_CARD_NUMBER=${WRONG_CARD}
    Exit Status Should Be    2
    Program Should Say    Could not start    MAX_SPEND    DAYS_AHEAD    GSHEET_API_URL    LB_CARD_NUMBER
    Program Should Not Say    ${WRONG_CARD}    Traceback

A Key That Is None Is Told Without Repeating It
    [Documentation]    What somebody has pasted into the setting may be half a key.
    Run Program    GOOGLE_SERVICE_ACCOUNT_JSON={"private_key": "Canary-half-a-key"}
    Exit Status Should Be    2
    Program Should Say    GOOGLE_SERVICE_ACCOUNT_JSON
    Program Should Not Say    Canary-half-a-key    Traceback

An Account That The Sheet Does Not Have Is Told
    [Documentation]    A slip of the pen on the command line must not look like a night with nothing to do.
    Run Program    --account    auntie
    Exit Status Should Be    2
    Program Should Say    auntie

A Sheet That Refuses Says What To Do
    [Documentation]    It has not been shared with the service account.
    Let Sheet Be    forbidden
    Run Program
    Exit Status Should Be    2
    Program Should Say    share it with

A Sheet That Is Not There Says What To Do
    [Documentation]    The id of the sheet is wrong.
    Let Sheet Be    missing
    Run Program
    Exit Status Should Be    2
    Program Should Say    GSHEET_MAIN_ID

A Sheet That Is Down Is Asked Again, Then Told
    [Documentation]    A few tries with pauses between them, and an end.
    Let Sheet Be    down
    Run Program
    Exit Status Should Be    2
    Program Should Say    try again later

No Network At All Is Told
    [Documentation]    Neither is the name of the sheet's server known, nor does anything answer where it should be.
    FOR    ${server}    IN    https://sheet.invalid    http://127.0.0.1:9
        Run Program    GSHEET_API_URL=${server}
        Exit Status Should Be    2
        Program Should Say    Could not start    ${server} cannot be reached: check the network
        Program Should Not Say    Traceback
    END

Nothing Scheduled Is A Good Run
    [Documentation]    An empty schedule: status 0, says so, and a report all the same.
    Schedule
    Run Program
    Exit Status Should Be    0
    Program Should Say    Nothing is wanted
    Report Should Be Complete
    Report Elsewhere Should Show    Nothing is wanted

A Site That Is Down Is No Reason To Hang
    [Documentation]    Every connection breaks: each slot ends as a site error, and there is a report.
    [Setup]    Let The Site Be Down
    Run Program
    Exit Status Should Be    1
    Everybody Should Have A Site Error
    Report Should Be Complete    @{ACCOUNTS}

A Missing Worksheet Is Named
    [Documentation]    Somebody has renamed it.
    Remove Worksheet    Booking Schedule
    Run Program
    Exit Status Should Be    2
    Program Should Say    Booking Schedule

No Slot Was Touched
    [Documentation]    In all these runs together; and nothing runs on or is known that should not be.
    Nothing Should Be Asked Of    site    book.aspx
    No Process Should Remain
    Nothing Secret Should Be Left


*** Keywords ***
Let The Site Be Down
    [Documentation]    The schedule asks for slots again, and the site gives no answer.
    Schedule    @{TYPED}
    Add Fault    site    /    drop

Everybody Should Have A Site Error
    [Documentation]    Checks the last run's table.
    FOR    ${account}    IN    @{ACCOUNTS}
        Outcomes Should Be    ${account}    10:00 site error    14:00 site error
    END
