using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Patients.Waitlist;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Agencies;

/// <summary>An agency puts a patient on the waiting list of a treatment. The letters go to the patient.</summary>
public static class EnterPatient
{
    public static void Map(IEndpointRouteBuilder agency)
    {
        agency.MapGet("/waitlist/new", (Guid? offer, Site site, TimeProvider clock) => Pages.Page<EnterPatientPage>(new EnterPatientPage.View(
            null, new(JoinWaitlist.Blank(clock)) { ["key"] = Guid.CreateVersion7().ToString("N"), ["offer"] = offer is { } id ? $"{site.PublicUrl}{site.Url($"/offers/{id}")}" : "" }, new(), null)));
        agency.MapPost("/waitlist/new", Handle);
    }

    private static async Task<IResult> Handle(
        IFormCollection form, AgencyWaitlistClient client, CatalogClient catalog, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var typed = form.Keys.ToDictionary(key => key, key => form[key].ToString().Trim());
        var found = ShowAgency.OfferIn().Match(typed.GetValueOrDefault("offer", "")) is { Success: true } match ? (await catalog.OfferAsync(Guid.Parse(match.Value), ct)).Value : null;
        if (found is not { Mode: "instant" } offer)
        {
            var errors = new Shared.Forms.FormErrors();
            errors.Add("offer", texts[found is null ? "agencies.wait-offer-error" : "agencies.wait-offer-mode"]);
            return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(found, typed, errors, null), StatusCodes.Status422UnprocessableEntity);
        }

        var model = new JoinWaitlist.Model(offer, typed, new(), typed.GetValueOrDefault("key", ""), null);
        if (JoinWaitlist.RequestOf(model, texts, null) is not { } request)
        {
            return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(offer, typed, model.Errors, null), StatusCodes.Status422UnprocessableEntity);
        }

        var joined = await client.JoinAsync(request, Keys.Of($"{model.FormKey}|{offer.Id}|{model["email"]}|{model["family"]}|{model["given"]}"), ct);
        if (joined.Ok)
        {
            notices.Leave("wait-joined");
            return Pages.SeeOther(site.Url("/agency/waitlist"));
        }

        return Pages.Page<EnterPatientPage>(new EnterPatientPage.View(offer, typed, new(), joined.Problem!.Slug), StatusCodes.Status409Conflict);
    }
}
