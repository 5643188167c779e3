using MedTourism.Booking.Bookings;
using MedTourism.Booking.Repairs;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Booking.Clinics;

/// <summary>A booking of the center with the patient's answers and its history. Each reading is noted.</summary>
public static class ShowClinicBooking
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/clinic/bookings/{id:guid}", Handle).RequireOrganisation("clinic").RequireRateLimiting("search");

    /// <summary>Marks: the sessions that have begun, and what staff may do with each.</summary>
    public sealed record Response(BookingView Booking, List<Answer> Answers, List<Place> Resources, List<Event> Events, List<SessionMarks> Marks);

    public sealed record Answer(string QuestionId, string Value);

    public sealed record Place(Guid Id, string Name, string Kind);

    public sealed record Event(string Kind, string? From, string? To, string Actor, string? Detail, DateTimeOffset At);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid id, HttpContext http, BookingDb db, CancellationToken ct)
    {
        if (await BookingAccess.FindAsync(db, http, id, ct) is not ({ } booking, "clinic"))
        {
            return BookingAccess.Unknown();
        }

        await ShowBooking.ViewedAsync(db, http, booking, "clinic", ct);
        return TypedResults.Ok(await LoadAsync(db, id, ct));
    }

    public static async Task<Response> LoadAsync(BookingDb db, Guid id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var answers = await db.BookingAnswers.AsNoTracking()
            .Where(x => x.BookingId == id).OrderBy(x => x.QuestionId).Select(x => new Answer(x.QuestionId, x.Value)).ToListAsync(ct);
        var resources = await (
            from allocation in db.Allocations.AsNoTracking()
            where allocation.BookingId == id
            join resource in db.Resources on allocation.ResourceId equals resource.Id
            select new Place(resource.Id, resource.Name, resource.Kind)).ToListAsync(ct);
        var events = await db.BookingEvents.AsNoTracking()
            .Where(x => x.BookingId == id).OrderBy(x => x.Id)
            .Select(x => new Event(x.Kind, x.FromState, x.ToState, x.Actor, x.Detail, x.At)).ToListAsync(ct);
        return new Response(await BookingView.LoadAsync(db, id, ct), answers, resources, events, await SessionMarks.OfAsync(db, id, ct));
    }
}
