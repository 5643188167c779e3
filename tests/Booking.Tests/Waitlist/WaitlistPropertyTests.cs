using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace MedTourism.Booking.Tests.Waitlist;

/// <summary>Random joins, holds, cancellations, lapses, declines and leavings, checked after each step against the rules of a fair line.</summary>
public sealed class WaitlistPropertyTests
{
    private const int Days = 4;
    private const int Sequences = 8;
    private static readonly string[] Ops = ["hold", "free", "join", "join-all", "lapse", "decline", "leave", "book", "sweep", "work"];

    [Test]
    public async Task The_order_is_kept_nobody_is_skipped_and_nobody_has_two()
    {
        var markets = new Queue<Market>();
        for (var i = 0; i < Sequences; i++)
        {
            markets.Enqueue(await Waiting.OneStartADayAsync(lanes: 1 + (i % 2)));
        }

        var sequences = from length in Gen.Choose(15, 40)
                        from steps in Gen.Choose(0, (Ops.Length * 60) - 1).ArrayOf(length)
                        select steps;
        Prop.ForAll(sequences.ToArbitrary(), steps => new Line(markets.Dequeue()).RunAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences));
    }

    private sealed class Line(Market market)
    {
        private readonly DateTimeOffset[] _days = [.. Enumerable.Range(5, Days).Select(Waiting.Day)];
        private readonly List<(Guest Guest, Held Hold)> _holds = [];
        private readonly List<Entry> _entries = [];

        public async Task<bool> RunAsync(int[] steps)
        {
            foreach (var step in steps)
            {
                var before = await ReadAsync();
                await DoAsync(Ops[step % Ops.Length], step / Ops.Length);
                Check(before, await ReadAsync(), await FreeAsync());
            }

            return true;
        }

        private async Task DoAsync(string op, int n)
        {
            var day = _days[n % Days];
            switch (op)
            {
                case "hold":
                    var guest = Market.NewGuest();
                    if (await guest.TryHoldAsync(market, day) is { Status: HttpStatusCode.Created } reply)
                    {
                        _holds.Add((guest, new Held(reply.Id("holdId"), reply.Text("accessKey"), default)));
                    }

                    break;
                case "free" when _holds.Count > 0:
                    var (holder, hold) = _holds[n % _holds.Count];
                    _holds.RemoveAt(n % _holds.Count);
                    await holder.ReleaseAsync(hold);
                    break;
                case "join" or "join-all":
                    var joined = await Market.NewGuest().TryJoinAsync(market, op == "join" ? day : _days[0], op == "join" ? day : _days[^1]);
                    Assert.That(joined.Slug, Is.EqualTo(string.Empty).Or.EqualTo("time-is-free"));
                    if (joined.Status == HttpStatusCode.Created)
                    {
                        _entries.Add(new Entry(joined.Id("entryId"), joined.Text("accessKey"), Market.NewGuest()));
                    }

                    break;
                case "lapse" when _entries.Count > 0 && await _entries[n % _entries.Count].OfferAsync() is { } offer:
                    await Market.ScalarAsync("UPDATE holds SET expires_at = now() - interval '1 second' WHERE id = $1", offer.HoldId);
                    await Task.WhenAll(Steps.SweepAsync(), Steps.SweepAsync());
                    break;
                case "decline" when _entries.Count > 0:
                    await _entries[n % _entries.Count].DeclineAsync();
                    break;
                case "leave" when _entries.Count > 0:
                    await _entries[n % _entries.Count].RemoveAsync();
                    break;
                case "book" when _entries.Count > 0 && await _entries[n % _entries.Count].OfferAsync() is { } offer:
                    var placed = await _entries[n % _entries.Count].Guest.TryPlaceAsync(new Held(offer.HoldId, _entries[n % _entries.Count].Key, default));
                    await Steps.PayAsync(new Placed(placed.Id("bookingId"), placed.Text("reference"), new Held(offer.HoldId, string.Empty, default)));
                    break;
                case "sweep":
                    await Steps.SweepAsync();
                    break;
                case "work":
                    await Waiting.OfferNextAsync();
                    break;
                default:
                    break;
            }
        }

        private static void Check(List<Row> before, List<Row> after, HashSet<DateTimeOffset> free)
        {
            foreach (var row in after)
            {
                Assert.That(row.Live, Is.EqualTo(row.State == "offered" ? 1 : 0), "an entry has one live offer or none");
                if (row.State == "waiting")
                {
                    Assert.That(free.Where(row.Wants), Is.Empty, "free time was offered to everyone who waits for it");
                }
            }

            // Whoever got something now: nobody who stood before them, waited all the while and wanted it was passed over.
            var known = before.ToDictionary(x => x.Id);
            foreach (var lucky in after.Where(x => x.LiveStart is not null && x.LiveStart != known.GetValueOrDefault(x.Id)?.LiveStart))
            {
                var skipped = after.Where(x => x.Place < lucky.Place && x.State == "waiting" && known.GetValueOrDefault(x.Id)?.State == "waiting" && x.Wants(lucky.LiveStart!.Value));
                Assert.That(skipped, Is.Empty);
            }

            Assert.That(after.Where(x => known.ContainsKey(x.Id)).All(x => x.Place == known[x.Id].Place), "places stay");
        }

        private async Task<HashSet<DateTimeOffset>> FreeAsync()
        {
            var free = new HashSet<DateTimeOffset>();
            foreach (var day in _days)
            {
                free.UnionWith(await market.FreeAsync(day));
            }

            return free;
        }

        private async Task<List<Row>> ReadAsync()
        {
            await using var connection = new NpgsqlConnection(Running.App.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                """
                SELECT e.id, e.place, e.state, e.from_at, e.to_at,
                       (SELECT count(*) FROM waitlist_offers o JOIN holds h ON h.id = o.hold_id AND h.state = 'held' WHERE o.entry_id = e.id AND o.state = 'live'),
                       (SELECT starts_at FROM waitlist_offers o WHERE o.entry_id = e.id AND o.state = 'live'),
                       (SELECT coalesce(array_agg(starts_at), '{}') FROM waitlist_offers o WHERE o.entry_id = e.id AND o.state <> 'live')
                FROM waitlist_entries e WHERE e.offer_id = $1 ORDER BY e.place
                """,
                connection);
            command.Parameters.AddWithValue(market.OfferId);
            await using var rows = await command.ExecuteReaderAsync();
            var list = new List<Row>();
            while (await rows.ReadAsync())
            {
                list.Add(new Row(
                    rows.GetGuid(0), rows.GetInt64(1), rows.GetString(2), rows.GetFieldValue<DateTimeOffset>(3), rows.GetFieldValue<DateTimeOffset>(4), rows.GetInt64(5),
                    rows.IsDBNull(6) ? null : rows.GetFieldValue<DateTimeOffset>(6), rows.GetFieldValue<DateTimeOffset[]>(7)));
            }

            return list;
        }
    }

    private sealed record Row(
        Guid Id, long Place, string State, DateTimeOffset From, DateTimeOffset To, long Live, DateTimeOffset? LiveStart, DateTimeOffset[] Passed)
    {
        public bool Wants(DateTimeOffset start) => start >= From && start < To && !Passed.Contains(start);
    }
}
