namespace MedTourism.Contracts.Catalog;

/// <summary>
/// The terms an offer is sold under, whole: a later message of the same offer with a higher <see cref="Version"/> replaces the earlier one.
/// Amounts are minor units of <see cref="Currency"/> (ISO 4217). Names are keyed by culture (<c>en</c>, <c>ru</c>, <c>kk</c>, <c>fr</c>).
/// <see cref="ResourceKinds"/> lists what one appointment occupies at the center, each of them once and all at the same time.
/// <see cref="Mode"/> is one of <c>instant</c>, <c>case-review</c>, <c>cycle</c>, <c>enquiry</c>, <c>not-bookable</c>.
/// </summary>
public sealed record OfferPublished(
    Guid OfferId,
    long Version,
    string ProcedureId,
    Dictionary<string, string> ProcedureNames,
    string ServiceLine,
    string CenterId,
    Dictionary<string, string> CenterNames,
    string CityId,
    string TimeZone,
    string Mode,
    int DurationMinutes,
    string[] ResourceKinds,
    long PriceMinor,
    long DepositMinor,
    string Currency,
    CancellationStep[] CancellationLadder,
    string[] BlockingQuestions,
    bool Demo,
    DateTimeOffset PublishedAt,
    CourseTerms? Course = null);

/// <summary>
/// How the sessions of a course usually follow each other; null for what is not a course. <see cref="Cadence"/> is <c>daily</c>, <c>twice-daily</c>,
/// <c>alternate-days</c> or <c>cycle</c>; weekdays are ISO 8601 (Monday 1); 0 means that there is no such rule. <see cref="Basis"/> says for each of
/// these properties (in camel case) where its number comes from: a key of the catalogue's sources, or that a clinician must sign it off.
/// </summary>
public sealed record CourseTerms(
    string PatternId,
    int FewestSessions,
    int MostSessions,
    string Cadence,
    int MinHoursBetween,
    int MaxGapDays,
    int StartBlock,
    int[] StartWeekdays,
    int CycleMinDays,
    int CycleMaxDays,
    int PlanningMinWorkingDays,
    int PlanningMaxWorkingDays,
    int SecondSessionAfterHours,
    bool WeekendCatchUp,
    int MaxProlongationDays,
    Dictionary<string, string> Basis);

/// <summary>Cancelling at least <see cref="HoursBefore"/> hours before the start gives back <see cref="RefundPercent"/> of the deposit.</summary>
public sealed record CancellationStep(int HoursBefore, int RefundPercent);

/// <summary>The offer is no longer sold. Bookings already made stay as they are.</summary>
public sealed record OfferWithdrawn(Guid OfferId, long Version, DateTimeOffset WithdrawnAt);

/// <summary>
/// A machine's state: <c>planned</c>, <c>commissioning</c>, <c>open</c> or <c>closed</c>. Time is sold on open machines only.
/// <see cref="Lanes"/> is the number of identical units at the center; <see cref="SlotMinutes"/> the usual length of one appointment.
/// </summary>
public sealed record EquipmentStatusChanged(
    string EquipmentId,
    long Version,
    string CenterId,
    string CityId,
    string TimeZone,
    string Kind,
    string Name,
    string Status,
    int Lanes,
    int SlotMinutes,
    bool Demo,
    DateTimeOffset ChangedAt);

/// <summary>A day on which centers in a country do not work.</summary>
public sealed record PublicHolidayDeclared(string Country, DateOnly Date, string Name, bool Official, string Source);

/// <summary>
/// How long citizens of a country may stay in Kazakhstan without a visa, whole: a later message of the same country with a higher <see cref="Version"/>
/// replaces the earlier one. Without periods, nothing is on file any more. Information, never advice.
/// </summary>
public sealed record EntryRuleDeclared(string Country, long Version, EntryPeriod[] Periods, DateTimeOffset DeclaredAt);

/// <summary>
/// The rule between two dates. A visit may last <see cref="VisaFreeDays"/>, and all visits <see cref="MaxInWindow"/> within any
/// <see cref="WindowDays"/> days; the day of arrival and that of departure count. <see cref="Source"/> is null if <see cref="Basis"/> is all there is.
/// </summary>
public sealed record EntryPeriod(
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    int VisaFreeDays,
    int WindowDays,
    int MaxInWindow,
    string Via,
    string? Note,
    string? Source,
    string? SourceUrl,
    string? Basis,
    DateOnly CheckedOn);
