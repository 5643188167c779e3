using MedTourism.Web.Clients;
using MedTourism.Web.Locales;
using MedTourism.Web.Session;
using MedTourism.Web.Shared;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Clinics.Calendars;

/// <summary>Names a calendar whose busy times must not be sold here: by its address, which is read again and again, or by a file.</summary>
public static class AddCalendar
{
    private const int LargestFile = 2_000_000;
    private const int LongestName = 120;

    public static void Map(IEndpointRouteBuilder console)
    {
        console.MapGet("/calendars/add", async (ClinicClient clinic, CurrentUser user, HttpContext http, CancellationToken ct) =>
            await PageAsync(clinic, user, new() { ["machine"] = http.Request.Query["machine"].ToString(), ["key"] = $"{Guid.CreateVersion7()}" }, new(), new(), ct));
        console.MapPost("/calendars/add/address", Handle).ProtectForm();
        console.MapPost("/calendars/add/file", HandleFile).ProtectForm();
    }

    private static async Task<IResult> Handle(HttpContext http, ClinicClient clinic, CalendarClient client, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var (_, typed) = await ReadAsync(http, ct);
        var errors = new FormErrors();
        var machine = MachineOf(typed, errors, "machine", texts);
        if (typed["url"].Length == 0)
        {
            errors.Add("url", texts["imports.error-url-none"]);
        }

        NameOf(typed, errors, "name", texts);
        if (errors.Any)
        {
            return await PageAsync(clinic, user, typed, errors, new(), ct);
        }

        // What was typed is part of the key: the form corrected is another request.
        var key = Patients.Times.Keys.Of($"{typed["key"]}|{machine}|{typed["url"]}|{typed["name"]}");
        var added = await client.AddAddressAsync(machine, typed["url"], typed["name"] is { Length: > 0 } name ? name : null, key, ct);
        if (added.Problem is { } problem)
        {
            errors.Add(problem.Slug is "import-url-refused" ? "url" : "machine", Sentence(problem, texts));
            return await PageAsync(clinic, user, typed, errors, new(), ct);
        }

        notices.Leave("added", ("name", added.Value!.Name));
        return Pages.SeeOther(site.Url($"/console/calendars/{added.Value.Id}"));
    }

    private static async Task<IResult> HandleFile(HttpContext http, ClinicClient clinic, CalendarClient client, CurrentUser user, Notices notices, Site site, Texts texts, CancellationToken ct)
    {
        var (form, typed) = await ReadAsync(http, ct);
        var errors = new FormErrors();
        var machine = MachineOf(typed, errors, "file-machine", texts);
        var file = form.Files.GetFile("file");
        if (file is not { Length: > 0 })
        {
            errors.Add("file", texts["imports.error-file-none"]);
        }
        else if (file.Length > LargestFile)
        {
            errors.Add("file", texts["imports.problem-too-large", ("n", LargestFile / 1_000_000)]);
        }

        NameOf(typed, errors, "file-name", texts);
        if (errors.Any)
        {
            return await PageAsync(clinic, user, typed, new(), errors, ct);
        }

        using var octets = new MemoryStream();
        await file!.CopyToAsync(octets, ct);
        var known = Path.GetFileName(file.FileName);
        var name = typed["file-name"] is { Length: > 0 } given ? given : known.Length is 0 or > LongestName ? "calendar.ics" : known;
        var added = await client.AddFileAsync(machine, name, octets.ToArray(), ct);
        if (added.Problem is { } problem)
        {
            errors.Add(problem.Slug is "calendar-refused" or "body-too-large" ? "file" : "file-machine", Sentence(problem, texts));
            return await PageAsync(clinic, user, typed, new(), errors, ct);
        }

        notices.Leave("added-file", ("name", added.Value!.Name));
        return Pages.SeeOther(site.Url($"/console/calendars/{added.Value.Id}"));
    }

    /// <summary>A refusal in the user's words.</summary>
    private static string Sentence(Problem problem, Texts texts) => problem.Slug switch
    {
        "import-url-refused" or "calendar-refused" => ProblemWords.Of(texts, problem.Extension<string>("code"), problem.Extension<long?>("limit")),
        "body-too-large" => texts["imports.problem-too-large", ("n", LargestFile / 1_000_000)],
        "too-many-imports" => texts["imports.error-too-many", ("n", problem.Extension<int?>("limit") ?? 10)],
        "resource-unknown" => texts["imports.error-machine"],
        _ => texts["imports.error-refused"],
    };

    private static async Task<(IFormCollection Form, Dictionary<string, string> Typed)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        return (form, new[] { "key", "machine", "url", "name", "file-machine", "file-name" }.ToDictionary(field => field, field => form[field].ToString().Trim()));
    }

    private static Guid MachineOf(Dictionary<string, string> typed, FormErrors errors, string field, Texts texts)
    {
        if (!Guid.TryParse(typed[field], out var machine))
        {
            errors.Add(field, texts["imports.error-machine"]);
        }

        return machine;
    }

    private static void NameOf(Dictionary<string, string> typed, FormErrors errors, string field, Texts texts)
    {
        if (typed[field].Length > LongestName)
        {
            errors.Add(field, texts["imports.error-name", ("n", LongestName)]);
        }
    }

    private static async Task<IResult> PageAsync(ClinicClient clinic, CurrentUser user, Dictionary<string, string> typed, FormErrors address, FormErrors file, CancellationToken ct) =>
        Pages.Page<AddCalendarPage>(
            new AddCalendarPage.View(user.Person!, (await clinic.ResourcesAsync(ct)).OrThrow(), typed, address, file),
            address.Any || file.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
}

/// <summary>Why a calendar cannot be read, as a sentence that says what to do.</summary>
public static class ProblemWords
{
    public static string Of(Texts texts, string? code, long? limit)
    {
        // The limit of a size is octets; people think in megabytes.
        var n = code == "too-large" ? (limit ?? 2_000_000) / 1_000_000 : limit ?? 0;
        return texts.Has($"imports.problem-{code}") ? texts[$"imports.problem-{code}", ("n", n)] : texts["imports.problem-other"];
    }
}
