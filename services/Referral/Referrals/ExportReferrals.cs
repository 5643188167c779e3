using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Referral.Referrals;

/// <summary>Gives an agency all its referrals as CSV (RFC 4180, UTF-8 with a byte order mark so that spreadsheets read it; amounts in minor units).</summary>
public static class ExportReferrals
{
    private const string Header =
        "reference,state,refused_reason,code,label,service_line,percent,price_minor,commission_minor,currency,touched_at,placed_at,starts_at,accrued_at,voided_at,demo,source";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/agency/referrals.csv", Handle).RequireOrganisation("agency");

    /// <summary>Quotes what needs it. A text that a spreadsheet would run as a formula gets an apostrophe.</summary>
    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static async Task Handle(HttpContext http, ReferralDb db, CancellationToken ct)
    {
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"referrals.csv\"";
        http.Response.Headers.CacheControl = "no-store";
        await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(Header.AsMemory(), ct);
        var labels = await db.Links.AsNoTracking().Where(link => link.AgencyId == http.Caller().OrganisationId).ToDictionaryAsync(link => link.Id, link => link.Label, ct);
        var rows = ListReferrals.OfAgency(db, http).AsNoTracking().OrderByDescending(referral => referral.PlacedAt).ThenBy(referral => referral.BookingId);
        await foreach (var referral in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            await writer.WriteLineAsync(Line(referral, referral.LinkId is { } id ? labels.GetValueOrDefault(id) : null).AsMemory(), ct);
        }
    }

    private static string Line(ReferralRecord referral, string? label) => string.Join(',',
    [
        Cell(referral.Reference), referral.State, Cell(referral.RefusedReason), Cell(referral.Code), Cell(label), Cell(referral.ServiceLine),
        referral.Percent?.ToString(CultureInfo.InvariantCulture), referral.PriceMinor.ToString(CultureInfo.InvariantCulture),
        referral.CommissionMinor?.ToString(CultureInfo.InvariantCulture), referral.Currency,
        Time(referral.TouchedAt), Time(referral.PlacedAt), Time(referral.StartsAt), Time(referral.AccruedAt), Time(referral.VoidedAt),
        referral.Demo ? "true" : "false", referral.Source,
    ]);

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
