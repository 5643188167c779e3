using MedTourism.Web.Clients;

namespace MedTourism.Web.Patients.Book;

/// <summary>The agency that earns if the patient books, as they are told before they pay. Referral decides by the same order.</summary>
public sealed record Earner(string AgencyName, Dictionary<string, decimal> PercentByLine)
{
    /// <summary>The agency that let the patient wait for this time, if it has terms for the treatment; otherwise that of the browser's first link.</summary>
    public static async Task<BookStep.Model> TellAsync(BookStep.Model model, ReferralClient referral, SecretCookies cookies, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(referral);
        ArgumentNullException.ThrowIfNull(cookies);
        var touch = FirstTouch.Read(cookies);
        var terms = model.Hold.Agency is { } agency ? (await referral.TermsAsync(agency.AgencyId, agency.Since, ct)).Value : null;
        var entered = terms is null ? null : new Earner(terms.AgencyName, terms.PercentByLine);
        var linked = touch is null ? null : new Earner(touch.AgencyName, touch.PercentByLine);
        return model with { Referral = touch, Earner = entered?.PercentByLine.ContainsKey(model.Offer.Line.Id) == true ? entered : linked ?? entered };
    }
}
