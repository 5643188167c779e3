using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Stays;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Patients.Bookings;

/// <summary>The booking's own page for good: while the payment is on its way, when it is confirmed, and after it ended.</summary>
public static class ShowBooking
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/booking/{id:guid}", Handle);

    public sealed record Model(Booking Booking, Offer? Offer, string? City, PaymentState? Payment, bool Returned, bool Later, bool Moved = false, StayPanel.View? Entry = null, Cycle? Cycle = null)
    {
        /// <summary>The bank has sent the patient back, its message has not arrived yet.</summary>
        public bool Processing => Booking.State == "awaiting_deposit" && (Payment?.Status == "paid" || (Returned && Payment?.Status is not "failed"));

        public string Procedure => In(Booking.ProcedureNames);
        public string Center => In(Booking.CenterNames);

        private static string In(Dictionary<string, string> names) =>
            names.GetValueOrDefault(Cultures.Current.Code) ?? names.GetValueOrDefault("en") ?? names.Values.FirstOrDefault() ?? "";
    }

    private static async Task<IResult> Handle(
        Guid id, string? paid, string? later, string? moved, HttpContext http, BookingClient booking, CatalogClient catalog, PaymentClient payment, CourseClient courses, CycleClient cycles,
        SecretCookies cookies, Site site, Locales.Texts texts, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (cookies.BookingKey(id) is not { } key || (await booking.BookingAsync(id, key, ct)).Value is not { } found)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var model = new Model(found, null, null, null, paid is not null, later is not null, moved is not null);
        if (found.State == "awaiting_deposit")
        {
            model = model with { Payment = (await payment.StateAsync(id, ct)).Value };
        }

        if (found is { Kind: "cycle", HoldId: { } cycle } && (await cycles.CycleAsync(cycle, key, ct)).Value is { } shown)
        {
            cookies.Write($"cycle-{cycle:N}", key, TimeSpan.FromDays(400)); // the booking's key opens its cycle
            model = model with { Cycle = shown };
        }

        // The page must not depend on the catalogue: what it adds is preparation and the city's name.
        try
        {
            var offer = (await catalog.OfferAsync(found.OfferId, ct)).Value;
            model = model with { Offer = offer, City = offer?.Center.City.Name.Text };
        }
        catch (ServiceUnavailableException)
        {
            model = model with { Offer = null };
        }

        if (found.State == "confirmed")
        {
            model = model with { Entry = await AskStay.OfBookingAsync(found, courses, catalog, cookies, texts, ct) };
        }

        return http.Request.IsFragment() ? Pages.Page<BookingFragment>(model) : Pages.Page<BookingPage>(model);
    }
}
