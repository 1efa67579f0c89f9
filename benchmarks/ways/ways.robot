*** Settings ***
Documentation    The ways in which a Robot Framework suite can send one request at an instant. Each task does it again
...              and again; when the requests came in is read from the venue's own record, by the mark in the address.

Library          Browser    jsextension=${CURDIR}/ways.js    enable_playwright_debug=disabled
Library          timing.py

Suite Setup      Open A Page Of The Site
Task Template    Send Again And Again


*** Variables ***
# Filled by the benchmark.
${SITE_URL}        ${EMPTY}
${BOOK_ADDRESS}    ${EMPTY}
${BROWSER}         ${EMPTY}
${SANDBOX}         ${True}
${TIMES}           ${10}
${FETCH}           async (address) => { const answer = await fetch(address); return (await answer.text()).length; }
# The page itself waits: a timer until shortly before, then it looks at the clock.
${ARMED}           SEPARATOR=\n
...                async ({ address, at }) => {
...                await new Promise((done) => setTimeout(done, at - Date.now() - 15));
...                while (performance.timeOrigin + performance.now() < at);
...                const answer = await fetch(address);
...                return (await answer.text()).length;
...                }


*** Tasks ***
Navigation
    navigation
Fetch In The Page
    fetch in the page
Fetch In The Page, Armed
    fetch in the page, armed
Request In The Context
    request in the context
Request In The Context, Armed
    request in the context, armed


*** Keywords ***
Open A Page Of The Site
    [Documentation]    Opens a browser as the suite does.
    New Browser    chromium    headless=True    executablePath=${BROWSER}    chromiumSandbox=${SANDBOX}
    New Page    ${SITE_URL}

Send Again And Again
    [Documentation]    Aims at one instant after the other.
    [Arguments]    ${way: str}
    Go To    ${SITE_URL}
    Request Once    ${SITE_URL}    0
    FOR    ${number}    IN RANGE    ${TIMES}
        ${address}    ${at} =    Next Target    ${BOOK_ADDRESS}    ${way}    ${number}
        Run Keyword    Send By ${way}    ${address}    ${at}
    END

Send By Navigation
    [Documentation]    Goes there, and does not wait for the page.
    [Arguments]    ${address: str}    ${at: float}
    Wait Until Instant    ${at}
    Go To    ${address}    wait_until=commit

Send By Fetch In The Page
    [Documentation]    Waits in Python, then asks the page to fetch.
    [Arguments]    ${address: str}    ${at: float}
    Wait Until Instant    ${at}
    Evaluate JavaScript    ${None}    ${FETCH}    arg=${address}

Send By Fetch In The Page, Armed
    [Documentation]    Asks the page beforehand to fetch at the instant.
    [Arguments]    ${address: str}    ${at: float}
    VAR    &{order} =    address=${address}    at=${at * 1000}
    Evaluate JavaScript    ${None}    ${ARMED}    arg=${order}

Send By Request In The Context
    [Documentation]    Waits in Python, then lets Node send the request with the context's cookies.
    [Arguments]    ${address: str}    ${at: float}
    Wait Until Instant    ${at}
    Request Once    ${address}    0

Send By Request In The Context, Armed
    [Documentation]    Asks Node beforehand to send the request at the instant.
    [Arguments]    ${address: str}    ${at: float}
    Request Once    ${address}    ${at * 1000}
