using MedTourism.Web.Clients;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Operator.Organisations;

/// <summary>All clinics, agencies and the operator: how many people each has, and where nobody has come to administer it yet.</summary>
public static class ListOrganisations
{
    public static readonly string[] Kinds = ["clinic", "agency", "operator"];

    public static void Map(IEndpointRouteBuilder area) => area.MapGet("/organisations", Handle);

    private static async Task<IResult> Handle(string? kind, int? page, OrganisationClient client, CatalogClient catalog, Notices notices, CancellationToken ct)
    {
        kind = Kinds.Contains(kind) ? kind : null;
        var (found, centers) = (client.ListAsync(kind, Math.Clamp(page ?? 1, 1, 100_000), ct), CentersAsync(catalog, ct));
        return Pages.Page<OrganisationsPage>(new OrganisationsPage.View(kind, (await found).OrThrow(), await centers, notices.Take()));
    }

    /// <summary>Without the Catalog the list has the centers' ids in place of their names.</summary>
    private static async Task<ListedCenter[]> CentersAsync(CatalogClient catalog, CancellationToken ct)
    {
        try
        {
            return (await catalog.CentersAsync(ct)).Value ?? [];
        }
        catch (ServiceUnavailableException)
        {
            return [];
        }
    }
}
