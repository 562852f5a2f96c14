"""What a site file may say: one class for each table, one attribute for each key.

The sections are spread over ``schema_board``, ``schema_times``, ``schema_areas``, ``schema_doors``,
``schema_access``, ``schema_readers``, ``schema_people``, ``schema_office`` and ``schema_record``.
``docs/site-file.md`` explains the keys to people; a test keeps it complete.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from accessctl.config.kinds import Id, Many, Named, One, Text
from accessctl.config.reading import Table, key
from accessctl.config.schema_access import AccessPointTable, CodesTable, MusterPointTable, PinsTable
from accessctl.config.schema_areas import AreaTable, QualificationTable
from accessctl.config.schema_biometrics import BiometricsTable
from accessctl.config.schema_board import BoardTable, BusTable, CardFormatTable, PatternsTable
from accessctl.config.schema_doors import DegradedTable, DoorTable, InputTable, InterlockTable
from accessctl.config.schema_office import ApiTable, ApprovalsTable, OperatorsTable
from accessctl.config.schema_passes import PassesTable
from accessctl.config.schema_people import EscortTable, LevelTable, MemberTable, PassbackTable
from accessctl.config.schema_record import RecordTable
from accessctl.config.schema_times import HolidayTable, PublicHolidaysTable, ScheduleTable
from accessctl.config.times import Timezone


class SiteTable(Table):
    """The place as a whole."""

    name: str = key(Text())
    controller: str = key(Id())
    timezone: ZoneInfo = key(Timezone())


class SiteFile(Table):
    """The whole file."""

    site: SiteTable = key(One(SiteTable))
    board: BoardTable = key(One(BoardTable))
    buses: Mapping[str, BusTable] = key(Named(BusTable), {})
    card_formats: Mapping[str, CardFormatTable] = key(Named(CardFormatTable), {})
    patterns: PatternsTable | None = key(One(PatternsTable), None)
    holidays: tuple[HolidayTable, ...] = key(Many(HolidayTable), ())
    public_holidays: tuple[PublicHolidaysTable, ...] = key(Many(PublicHolidaysTable), ())
    qualifications: Mapping[str, QualificationTable] = key(Named(QualificationTable), {})
    areas: Mapping[str, AreaTable] = key(Named(AreaTable))
    schedules: Mapping[str, ScheduleTable] = key(Named(ScheduleTable), {})
    doors: Mapping[str, DoorTable] = key(Named(DoorTable, fewest=1))
    degraded: DegradedTable | None = key(One(DegradedTable), None)
    access_points: Mapping[str, AccessPointTable] = key(Named(AccessPointTable))
    codes: CodesTable | None = key(One(CodesTable), None)
    pins: PinsTable | None = key(One(PinsTable), None)
    passes: PassesTable | None = key(One(PassesTable), None)
    biometrics: BiometricsTable | None = key(One(BiometricsTable), None)
    interlocks: tuple[InterlockTable, ...] = key(Many(InterlockTable), ())
    inputs: Mapping[str, InputTable] = key(Named(InputTable), {})
    muster_points: Mapping[str, MusterPointTable] = key(Named(MusterPointTable), {})
    levels: Mapping[str, LevelTable] = key(Named(LevelTable), {})
    groups: Mapping[str, MemberTable] = key(Named(MemberTable), {})
    roles: Mapping[str, MemberTable] = key(Named(MemberTable), {})
    escort: EscortTable | None = key(One(EscortTable), None)
    passback: PassbackTable | None = key(One(PassbackTable), None)
    operators: OperatorsTable | None = key(One(OperatorsTable), None)
    approvals: ApprovalsTable | None = key(One(ApprovalsTable), None)
    api: ApiTable | None = key(One(ApiTable), None)
    record: RecordTable | None = key(One(RecordTable), None)
