using MedTourism.Web.Operator.Organisations;
using MedTourism.Web.Session;

namespace MedTourism.Web.Operator;

/// <summary>Pages of whoever runs the market, under <c>/{culture}/operator</c>.</summary>
public static class OperatorPages
{
    public static void AddOperator(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServiceAddresses>();
        builder.Services.AddHttpClient("health");
        builder.Services.AddStaffClient<OperatorClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<OrganisationClient>(builder.Configuration, "Identity");
    }

    public static void MapOperator(this IEndpointRouteBuilder pages)
    {
        var area = pages.MapGroup("/operator").StaffOnly("operator");
        CheckHealth.Map(area);
        HandleMessages.Map(area);
        DiscardError.Map(area);
        FindBooking.Map(area);
        ListMails.Map(area);
        ListOrganisations.Map(area);
        CreateOrganisation.Map(area);
        InviteFirstAdmin.Map(area);
    }
}
