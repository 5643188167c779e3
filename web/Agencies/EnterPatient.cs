using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Patients.Waitlist;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Agencies;

/// <summary>An agency puts a patient on the waiting list of a treatment. The letters go to the patient.</summary>
public static class EnterPatient
{
    public static void Map(IEndpointRouteBuilder agency)
    {
        agency.MapGet("/waitlist/new", Show);
        agency.MapPost("/waitlist/new", Handle);
    }

    private static async Task<IResult> Show(Guid? offer, CatalogClient catalog, Texts texts, TimeProvider clock, CancellationToken ct)
    {
        var typed = new Dictionary<string, string>(JoinWaitlist.Blank(clock)) { ["key"] = Guid.CreateVersion7().ToString("N"), [PickOffer.Choice] = offer?.ToString() ?? "" };
        var errors = new FormErrors();
        var pick = offer is null ? new PickOffer.Model("", [], 0, null) : (await PickOffer.ReadAsync(typed, search: false, errors, catalog, texts, ct)).Model;
        return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(pick, typed, errors, null));
    }

    private static async Task<IResult> Handle(
        IFormCollection form, AgencyWaitlistClient client, CatalogClient catalog, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var typed = form.Keys.ToDictionary(key => key, key => form[key].ToString().Trim());
        var (errors, search) = (new FormErrors(), PickOffer.IsSearch(typed));
        var (pick, found) = await PickOffer.ReadAsync(typed, search, errors, catalog, texts, ct);
        if (search)
        {
            return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(pick, typed, errors, null), errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
        }

        if (JoinWaitlist.RequestOf(found?.Id ?? Guid.Empty, typed, errors, texts, null) is not { } request || found is not { } offer)
        {
            return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(pick, typed, errors, null), StatusCodes.Status422UnprocessableEntity);
        }

        string Value(string field) => typed.GetValueOrDefault(field, "");
        var joined = await client.JoinAsync(request, Keys.Of($"{Value("key")}|{offer.Id}|{Value("email")}|{Value("family")}|{Value("given")}"), ct);
        if (joined.Ok)
        {
            notices.Leave("wait-joined");
            return Pages.SeeOther(site.Url("/agency/waitlist"));
        }

        return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(pick, typed, new(), joined.Problem!.Slug), StatusCodes.Status409Conflict);
    }
}
