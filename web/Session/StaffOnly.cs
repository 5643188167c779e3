using MedTourism.Web.Shared;

namespace MedTourism.Web.Session;

/// <summary>Opens pages to members of one kind of organisation only, with one of the roles if any are named.</summary>
public static class StaffOnlyPages
{
    public static TBuilder StaffOnly<TBuilder>(this TBuilder builder, string kind, params string[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            http.Response.Headers.CacheControl = "no-store";
            var user = http.RequestServices.GetRequiredService<CurrentUser>();

            // The token first: it brings the roles up to date, and ends the session if the identity provider did.
            if (await user.AccessTokenAsync() is null || user.Person is not { } person)
            {
                SessionCookie.Clear(http);
                return Pages.SeeOther(SignInAddress(http));
            }

            return person.ActsFor(kind, roles)
                ? await next(context)
                : Pages.Page<Forbidden>(new Forbidden.View(kind, person), StatusCodes.Status403Forbidden);
        });

    /// <summary>After signing in the person is back where they were; a form's page, not its address.</summary>
    public static string SignInAddress(HttpContext http)
    {
        var site = http.RequestServices.GetRequiredService<Site>();
        var here = HttpMethods.IsGet(http.Request.Method)
            ? http.Request.Path + http.Request.QueryString
            : Uri.TryCreate(http.Request.Headers.Referer, UriKind.Absolute, out var referer) && referer.Authority == http.Request.Host.Value ? referer.PathAndQuery : site.Url("/");
        return site.Url("/sign-in") + QueryString.Create("return", here);
    }
}
