using MedTourism.Contracts.Booking;
using MedTourism.Referral.Agreements;
using MedTourism.Referral.Links;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>
/// Decides whose a booking is: the agency's that let the patient wait for this very time, if it has terms for the treatment; otherwise that of the link
/// the patient came by. Of two that earn nothing, the agency that entered the patient is told why.
/// </summary>
internal static class WhoEarns
{
    /// <summary>Null if nobody claims the booking.</summary>
    public static async Task<ReferralRecord?> DecideAsync(ReferralDb db, BookingPlaced placed, CancellationToken ct)
    {
        var entered = placed.AgencyId is { } agencyId ? await EnteredAsync(db, placed, agencyId, ct) : null;
        if (entered is { RefusedReason: null } || string.IsNullOrWhiteSpace(placed.ReferralCode))
        {
            return entered;
        }

        var linked = await LinkedAsync(db, placed, ct);
        return linked.RefusedReason is null ? linked : entered ?? linked;
    }

    /// <summary>The terms are those of the day on which the agency entered the patient. The entry ends with its window, so no other term is set to it.</summary>
    private static async Task<ReferralRecord> EnteredAsync(ReferralDb db, BookingPlaced placed, Guid agencyId, CancellationToken ct)
    {
        var since = (placed.AgencySince ?? placed.PlacedAt).ToUniversalTime();
        var agency = await db.Agencies.AsNoTracking().SingleOrDefaultAsync(agency => agency.Id == agencyId, ct);
        var percent = await PercentAsync(db, agencyId, since, placed.ServiceLine, ct);
        var refusal = agency is null ? "agency-unknown" : percent is null ? "no-agreement" : null;
        return Record(placed, ReferralRecord.Waitlist, refusal, percent, since, agency?.Id, null, string.Empty, agency?.Demo ?? false);
    }

    private static async Task<ReferralRecord> LinkedAsync(ReferralDb db, BookingPlaced placed, CancellationToken ct)
    {
        var code = ReferralLink.Normalise(placed.ReferralCode);
        var link = await db.Links.AsNoTracking().SingleOrDefaultAsync(link => link.Code == code, ct);

        // A code given without a touch was typed while booking: that is its first touch.
        var touchedAt = (placed.ReferralTouchedAt ?? placed.PlacedAt).ToUniversalTime();
        var percent = link is null ? null : await PercentAsync(db, link.AgencyId, touchedAt, placed.ServiceLine, ct);
        return Record(
            placed, ReferralRecord.Link, Attribution.Refusal(link, touchedAt, placed.PlacedAt, percent), percent, touchedAt, link?.AgencyId, link?.Id,
            code.Length > 32 ? code[..32] : code, link?.Demo ?? false);
    }

    private static async Task<decimal?> PercentAsync(ReferralDb db, Guid agencyId, DateTimeOffset at, string line, CancellationToken ct) =>
        (await Agreement.InForceAsync(db, agencyId, at, ct)).TryGetValue(line, out var percent) ? percent : null;

    private static ReferralRecord Record(
        BookingPlaced placed, string source, string? refusal, decimal? percent, DateTimeOffset touchedAt, Guid? agencyId, Guid? linkId, string code, bool demo) => new()
    {
        BookingId = placed.BookingId,
        Reference = placed.Reference,
        Source = source,
        AgencyId = agencyId,
        LinkId = linkId,
        Code = code,
        ServiceLine = placed.ServiceLine,
        State = refusal is null ? "attributed" : "refused",
        RefusedReason = refusal,
        Percent = refusal is null ? percent : null,
        PriceMinor = placed.PriceMinor,
        Currency = placed.Currency,
        TouchedAt = touchedAt,
        PlacedAt = placed.PlacedAt.ToUniversalTime(),
        StartsAt = placed.Start.ToUniversalTime(),
        Demo = demo,
    };
}
