using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Api;
using MedTourism.StripeStandIn.State;

namespace MedTourism.StripeStandIn.Pages;

/// <summary>The hosted page of a session and the bank's challenge: plain forms, no script.</summary>
internal static class PaymentPage
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/c/pay/{id}", Show);
        app.MapPost("/c/pay/{id}", Pay).DisableAntiforgery();
        app.MapGet("/c/pay/{id}/challenge", ShowChallenge);
        app.MapPost("/c/pay/{id}/challenge", Answer).DisableAntiforgery();
    }

    private static async Task<IResult> Show(string id, HttpContext http, Store store, CancellationToken ct) =>
        await store.ReadAsync(unit => unit.Find(CheckoutSessions.Kind, id) is { } session ? Page(http, unit, session) : Results.NotFound(), ct);

    private static async Task<IResult> Pay(string id, HttpContext http, Store store, CancellationToken ct)
    {
        var form = PaymentForm.Read(await http.Request.ReadFormAsync(ct));
        return await store.ChangeAsync(
            unit =>
            {
                if (unit.Find(CheckoutSessions.Kind, id) is not { } session)
                {
                    return Results.NotFound();
                }

                return CheckoutSessions.IsOpen(session, unit) ? Attempt(http, unit, session, form) : Page(http, unit, session);
            },
            ct);
    }

    private static IResult Attempt(HttpContext http, Unit unit, JsonObject session, PaymentForm form)
    {
        var texts = Texts(http, session);
        var errors = form.Errors(texts, unit.Now);
        if (errors.Count > 0)
        {
            return Refuse(http, unit, session, form, errors, texts.FixBelow, StatusCodes.Status422UnprocessableEntity);
        }

        var payer = new Payer(form.Email, form.Name);
        switch (TestCard.Find(form.Number))
        {
            case null:
                errors["cardNumber"] = texts.NotATestCard;
                return Refuse(http, unit, session, form, errors, texts.NotATestCard, StatusCodes.Status422UnprocessableEntity);
            case { DeclineCode: { } code } card:
                Payments.Decline(unit, session, card, payer);
                return Refuse(http, unit, session, form, errors, code == "insufficient_funds" ? texts.Funds : texts.Declined, StatusCodes.Status402PaymentRequired);
            case { Asks: true } card:
                Payments.Challenge(unit, session, card, payer);
                return SeeOther(http, $"/c/pay/{session["id"]}/challenge");
            case var card:
                Payments.Succeed(unit, session, card, payer);
                return SeeOther(http, CheckoutSessions.SuccessUrl(session));
        }
    }

    private static async Task<IResult> ShowChallenge(string id, HttpContext http, Store store, CancellationToken ct) =>
        await store.ReadAsync(
            unit => unit.Find(CheckoutSessions.Kind, id) switch
            {
                null => Results.NotFound(),
                { } session when CheckoutSessions.IsOpen(session, unit) && session["_challenge"] is JsonObject =>
                    Html.Challenge(http, session, Texts(http, session)),
                { } session => Page(http, unit, session),
            },
            ct);

    private static async Task<IResult> Answer(string id, HttpContext http, Store store, CancellationToken ct)
    {
        var approved = (await http.Request.ReadFormAsync(ct))["answer"] == "approve";
        return await store.ChangeAsync(
            unit =>
            {
                if (unit.Find(CheckoutSessions.Kind, id) is not { } session)
                {
                    return Results.NotFound();
                }

                if (!CheckoutSessions.IsOpen(session, unit) || session["_challenge"] is not JsonObject challenge)
                {
                    return Page(http, unit, session);
                }

                if (!approved)
                {
                    Payments.FailChallenge(unit, session);
                    return Refuse(http, unit, session, PaymentForm.Empty, [], Texts(http, session).AuthenticationFailed, StatusCodes.Status402PaymentRequired);
                }

                var payer = new Payer(challenge["email"]?.GetValue<string>(), challenge["name"]?.GetValue<string>());
                Payments.Succeed(unit, session, TestCard.Find(challenge["card"]!.GetValue<string>())!, payer);
                return SeeOther(http, CheckoutSessions.SuccessUrl(session));
            },
            ct);
    }

    private static IResult Page(HttpContext http, Unit unit, JsonObject session)
    {
        var texts = Texts(http, session);
        if (session["status"]!.GetValue<string>() == "complete")
        {
            return Html.Message(http, session, texts, StatusCodes.Status200OK, texts.AlreadyPaid, null, CheckoutSessions.SuccessUrl(session), texts.Continue);
        }

        return CheckoutSessions.IsOpen(session, unit)
            ? Html.Form(http, session, texts, PaymentForm.Empty, [], null, StatusCodes.Status200OK)
            : Html.Message(http, session, texts, StatusCodes.Status410Gone, texts.Expired, texts.ExpiredBody, session["cancel_url"]?.GetValue<string>(), texts.Back);
    }

    private static IResult Refuse(
        HttpContext http, Unit unit, JsonObject session, PaymentForm form, Dictionary<string, string> errors, string message, int status) =>
        CheckoutSessions.IsOpen(session, unit) ? Html.Form(http, session, Texts(http, session), form, errors, message, status) : Page(http, unit, session);

    private static PageTexts Texts(HttpContext http, JsonObject session) =>
        PageTexts.For(session["locale"]?.GetValue<string>(), http.Request.Headers.AcceptLanguage);

    private static IResult SeeOther(HttpContext http, string url)
    {
        http.Response.Headers.Location = url;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
