*** Settings ***
Documentation     Two runs do a part of the accounts each, side by side, as two machines would, and their reports are
...               put together. An aunt has joined, who has no suite of her own and plays at mother's court.

Resource          ../acceptance.resource
Library           ../Reports.py

Suite Setup       Book In Two Parts And Merge
Suite Teardown    Close The Venue


*** Variables ***
# One results folder a machine, and the merged report beside them.
${PARTS}    ${WORLDS}/shards/results


*** Test Cases ***
Every Account Has Booked
    [Documentation]    The venue has sold each account its own slots; those at one court do not take each other's.
    Slots Should Be Sold To    mother    10
    Slots Should Be Sold To    aunt    11    14
    Slots Should Be Sold To    father    10    11
    Slots Should Be Sold To    bruce    10    11

Each Part Did Its Own Accounts
    [Documentation]    The first half of the accounts, in the order of their names, and the second. Both ended well.
    Exit Status Of Call Should Be    1    0
    Exit Status Of Call Should Be    2    0
    Suites Should Be    ${PARTS}/1/latest    Aunt    Bruce
    Suites Should Be    ${PARTS}/2/latest    Father    Mother
    Nothing Should Run For    ${PARTS}/1    ${PARTS}/2

The Sheet Logs Each Slot Once
    [Documentation]    Two runs have written into one log.
    Sheet Should Log    mother    10:00 booked
    Sheet Should Log    aunt    11:00 booked    14:00 booked
    Sheet Should Log    father    10:00 booked    11:00 booked
    Sheet Should Log    bruce    10:00 booked    11:00 booked

One Report Has Everything
    [Documentation]    The merge ends as its parts did, and makes one table, one result and one set of pictures of them.
    Exit Status Of Call Should Be    3    0
    Merged Outcomes Should Be Complete
    Merged Report Should Be Complete

A Report Is Not Overwritten
    [Documentation]    A merge into a folder that is there is refused, and says why.
    Exit Status Of Call Should Be    4    2
    Call Should Say    4    is there already

No Secret Is Left Behind
    [Documentation]    Neither in the parts nor in the merged report.
    Nothing Secret Should Be Left


*** Keywords ***
Book In Two Parts And Merge
    [Documentation]    Starts both parts at once, which wait for one opening; puts them together, and then once more.
    Open The Venue As Seeded    for=shards
    Let An Aunt Join
    Schedule For Accounts    mother 10:00    aunt 11:00    aunt 14:00    father 10:00    father 11:00    bruce 10:00
    ...    bruce 11:00
    ${opening} =    Open Slot Day In    20
    Start Program    --shard    1/2    RESULTS_DIR=${PARTS}/1    OPENING=${opening}
    Start Program    --shard    2/2    RESULTS_DIR=${PARTS}/2    OPENING=${opening}
    Wait For Program
    Wait For Program
    Merge The Parts
    Merge The Parts

Merge The Parts
    [Documentation]    Makes one report of both, where there must not be one yet.
    Run Program    merge    ${PARTS}/1/latest    ${PARTS}/2/latest    --into    ${PARTS}/merged

Merged Outcomes Should Be Complete
    [Documentation]    Checks the table on the terminal, for two accounts, and the file for machines, for the others.
    Outcomes Of Call Should Be    3    mother    10:00 booked
    Outcomes Of Call Should Be    3    aunt    11:00 booked    14:00 booked
    Outcome File Should Say    ${PARTS}/merged    father    10:00 10:00 booked    11:00 11:00 booked
    Outcome File Should Say    ${PARTS}/merged    bruce    10:00 10:00 booked    11:00 11:00 booked

Merged Report Should Be Complete
    [Documentation]    Checks that four accounts are in Robot Framework's result, and in the report with their pictures.
    Suites Should Be    ${PARTS}/merged    Aunt    Bruce    Father    Mother
    ${rows} =    Get Rows With Measures    ${PARTS}/merged
    Report In Browser Should Show    ${PARTS}/merged    @{rows}
    ...    Pictures of Mother    Pictures of Father    Pictures of Bruce    Pictures of Aunt
