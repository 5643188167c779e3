using System.Text.RegularExpressions;

namespace MedTourism.Booking.Bookings;

/// <summary>What a request for a booking must look like.</summary>
public static partial class PlaceBookingRules
{
    private const int LongestName = 100;
    private const int MostAnswers = 100;
    private static readonly string[] Cultures = ["en", "ru", "kk", "fr", "ar"];
    private static readonly string[] Values = ["yes", "no", "unknown"];

    public static (string Field, string Message)[] Errors(PlaceBooking.Request request, IEnumerable<string> mustAnswer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(mustAnswer);
        var errors = new List<(string, string)>();
        Check("patient", request.Patient is not null, "must be given");
        Check("contact", request.Contact is not null, "must be given");
        if (request.Patient is { } patient)
        {
            Check("patient.familyName", IsName(patient.FamilyName), $"must be 1 to {LongestName} characters, as in the passport");
            // Some passports hold one name only.
            Check("patient.givenNames", string.IsNullOrWhiteSpace(patient.GivenNames) || IsName(patient.GivenNames), $"must be at most {LongestName} characters, as in the passport, or empty if the passport holds one name only");
            Check("patient.dateOfBirth", patient.DateOfBirth is { Year: >= 1900 } born && born < DateOnly.FromDateTime(now.UtcDateTime), "must be in the past");
            Check("patient.citizenship", Country().IsMatch(patient.Citizenship ?? string.Empty), "must be a country's two letters, for example DE");
        }

        if (request.Contact is { } contact)
        {
            Check("contact.email", contact.Email is { Length: <= 254 } email && Email().IsMatch(email), "must be an e-mail address, for example name@example.org");
            Check("contact.phone", string.IsNullOrWhiteSpace(contact.Phone) || Phone().IsMatch(contact.Phone), "must be a phone number with its country code, for example +49 30 1234567");
            Check("contact.timeZone", string.IsNullOrEmpty(contact.TimeZone) || TimeZoneInfo.TryFindSystemTimeZoneById(contact.TimeZone, out _), "must be a time zone, for example Europe/Berlin");
        }

        var answers = request.Answers ?? [];
        Check("answers", answers.Count <= MostAnswers && answers.All(x => x.QuestionId is { Length: > 0 and <= 100 }), "must be answers to the questions of this offer");
        Check("answers", answers.All(x => Values.Contains(x.Value)), "must each be yes, no or unknown");
        Check("answers", answers.DistinctBy(x => x.QuestionId).Count() == answers.Count, "must answer each question once");
        foreach (var question in mustAnswer.Except(answers.Select(x => x.QuestionId)))
        {
            errors.Add(($"answers.{question}", "must be answered; unknown is an answer"));
        }

        Check("referralCode", request.ReferralCode is null or { Length: <= 64 }, "must be at most 64 characters");
        return [.. errors];

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add((field, otherwise));
            }
        }
    }

    public static string Culture(string? wanted) => Cultures.Contains(wanted) ? wanted! : "en";

    public static BookingPerson Person(Guid bookingId, PlaceBooking.Request request, string culture)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (patient, contact) = (request.Patient!, request.Contact!);
        return new BookingPerson
        {
            BookingId = bookingId,
            FamilyName = patient.FamilyName!.Trim(),
            GivenNames = patient.GivenNames?.Trim() ?? string.Empty,
            DateOfBirth = patient.DateOfBirth!.Value,
            Citizenship = patient.Citizenship!.ToUpperInvariant(),
            ForSelf = patient.ForSelf,
            Email = contact.Email!.Trim(),
            Phone = string.IsNullOrWhiteSpace(contact.Phone) ? null : contact.Phone.Trim(),
            Culture = culture,
            TimeZone = string.IsNullOrEmpty(contact.TimeZone) ? null : contact.TimeZone,
            NeutralTitle = contact.NeutralTitle,
        };
    }

    private static bool IsName(string? name) => !string.IsNullOrWhiteSpace(name) && name.Length <= LongestName && !name.Any(char.IsControl);

    [GeneratedRegex("^[A-Za-z]{2}$")]
    private static partial Regex Country();

    [GeneratedRegex(@"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$")]
    private static partial Regex Email();

    [GeneratedRegex(@"^\+?[0-9 ()./-]{5,30}$")]
    private static partial Regex Phone();
}
