using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MedTourism.ServiceDefaults;

/// <summary>Refusals as RFC 9457 problem details. The <c>type</c> is <c>urn:medtourism:problem:&lt;slug&gt;</c> and never changes once published.</summary>
public static class Problems
{
    public const string Prefix = "urn:medtourism:problem:";

    public static ProblemHttpResult Conflict(string slug, string detail, Dictionary<string, object?>? extensions = null) =>
        Of(StatusCodes.Status409Conflict, slug, detail, extensions);

    public static ProblemHttpResult NotFound(string slug, string detail, Dictionary<string, object?>? extensions = null) =>
        Of(StatusCodes.Status404NotFound, slug, detail, extensions);

    public static ProblemHttpResult Gone(string slug, string detail, Dictionary<string, object?>? extensions = null) =>
        Of(StatusCodes.Status410Gone, slug, detail, extensions);

    public static ProblemHttpResult Forbidden(string slug, string detail, Dictionary<string, object?>? extensions = null) =>
        Of(StatusCodes.Status403Forbidden, slug, detail, extensions);

    public static ProblemHttpResult Invalid(string slug, string detail, Dictionary<string, object?>? extensions = null) =>
        Of(StatusCodes.Status422UnprocessableEntity, slug, detail, extensions);

    /// <summary>422 <c>invalid-fields</c>: each field by its JSON path with what is wrong and what would be right.</summary>
    public static ProblemHttpResult Fields(params (string Field, string Message)[] errors) =>
        Invalid("invalid-fields", "Some fields need another value.", new Dictionary<string, object?>
        {
            ["errors"] = errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray()),
        });

    public static ProblemHttpResult Of(int status, string slug, string detail, Dictionary<string, object?>? extensions = null)
    {
        var problem = new ProblemDetails
        {
            Type = Prefix + slug,
            Title = Title(slug),
            Status = status,
            Detail = detail,
        };
        foreach (var (key, value) in extensions ?? [])
        {
            problem.Extensions[key] = value;
        }

        return TypedResults.Problem(problem);
    }

    private static string Title(string slug) =>
        string.Concat(slug[..1].ToUpperInvariant(), slug[1..].Replace('-', ' '));
}
