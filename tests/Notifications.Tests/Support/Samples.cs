using System.Globalization;
using System.Text.Json;
using MedTourism.Contracts.Booking;
using MedTourism.Contracts.Identity;
using MedTourism.Contracts.Payment;
using MedTourism.Notifications.Contacts;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Tests.Support;

/// <summary>Messages of a booking that never was.</summary>
public static class Samples
{
    public const string Procedure = "Whole-body PET/CT";
    public const string Center = "Oncology Center";

    public static readonly DateTimeOffset Start = new(2026, 12, 1, 5, 0, 0, TimeSpan.Zero);

    public static readonly Dictionary<string, string> ProcedureNames = new()
    {
        ["en"] = Procedure, ["ru"] = "ПЭТ/КТ всего тела", ["kk"] = "Бүкіл дене ПЭТ/КТ", ["fr"] = "TEP-TDM corps entier",
    };

    public static readonly Dictionary<string, string> CenterNames = new() { ["en"] = Center, ["ru"] = "Онкологический центр", ["kk"] = "Онкология орталығы" };

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static PatientContactGiven Contact(Guid booking, string culture = "en", bool neutral = false, string? zone = "Europe/Moscow", string? email = null) =>
        new(booking, email ?? $"{booking:N}@patients.example", null, "Aigerim", "Nurlanova", culture, zone, neutral, Now);

    public static BookingPlaced Placed(Guid booking, Guid? account = null) => new(
        booking, "KZ-4F7Q-92", Guid.NewGuid(), "nnoc", "nuclear", Start, Start.AddHours(2), 21_500_000, "KZT", account?.ToString(), null, null, Now);

    public static BookingConfirmed Confirmed(Guid booking, int sequence = 0) => new(
        booking, "KZ-4F7Q-92", Guid.NewGuid(), "pet-ct", ProcedureNames, "nnoc", CenterNames, "astana", "nuclear", "Asia/Almaty", Start, Start.AddHours(2),
        21_500_000, 4_300_000, "KZT", [new CancellationTerm(Start.AddDays(-3), 100, 4_300_000)], sequence, true, Now);

    public static BookingCancelled Cancelled(Guid booking, int sequence = 1, string by = "patient") => new(
        booking, "KZ-4F7Q-92", Guid.NewGuid(), ProcedureNames, "nnoc", CenterNames, "Asia/Almaty", Start, Start.AddHours(2), 4_300_000, "KZT", by, sequence, Now.AddMinutes(1));

    /// <summary>A planning visit and two fractions on the days after it.</summary>
    public static BookedSession[] Course(Guid[] ids, int sequence = 0, string state = "booked", int daysLater = 0) =>
        [.. ids.Select((id, i) => new BookedSession(id, i + 1, i == 0 ? "planning" : "fraction", Start.AddDays(i + daysLater), Start.AddDays(i + daysLater).AddHours(1), state, sequence))];

    public static BookingRescheduled Rescheduled(Guid booking, BookedSession[] sessions, int sequence = 2) => new(
        booking, "KZ-4F7Q-92", Guid.NewGuid(), ProcedureNames, "nnoc", CenterNames, "astana", "Asia/Almaty", sessions[0].Start, sessions[^1].End, sessions, [], "repair",
        sequence, Now.AddMinutes(1));

    public static DepositRequested Deposit(Guid booking, int fence = 1) => new(booking, "KZ-4F7Q-92", "nnoc", 4_300_000, "KZT", "en", Now.AddMinutes(36), fence);

    public static BookingConfirmed Course(Guid booking) => Confirmed(booking) with
    {
        Sessions =
        [
            new(Guid.NewGuid(), 1, "planning", Start, Start.AddHours(1), "booked", 0),
            .. Enumerable.Range(2, 33).Select(n => new BookedSession(Guid.NewGuid(), n, "fraction", Start.AddDays(10 + n), Start.AddDays(10 + n).AddMinutes(20), "booked", 0)),
        ],
    };

    public static TreatmentPlanIssued Plan(Guid plan) => new(
        plan, Guid.NewGuid(), ProcedureNames, "nnoc", CenterNames, "Asia/Almaty", 33, 250_000_000, 25_000_000, "KZT", "k3y-of-the-plan", Now.AddDays(14), Now);

    public static MovedSession[] Moved { get; } =
    [
        new(Guid.NewGuid(), 5, "fraction", Start, Start.AddMinutes(20), Start.AddDays(1), Start.AddDays(1).AddMinutes(20)),
        new(Guid.NewGuid(), 6, "fraction", Start.AddDays(1), Start.AddDays(1).AddMinutes(20), null, null),
    ];

    public static BookingRescheduled Rescheduled(Guid booking, string reason) => new(
        booking, "KZ-4F7Q-92", Guid.NewGuid(), ProcedureNames, "nnoc", CenterNames, "astana", "Asia/Almaty", Start, Start.AddDays(40),
        Course(booking).Sessions!, Moved, reason, 4, Now);

