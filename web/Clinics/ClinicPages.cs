using MedTourism.Web.Clinics.Calendars;
using MedTourism.Web.Clinics.Cycles;
using MedTourism.Web.Clinics.Outages;
using MedTourism.Web.Clinics.Plans;
using MedTourism.Web.Clinics.Tracers;
using MedTourism.Web.Session;
using MedTourism.Web.Shared.Culture;

namespace MedTourism.Web.Clinics;

/// <summary>Pages of a center's staff, under <c>/{culture}/console</c>.</summary>
public static class ClinicPages
{
    public static void AddClinics(this WebApplicationBuilder builder)
    {
        builder.Services.AddStaffClient<ClinicClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<ClinicCourseClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<CalendarClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<ClinicCycleClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<TracerClient>(builder.Configuration, "Booking");
        builder.Services.AddStaffClient<MemberClient>(builder.Configuration, "Identity");
        builder.Services.AddScoped<Questions>();
    }

    public static void MapClinics(this IEndpointRouteBuilder pages)
    {
        var console = pages.MapGroup("/console").StaffOnly("clinic");
        ShowToday.Map(console);
        ShowBooking.Map(console);
        ShowBoard.Map(console);
        ShowHours.Map(console);
        ListPlans.Map(console);
        MarkDown.Map(console);
        ShowRepair.Map(console);
        ShowGuard.Map(console);
        ShowCalendars.Map(console);
        SwitchPolicy.Map(console);
        ListCycles.Map(console);
        SetCapacity.Map(console);
        EnterBatch.Map(console);

        var treating = pages.MapGroup("/console").StaffOnly("clinic", "admin", "scheduler", "doctor");
        IssuePlan.Map(treating);
        MarkSession.Map(treating);
        ShowRepair.MapDeciding(treating);
        ListCycles.MapAccepting(treating);

        var deciding = pages.MapGroup("/console").StaffOnly("clinic", "doctor");
        ListCycles.MapTreating(deciding);
        GiveUpCycle.Map(deciding);

        SwitchPolicy.MapSwitching(pages.MapGroup("/console").StaffOnly("clinic", "admin"));

        var scheduling = pages.MapGroup("/console").StaffOnly("clinic", "admin", "scheduler");
        BlockTime.Map(scheduling);
        OpenTime.Map(scheduling);
        SetHours.Map(scheduling);
        MarkDown.MapScheduling(scheduling);
        KeepFeeds.Map(scheduling);
        AddCalendar.Map(scheduling);
        ChangeCalendar.Map(scheduling);
        SetCapacity.MapScheduling(scheduling);
        EnterBatch.MapScheduling(scheduling);
        WithdrawBatch.Map(scheduling);
    }

    public static bool MayTreat(this Person person) => person.ActsFor("clinic", "admin", "scheduler", "doctor");

    public static bool MaySchedule(this Person person) => person.ActsFor("clinic", "admin", "scheduler");

    /// <summary>May do what needs a doctor's word: the hour of the trigger, giving a cycle up.</summary>
    public static bool MayDecide(this Person person) => person.ActsFor("clinic", "doctor");

    /// <summary>A name kept by culture, in the page's language or the nearest one that exists.</summary>
    public static Clients.LocalText Named(IReadOnlyDictionary<string, string>? names)
    {
        foreach (var code in new[] { Cultures.Current.Code, "en", "ru" })
        {
            if (names?.GetValueOrDefault(code) is { Length: > 0 } name)
            {
                return new(name, code);
            }
        }

        return names?.FirstOrDefault() is { Value: { } any, Key: var key } ? new(any, key) : new("–", "en");
    }
}
