"""Masters at work for a long time, with revocations and deploys."""
