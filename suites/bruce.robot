*** Settings ***
Documentation     Books what the family asked for. This file's name is the account's name in the sheet.

Resource          booking.resource

Suite Setup       Open The Session
Suite Teardown    Close The Session


*** Tasks ***
Log In
    Log In To The Account

Hold The Slots
    Hold The Scheduled Slots

Pay For The Slots
    Pay For The Scheduled Slots

Look Again At The Payment
    Wait For Unsettled Payments

Watch For A Second Chance
    Watch For Slots That Come Back

Log Out
    Log Out Of The Account
