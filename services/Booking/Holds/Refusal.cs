using MedTourism.Booking.Availability;
using MedTourism.Booking.Tracers;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Booking.Holds;

/// <summary>Why a start cannot be held, the same for everyone who asks at this moment.</summary>
public sealed record Refusal(int Status, string Slug, string Detail, IReadOnlyList<Refusal.Alternative>? Alternatives = null, IReadOnlyList<ExplainRefusal.Reason>? Reasons = null)
{
    /// <summary>What is wrong with the tracer, if that is why.</summary>
    public NoTracer? Tracer { get; init; }

    public sealed record Alternative(DateTimeOffset Start, DateTimeOffset End);

    public ProblemHttpResult ToProblem()
    {
        var extensions = Alternatives is null ? null : new Dictionary<string, object?> { ["alternatives"] = Alternatives, ["reasons"] = Reasons };
        if (Tracer is not null && extensions is not null)
        {
            extensions["tracer"] = Tracer;
        }

        return Problems.Of(Status, Slug, Detail, extensions);
    }
}
