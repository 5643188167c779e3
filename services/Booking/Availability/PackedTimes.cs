using System.Buffers.Binary;

namespace MedTourism.Booking.Availability;

/// <summary>
/// Many times as one string of bytes, as PostgreSQL sends the values on the wire: big-endian microseconds since 2000, eight bytes each. One value is read
/// several times as fast as an array or as rows of their own, on either side.
/// </summary>
internal static class PackedTimes
{
    /// <summary>An aggregate of the start and the end of every row.</summary>
    public const string Aggregate = "string_agg(timestamptz_send(starts_at) || timestamptz_send(ends_at), '')";

    /// <summary>An aggregate of the resource, the start and the end of every row.</summary>
    public const string AggregateByResource = "string_agg(uuid_send(resource_id) || timestamptz_send(starts_at) || timestamptz_send(ends_at), '')";

    private const int TimeLength = 2 * sizeof(long);
    private const int IdLength = 16;
    private static readonly long Epoch = new DateTime(2000, 1, 1).Ticks;

    /// <summary>What <see cref="Aggregate"/> gives.</summary>
    public static Interval[] Unpack(ReadOnlySpan<byte> bytes)
    {
        var times = new Interval[bytes.Length / TimeLength];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = Read(bytes.Slice(i * TimeLength, TimeLength));
        }

        return times;
    }

    /// <summary>What <see cref="AggregateByResource"/> gives.</summary>
    public static Dictionary<Guid, List<Interval>> UnpackByResource(ReadOnlySpan<byte> bytes)
    {
        Dictionary<Guid, List<Interval>> busy = [];
        List<Interval>? times = null;
        ReadOnlySpan<byte> last = [];
        for (; bytes.Length > 0; bytes = bytes[(IdLength + TimeLength)..])
        {
            // The rows of a resource mostly follow one another.
            if (times is null || !bytes[..IdLength].SequenceEqual(last))
            {
                last = bytes[..IdLength];
                var id = new Guid(last, bigEndian: true);
                if (!busy.TryGetValue(id, out times))
                {
                    busy[id] = times = busy.Count == 0 ? new(bytes.Length / (IdLength + TimeLength)) : [];
                }
            }

            times.Add(Read(bytes.Slice(IdLength, TimeLength)));
        }

        return busy;
    }

    private static Interval Read(ReadOnlySpan<byte> bytes) =>
        new(At(BinaryPrimitives.ReadInt64BigEndian(bytes)), At(BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(long)..])));

    private static DateTimeOffset At(long microseconds) => new(Epoch + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
