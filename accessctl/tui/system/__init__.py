"""The system: health, devices, keys, backups, operators, approvals, one's own account."""
