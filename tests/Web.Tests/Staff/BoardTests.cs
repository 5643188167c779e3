using MedTourism.Web.Clinics;

namespace MedTourism.Web.Tests.Staff;

/// <summary>The grid of the slot board says what Booking said, with all rows of one length.</summary>
public sealed class BoardTests
{
    private static readonly DateOnly Day = new(2026, 12, 1);

    [Test]
    public void Open_time_is_cut_into_the_machines_own_steps()
    {
        var board = Draw(Machine(45, [(8, 0, 11, 0)], []));

        Assert.That(Cells(board), Is.EqualTo(new[] { "open 08:00-08:45", "open 08:45-09:30", "open 09:30-10:15", "open 10:15-11:00" }));
    }

    [Test]
    public void A_rest_shorter_than_a_step_is_not_offered_as_time()
    {
        var board = Draw(Machine(45, [(8, 0, 10, 0)], []));

        Assert.That(Cells(board), Is.EqualTo(new[] { "open 08:00-08:45", "open 08:45-09:30", "shut 09:30-10:00" }));
    }

    [Test]
    public void What_is_taken_stands_between_what_is_left()
    {
        var board = Draw(Machine(60, [(8, 0, 11, 0)], [("booked", 8, 30, 9, 30), ("blocked", 10, 0, 11, 0)]));

        Assert.That(Cells(board), Is.EqualTo(new[] { "open 08:00-08:30", "booked 08:30-09:30", "open 09:30-10:00", "blocked 10:00-11:00" }));
    }

    [Test]
    public void A_lunch_break_shows_as_shut()
    {
        var board = Draw(Machine(60, [(8, 0, 9, 0), (10, 0, 11, 0)], []));

        Assert.That(Cells(board), Is.EqualTo(new[] { "open 08:00-09:00", "shut 09:00-10:00", "open 10:00-11:00" }));
    }

    [Test]
    public void Rows_of_different_machines_have_the_same_number_of_columns()
    {
        var board = Draw(Machine(30, [(8, 0, 18, 0)], [("booked", 9, 15, 10, 0)]), Machine(45, [(9, 30, 17, 0)], []), Machine(90, [], [("held", 12, 0, 13, 30)]));

        Assert.That(board.Rows.Select(row => row.Cells.Sum(cell => cell.Columns)), Is.All.EqualTo(board.Hours.Count * board.ColumnsPerHour));
        Assert.That(board.ColumnsPerHour, Is.EqualTo(4));
        Assert.That(board.Hours, Has.Count.EqualTo(10));
    }

    [Test]
    public void An_allocation_over_midnight_is_shown_within_the_day()
    {
        var board = Draw(Machine(60, [], [("blocked", -5, 0, 3, 0)]));

        Assert.That(Cells(board), Is.EqualTo(new[] { "blocked 00:00-03:00" }));
    }

    [Test]
    public void Odd_minutes_never_overlap_their_neighbours()
    {
        var board = Draw(Machine(30, [(8, 0, 10, 0)], [("booked", 8, 7, 8, 31), ("booked", 8, 31, 8, 33)]));

        Assert.That(board.Rows[0].Cells.Sum(cell => cell.Columns), Is.GreaterThanOrEqualTo(board.Hours.Count * board.ColumnsPerHour));
        Assert.That(board.Rows[0].Cells.Select(cell => cell.Columns), Is.All.Positive);
    }

    [Test]
    public void A_day_on_which_nothing_works_has_no_columns()
    {
        var board = Draw(Machine(60, [], []));

        Assert.That(board.Hours, Is.Empty);
        Assert.That(board.Rows, Has.Count.EqualTo(1));
    }

    private static Board Draw(params ResourceDay[] machines) => Board.Of(new ClinicDay(Day, "Asia/Almaty", machines));

    private static ResourceDay Machine(int minutes, (int, int, int, int)[] open, (string State, int, int, int, int)[] taken) => new(
        Guid.CreateVersion7(), "Machine", "machine", 1, "open", minutes, true,
        [.. open.Select(time => new TimeSlice(At(time.Item1, time.Item2), At(time.Item3, time.Item4)))],
        [.. taken.Select(time => new Allocation(Guid.CreateVersion7(), time.State, At(time.Item2, time.Item3), At(time.Item4, time.Item5), null, null, null, null, null))]);

    private static DateTimeOffset At(int hour, int minute) => new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.FromHours(5)).AddHours(hour).AddMinutes(minute);

    private static string[] Cells(Board board) => [.. board.Rows.Single().Cells.Select(cell => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{cell.State} {cell.Start.ToOffset(TimeSpan.FromHours(5)):HH:mm}-{cell.End.ToOffset(TimeSpan.FromHours(5)):HH:mm}"))];
}
