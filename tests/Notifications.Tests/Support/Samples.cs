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

    public static DepositRequested Deposit(Guid booking, int fence = 1) => new(booking, "KZ-4F7Q-92", "nnoc", 4_300_000, "KZT", "en", Now.AddMinutes(36), fence);

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
        Queued("account", Link("reset-password"), null), Queued("account", Link("invitation"), null),
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
