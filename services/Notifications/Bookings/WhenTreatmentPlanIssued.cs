using MassTransit;
using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Mails;

namespace MedTourism.Notifications.Bookings;

/// <summary>Mails the link with which the patient chooses dates; not after the plan has lost its validity.</summary>
public sealed class WhenTreatmentPlanIssued(MailQueue mails) : IConsumer<TreatmentPlanIssued>
{
    public async Task Consume(ConsumeContext<TreatmentPlanIssued> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (issued, ct) = (context.Message, context.CancellationToken);
        await mails.AddAsync(new NewMail("plan", $"{issued.PlanId}", issued.PlanId, ExpiresAt: issued.ValidUntil), issued, ct);
    }
}
