using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MedTourism.StripeStandIn.Api;

namespace MedTourism.StripeStandIn.Pages;

/// <summary>The markup of the payment page: one column, labelled fields, readable at 390 pixels and from right to left.</summary>
internal static class Html
{
    private const string Style = """
        :root{color-scheme:light;--ink:#1a2233;--dim:#4b5568;--line:#8a94a6;--accent:#0b5cad;--bad:#b3261e;--note:#fff4d6}
        *{box-sizing:border-box}
        body{margin:0;background:#f4f6f9;color:var(--ink);font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic",sans-serif}
        .notice{margin:0;padding:.75rem 1rem;background:var(--note);border-block-end:1px solid #d9b54a;text-align:center;font-weight:600}
        main{max-inline-size:30rem;margin:1.5rem auto;padding:1.25rem;background:#fff;border:1px solid #d5dae3;border-radius:.75rem}
        h1{margin:0 0 .25rem;font-size:1.25rem}h2{font-size:1rem}
        .amount{margin:.25rem 0 1rem;font-size:1.75rem;font-weight:700}
        label{display:block;margin-block-start:1rem;font-weight:600}
        input{inline-size:100%;min-block-size:2.75rem;margin-block-start:.25rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;font:inherit}
        input[inputmode=numeric]{direction:ltr;text-align:start}
        input[aria-invalid=true]{border:2px solid var(--bad)}
        .wrong{margin:.25rem 0 0;color:var(--bad)}
        .alert{margin:1rem 0;padding:.75rem 1rem;border:2px solid var(--bad);border-radius:.5rem;color:var(--bad);font-weight:600}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:0 1rem;align-items:end}
        @media(max-width:24rem){.pair{grid-template-columns:1fr}}
        button,.button{display:block;inline-size:100%;min-block-size:3rem;margin-block-start:1.25rem;padding:.6rem 1rem;border:2px solid var(--accent);border-radius:.5rem;background:var(--accent);color:#fff;font:inherit;font-weight:700;text-align:center;text-decoration:none;cursor:pointer}
        button.second{background:#fff;color:var(--accent)}
        a{color:var(--accent)}.back{display:inline-block;padding:.75rem 0}
        :focus-visible{outline:3px solid #f2a900;outline-offset:2px}
        .dim{color:var(--dim)}summary{padding:.75rem 0;cursor:pointer}dt{font-family:ui-monospace,monospace;direction:ltr;text-align:start}dd{margin:0 0 .5rem}
        """;

    public static IResult Form(
        HttpContext http, JsonObject session, PageTexts texts, PaymentForm form, Dictionary<string, string> errors, string? message, int status)
    {
        var amount = CheckoutSessions.Amount(session, texts.Culture);
        var until = DateTimeOffset.FromUnixTimeSeconds(session["expires_at"]!.GetValue<long>()).ToString("HH:mm", CultureInfo.InvariantCulture);
        var email = form.Email.Length > 0 ? form.Email : session["customer_email"]?.GetValue<string>() ?? string.Empty;
        var cards = string.Concat(TestCard.All.Select(card => $"<dt>{card.Grouped}</dt><dd>{E(texts.Meaning(card.Meaning))}</dd>"));
        var cancel = session["cancel_url"]?.GetValue<string>() is { } url ? $"""<a class="back" href="{E(url)}">{E(texts.Back)}</a>""" : string.Empty;
        return Page(http, session, texts, status, texts.Pay, $"""
            {cancel}
            <h1>{E(Product(session))}</h1>
            <p class="amount"><bdi>{E(amount)}</bdi></p>
            {(message is null ? string.Empty : $"""<p class="alert" role="alert" id="problem">{E(message)}</p>""")}
            <form method="post" action="/c/pay/{session["id"]}" novalidate>
            {Field("email", texts.Email, "email", "email", email, errors)}
            {Field("cardNumber", texts.CardNumber, "text", "cc-number", string.Empty, errors, numeric: true)}
            <div class="pair">
            <div>{Field("cardExpiry", texts.Expiry, "text", "cc-exp", form.Expiry, errors, numeric: true)}</div>
            <div>{Field("cardCvc", texts.Cvc, "text", "cc-csc", string.Empty, errors, numeric: true)}</div>
            </div>
            {Field("billingName", texts.Name, "text", "cc-name", form.Name, errors)}
            <button type="submit">{string.Format(texts.Culture, E(texts.PayAmount), $"<bdi>{E(amount)}</bdi>")}</button>
            </form>
            <p class="dim">{string.Format(texts.Culture, E(texts.OpenUntil), $"<bdi>{until}</bdi>")}</p>
            <details><summary>{E(texts.TestCards)}</summary><dl>{cards}</dl></details>
            """);
    }

    public static IResult Challenge(HttpContext http, JsonObject session, PageTexts texts) =>
        Page(http, session, texts, StatusCodes.Status200OK, texts.ChallengeTitle, $"""
            <h1>{E(texts.ChallengeTitle)}</h1>
            <p>{string.Format(texts.Culture, E(texts.ChallengeBody), $"<bdi>{E(CheckoutSessions.Amount(session, texts.Culture))}</bdi>")}</p>
            <form method="post" action="/c/pay/{session["id"]}/challenge">
            <button type="submit" name="answer" value="approve">{E(texts.Approve)}</button>
            <button type="submit" name="answer" value="fail" class="second">{E(texts.Fail)}</button>
            </form>
            """);

    public static IResult Message(HttpContext http, JsonObject session, PageTexts texts, int status, string title, string? body, string? url, string link) =>
        Page(http, session, texts, status, title, $"""
            <h1>{E(title)}</h1>
            {(body is null ? string.Empty : $"<p>{E(body)}</p>")}
            {(url is null ? string.Empty : $"""<a class="button" href="{E(url)}">{E(link)}</a>""")}
            """);

    private static string Field(
        string name, string label, string type, string autocomplete, string value, Dictionary<string, string> errors, bool numeric = false)
    {
        var wrong = errors.GetValueOrDefault(name);
        return $"""
            <label for="{name}">{E(label)}</label>
            <input id="{name}" name="{name}" type="{type}" autocomplete="{autocomplete}" value="{E(value)}" required{(numeric ? " inputmode=\"numeric\"" : string.Empty)}{(wrong is null ? string.Empty : $" aria-invalid=\"true\" aria-describedby=\"{name}-wrong\"")}>
            {(wrong is null ? string.Empty : $"""<p class="wrong" id="{name}-wrong">{E(wrong)}</p>""")}
            """;
    }

    private static IResult Page(HttpContext http, JsonObject session, PageTexts texts, int status, string title, string main)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        // Browsers check redirects of a form against form-action too, so the shop's own addresses are listed.
        var shop = new[] { session["success_url"], session["cancel_url"] }
            .Select(url => Uri.TryCreate(url?.GetValue<string>(), UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : null)
            .OfType<string>().Distinct();
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; img-src data:; style-src 'nonce-{nonce}'; form-action 'self' {string.Join(' ', shop)}; frame-ancestors 'none'; base-uri 'none'";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Content(
            $"""
            <!doctype html>
            <html lang="{texts.Language}" dir="{(texts.RightToLeft ? "rtl" : "ltr")}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{E(title)}</title>
            <link rel="icon" href="data:,">
            <style nonce="{nonce}">{Style}</style>
            </head>
            <body>
            <header><p class="notice">{E(texts.TestNotice)}</p></header>
            <main>
            {main}
            </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: status);
    }

    private static string Product(JsonObject session) => session["_line_items"]![0]!["description"]!.GetValue<string>();

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
