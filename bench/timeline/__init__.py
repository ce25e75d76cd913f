"""The demo's timeline: from `up` to the result of a job, phase by phase, and the floor beside it."""
