using MedTourism.Booking;
using MedTourism.Booking.Availability;
using MedTourism.Booking.Bookings;
using MedTourism.Booking.Clinics;
using MedTourism.Booking.Courses;
using MedTourism.Booking.Cycles;
using MedTourism.Booking.Demo;
using MedTourism.Booking.Holds;
using MedTourism.Booking.Offers;
using MedTourism.Booking.Operators;
using MedTourism.Booking.Repairs;
using MedTourism.Booking.Resources;
using MedTourism.Booking.TreatmentPlans;
using MedTourism.Booking.Reschedules;
using MedTourism.Booking.Resources;
using MedTourism.Booking.Waitlist;
using MedTourism.Booking.Stays;
using MedTourism.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults<BookingDb>("booking", bus =>
{
    bus.AddConsumer<WhenOfferPublished>();
    bus.AddConsumer<WhenOfferWithdrawn>();
    bus.AddConsumer<WhenEquipmentStatusChanged>();
    bus.AddConsumer<WhenPublicHolidayDeclared>();
    bus.AddConsumer<WhenDepositPaid>();
    bus.AddConsumer<WhenRefundIssued>();
    bus.AddConsumer<WhenCheckoutOpened>();
    bus.AddConsumer<WhenAccountErased>();
    bus.AddConsumer<WhenEntryRuleDeclared>();
});
builder.Services.Configure<BookingOptions>(builder.Configuration.GetSection("Booking"));
builder.Services.AddSingleton<Rush>();
builder.Services.AddSingleton<SendCodes.Signal>();
builder.Services.AddHostedService<ExpireHolds.Worker>();
builder.Services.AddHostedService<SendCodes.Worker>();
builder.Services.AddSingleton(new StayLimits(_ => null));
builder.Services.AddSingleton<ContinueRepairs>();
builder.Services.AddHostedService<ContinueRepairs.Worker>();
builder.Services.AddHostedService<KeepWaitlist.Worker>();
if (builder.Configuration.GetValue<bool>("Demo"))
{
    builder.Services.AddHostedService<SeedDemo>();
}

var app = builder.Build();
app.UseServiceDefaults();
ShowAvailability.Map(app);
ShowNextStarts.Map(app);
PlaceHold.Map(app);
ShowHold.Map(app);
ExtendHold.Map(app);
ReleaseHold.Map(app);
PlaceBooking.Map(app);
OpenCheckout.Map(app);
ShowBooking.Map(app);
CancelBooking.Map(app);
FindBooking.Map(app);
ConfirmCode.Map(app);
ShowDay.Map(app);
BlockTime.Map(app);
ShowClinicBooking.Map(app);
SearchBookings.Map(app);
KeepResources.Map(app);
SetHours.Map(app);
ShowBookingByReference.Map(app);
IssueTreatmentPlan.Map(app);
ShowTreatmentPlans.Map(app);
ShowPlanDefaults.Map(app);
WithdrawTreatmentPlan.Map(app);
OfferCourses.Map(app);
HoldCourse.Map(app);
MarkDown.Map(app);
ShowRepairs.Map(app);
ChooseRepair.Map(app);
ApplyRepair.Map(app);
UndoRepair.Map(app);
AnswerRepair.Map(app);
ResolveRepair.Map(app);
MarkSession.Map(app);
ShowGapGuard.Map(app);
JoinWaitlist.Map(app);
ShowWaitlist.Map(app);
RemoveEntry.Map(app);
AnswerOffer.Map(app);
ShowReschedule.Map(app);
Reschedule.Map(app);
CheckStay.Map(app);
ReserveCycle.Map(app);
ShowCycle.Map(app);
AnchorCycle.Map(app);
AcceptCycle.Map(app);
SetCapacity.Map(app);
await app.RunAsync();

/// <summary>Named for the tests, which start it.</summary>
public partial class Program;
