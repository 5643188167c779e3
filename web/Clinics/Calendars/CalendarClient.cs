using System.Net.Http.Headers;
using MedTourism.Web.Clients;

namespace MedTourism.Web.Clinics.Calendars;

/// <summary>Booking, asked for the signed-in staff of a center: the calendars it gives to their other systems, and those it takes from them.</summary>
public sealed class CalendarClient(HttpClient http, IHttpContextAccessor accessor) : ServiceClient(http, accessor)
{
    public Task<Answer<ResourceFeed[]>> FeedsAsync(CancellationToken ct) => GetAsync<ResourceFeed[]>("clinic/feeds", ct);

    public Task<Answer<OpenedFeed>> OpenFeedAsync(Guid resource, string idempotencyKey, CancellationToken ct) =>
        PostAsync<OpenedFeed>($"clinic/resources/{resource}/feed", null, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<Nothing>> EndFeedAsync(Guid resource, CancellationToken ct) => DeleteAsync<Nothing>($"clinic/resources/{resource}/feed", ct);

    public Task<Answer<ImportedCalendar[]>> ImportsAsync(CancellationToken ct) => GetAsync<ImportedCalendar[]>("clinic/imports", ct);

    public Task<Answer<ImportedCalendar>> ImportAsync(Guid id, CancellationToken ct) => GetAsync<ImportedCalendar>($"clinic/imports/{id}", ct);

    public Task<Answer<Clashes>> ClashesAsync(CancellationToken ct) => GetAsync<Clashes>("clinic/imports/conflicts", ct);

    public Task<Answer<ImportedCalendar>> AddAddressAsync(Guid resourceId, string url, string? name, string idempotencyKey, CancellationToken ct) =>
        PostAsync<ImportedCalendar>("clinic/imports", new { resourceId, url, name }, ct, idempotencyKey: idempotencyKey);

    public Task<Answer<ImportedCalendar>> AddFileAsync(Guid resourceId, string name, byte[] file, CancellationToken ct) =>
        PostFileAsync<ImportedCalendar>(Query("clinic/imports/file", ("resourceId", resourceId), ("name", name)), file, new MediaTypeHeaderValue("text/calendar"), ct);

    /// <param name="id">The import.</param>
    /// <param name="what"><c>read</c>, <c>pause</c> or <c>resume</c>.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<Answer<Nothing>> ChangeAsync(Guid id, string what, CancellationToken ct) => PostAsync<Nothing>($"clinic/imports/{id}/{what}", null, ct);

    public Task<Answer<Nothing>> RemoveAsync(Guid id, CancellationToken ct) => DeleteAsync<Nothing>($"clinic/imports/{id}", ct);
}

public sealed record ResourceFeed(Guid ResourceId, string ResourceName, DateTimeOffset CreatedAt, DateTimeOffset? LastReadAt);

/// <summary>Why a calendar could not be read; <see cref="Limit"/> is the number its sentence names.</summary>
public sealed record ImportProblem(string Code, string? Detail, long? Limit);

public sealed record ImportNote(string Code, int Count, string? Example);

public sealed record ImportedCalendar(
    Guid Id, Guid ResourceId, string ResourceName, string Kind, string Name, string? Address, string State, ImportProblem? Problem, ImportNote[] Notes, int Events, int Times, int Conflicts,
    DateTimeOffset? LastReadAt, DateTimeOffset? LastTriedAt, DateTimeOffset? NextReadAt, DateTimeOffset? CoversUntil, DateTimeOffset? PausedAt, DateTimeOffset CreatedAt)
{
    /// <summary><c>waiting</c>, <c>read</c>, <c>failing</c> or <c>paused</c>.</summary>
    public string Shown => PausedAt is null ? State : "paused";
}

public sealed record Clash(
    Guid ImportId, string ImportName, Guid ResourceId, string ResourceName, string Uid, DateTimeOffset Start, DateTimeOffset End, string State, Guid? BookingId, string? Reference,
    int? SessionNumber, DateTimeOffset TakenFrom, DateTimeOffset TakenTo);

public sealed record Guess(Guid ImportId, string ImportName, Guid ResourceId, string ResourceName, string Uid, DateTimeOffset Start, DateTimeOffset End, string Reason);

public sealed record Clashes(Clash[] Conflicts, Guess[] Guesses);
