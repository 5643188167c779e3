using MedTourism.Identity.Accounts;
using MedTourism.Identity.Demo;
using MedTourism.Identity.Pages;
using MedTourism.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MedTourism.Identity.SignIns;

/// <summary>
/// E-mails a one-time link: from the sign-in form, to register, or for a forgotten password. Every address gets exactly one mail, with what
/// makes sense for it, so the answer does not tell who has an account.
/// </summary>
public static class SendLink
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/signin/link", FromSignInAsync).AsPage();
        foreach (var (key, purpose) in new[] { ("register", "sign-in"), ("forgot", "reset-password") })
        {
            app.MapGet($"/{key}", (Page page, string? uid) =>
            {
                page.Uid = uid;
                return page.Show<AddressView>(parameters: [("Key", key)]);
            }).AsPage();
            app.MapPost($"/{key}", async (HttpRequest request, Page page, Mail mail, CancellationToken ct) =>
            {
                var form = await request.ReadFormAsync(ct);
                page.Uid = form["uid"];
                return await mail.SendAsync(form["email"].ToString(), purpose, page, ct)
                    ? page.Message("sent")
                    : page.Show<AddressView>(parameters: [("Key", key), ("Email", form["email"].ToString())]);
            }).AsPage();
        }
    }

    private static async Task<IResult> FromSignInAsync(HttpRequest request, Page page, Mail mail, Visits visits, DemoAccounts demo, CancellationToken ct)
    {
        var form = await request.ReadFormAsync(ct);
        if (await visits.FindAsync(form["uid"], ct) is not { } visit)
        {
            return page.Message("expired", StatusCodes.Status410Gone);
        }

        return await mail.SendAsync(form["email"].ToString(), "sign-in", page, ct)
            ? page.Message("sent")
            : await StartSignIn.ShowAsync(page, visit, demo, form["email"], ct);
    }

    public sealed class Mail(IdentityDb db, Links links, ILookupNormalizer normalizer)
    {
        /// <summary>False if what was typed cannot be an address; the page then says so.</summary>
        public async Task<bool> SendAsync(string typed, string purpose, Page page, CancellationToken ct)
        {
            if (Addresses.Read(typed) is not { } address)
            {
                page.Wrong("email", typed.Trim().Length == 0 ? "email.missing" : "email.malformed");
                return false;
            }

            var normalized = normalizer.NormalizeEmail(address);
            await db.InTransactionAsync(
                async () =>
                {
                    var account = await db.Users.AsNoTracking().Where(user => user.NormalizedEmail == normalized)
                        .Select(user => new { user.Id, user.Email }).SingleOrDefaultAsync(ct);
                    await links.SendAsync(account is null ? "confirm-email" : purpose, account?.Email ?? address, page.Culture, account?.Id, ct);
                    await db.SaveChangesAsync(ct);
                },
                ct);
            return true;
        }
    }
}
