*** Settings ***
Documentation    Books tonight's slots: every account logs in, waits for the opening, holds what the family asked for,
...              pays and logs out. Each account is a suite of its own and runs beside the others.

Task Timeout     ${TASK_TIMEOUT}


*** Variables ***
# Longer than the longest wait, payment or watch; the runner sets what the settings ask for.
${TASK_TIMEOUT}    75 minutes
