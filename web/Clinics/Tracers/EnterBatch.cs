using System.Globalization;
using MedTourism.Web.Locales;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Session;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;
using Microsoft.AspNetCore.Http.HttpResults;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Clinics.Tracers;

/// <summary>Deliveries of tracer to come, with how many doses are left of each, and the form that enters one: it begins with the last delivery, a day later.</summary>
public static class EnterBatch
{
    /// <summary>The form's fields by the names that Booking has for them, in the order of the page.</summary>
    private static readonly (string Name, string Field)[] Fields =
    [
        ("procedureIds", "treat"), ("radionuclide", "nuclide"), ("deliveredAt", "delivered"), ("usableUntil", "until"), ("calibratedAt", "calibrated"),
        ("activityMbq", "activity"), ("doseMbq", "dose"), ("uptakeMinutes", "uptake"),
    ];

    public static void Map(IEndpointRouteBuilder console) => console.MapGet("/batches", async (TracerClient client, CurrentUser user, Notices notices, TimeProvider clock, CancellationToken ct) =>
    {
        var (treatments, batches) = await ReadAsync(client, clock, ct);
        return Page(Begin(treatments, batches, clock), new FormErrors(), treatments, batches, user, notices.Take(), clock);
    });

    public static void MapScheduling(IEndpointRouteBuilder console) => console.MapPost("/batches", Handle).ProtectForm();

    private static async Task<(TracerTreatment[] Treatments, Batch[] Batches)> ReadAsync(TracerClient client, TimeProvider clock, CancellationToken ct) =>
        ((await client.TreatmentsAsync(ct)).Value ?? [], (await client.BatchesAsync(clock.GetUtcNow().AddDays(-30), ct)).Value ?? []);

    private static RazorComponentResult<BatchesPage> Page(
        BatchForm form, FormErrors errors, TracerTreatment[] treatments, Batch[] batches, CurrentUser user, Notice? notice, TimeProvider clock) =>
        Pages.Page<BatchesPage>(
            new BatchesPage.View(user.Person!, treatments, [.. batches.Where(batch => batch.UsableUntil > clock.GetUtcNow())], form, errors, notice, clock.GetUtcNow()),
            errors.Any ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);

    private static BatchForm Begin(TracerTreatment[] treatments, Batch[] batches, TimeProvider clock)
    {
        var zone = BatchForm.Zone(treatments);
        var typed = new Dictionary<string, string> { ["key"] = Guid.CreateVersion7().ToString("N"), ["nuclide"] = BatchForm.Nuclides[0] };
        if (batches.LastOrDefault() is not { } last)
        {
            typed["delivered"] = clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'08:30", CultureInfo.InvariantCulture);
            return new(typed, [.. treatments.Take(1).Select(one => one.ProcedureId)], Copied: false);
        }

        var days = Math.Max(1, (Formats.DayAt(clock.GetUtcNow(), zone).DayNumber - Formats.DayAt(last.DeliveredAt, zone).DayNumber) + 1);
        foreach (var (field, moment) in new[] { ("delivered", last.DeliveredAt), ("until", last.UsableUntil), ("calibrated", last.CalibratedAt) })
        {
            typed[field] = Formats.At(moment, zone).AddDays(days).ToString(Formats.LocalInput, CultureInfo.InvariantCulture);
        }

        typed["nuclide"] = last.Radionuclide;
        foreach (var (field, number) in new[] { ("activity", last.ActivityMbq), ("dose", last.DoseMbq), ("uptake", last.UptakeMinutes) })
        {
            typed[field] = number.ToString("0.##", CultureInfo.InvariantCulture);
        }

        return new(typed, last.ProcedureIds, Copied: true);
    }

    private static async Task<IResult> Handle(HttpContext http, TracerClient client, CurrentUser user, Notices notices, Site site, Texts texts, TimeProvider clock, CancellationToken ct)
    {
        var fields = await http.Request.ReadFormAsync(ct);
        var typed = fields.Keys.ToDictionary(key => key, key => Formats.WesternDigits(fields[key].ToString().Trim()));
        var (treatments, batches) = await ReadAsync(client, clock, ct);
        var form = new BatchForm(typed, [.. fields["treat"].Select(id => id ?? "")], Copied: false);
        var errors = new FormErrors();
        if (form.Read(BatchForm.Zone(treatments), errors, texts) is { } batch)
        {
            var answer = await client.EnterAsync(batch, Keys.Of($"{typed.GetValueOrDefault("key")}|{string.Join('|', Fields.Select(one => fields[one.Field].ToString()))}"), ct);
            if (answer.Problem is not { } problem)
            {
                notices.Leave("entered");
                return Pages.SeeOther(site.Url("/console/batches"));
            }

            foreach (var (_, field) in Fields.Where(one => problem.Errors.ContainsKey(one.Name)))
            {
                errors.Add(field, texts[$"tracers.error-{field}"]);
            }

            if (!errors.Any)
            {
                errors.Add("treat", texts["tracers.error-refused"]);
            }
        }

        return Page(form, errors, treatments, batches, user, null, clock);
    }
}
