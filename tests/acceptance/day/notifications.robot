*** Settings ***
Documentation     Messages to whoever is not at the terminal: when a person is needed, while there is time to act, and
...               when something was missed. A good night is silent.

Resource          ../acceptance.resource

Suite Setup       Open The Venue And A Mailbox
Suite Teardown    Close The Venue And The Mailbox


*** Test Cases ***
The Bank's Question Comes While There Is Time To Answer
    [Documentation]    Bruce's bank asks for 3-D Secure: the message tells who, how much and until when, and the run
    ...    still waits.
    Start Program    --account    bruce    THREE_D_SECURE_WAIT=90
    Wait For Letter    A person is needed    Bruce    the bank asks to confirm the payment of £27.80    before
    Slots Should Be Sold To    bruce
    Confirm With The Bank    bruce

What Was Confirmed Is Booked
    [Documentation]    The run goes on at once, and nobody is told what needs nobody.
    Wait For Program
    Exit Status Should Be    0
    Slots Should Be Sold To    bruce    10    14
    No More Letters Should Have Come

A Person Who Is Needed And A Summary
    [Documentation]    Mother may not spend as much: one message before the opening, since what a slot costs is known,
    ...    one at once when she holds what she cannot pay, one at the end, and no more.
    Run Program    --account    mother    MAX_SPEND_PER_ACCOUNT=27.79
    Exit Status Should Be    1
    Wait For Letter    Mother: needs a person    what is wanted may cost £27.80    MAX_SPEND_PER_ACCOUNT allows £27.79
    Wait For Letter    Mother: needs a person    the basket costs £27.80    MAX_SPEND_PER_ACCOUNT allows £27.79
    ...    held until about    /basket/    Pay for it by hand
    Wait For Letter    0 of 2 slots    Mother, court 1, 10:00: needs a person    Mother, court 1, 14:00: needs a person
    No More Letters Should Have Come

What Is Held Is Told With Its Price
    [Documentation]    Whoever reads the message has to decide whether to pay by hand.
    Letter Should Come Before The Summary    Mother: needs a person    10:00 (£13.90)    14:00 (£13.90)

A Good Night Is Told If Wished
    [Documentation]    With NOTIFY=always there is a summary of what was booked as well.
    Run Program    --account    bruce    NOTIFY=always
    Exit Status Should Be    0
    Wait For Letter    2 of 2 slots    Bruce, court 3, 10:00: already booked
    No More Letters Should Have Come

A Run That Cannot Start Is Told
    [Documentation]    Nobody is at the terminal when cron calls.
    Let Sheet Be    forbidden
    Run Program
    Exit Status Should Be    2
    Wait For Letter    could not be done    share it with
    No More Letters Should Have Come

An Address That Means Nothing Is A Fault
    [Documentation]    It is named by its place, since it may hold a token.
    Run Program    NOTIFY_URLS=nothing://canary-token-9
    Exit Status Should Be    2
    Program Should Say    Could not start    NOTIFY_URLS: address 1
    Program Should Not Say    canary-token-9    Traceback

No Secret Is Left Behind
    [Documentation]    The address is a secret like the passwords; and none of them was ever sent.
    ${letters} =    Get Letters
    No Process Should Remain
    Nothing Secret Should Be Left
    No Secret Should Be In    the messages    ${letters}


*** Keywords ***
Open The Venue And A Mailbox
    [Documentation]    Messages go to a service of the suite's own.
    Open The Venue With A Mailbox
    Schedule    @{TYPED}
    Let Account Be    bruce    card=3ds
