using System.Text.Json;

namespace MedTourism.Catalog.Procedures;

/// <summary>How a treatment runs: its phases, the stay it needs and the follow-up. Needs a clinician's sign-off.</summary>
public sealed class Pattern
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required int StayDaysMin { get; set; }

    public required int StayDaysMax { get; set; }

    public required string Companion { get; set; }

    public int? FlyAfterDays { get; set; }

    public required int[] FollowUpDays { get; set; }

    /// <summary>Phases, anchor, catch-up and interruption rules as the seed has them.</summary>
    public required JsonElement Details { get; set; }

    public required string[] Sources { get; set; }
}

/// <summary>A paper or image a center asks for.</summary>
public sealed class Document
{
    public required string Id { get; set; }

    public required Dictionary<string, string> Names { get; set; }

    public required string Format { get; set; }

    public int? ValidityDays { get; set; }

    public required string Basis { get; set; }

    public required string[] Sources { get; set; }
}

/// <summary>Which documents a kind of treatment asks for, and when.</summary>
public sealed class DocumentBundle
{
    public required string Id { get; set; }

    public required string[] BeforeReview { get; set; }

    public required string[] BeforeTravel { get; set; }

    public required string[] OnArrival { get; set; }

    public required string[] Optional { get; set; }

    public required string[] OnDischarge { get; set; }
}

/// <summary>What the patient does before the appointment, so many hours before it (a negative offset).</summary>
public sealed class PreparationStep
{
    public required string Topic { get; set; }

    public required string Id { get; set; }

    public required int OffsetHours { get; set; }

    public required Dictionary<string, string> Text { get; set; }

    public string? Source { get; set; }

    public string? Basis { get; set; }
}

/// <summary>A question put so that "yes" is the answer to look at. Needs a clinician's sign-off.</summary>
public sealed class ScreeningQuestion
{
    public required string Id { get; set; }

    public int Position { get; set; }

    public required Dictionary<string, string> Text { get; set; }

    /// <summary><c>yes-no</c> or <c>text</c>.</summary>
    public required string Answer { get; set; }

    /// <summary><c>booking</c> or <c>arrival</c>.</summary>
    public required string AskedAt { get; set; }

    public required string[] Lines { get; set; }

    /// <summary>In a line named here the question is for these procedures only.</summary>
    public required Dictionary<string, string[]> OnlyFor { get; set; }

    /// <summary><c>block</c>, <c>review</c> or <c>info</c>.</summary>
    public required string OnYes { get; set; }

    public string? Note { get; set; }

    public required string[] Sources { get; set; }

    public bool IsAskedFor(Procedure procedure)
    {
        ArgumentNullException.ThrowIfNull(procedure);
        return AskedAt == "booking" && Lines.Contains(procedure.LineId)
            && (!OnlyFor.TryGetValue(procedure.LineId, out var procedures) || procedures.Contains(procedure.Id));
    }
}

/// <summary>Where a fact was found.</summary>
public sealed class Source
{
    public required string Key { get; set; }

    public required string Url { get; set; }

    public required string Date { get; set; }
}
