"""What a site file may say of passes: signed texts that a visitor or driver shows as a QR code or tag."""

from accessctl.config.kinds import Flag, Whole
from accessctl.config.reading import Table, key

USUAL_LONGEST_DAYS = 31
MOST_DAYS = 366


class PassesTable(Table):
    """Whether passes count here, and what holds for those that are made."""

    accepted: bool = key(Flag())
    single_use: bool = key(Flag(), default=False)
    longest_days: int = key(Whole(1, MOST_DAYS, "days"), USUAL_LONGEST_DAYS)