    public static RepairProposed Repair(Guid booking, int later = 1) => new(
        Guid.NewGuid(), booking, "KZ-4F7Q-92", ProcedureNames, "nnoc", CenterNames, "Asia/Almaty", Moved, Start.AddDays(40), Start.AddDays(40 + later), "k3y-of-the-repair",
        Now.AddDays(2), Now);

    public static RepairImpossible Impossible(Guid booking) => new(
        Guid.NewGuid(), booking, "KZ-4F7Q-92", ProcedureNames, "nnoc", CenterNames, "Asia/Almaty", Moved, "k3y-of-the-repair", Now);

    public static CycleExpected Cycle(Guid booking) => new(
        Guid.NewGuid(), booking, "KZ-4F7Q-92", ProcedureNames, "nnoc", CenterNames, "Asia/Almaty", new DateOnly(2026, 12, 1), "k3y-of-the-cycle", Now);

    public static WaitlistJoined Joined(Guid entry) => new(
        entry, Guid.NewGuid(), ProcedureNames, CenterNames, "Asia/Almaty", Start, Start.AddDays(14), "k3y-of-the-entry", Now);

    public static WaitlistOffered Offered(Guid entry) => new(
        entry, Guid.NewGuid(), ProcedureNames, CenterNames, "Asia/Almaty", Guid.NewGuid(), "k3y-of-the-hold", Start, Start.AddHours(2), Now.AddHours(12), Now);

    public static RefundIssued Refund(Guid booking, string reason = "cancelled") => new(booking, Guid.NewGuid(), 4_300_000, "KZT", reason, Now);

    public static DepositUnplaceable Unplaceable(Guid booking) => new(booking, "KZ-4F7Q-92", 4_300_000, "KZT", "time-taken", Now);

    public static BookingCodeRequested Code(Guid booking) => new(booking, "482913", Now.AddMinutes(10));

    public static AccountLinkRequested Link(string purpose, string culture = "en", string email = "staff@clinic.example") =>
        new(email, purpose, "https://accounts.example/go?t=s3cret&x=1", culture, "DEMO Clinic", Now.AddHours(1));

    /// <summary>Every kind of letter there is, as it stands in the queue.</summary>
    public static IEnumerable<Mail> AllMails(Guid booking) =>
    [
        Queued("code", Code(booking), booking), Queued("hold", Deposit(booking), booking), Queued("confirmed", Confirmed(booking), booking),
        Queued("cancelled", Cancelled(booking), booking), Queued("cancelled", Cancelled(booking, by: "clinic"), booking),
        Queued("cancelled", Cancelled(booking, by: "operator") with { RefundMinor = 0 }, booking), Queued("refunded", Refund(booking), booking),
        Queued("unplaceable", Unplaceable(booking), booking), Queued("account", Link("sign-in"), null), Queued("account", Link("confirm-email"), null),
        Queued("account", Link("reset-password"), null), Queued("account", Link("invitation"), null), Queued("confirmed", Course(booking), booking),
        .. new[] { "patient", "repair", "repair-undone", "cycle", "clinic" }.Select(reason => Queued("rescheduled", Rescheduled(booking, reason), booking)),
        Queued("repair", Repair(booking), booking), Queued("repair", Repair(booking, 0), booking), Queued("repair-impossible", Impossible(booking), booking),
        Queued("rescheduled", Rescheduled(booking, "cycle") with { Moved = [] }, booking), Queued("cycle", Cycle(booking), booking),
        Queued("plan", Plan(booking), booking), Queued("waitlist", Joined(booking), booking), Queued("waitlist-offer", Offered(booking), booking),
    ];

    public static Mail Queued<T>(string kind, T payload, Guid? booking) => new()
    {
        Id = Guid.CreateVersion7(),
        Kind = kind,
        Key = Guid.NewGuid().ToString(),
        BookingId = booking,
        Sequence = 0,
        Payload = JsonSerializer.Serialize(payload),
        State = "waiting",
        Attempts = 1,
        NextAttemptAt = Now,
        CreatedAt = Now,
    };

    /// <summary>Unicode's data joins some words with spaces that do not break; which ones changes with its version.</summary>
    public static string WithPlainSpaces(this string text) => string.Concat(text.Select(letter => char.GetUnicodeCategory(letter) == UnicodeCategory.SpaceSeparator ? ' ' : letter));

    public static Contact Known(PatientContactGiven given) => new()
    {
        BookingId = given.BookingId,
        Email = given.Email,
        GivenNames = given.GivenNames,
        Culture = given.Culture,
        PatientTimeZone = given.PatientTimeZone,
        NeutralTitle = given.NeutralTitle,
        GivenAt = given.GivenAt,
    };
}
