using MedTourism.Web.Clients;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Book;

/// <summary>Everything on one page before money moves, with a way back to each answer.</summary>
public static class CheckAnswers
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/book/{hold:guid}/check", async (Guid hold, BookStep step, CatalogClient catalog, ReferralClient referral, SecretCookies cookies, CancellationToken ct) =>
    {
        var (model, instead) = await step.OpenAsync(hold, ct);
        if (model is null)
        {
            return instead!;
        }

        var next = step.Next(model);
        return next == "check"
            ? Pages.Page<CheckPage>(await AskWho.WithCountriesAsync(await Earner.TellAsync(model, referral, cookies, ct), catalog, ct))
            : Pages.SeeOther(BookStep.Address(hold, next));
    });
}
