using MedTourism.Contracts.Booking;
using MedTourism.Notifications.Calendars;

namespace MedTourism.Notifications.Letters;

/// <summary>"Your plan is ready: choose your dates", and "your times have changed".</summary>
internal static class PlanLetters
{
    public static Letter Issued(TreatmentPlanIssued plan, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        return new Letter(texts, texts.Phrase("plan.subject"), texts.Phrase("plan.heading"), texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase("plan.intro"), texts.Phrase("plan.valid", to.Until(plan.ValidUntil))],
            Facts =
            [
                .. SessionLines.Facts(plan.ProcedureNames, plan.CenterNames, to),
                new Fact(texts["row.sessions"], Phrase.Of(texts, $"{plan.SessionCount}")),
                new Fact(texts["row.price"], Phrase.Of(texts, texts.Money(plan.PriceMinor, plan.Currency))),
                new Fact(texts["row.deposit"], Phrase.Of(texts, texts.Money(plan.DepositMinor, plan.Currency))),
            ],
            Action = new LetterAction(texts["action.dates"], site.Open(texts, "plan", plan.PlanId, plan.AccessKey)),
            Notes = [texts.Phrase("plan.doctor")],
        };
    }

    public static Letter Rescheduled(BookingRescheduled booking, Recipient to, PublicSite site)
    {
        var texts = to.Texts;
        var zone = Recipient.FindZone(booking.TimeZone) ?? Recipient.Kazakhstan;
        var date = ("date", (Value)texts.Date(booking.Start, zone));
        return new Letter(
            texts,
            to.Neutral ? texts.Phrase("rescheduled.subject.neutral", date) : texts.Phrase("rescheduled.subject", ("procedure", texts.Name(booking.ProcedureNames)), date),
            texts.Phrase("rescheduled.heading"),
            texts.Phrase("footer.booking", ("brand", texts["brand"])))
        {
            Reference = booking.Reference,
            Greeting = to.Greeting,
            Paragraphs = [texts.Phrase($"rescheduled.{Why(booking)}")],
            Clocks = booking.Sessions.Length == 1 ? to.Clocks(booking.Start, zone) : [],
            Facts = [.. SessionLines.Facts(booking.ProcedureNames, booking.CenterNames, to)],
            Sessions = Agreed(booking) ? SessionLines.Of(booking.Sessions, to, zone)
                : booking.Reason == "cycle" ? SessionLines.OfCycle(booking, to, zone)
                : SessionLines.Of(booking.Moved, to, zone),
            Action = booking is { CycleId: { } cycle, AccessKey: { } key }
                ? new LetterAction(texts["action.cycle"], site.Open(texts, "cycle", cycle, key))
                : new LetterAction(texts["action.open"], site.Booking(texts, booking.BookingId)),
            Notes = [.. booking.AccessKey is null ? Array.Empty<Phrase>() : [texts.Phrase("cycle.link")], texts.Phrase("rescheduled.calendar")],
            Calendar = CalendarEntry.From(booking).ToEvents(to, site),
        };
    }

    /// <summary>Nothing moved: the laboratory agreed to what was proposed.</summary>
    private static bool Agreed(BookingRescheduled booking) => booking is { Reason: "cycle", Moved.Length: 0 };

    /// <summary>A change that this build has no words for is told as any move of a cycle.</summary>
    private static string Why(BookingRescheduled booking) => Agreed(booking) ? "cycle-agreed"
        : booking is { Reason: "cycle", CycleChange: "triggered" or "given-up" } ? $"cycle-{booking.CycleChange}"
        : booking.Reason;
}
