using System.Globalization;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>A control of the form, and the path under which Booking refuses what was typed there; null if it does so under another's.</summary>
public sealed record PlanField(string Name, string? Problem = null);

/// <summary>A treatment plan's form as typed: reads its fields, notes what is wrong, and issues the plan. Whatever the pattern, person and terms are alike.</summary>
public sealed class PlanForm
{
    // Each as it stands on the page: the person first, the pattern, the terms last.
    private static readonly PlanField[] Person =
    [
        new("given", "patient.givenNames"), new("family", "patient.familyName"), new("born", "patient.dateOfBirth"), new("email", "contact.email"), new("phone", "contact.phone"),
        new("citizenship", "patient.citizenship"),
    ];

    private static readonly PlanField[] Terms =
        [new("price", "priceMinor"), new("deposit", "depositMinor"), new("valid", "validUntil"), new("ready", "readyOn"), new("due", "dueOn"), new("priority", "priority")];

    private readonly Texts texts;

    private PlanForm(Dictionary<string, string> typed, Texts texts) => (Typed, this.texts) = (typed, texts);

    public Dictionary<string, string> Typed { get; }

    public FormErrors Errors { get; } = new();

    /// <summary>What is wrong, from the top of the page down; <paramref name="pattern"/> has the fields of this page in their order.</summary>
    public FormErrors ErrorsOn(IReadOnlyList<PlanField> pattern) => Errors.InOrder([.. Person.Concat(pattern).Concat(Terms).Select(field => field.Name)]);

    public static async Task<PlanForm> ReadAsync(HttpContext http, Texts texts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(http);
        var form = await http.Request.ReadFormAsync(ct);
        return new(form.Keys.ToDictionary(key => key, key => Formats.WesternDigits(form[key].ToString().Trim())), texts);
    }

    /// <summary>Terms as they begin: the offer's price, a deposit of a tenth if it has none, valid for a month (illustrative).</summary>
    public static Dictionary<string, string> Prefilled(PlanDefaults defaults, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return new()
        {
            ["key"] = Guid.CreateVersion7().ToString("N"),
            ["price"] = Amount.Write(defaults.PriceMinor, defaults.Currency),
            ["deposit"] = Amount.Write(defaults.DepositMinor > 0 ? defaults.DepositMinor : defaults.PriceMinor / 1000 * 100, defaults.Currency),
            ["valid"] = $"{today.AddDays(30):yyyy-MM-dd}",
            ["ready"] = $"{today.AddDays(1):yyyy-MM-dd}",
            ["priority"] = "3",
            ["culture"] = "en",
        };
    }

    public string Text(string field) => Typed.GetValueOrDefault(field, "");

    public int Number(string field)
    {
        if (Text(field).Length == 0)
        {
            return 0;
        }

        if (int.TryParse(Text(field), CultureInfo.InvariantCulture, out var number) && number >= 0)
        {
            return number;
        }

        Wrong(field);
        return 0;
    }

    public TimeOnly Time(string field)
    {
        if (TimeOnly.TryParseExact(Text(field), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        Wrong(field);
        return default;
    }

    /// <summary>Numbers one after another: "3, 2".</summary>
    public int[] Numbers(string field)
    {
        var parts = Text(field).Split([',', '،', ';', ' '], StringSplitOptions.RemoveEmptyEntries);
        var numbers = parts.Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 0).ToArray();
        if (numbers.Length is 0 or > 10 || numbers.Contains(0))
        {
            Wrong(field);
        }

        return numbers;
    }

    /// <summary>The plan with this pattern; look at <see cref="Errors"/> before sending it.</summary>
    public NewPlan Plan(PlanDefaults defaults, PlanPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        foreach (var field in (string[])["family", "email", "citizenship"])
        {
            if (Text(field).Length == 0)
            {
                Wrong(field);
            }
        }

        var (born, valid) = (Day("born"), Day("valid"));
        return new(
            defaults.OfferId, pattern, Money("price", defaults.Currency), Money("deposit", defaults.Currency), new DateTimeOffset((valid ?? default).ToDateTime(new TimeOnly(18, 0)), TimeSpan.FromHours(5)), Day("ready"), Text("due").Length == 0 ? null : Day("due"),
            Number("priority"), new(Text("family"), Text("given"), born, Text("citizenship")), new(Text("email"), Text("phone") is { Length: > 0 } phone ? phone : null, Text("culture")));
    }

    /// <summary>Issues it unless something is wrong. What Booking refuses stands at its field, or at <paramref name="first"/>.</summary>
    public async Task<bool> IssueAsync(NewPlan plan, IReadOnlyList<PlanField> pattern, string first, ClinicCourseClient client, Notices notices, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(notices);
        if (Errors.Any)
        {
            return false;
        }

        var issued = await client.IssueAsync(plan, Keys.Of($"{Text("key")}|{System.Text.Json.JsonSerializer.Serialize(plan)}"), ct);
        if (issued.Ok)
        {
            notices.Leave("issued");
            return true;
        }

        foreach (var (path, _) in issued.Problem!.Errors)
        {
            var field = Person.Concat(pattern).Concat(Terms).FirstOrDefault(one => one.Problem is { } problem && path.StartsWith(problem, StringComparison.OrdinalIgnoreCase))?.Name;
            Errors.Add(field ?? first, texts["courses.field-error", ("field", field is null ? path : texts[$"courses.f-{field}"])]);
        }

        if (!Errors.Any)
        {
            Errors.Add(first, issued.Problem.Detail ?? texts["change.refused"]);
        }

        return false;
    }

    private long Money(string field, string currency)
    {
        if (Amount.Read(Text(field), currency) is { } minor)
        {
            return minor;
        }

        Wrong(field);
        return 0;
    }

    private DateOnly? Day(string field)
    {
        if (DateOnly.TryParseExact(Text(field), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        Wrong(field);
        return null;
    }

    private void Wrong(string field) => Errors.Add(field, texts[Text(field).Length == 0 ? "courses.field-missing" : "courses.field-error", ("field", texts[$"courses.f-{field}"])]);
}
