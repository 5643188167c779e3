using System.Globalization;
using System.Text.RegularExpressions;

namespace MedTourism.StripeStandIn.Pages;

/// <summary>What was typed into the page, with what is wrong about it. The card number is never stored or shown again.</summary>
internal sealed partial record PaymentForm(string Email, string Number, string Expiry, string Cvc, string Name)
{
    public static readonly PaymentForm Empty = new(string.Empty, string.Empty, string.Empty, string.Empty, string.Empty);

    public static PaymentForm Read(IFormCollection form) => new(
        form["email"].ToString().Trim(),
        string.Concat(form["cardNumber"].ToString().Where(char.IsAsciiDigit)),
        form["cardExpiry"].ToString().Trim(),
        form["cardCvc"].ToString().Trim(),
        form["billingName"].ToString().Trim());

    public Dictionary<string, string> Errors(PageTexts texts, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!EmailForm().IsMatch(Email))
        {
            errors["email"] = texts.BadEmail;
        }

        if (Number.Length is < 12 or > 19 || !Luhn(Number))
        {
            errors["cardNumber"] = texts.BadNumber;
        }

        if (!ExpiresLater(now))
        {
            errors["cardExpiry"] = texts.BadExpiry;
        }

        if (!CvcForm().IsMatch(Cvc))
        {
            errors["cardCvc"] = texts.BadCvc;
        }

        if (Name.Length == 0)
        {
            errors["billingName"] = texts.BadName;
        }

        return errors;
    }

    private bool ExpiresLater(DateTimeOffset now)
    {
        var match = ExpiryForm().Match(Expiry);
        if (!match.Success)
        {
            return false;
        }

        var month = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var year = 2000 + int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        return month is >= 1 and <= 12 && ((year * 12) + month) >= (now.Year * 12) + now.Month;
    }

    private static bool Luhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var counted = i % 2 == 1 ? digit * 2 : digit;
            sum += counted > 9 ? counted - 9 : counted;
        }

        return sum % 10 == 0;
    }

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    private static partial Regex EmailForm();

    [GeneratedRegex(@"^(\d{1,2})\s*/?\s*(?:20)?(\d{2})$")]
    private static partial Regex ExpiryForm();

    [GeneratedRegex(@"^\d{3,4}$")]
    private static partial Regex CvcForm();
}
