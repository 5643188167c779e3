using MedTourism.Web.Session;
using MedTourism.Web.Shared;

namespace MedTourism.Web.Agencies;

/// <summary>Pages of partner agencies, under <c>/{culture}/agency</c>.</summary>
public static class AgencyPages
{
    public static void AddAgencies(this WebApplicationBuilder builder)
    {
        builder.Services.AddStaffClient<AgencyClient>(builder.Configuration, "Referral");
        builder.Services.AddStaffClient<AgencyWaitlistClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<ReferralExport>(builder.Configuration, "Referral");
        builder.Services.AddScoped<LineNames>();
    }

    public static void MapAgencies(this IEndpointRouteBuilder pages)
    {
        var agency = pages.MapGroup("/agency").StaffOnly("agency");
        ShowAgency.Map(agency);
        ListReferrals.Map(agency);
        ShowAgreement.Map(agency);
        ShowWaitlist.Map(agency);
        EnterPatient.Map(agency);
        DrawLinkCode.Map(agency);
    }
}

public static class ReferralLinks
{
    /// <summary>What an agency gives to its patients.</summary>
    public static string Address(Site site, string code) => $"{site.PublicUrl}/r/{code}";
}
