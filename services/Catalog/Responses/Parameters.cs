using System.Globalization;
using MedTourism.Catalog.Texts;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Catalog.Responses;

/// <summary>Reads the parameters of a query and collects what is wrong with them, so that one answer names every field.</summary>
public sealed class Parameters
{
    private readonly List<(string, string)> _errors = [];

    public bool AreWrong => _errors.Count > 0;

    public void Wrong(string field, string message) => _errors.Add((field, message));

    public string Culture(string? value) => OneOf("culture", value, Cultures.Default, Cultures.All);

    public string OneOf(string field, string? value, string fallback, params string[] allowed)
    {
        if (string.IsNullOrEmpty(value))
        {
            return fallback;
        }

        if (allowed.Contains(value))
        {
            return value;
        }

        Wrong(field, $"must be one of {string.Join(", ", allowed)}");
        return fallback;
    }

    public int Number(string field, string? value, int fallback, int least, int most)
    {
        if (string.IsNullOrEmpty(value))
        {
            return fallback;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Wrong(field, $"must be a whole number from {least} to {most}");
        return fallback;
    }

    public DateOnly Date(string field, string? value, DateOnly fallback)
    {
        if (string.IsNullOrEmpty(value))
        {
            return fallback;
        }

        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Wrong(field, "must be a date like 2026-12-01");
        return fallback;
    }

    public ProblemHttpResult Refuse() => Problems.Fields([.. _errors]);
}
