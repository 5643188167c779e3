using MedTourism.Web.Clients;
using MedTourism.Web.Shared.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace MedTourism.Web.Shared;

/// <summary>Refusals and failures are pages too, in the language and style of the site.</summary>
public static class StatusPages
{
    public static void UseStatusPages(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // A service that does not answer is not our bug, and may be back in a minute.
            StatusCodeSelector = exception => exception is ServiceUnavailableException ? StatusCodes.Status503ServiceUnavailable : exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            ExceptionHandler = context => WriteAsync(context, context.Response.StatusCode),
        });
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
    }

    private static async Task WriteAsync(HttpContext context, int status)
    {
        // A scope of its own: the request's renderer may have stopped half-way through the page that failed.
        await using var scope = context.RequestServices.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, context.RequestServices.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<StatusPage>(ParameterView.FromDictionary(new Dictionary<string, object?> { ["Status"] = status }))).ToHtmlString());
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(html, context.RequestAborted);
    }
}
