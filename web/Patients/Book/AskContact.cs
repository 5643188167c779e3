using System.Net.Mail;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Patients.Book;

/// <summary>How to reach the patient, and whether mail may name the treatment.</summary>
public static class AskContact
{
    private static readonly string[] Fields = ["email", "phone", "neutral"];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/book/{hold:guid}/contact", async (Guid hold, BookStep step, CancellationToken ct) =>
        {
            var (model, instead) = await step.OpenAsync(hold, ct);
            return model is null ? instead! : Pages.Page<ContactPage>(model);
        });
        pages.MapPost("/book/{hold:guid}/contact", (Guid hold, IFormCollection form, BookStep step, Texts texts, CancellationToken ct) =>
            step.TakeAsync<ContactPage>(hold, form, "contact", Fields, model => Check(model, texts), null, ct));
    }

    public static FormErrors Check(BookStep.Model model, Texts texts)
    {
        var errors = new FormErrors();
        if (!MailAddress.TryCreate(model["email"], out var mail) || mail.Address != model["email"] || !mail.Host.Contains('.', StringComparison.Ordinal))
        {
            errors.Add("email", texts["book.email-error"]);
        }

        if (model["phone"].Length > 0 && Phone(model["phone"]) is null)
        {
            errors.Add("phone", texts["book.phone-error"]);
        }

        return errors;
    }

    /// <summary>"+44 (0) 7700-900 000" and "٠٠٤٤…" as +digits; null if it cannot be a number with its country.</summary>
    public static string? Phone(string typed)
    {
        var western = Formats.WesternDigits(typed).Replace("(0)", "", StringComparison.Ordinal);
        var digits = new string([.. western.Where(char.IsAsciiDigit)]);
        var international = western.TrimStart().StartsWith('+') ? digits : digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : null;
        return western.Any(char.IsLetter) || international is not { Length: >= 7 and <= 15 } ? null : $"+{international}";
    }
}
