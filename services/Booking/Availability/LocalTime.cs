namespace MedTourism.Booking.Availability;

/// <summary>Local clock times as moments, also on the two days a year when a clock is turned.</summary>
public static class LocalTime
{
    public static DateOnly DateOf(DateTimeOffset moment, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);

    /// <summary>A time that occurs twice is its first occurrence; one that does not occur is as much later as the clock jumped.</summary>
    public static DateTimeOffset Opening(DateOnly day, TimeOnly time, TimeZoneInfo zone) => Moment(day, time, zone, first: true);

    /// <summary>A time that occurs twice is its second occurrence.</summary>
    public static DateTimeOffset Closing(DateOnly day, TimeOnly time, TimeZoneInfo zone) => Moment(day, time, zone, first: false);

    private static DateTimeOffset Moment(DateOnly day, TimeOnly time, TimeZoneInfo zone, bool first)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var local = day.ToDateTime(time);
        var offset = zone.IsAmbiguousTime(local)
            ? first ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetAmbiguousTimeOffsets(local).Min()
            : zone.GetUtcOffset(zone.IsInvalidTime(local) ? local.AddDays(-1) : local); // the offset before the jump moves it past the gap
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}

/// <summary>
/// The same as <see cref="LocalTime"/> for one day after the other: the zone's rules are asked once a day, and minute by minute only around a day
/// when the clock is turned. Not for several threads.
/// </summary>
public sealed class LocalDays(TimeZoneInfo zone)
{
    private readonly TimeSpan[] _offsets = new TimeSpan[4];
    private DateOnly? _day;

    public DateTimeOffset Opening(DateOnly day, TimeOnly time) => Quiet(day) ? Plain(day, time) : LocalTime.Opening(day, time, zone);

    public DateTimeOffset Closing(DateOnly day, TimeOnly time) => Quiet(day) ? Plain(day, time) : LocalTime.Closing(day, time, zone);

    /// <summary>
    /// True if the clock stays as it is from the day before until the end of this one. Midnights are compared: no zone turns its clock forth and back
    /// within a day, and a midnight that occurs twice or not at all differs from that of the day before or of the day after.
    /// </summary>
    private bool Quiet(DateOnly day)
    {
        if (_day != day)
        {
            var kept = _day == day.AddDays(-1) ? _offsets.Length - 1 : 0;
            Array.Copy(_offsets, _offsets.Length - kept, _offsets, 0, kept);
            for (var i = kept; i < _offsets.Length; i++)
            {
                _offsets[i] = zone.GetUtcOffset(day.AddDays(i - 1).ToDateTime(TimeOnly.MinValue));
            }

            _day = day;
        }

        return _offsets[0] == _offsets[1] && _offsets[1] == _offsets[2] && _offsets[2] == _offsets[3];
    }

    private DateTimeOffset Plain(DateOnly day, TimeOnly time) =>
        new(day.ToDateTime(time).Ticks - _offsets[1].Ticks, TimeSpan.Zero);
}

/// <summary>Moments as local clock times; cheap if they are asked about in their order. Not for several threads.</summary>
public sealed class LocalClock(TimeZoneInfo zone)
{
    private long _from;
    private long _until;
    private long _offset;

    /// <summary>The local date and time of a moment.</summary>
    public DateTime At(DateTimeOffset moment)
    {
        var ticks = moment.UtcTicks;
        if (ticks < _from || ticks >= _until)
        {
            var offset = zone.GetUtcOffset(moment);
            var dayLater = moment.AddDays(1);

            // No zone turns its clock forth and back within a day: alike at both ends is alike in between.
            (_from, _offset) = (ticks, offset.Ticks);
            _until = zone.GetUtcOffset(dayLater) == offset ? dayLater.UtcTicks : ticks + 1;
        }

        return new DateTime(ticks + _offset, DateTimeKind.Unspecified);
    }
}
