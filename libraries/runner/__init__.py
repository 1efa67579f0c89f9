"""The door behind `run.sh`: reads the plan, starts the workers, ends them cleanly, and reports what came of it."""
