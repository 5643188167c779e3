using System.Globalization;
using MedTourism.Web.Locales;
using MedTourism.Web.Shared.Culture;
using MedTourism.Web.Shared.Forms;

namespace MedTourism.Web.Clinics.Tracers;

/// <summary>What is typed in the form of a delivery; <see cref="Copied"/> if it begins with the last one.</summary>
public sealed record BatchForm(IReadOnlyDictionary<string, string> Typed, IReadOnlyCollection<string> Treatments, bool Copied)
{
    /// <summary>Those whose half-life Booking knows.</summary>
    public static readonly string[] Nuclides = ["F-18", "Ga-68"];

    public string this[string field] => Typed.GetValueOrDefault(field, "");

    public static string Zone(IReadOnlyList<TracerTreatment> treatments) => treatments.Count > 0 ? treatments[0].TimeZone : "Asia/Almaty";

    /// <summary>Null, with an error for each field that cannot be read, in the order of the page. Times are on the center's clock.</summary>
    public NewBatch? Read(string zone, FormErrors errors, Texts texts)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(texts);
        Need("treat", Treatments.Count > 0);
        Need("nuclide", Nuclides.Contains(this["nuclide"]));
        var delivered = At("delivered");
        var until = At("until");
        var calibrated = this["calibrated"].Length == 0 ? delivered : At("calibrated");
        Need("delivered", delivered is not null);
        Need("until", until is not null && !(until <= delivered));
        Need("calibrated", calibrated is not null || (delivered is null && this["calibrated"].Length == 0));
        var (activity, dose, uptake) = (Number("activity"), Number("dose"), Number("uptake"));
        Need("activity", activity > 0);
        Need("dose", dose > 0);
        Need("uptake", uptake >= 0 && uptake == double.Truncate(uptake.Value));
        return errors.Any ? null : new NewBatch([.. Treatments], this["nuclide"], delivered!.Value, until!.Value, calibrated!.Value, activity!.Value, dose!.Value, (int)uptake!.Value);

        void Need(string field, bool good)
        {
            if (!good)
            {
                errors.Add(field, texts[$"tracers.error-{field}"]);
            }
        }

        DateTimeOffset? At(string field) => Formats.ReadMoment(this[field], zone);
    }

    /// <summary>Spaces between digits are fine; a comma is not, since it may mean thousands or a fraction.</summary>
    private double? Number(string field)
    {
        var digits = this[field].Replace(" ", "", StringComparison.Ordinal).Replace("\u00A0", "", StringComparison.Ordinal);
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1e9 ? number : null;
    }
}
