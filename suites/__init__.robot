*** Settings ***
Documentation    Books tonight's slots: every account logs in, waits for the opening, holds what the family asked for,
...              pays and logs out. Each account is a suite of its own and runs beside the others.

Task Timeout     ${TASK_TIMEOUT}
