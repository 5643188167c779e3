using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace MedTourism.Booking.Tests.Bookings;

/// <summary>
/// Random sequences of what patients, Payment and the clock can do to one start time, run against the service and against a pure model of a few lines.
/// After every step both must agree on the answer, on every booking's state and on whether the time is free.
/// </summary>
public sealed class BookingModelTests
{
    private static readonly Op[] Ops = Enum.GetValues<Op>();

    private static int _next;

    public enum Op
    {
        Hold,
        HoldAgain,
        Place,
        Extend,
        Checkout,
        Pay,
        PayTwice,
        Lapse,
        Sweep,
        Release,
        Cancel,
        Refund,
    }

    /// <summary>One patient's way, as the model sees it. Only the newest patient acts on holds; older ones may still pay late.</summary>
    private sealed class Patient
    {
        public string Hold = "held"; // held, lapsed, used, released, expired

        public string? Booking;

        public bool Paid;

        public int Extensions;

        public bool Occupies => Hold == "held" || Booking == "confirmed";
    }

    private sealed class Model
    {
        public readonly List<Patient> Patients = [];

        public bool Free => !Patients.Exists(x => x.Occupies);

        public string Seen(Patient x) => x is { Booking: "awaiting_deposit", Hold: not "held" } ? "expired" : x.Booking!;
    }

    private sealed class Actual
    {
        public readonly List<(Guest Guest, Held Hold, Placed? Booking, Guid Charge)> Patients = [];
    }

