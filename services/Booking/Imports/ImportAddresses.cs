using System.Security.Cryptography;
using MedTourism.Booking.ICalendar;
using MedTourism.ServiceDefaults;
using Npgsql;

namespace MedTourism.Booking.Imports;

/// <summary>
/// Addresses of imported calendars, which may be secrets: sealed with <c>Booking:SecretKey</c> in the column, each for its import. At start it seals what
/// older releases stored openly.
/// </summary>
public sealed class ImportAddresses(IConfiguration configuration, NpgsqlDataSource database) : IHostedService
{
    private readonly Sealing _sealing = Sealing.FromSetting(configuration, "Booking:SecretKey", "medtourism-booking-imports");

    public string Seal(Guid import, string url) => _sealing.Seal(PlaceOf(import), url);

    /// <summary>The same for the same address: two imports of one resource never have it.</summary>
    public byte[] Known(string url) => _sealing.Known(url);

    /// <summary>The address of an import; null for a file.</summary>
    /// <exception cref="CalendarRefusedException"><c>address-lost</c>: it was sealed with another key.</exception>
    public string? Of(Import import)
    {
        ArgumentNullException.ThrowIfNull(import);
        try
        {
            return import.Url is null ? null : _sealing.Open(PlaceOf(import.Id), import.Url);
        }
        catch (CryptographicException)
        {
            throw new CalendarRefusedException("address-lost", "The address can no longer be opened. Remove this calendar and enter its address again.");
        }
    }

    /// <summary>What a clinic may see of it: enough to tell the server.</summary>
    public string? Shortened(Import import)
    {
        try
        {
            return Of(import) is { } url ? $"{new Uri(url).GetLeftPart(UriPartial.Authority)}/…" : null;
        }
        catch (CalendarRefusedException)
        {
            return "…";
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var open = new List<(Guid Id, string Url)>();
        await using (var read = database.CreateCommand("SELECT id, url FROM imports WHERE url NOT LIKE 'v1:%'"))
        await using (var rows = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                open.Add((rows.GetGuid(0), rows.GetString(1)));
            }
        }

        foreach (var (id, url) in open)
        {
            // A row that somebody else changes meanwhile is theirs.
            await using var write = database.CreateCommand(
                """
                UPDATE imports i SET url = $3, url_hash = CASE WHEN NOT EXISTS (SELECT 1 FROM imports o WHERE o.resource_id = i.resource_id AND o.url_hash = $4) THEN $4 END
                WHERE i.id = $1 AND i.url = $2
                """);
            write.Parameters.AddWithValue(id);
            write.Parameters.AddWithValue(url);
            write.Parameters.AddWithValue(Seal(id, url));
            write.Parameters.AddWithValue(Known(url));
            await write.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string PlaceOf(Guid import) => $"imports.url:{import}";
}
