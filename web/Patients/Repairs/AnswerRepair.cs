using MedTourism.Web.Clients;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Patients.Repairs;

/// <summary>A machine failed: old and new times side by side, and the patient's word on them.</summary>
public static class AnswerRepair
{
    public static readonly string[] Wishes = ["call", "transfer", "refund"];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/booking/{id:guid}/repair", (Guid id, HttpContext http, ChangeClient changes, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct) =>
            ShowAsync(id, null, http, changes, booking, cookies, site, ct));
        pages.MapPost("/booking/{id:guid}/repair", Handle);
    }

    public sealed record Model(Booking Booking, PatientRepair Repair, string? Refused);

    private static async Task<IResult> ShowAsync(
        Guid id, string? refused, HttpContext http, ChangeClient changes, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (cookies.BookingKey(id) is not { } key || (await booking.BookingAsync(id, key, ct)).Value is not { } found)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        return (await changes.RepairAsync(id, key, ct)).Value is { } repair
            ? Pages.Page<RepairPage>(new Model(found, repair, refused), refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict)
            : Pages.SeeOther(site.Url($"/booking/{id}"));
    }

    private static async Task<IResult> Handle(
        Guid id, IFormCollection form, HttpContext http, ChangeClient changes, BookingClient booking, SecretCookies cookies, Site site, CancellationToken ct)
    {
        if (cookies.BookingKey(id) is not { } key)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        if (form["answer"] == "decline" && !Wishes.Contains(form["wish"].ToString()))
        {
            return await ShowAsync(id, "wish", http, changes, booking, cookies, site, ct);
        }

        var answer = form["answer"] == "accept" ? await changes.AcceptAsync(id, key, ct) : await changes.DeclineAsync(id, form["wish"].ToString(), key, ct);
        return answer.Ok ? Pages.SeeOther(site.Url($"/booking/{id}/repair")) : await ShowAsync(id, answer.Problem!.Slug, http, changes, booking, cookies, site, ct);
    }
}
