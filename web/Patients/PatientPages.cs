namespace MedTourism.Web.Patients;

/// <summary>The patient's pages, in the order a patient meets them.</summary>
public static class PatientPages
{
    public static void AddPatients(this IServiceCollection services) { }

    public static void MapPatients(this IEndpointRouteBuilder pages) { }

    public static void MapCrawlers(this IEndpointRouteBuilder app) { }
}
