"""The door behind `run.sh`: reads the plan, starts the workers, ends them cleanly, and tells what came of it."""
