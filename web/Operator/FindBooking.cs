using MedTourism.Web.Clients;
using MedTourism.Web.Clinics;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Operator;

/// <summary>A booking by the reference a caller reads out, with its payment and every movement of its money.</summary>
public static class FindBooking
{
    private static readonly Dictionary<string, LocalText> None = [];

    public static void Map(IEndpointRouteBuilder area) => area.MapGet("/bookings", Handle);

    private static async Task<IResult> Handle(string? reference, OperatorClient client, Questions questions, CancellationToken ct)
    {
        reference = reference?.Trim() is { Length: > 0 and <= 40 } typed ? typed : null;
        if (reference is null)
        {
            return Pages.Page<FindBookingPage>(new FindBookingPage.View(null, null, None, null, null, false));
        }

        var file = (await client.BookingAsync(reference, ct)).Value;
        if (file is null)
        {
            return Pages.Page<FindBookingPage>(new FindBookingPage.View(reference, null, None, null, null, false), StatusCodes.Status404NotFound);
        }

        var words = await questions.OfAsync(file, ct);
        try
        {
            var (payment, ledger) = (client.PaymentAsync(file.Booking.Id, ct), client.LedgerAsync(file.Booking.Id, ct));
            return Pages.Page<FindBookingPage>(new FindBookingPage.View(reference, file, words, (await payment).Value, (await ledger).Value, false));
        }
        catch (ServiceUnavailableException)
        {
            // Payment being away is no reason to hide the booking from someone on the phone.
            return Pages.Page<FindBookingPage>(new FindBookingPage.View(reference, file, words, null, null, true));
        }
    }
}
