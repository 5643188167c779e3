using System.Security.Cryptography;
using System.Text;
using MedTourism.Booking.Bookings;
using MedTourism.ServiceDefaults;

namespace MedTourism.Booking.Waitlist;

/// <summary>What a request to wait must look like, and who counts as one caller.</summary>
public static class WaitlistRules
{
    private const int LongestDays = 365;

    public static (string Field, string Message)[] Errors(JoinWaitlist.Request request, DateOnly today, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new List<(string, string)>();
        Check("from", request.From is not null, "must be given");
        Check("to", request.To is not null, "must be given");
        Check("to", !(request.To < request.From), "must not be before from");
        Check("to", !(request.To < today), "must not be past");
        Check("to", !(request.To > today.AddDays(LongestDays)), $"must be within {LongestDays} days from today");
        Check("weekdays", (request.Weekdays ?? []).All(x => x is >= 1 and <= 7) && (request.Weekdays ?? []).Distinct().Count() == (request.Weekdays ?? []).Count, "must be different weekdays, 1 (Monday) to 7 (Sunday)");
        Check("latest", !(request.Latest < request.Earliest), "must not be before earliest");
        var (birth, citizenship) = (request.Patient?.DateOfBirth is null, string.IsNullOrWhiteSpace(request.Patient?.Citizenship));
        errors.AddRange(PlaceBookingRules.Errors(new PlaceBooking.Request(Guid.Empty, request.Patient, request.Contact), [], now)
            .Where(x => !(birth && x.Field == "patient.dateOfBirth") && !(citizenship && x.Field == "patient.citizenship")));
        return [.. errors];

        void Check(string field, bool good, string otherwise)
        {
            if (!good)
            {
                errors.Add((field, otherwise));
            }
        }
    }

    /// <summary>The agency, the account, or a hash of the address: enough to count, nothing to recognise a person by.</summary>
    public static byte[] Caller(HttpContext http, BookingOptions options)
    {
        var caller = http.Caller();
        return Hash(options, caller.OrganisationId?.ToString() ?? caller.Subject ?? http.Connection.RemoteIpAddress?.ToString() ?? "unknown");
    }

    /// <summary>The same for the same person of the same caller, however they write their name.</summary>
    public static byte[] Person(JoinWaitlist.Request request, BookingOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Hash(options, string.Join('|', Plain(request.Contact?.Email), Plain(request.Patient?.FamilyName), Plain(request.Patient?.GivenNames)));

        static string Plain(string? text) => (text ?? string.Empty).Trim().ToUpperInvariant();
    }

    private static byte[] Hash(BookingOptions options, string value) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.HolderSalt), Encoding.UTF8.GetBytes(value));
}
