using MedTourism.Web.Patients.Book;
using MedTourism.Web.Patients.Bookings;
using MedTourism.Web.Patients.Calendars;
using MedTourism.Web.Patients.Centers;
using MedTourism.Web.Patients.Crawlers;
using MedTourism.Web.Patients.Cycles;
using MedTourism.Web.Patients.Landing;
using MedTourism.Web.Patients.Offers;
using MedTourism.Web.Patients.Plans;
using MedTourism.Web.Patients.Repairs;
using MedTourism.Web.Patients.Retrieval;
using MedTourism.Web.Patients.Search;
using MedTourism.Web.Patients.Stays;
using MedTourism.Web.Patients.Times;
using MedTourism.Web.Patients.Waitlist;

namespace MedTourism.Web.Patients;

/// <summary>The patient's pages, in the order a patient meets them.</summary>
public static class PatientPages
{
    public static void AddPatients(this IServiceCollection services)
    {
        services.AddScoped<SecretCookies>();
        services.AddScoped<BookStep>();
        services.AddScoped<ChangeCourse>();
        services.AddScoped<ChangeTime>();
    }

    public static void MapPatients(this IEndpointRouteBuilder pages)
    {
        ShowLanding.Map(pages);
        FindOffers.Map(pages);
        ShowCenter.Map(pages);
        ShowOffer.Map(pages);
        ChooseTime.Map(pages);
        HoldTime.Map(pages);
        AskWho.Map(pages);
        AskContact.Map(pages);
        AskHealth.Map(pages);
        CheckAnswers.Map(pages);
        PayDeposit.Map(pages);
        ShowBooking.Map(pages);
        KeepCalendar.Map(pages);
        DownloadCalendar.Map(pages);
        CancelBooking.Map(pages);
        FindBooking.Map(pages);
        OpenLink.Map(pages);
        ChooseDates.Map(pages);
        AskStay.Map(pages);
        ChooseTrips.Map(pages);
        PlanCycle.Map(pages);
        ShowCycle.Map(pages);
        AnswerRepair.Map(pages);
        ChangeTime.Map(pages);
        JoinWaitlist.Map(pages);
        ShowPlace.Map(pages);
    }

    /// <summary>Addresses without a language: the root, links of agencies, files for crawlers.</summary>
    public static void MapPatientsWithoutCulture(this IEndpointRouteBuilder app)
    {
        ShowLanding.MapRoot(app);
        FirstTouch.Map(app);
        Sitemap.Map(app);
    }
}
