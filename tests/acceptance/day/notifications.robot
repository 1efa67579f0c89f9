*** Settings ***
Documentation     Messages to people who are not at the terminal: when a person is needed, while there is time to act,
...               and when something was missed. A good night is silent.

Resource          ../acceptance.resource

Suite Setup       Let Runs Tell What Happens
Suite Teardown    Close The Venue


*** Test Cases ***
The Bank's Question Comes While There Is Time To Answer
    [Documentation]    Bruce's bank has asked for 3-D Secure: the message told who, how much and until when, and he
    ...    confirmed it during the run. That needed nobody any more, so that it is the only one.
    Notification Should Say    A person is needed    Bruce    the bank asks to confirm the payment of £27.80    before
    ...    call=1

What Was Confirmed Is Booked
    [Documentation]    The run has gone on and has ended well.
    Exit Status Of Call Should Be    1    0
    Slots Should Be Sold To    bruce    10    14    after_call=1

A Person Who Is Needed And A Summary
    [Documentation]    Mother may not spend as much: one message before the opening, since what a slot costs is known,
    ...    one at once when she holds what she cannot pay, one at the end, and no more.
    Exit Status Of Call Should Be    2    1
    Notification Should Say    Mother: needs a person    what is wanted may cost £27.80
    ...    MAX_SPEND_PER_ACCOUNT allows £27.79    call=2    number=1    of=3
    Notification Should Say    Mother: needs a person    the basket costs £27.80    MAX_SPEND_PER_ACCOUNT allows £27.79
    ...    held until about    /basket/    Pay for it by hand    call=2    number=2    of=3
    Notification Should Say    0 of 2 slots    Mother, court 1, 10:00: needs a person
    ...    Mother, court 1, 14:00: needs a person    call=2    number=3    of=3

What Is Held Is Told With Its Price
    [Documentation]    A person who reads the message has to decide whether to pay by hand.
    Notification Should Come Before Summary    Mother: needs a person    10:00 (£13.90)    14:00 (£13.90)

A Good Night Is Told If Wished
    [Documentation]    With NOTIFY=always there is a summary of what was booked as well.
    Exit Status Of Call Should Be    3    0
    Notification Should Say    2 of 2 slots    Bruce, court 3, 10:00: already booked    call=3

A Run That Cannot Start Is Told
    [Documentation]    Nobody is at the terminal when cron calls.
    Exit Status Of Call Should Be    4    2
    Notification Should Say    could not be done    share it with    call=4

An Address That Means Nothing Is A Fault
    [Documentation]    It is named by its place, since it may hold a token.
    Exit Status Should Be    2
    Program Should Say    Could not start    NOTIFY_URLS: address 1
    Program Should Not Say    canary-token-9    Traceback

No Secret Is Left Behind
    [Documentation]    The address is a secret like the passwords; and none of them was ever sent.
    No Process Should Remain
    Nothing Secret Should Be Left
    Nothing Secret Should Be Sent


*** Keywords ***
Let Runs Tell What Happens
    [Documentation]    A question of the bank, a ceiling that is too low, a good night, and two runs that cannot start.
    Open The Venue
    Let Runs Send Notifications
    Book While Bruces Bank Asks
    Run Program    --account    mother    MAX_SPEND_PER_ACCOUNT=27.79
    Run Program    --account    bruce    NOTIFY=always
    Let Sheet Be    forbidden
    Run Program
    Run Program    NOTIFY_URLS=nothing://canary-token-9

Book While Bruces Bank Asks
    [Documentation]    Confirms the payment when the message has come; nothing is booked before.
    Let Account Be    bruce    card=3ds
    Start Program    --account    bruce    THREE_D_SECURE_WAIT=90
    Wait For Notification    A person is needed
    Slots Should Be Sold To    bruce
    Confirm With The Bank    bruce
    Wait For Program
