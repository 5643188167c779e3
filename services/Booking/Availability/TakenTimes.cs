namespace MedTourism.Booking.Availability;

/// <summary>What is taken of a resource in a window, as SQL. A hold past its time takes nothing.</summary>
internal static class TakenTimes
{
    /// <summary>
    /// <c>resource_id</c>, <c>starts_at</c> and <c>ends_at</c> of all that begin in [<paramref name="from"/>, <paramref name="to"/>) and of the last one before,
    /// if it reaches in: the exclusion constraint lets nothing of a resource overlap. Index <c>allocations_by_start</c> has all columns, those that
    /// <paramref name="also"/> may ask about too. Arguments are SQL.
    /// </summary>
    public static string Of(string resource, string from, string to, string also = "TRUE") =>
        $"""
        SELECT resource_id, starts_at, ends_at FROM (
            SELECT resource_id, starts_at, ends_at, state, expires_at FROM allocations
            WHERE resource_id = {resource} AND starts_at < {from} ORDER BY starts_at DESC LIMIT 1) AS last_before
        WHERE ends_at > {from} AND (state <> 'held' OR expires_at > now()) AND {also}
        UNION ALL
        SELECT resource_id, starts_at, ends_at FROM allocations
        WHERE resource_id = {resource} AND starts_at >= {from} AND starts_at < {to} AND (state <> 'held' OR expires_at > now()) AND {also}
        """;
}
