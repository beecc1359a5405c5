"""Accounts and sessions, split by what somebody wants to do."""