    [Test]
    public async Task Any_sequence_of_steps_ends_as_the_model_says()
    {
        var market = await Market.OpenAsync();
        var sequences = from length in Gen.Choose(4, 16)
                        from steps in Gen.Choose(0, (Ops.Length * 3) - 1).ArrayOf(length)
                        select steps;
        Prop.ForAll(sequences.ToArbitrary(), steps => RunAsync(market, steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(70));
        Assert.That(
            await market.CountAsync(
                """
                SELECT count(*) FROM bookings b WHERE center_id = $1 AND (state = 'confirmed') <>
                    (SELECT count(*) = 1 FROM allocations a WHERE a.booking_id = b.id AND a.state = 'booked')
                """,
                market.CenterId),
            Is.Zero, "exactly the confirmed bookings have booked time");
        Assert.That(
            await market.CountAsync("SELECT count(*) FROM bookings b WHERE center_id = $1 AND deposit_paid_minor > 0 AND state IN ('expired', 'awaiting_deposit')", market.CenterId),
            Is.Zero, "no money without a place or a way back");
    }

    private static async Task<bool> RunAsync(Market market, int[] steps)
    {
        var number = Interlocked.Increment(ref _next);
        var start = Market.At(5 + (number / 8), $"{8 + (number % 8)}:00");
        var (model, actual) = (new Model(), new Actual());
        foreach (var step in steps)
        {
            var op = Ops[step % Ops.Length];
            if (model.Patients.Count == 0 && op != Op.Hold)
            {
                continue;
            }

            // Mostly the newest patient acts, sometimes an older one.
            var index = model.Patients.Count == 0 ? 0 : Math.Max(0, model.Patients.Count - 1 - (step / Ops.Length / 2));
            await StepAsync(market, start, op, model, actual, index);
            await AgreeAsync(market, start, op, model, actual);
        }

        return true;
    }

    private static async Task StepAsync(Market market, DateTimeOffset start, Op op, Model model, Actual actual, int index)
    {
        if (op is Op.Hold or Op.HoldAgain)
        {
            var guest = Market.NewGuest();
            var reply = await guest.TryHoldAsync(market, start);
            Assert.That(reply.Status, Is.EqualTo(model.Free ? HttpStatusCode.Created : HttpStatusCode.Conflict), $"{op}");
            if (model.Free)
            {
                model.Patients.Add(new Patient());
                actual.Patients.Add((guest, new Held(reply.Id("holdId"), reply.Text("accessKey"), reply.Time("expiresAt")), null, Guid.NewGuid()));
            }

            return;
        }

        var (m, (who, hold, booking, charge)) = (model.Patients[index], actual.Patients[index]);
        switch (op)
        {
            case Op.Place:
                var placed = await who.TryPlaceAsync(hold);
                Assert.That((int)placed.Status, Is.EqualTo(m.Hold != "held" ? 410 : m.Booking is null ? 201 : 409), $"{op} {m.Hold} {m.Booking} {placed.Body}");
                if (m.Hold == "held" && m.Booking is null)
                {
                    m.Booking = "awaiting_deposit";
                    actual.Patients[index] = (who, hold, new Placed(placed.Id("bookingId"), placed.Text("reference"), hold), charge);
                }

                break;
            case Op.Extend:
                var extended = await who.SendAsync(HttpMethod.Post, $"/holds/{hold.Id}/extend", key: hold.Key);
                Assert.That((int)extended.Status, Is.EqualTo(m.Hold == "held" && m.Extensions < 10 ? 200 : m.Hold is "held" or "used" ? 409 : 410), $"{op} {m.Hold}");
                m.Extensions += m.Hold == "held" ? 1 : 0;
                break;
            case Op.Checkout when booking is not null:
                var opened = await who.SendAsync(HttpMethod.Post, $"/bookings/{booking.Id}/checkout", key: hold.Key);
                Assert.That((int)opened.Status, Is.EqualTo(m.Booking == "confirmed" ? 409 : m is { Hold: "held", Booking: "awaiting_deposit" } ? 200 : 410), $"{op} {m.Hold} {m.Booking}");
                break;
            case Op.Pay or Op.PayTwice when booking is not null:
                await Steps.PayAsync(booking, charge: charge);
                if (op == Op.PayTwice)
                {
                    await Steps.PayAsync(booking, charge: charge);
                }

                Pay(model, m);
                break;
            case Op.Lapse:
                await Market.LapseAsync(hold.Id);
                m.Hold = m.Hold == "held" ? "lapsed" : m.Hold;
                break;
            case Op.Sweep:
                await Steps.SweepAsync();
                foreach (var lapsed in model.Patients.Where(x => x.Hold == "lapsed"))
                {
                    lapsed.Hold = "expired";
                    lapsed.Booking = lapsed.Booking == "awaiting_deposit" ? "expired" : lapsed.Booking;
                }

                break;
            case Op.Release:
                var released = await who.SendAsync(HttpMethod.Delete, $"/holds/{hold.Id}", key: hold.Key);
                Assert.That((int)released.Status, Is.EqualTo(m.Hold == "used" ? 409 : 204), $"{op} {m.Hold}");
                if (m.Hold is "held" or "lapsed")
                {
                    m.Hold = "released";
                    m.Booking = m.Booking == "awaiting_deposit" ? "cancelled" : m.Booking;
                }

                break;
            case Op.Cancel when booking is not null:
                var able = m.Booking is "awaiting_deposit" or "confirmed";
                var cancelled = await who.CancelAsync(booking, m.Booking == "confirmed" ? Market.Deposit : 0);
                Assert.That((int)cancelled.Status, Is.EqualTo(able ? 200 : 409), $"{op} {m.Booking} {cancelled.Body}");
                if (able)
                {
                    m.Hold = m.Hold is "held" or "lapsed" ? "released" : m.Hold;
                    m.Booking = "cancelled";
                }

                break;
            case Op.Refund when m.Booking == "refunding":
                await Steps.DeliverAsync(new MedTourism.Contracts.Payment.RefundIssued(booking!.Id, Guid.NewGuid(), Market.Deposit, "KZT", "unplaceable", Market.Now));
                m.Booking = "refunded";
                break;
        }
    }

    private static void Pay(Model model, Patient m)
    {
        if (m.Paid)
        {
            return;
        }

        m.Paid = true;
        var others = model.Patients.Exists(x => x != m && x.Occupies);
        m.Booking = m.Booking switch
        {
            "awaiting_deposit" or "expired" when m.Hold == "held" || !others => "confirmed",
            _ => "refunding",
        };

        // Whatever was still held is used up by the money, or let go.
        m.Hold = m.Hold switch
        {
            "held" => "used",
            "lapsed" => "expired",
            var ended => ended,
        };
    }

    private static async Task AgreeAsync(Market market, DateTimeOffset start, Op op, Model model, Actual actual)
    {
        for (var i = 0; i < model.Patients.Count; i++)
        {
            if (actual.Patients[i].Booking is { } booking)
            {
                Assert.That(await actual.Patients[i].Guest.StateAsync(booking), Is.EqualTo(model.Seen(model.Patients[i])), $"after {op}, patient {i} ({model.Patients[i].Hold})");
            }
        }

        Assert.That((await market.FreeAsync(start)).Contains(start), Is.EqualTo(model.Free), $"free after {op}");
    }
}
