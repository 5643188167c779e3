using System.Globalization;
using MedTourism.Booking.Allocations;
using MedTourism.Booking.Availability;
using MedTourism.ServiceDefaults;

namespace MedTourism.Benchmarks;

/// <summary>
/// What Booking sends to PostgreSQL, for pgbench: the service's own statements, with values in the place of parameters and a pipeline wherever the
/// service sends several at once. Nothing is sent that the service does not send, so that the floor is neither lower nor higher than it is.
/// </summary>
internal static class BookingFloors
{
    private static readonly string[] Holds = MedTourism.Booking.Holds.PlaceHold.Statements;

    private const string Offer = "('00000000-0000-7000-8000-' || lpad(to_hex(:n::int), 12, '0'))::uuid";
    private const string Resource = "md5('resource' || :n::int)::uuid";
    private const string Hold = "lpad(to_hex(:h::bigint), 32, '0')::uuid";
    private const string Bytes = "sha256(int8send(:h::bigint))";

    /// <summary>The free times of one of so many offers in ten days, as ShowAvailability reads them.</summary>
    public static string Search(int offers, DateTimeOffset begin) =>
        $"""
        \set n random(1, {offers})
        {Look($"'{begin.AddDays(-1):yyyy-MM-dd}'::timestamptz", "interval '16 days'")}
        """;

    /// <summary>One hold, as PlaceHold places it: far starts, so that it never meets the service's.</summary>
    public static string PlaceHold(int offers, DateTimeOffset begin, int minutes)
    {
        var start = $"('{begin:yyyy-MM-dd}'::timestamptz + :slot::int * interval '1 min')";
        var end = $"('{begin:yyyy-MM-dd}'::timestamptz + (:slot::int + {minutes}) * interval '1 min')";
        return $"""
            \set n random(1, {offers})
            \set h random(1, 4611686018427387904)
            \set slot random(1000000, 900000000)
            {Look(start, "interval '0'")}
            \startpipeline
            BEGIN;
            {Bind(Idempotency.InsertStatement, "'anonymous'", "'POST /holds'", ":h::text", Bytes)}
            \endpipeline
            \startpipeline
            {Bind(Holds[0])}
            {Bind(Holds[1], ":h::bigint")}
            {Bind(Holds[2], Hold, Offer, "('bench-' || :n::int)", start, end, "15", "1", Bytes, Bytes, "3")}
            {Bind(TakeTime.HoldStatement, Resource, start, end, "gen_random_uuid()", Hold)}
            \endpipeline
            {Bind(Idempotency.AnswerStatement, "'anonymous'", "'POST /holds'", ":h::text", "201", "'application/json'", $"{Hold}::text", "convert_to(repeat('x', 450), 'UTF8')")}
            {Outbox}
            COMMIT;
            """;
    }

    /// <summary>As Outbox writes one message, but never due, so that the relay leaves it.</summary>
    private const string Outbox =
        """
        INSERT INTO outbox(message_id, destination, content_type, message_type, body, headers, props, conversation_id, correlation_id,
                           initiator_id, request_id, source_address, response_address, fault_address, partition_key, expires_at, next_attempt_at)
        SELECT *, 'infinity' FROM unnest(ARRAY[gen_random_uuid()], ARRAY['none'], ARRAY['application/vnd.masstransit+json'], ARRAY['none'], ARRAY[repeat('x', 900)],
            ARRAY['{}']::jsonb[], ARRAY['{}']::jsonb[], ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
            ARRAY['none'], ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[gen_random_uuid()::text], ARRAY[NULL::timestamptz]);
        """;

    private static string Look(string from, string length) =>
        $"""
        \startpipeline
        {Bind(OfferTimes.Statement, Offer, from, length)}
        \endpipeline
        """;

    private static string Bind(string statement, params string[] values)
    {
        for (var n = values.Length; n > 0; n--) // $10 before $1
        {
            statement = statement.Replace(string.Create(CultureInfo.InvariantCulture, $"${n}"), values[n - 1], StringComparison.Ordinal);
        }

        return statement.Replace("\r", string.Empty, StringComparison.Ordinal) + ";";
    }
}
