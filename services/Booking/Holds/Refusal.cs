using MedTourism.Booking.Availability;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Booking.Holds;

/// <summary>Why a start cannot be held, the same for everyone who asks at this moment.</summary>
public sealed record Refusal(int Status, string Slug, string Detail, IReadOnlyList<Refusal.Alternative>? Alternatives = null, IReadOnlyList<ExplainRefusal.Reason>? Reasons = null)
{
    public sealed record Alternative(DateTimeOffset Start, DateTimeOffset End);

    public ProblemHttpResult ToProblem() =>
        Problems.Of(Status, Slug, Detail, Alternatives is null ? null : new() { ["alternatives"] = Alternatives, ["reasons"] = Reasons });
}
