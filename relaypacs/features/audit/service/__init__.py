"""The audit trail: adding to it, checking it, and sending it on."""
