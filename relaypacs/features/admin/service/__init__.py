"""What an administrator does with users, sites, invitations and the audit trail."""
