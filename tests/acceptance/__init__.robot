*** Settings ***
Documentation    Whole runs of ``./run.sh`` against the practice venue, good and bad, judged by what really happened.

Test Timeout     5 minutes
