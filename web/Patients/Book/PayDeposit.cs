using System.Text.Json;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Book;

/// <summary>Turns the answers into a booking and sends the browser to the page where the deposit is paid. Safe to send twice at every point.</summary>
public static class PayDeposit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost("/book/{hold:guid}/check", Place);
        pages.MapPost("/booking/{id:guid}/pay", Again);
    }

    private static async Task<IResult> Place(
        Guid hold, IFormCollection form, BookStep step, BookingClient booking, PaymentClient payment, CatalogClient catalog, ReferralClient referral, SecretCookies cookies,
        Site site, Texts texts, TimeProvider clock, CancellationToken ct)
    {
        var (model, instead) = await step.OpenAsync(hold, ct);
        if (model is null)
        {
            return instead!;
        }

        if (form["action"] == "extend")
        {
            await booking.ExtendAsync(hold, model.Draft.AccessKey, Keys.Of($"{hold}|{model.Hold.ExpiresAt:O}"), ct);
            return Pages.SeeOther(BookStep.Address(hold, "check"));
        }

        var next = step.Next(model);
        if (next != "check")
        {
            return Pages.SeeOther(BookStep.Address(hold, next));
        }

        model = await AskWho.WithCountriesAsync(await Earner.TellAsync(model, referral, cookies, ct), catalog, ct);
        if (form["agree"] != "on")
        {
            model.Errors.Add("agree", texts["book.agree-error"]);
            return Pages.Page<CheckPage>(model, model.Status);
        }

        var request = Request(model, site.PatientTimeZone);
        var placed = await booking.PlaceBookingAsync(request, model.Draft.AccessKey, Keys.Of(JsonSerializer.Serialize(request)), ct);

        // Another window of this browser was faster: its booking is ours too.
        var id = placed.Value?.BookingId ?? (placed.Problem!.Slug == "already-placed" ? placed.Problem.Extension<Guid>("bookingId") : Guid.Empty);
        if (id == Guid.Empty)
        {
            return Refuse(model, placed.Problem!, texts);
        }

        cookies.SaveBookingKey(id, model.Draft.AccessKey);
        cookies.Save(model.Draft with { BookingId = id });
        return await StartAsync(id, model.Draft.AccessKey, booking, payment, site, clock, ct);
    }

    /// <summary>From the booking's own page: the payment was left or failed, the time is still kept.</summary>
    private static async Task<IResult> Again(Guid id, IFormCollection form, BookingClient booking, PaymentClient payment, SecretCookies cookies, Site site, TimeProvider clock, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(form);
        return cookies.BookingKey(id) is { } key
            ? await StartAsync(id, key, booking, payment, site, clock, ct)
            : Pages.SeeOther(site.Url("/find-booking"));
    }

    private static BookingRequest Request(BookStep.Model model, string? timeZone)
    {
        var draft = model.Draft;
        var born = AskWho.DateOfBirth(draft)!.Value;
        return new(
            draft.HoldId,
            draft.Ticked("single") ? new(draft["family"], "", born, draft["citizenship"], draft["who"] == "self") : new(draft["family"], draft["given"], born, draft["citizenship"], draft["who"] == "self"),
            new(draft["email"], draft["phone"].Length > 0 ? AskContact.Phone(draft["phone"]) : null, Cultures.Current.Code, timeZone, draft.Ticked("neutral")),
            [.. model.Offer.Screening.Select(question => new BookingAnswer(question.Id, draft[AskHealth.Field(question)]))],
            model.Referral?.Code,
            model.Referral?.TouchedAt);
    }

    private static IResult Refuse(BookStep.Model model, Problem problem, Texts texts)
    {
        if (problem.Slug == "needs-a-call")
        {
            return Pages.SeeOther(BookStep.Address(model.Draft.HoldId, "call"));
        }

        if (problem.Status is 410 or 404)
        {
            return BookStep.Over(model.Draft, model.Offer);
        }

        // A rule of the booking service that these pages do not know: its words, at the nearest answer.
        foreach (var (field, messages) in problem.Errors)
        {
            model.Errors.Add("agree", texts["book.refused-field", ("field", field), ("message", string.Join(Formats.Comma, messages))]);
        }

        if (!model.Errors.Any)
        {
            model.Errors.Add("agree", texts["book.refused"]);
        }

        return Pages.Page<CheckPage>(model, StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> StartAsync(Guid bookingId, string accessKey, BookingClient booking, PaymentClient payment, Site site, TimeProvider clock, CancellationToken ct)
    {
        var page = site.Url($"/booking/{bookingId}");
        var checkout = await booking.CheckoutAsync(bookingId, accessKey, ct);
        if (checkout.Problem is not null || checkout.Value!.DepositDue.AmountMinor == 0)
        {
            // Expired, cancelled or already confirmed: its page says which.
            return Pages.SeeOther(page);
        }

        // Payment learns the amount by a message, which may be a moment behind us.
        var until = clock.GetUtcNow() + Patience;
        while (true)
        {
            var opened = await payment.CheckoutAsync(bookingId, $"{site.PublicUrl}{page}?paid=1", $"{site.PublicUrl}{page}", Cultures.Current.Code, ct);
            if (opened.Value is { } where)
            {
                return Uri.TryCreate(where.Url, UriKind.Absolute, out var url) && SecurityHeaders.PaymentOrigins(site.Configuration).Contains(url.GetLeftPart(UriPartial.Authority))
                    ? Pages.SeeOther(where.Url)
                    : Pages.Page<ToPaymentPage>(where.Url);
            }

            if (opened.Problem!.Slug != "deposit-not-ready" || clock.GetUtcNow() > until)
            {
                return Pages.SeeOther(opened.Problem.Slug == "already-paid" ? $"{page}?paid=1" : $"{page}?later=1");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), clock, ct);
        }
    }
}
