using MedTourism.Web.Clients;

namespace MedTourism.Web.Agencies;

/// <summary>Names of service lines in the language of the page. If Catalog is away the ids must do: the numbers matter more.</summary>
public sealed class LineNames(CatalogClient catalog)
{
    public async Task<Func<string, LocalText>> ReadAsync(CancellationToken ct)
    {
        try
        {
            var names = (await catalog.LinesAsync(ct)).Value?.ToDictionary(line => line.Id, line => line.Name) ?? [];
            return id => names.GetValueOrDefault(id) ?? new LocalText(id, "en");
        }
        catch (ServiceUnavailableException)
        {
            return id => new LocalText(id, "en");
        }
    }
}
