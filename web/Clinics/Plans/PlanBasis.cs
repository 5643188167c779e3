using MedTourism.Web.Locales;

namespace MedTourism.Web.Clinics.Plans;

/// <summary>Where a number of a treatment plan's form comes from, in words.</summary>
public static class PlanBasis
{
    /// <param name="texts">The reader's language.</param>
    /// <param name="basis">What Booking answers: <c>usual-slot</c>, a key of the catalogue's sources, or a phrase, which says that only a clinician can tell.</param>
    public static string Said(Texts texts, string basis)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(basis);
        return basis == "usual-slot" ? texts["courses.basis-slot"]
            : basis.Contains(' ', StringComparison.Ordinal) ? texts["offer.sign-off"]
            : $"{texts["courses.basis", ("source", basis)]} · {texts["offer.sign-off"]}";
    }
}
