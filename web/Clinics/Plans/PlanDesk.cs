using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;
using Microsoft.AspNetCore.Components;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>Where every kind of treatment plan is ordered: its form is shown, read, issued, or shown again with what is wrong. Bound as parameters of a handler.</summary>
public sealed record PlanDesk(ClinicCourseClient Client, CatalogClient Catalog, CurrentUser User, Notices Notices, Site Site, Texts Texts)
{
    /// <summary>What a page shows: who orders, the catalogue's numbers, what was typed and what of it is wrong, the countries to choose from.</summary>
    public sealed record View(Person Person, PlanDefaults Defaults, Dictionary<string, string> Typed, FormErrors Errors, Country[] Countries);

    /// <summary>Null if the center cannot order this offer.</summary>
    public async Task<PlanDefaults?> DefaultsAsync(Guid offer, CancellationToken ct) => (await Client.DefaultsAsync(offer, ct)).Value;

    public Task<PlanForm> ReadAsync(HttpContext http, CancellationToken ct) => PlanForm.ReadAsync(http, Texts, ct);

    public Task<IResult> ShowAsync<TPage>(PlanDefaults defaults, Dictionary<string, string> typed, CancellationToken ct)
        where TPage : IComponent =>
        PageAsync<TPage>(defaults, typed, new(), ct);

    /// <summary>To the list of plans once it is issued; what Booking refuses stands at its field, or at <paramref name="first"/>.</summary>
    public async Task<IResult> IssueAsync<TPage>(
        PlanDefaults defaults, PlanForm form, NewPlan plan, IReadOnlyList<PlanField> fields, string first, CancellationToken ct)
        where TPage : IComponent
    {
        ArgumentNullException.ThrowIfNull(form);
        return await form.IssueAsync(plan, fields, first, Client, Notices, ct)
            ? Pages.SeeOther(Site.Url("/console/plans"))
            : await PageAsync<TPage>(defaults, form.Typed, form.ErrorsOn(fields), ct);
    }

    private async Task<IResult> PageAsync<TPage>(PlanDefaults defaults, Dictionary<string, string> typed, FormErrors errors, CancellationToken ct)
        where TPage : IComponent
    {
        var countries = ((await Catalog.CountriesAsync(ct)).Value ?? []).OrderBy(one => one.Name.Text, StringComparer.Create(Cultures.Current.Culture, true));
        return Pages.Page<TPage>(
            new View(User.Person!, defaults, typed, errors, [.. countries]), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }
}
