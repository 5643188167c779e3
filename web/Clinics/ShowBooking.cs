using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics;

/// <summary>One booking of the center: who, what, where, money, the patient's answers, what happened. Booking notes each reading.</summary>
public static class ShowBooking
{
    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/bookings/{id:guid}", Handle);

    private static async Task<IResult> Handle(Guid id, ClinicClient client, Questions questions, CurrentUser user, Notices notices, CancellationToken ct)
    {
        var answer = await client.BookingAsync(id, ct);
        return answer.Value is { } file
            ? Pages.Page<BookingPage>(new BookingPage.View(user.Person!, file, await questions.OfAsync(file, ct), notices.Take()))
            : Results.StatusCode(answer.Problem!.Status);
    }
}
