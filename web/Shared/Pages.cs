using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedTourism.Web.Shared;

/// <summary>Results that are pages.</summary>
public static class Pages
{
    /// <summary>A page whose one parameter is named <c>Model</c>.</summary>
    public static RazorComponentResult<TPage> Page<TPage>(object? model = null, int status = StatusCodes.Status200OK) where TPage : IComponent =>
        new(model is null ? [] : new Dictionary<string, object?> { ["Model"] = model }) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>303, so that Back and reload never send a form twice.</summary>
    public static IResult SeeOther(string url) => new SeeOtherResult(url);

    private sealed class SeeOtherResult(string url) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => StatusCodes.Status303SeeOther;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = url;
            return Task.CompletedTask;
        }
    }

    public static bool IsFragment(this HttpRequest request) => request.Headers.ContainsKey("HX-Request");
}
