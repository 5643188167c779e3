using System.Globalization;
using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Book;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Retrieval;

/// <summary>Opens a booking on another device: reference and date of birth, then the code that was mailed. Says the same whether or not they match.</summary>
public static class FindBooking
{
    private const string Cookie = "finding";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/find-booking", () => Pages.Page<FindBookingPage>(new Model(new(), new())));
        pages.MapPost("/find-booking", Ask);
        pages.MapGet("/find-booking/code", (SecretCookies cookies, Site site) => cookies.Read<string>(Cookie) is null ? Pages.SeeOther(site.Url("/find-booking")) : Pages.Page<CodePage>(new Model(new(), new())));
        pages.MapPost("/find-booking/code", Confirm);
    }

    public sealed record Model(Dictionary<string, string> Fields, FormErrors Errors)
    {
        public string this[string field] => Fields.GetValueOrDefault(field, "");
    }

    private static async Task<IResult> Ask(IFormCollection form, BookingClient booking, SecretCookies cookies, Site site, Texts texts, CancellationToken ct)
    {
        var model = new Model(form.Keys.ToDictionary(key => key, key => form[key].ToString().Trim()), new());
        var reference = Reference(model["reference"]);
        if (reference is null)
        {
            model.Errors.Add("reference", texts["booking.reference-error"]);
        }

        var born = AskWho.DateOfBirth(new Draft(Guid.Empty, "", Guid.Empty, default, model.Fields));
        if (born is null)
        {
            model.Errors.Add("dob-d", texts["book.dob-error"]);
        }

        if (model.Errors.Any)
        {
            return Pages.Page<FindBookingPage>(model, StatusCodes.Status422UnprocessableEntity);
        }

        var asked = await booking.FindAsync(reference!, born!.Value, ct);
        if (asked.Problem is { Status: 429 })
        {
            return TypedResults.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        cookies.Write(Cookie, reference!, TimeSpan.FromMinutes(15));
        return Pages.SeeOther(site.Url("/find-booking/code"));
    }

    private static async Task<IResult> Confirm(IFormCollection form, BookingClient booking, SecretCookies cookies, Site site, Texts texts, CancellationToken ct)
    {
        if (cookies.Read<string>(Cookie) is not { } reference)
        {
            return Pages.SeeOther(site.Url("/find-booking"));
        }

        var code = new string([.. Formats.WesternDigits(form["code"].ToString()).Where(char.IsAsciiDigit)]);
        var opened = await booking.ConfirmFindAsync(reference, code, ct);
        if (opened.Value is { } found)
        {
            cookies.SaveBookingKey(found.BookingId, found.AccessKey);
            return Pages.SeeOther(site.Url($"/booking/{found.BookingId}"));
        }

        if (opened.Problem is { Status: 429 })
        {
            return TypedResults.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var model = new Model(new() { ["code"] = form["code"].ToString() }, new());
        model.Errors.Add("code", texts["booking.code-error"]);
        return Pages.Page<CodePage>(model, StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>"kz4f7q92", "KZ 4F7Q 92" and "KZ-4F7Q-92" are the same reference.</summary>
    public static string? Reference(string typed)
    {
        var letters = string.Concat(Formats.WesternDigits(typed).Where(char.IsAsciiLetterOrDigit)).ToUpper(CultureInfo.InvariantCulture);
        letters = letters.Length == 6 ? $"KZ{letters}" : letters;
        return letters.Length == 8 ? $"{letters[..2]}-{letters[2..6]}-{letters[6..]}" : null;
    }
}
