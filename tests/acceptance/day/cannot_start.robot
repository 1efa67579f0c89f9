*** Settings ***
Documentation     Runs that cannot start, because of a setting, the sheet or the network: each ends by itself, says in
...               words that a person can act on what would be right, and touches no slot.

Resource          ../acceptance.resource

Suite Setup       Open The Venue
Suite Teardown    Close The Venue
Test Setup        Let Sheet Be    ok


*** Variables ***
${WRONG_CARD}    4111111111111112


*** Test Cases ***
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

A Server That No Network Knows Is Told
    [Documentation]    Nobody knows the name of the sheet's server.
    Run Program    GSHEET_API_URL=https://sheet.invalid
    Exit Status Should Be    2
    Program Should Say    Could not start    https://sheet.invalid cannot be reached: check the network
    Program Should Not Say    Traceback

A Server That Does Not Answer Is Told
    [Documentation]    Nothing is where the sheet's server should be.
    Run Program    GSHEET_API_URL=http://127.0.0.1:9
    Exit Status Should Be    2
    Program Should Say    Could not start    http://127.0.0.1:9 cannot be reached: check the network
    Program Should Not Say    Traceback

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
