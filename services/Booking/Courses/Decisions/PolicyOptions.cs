namespace MedTourism.Booking.Courses.Decisions;

/// <summary>
/// What a center decides about the policy, and how hard it computes. The defaults were chosen on generated instances and one half of the published
/// ones (see the decision record); the weights of the priorities are illustrative and need a clinician's sign-off.
/// </summary>
public sealed record PolicyOptions
{
    public static PolicyOptions Default { get; } = new();

    /// <summary>What a day late costs by priority, from priority 1 on, in days of a routine patient. Later priorities count as the last.</summary>
    public IReadOnlyList<double> LateWeights { get; init; } = [30, 20, 1, 1];

    /// <summary>How much more of a priority than expected is planned for, from priority 1 on: the safety stock for urgent courses.</summary>
    public IReadOnlyList<double> SafetyFactors { get; init; } = [2, 1.2, 1, 1];

    /// <summary>Working days of arrivals that a decision looks ahead.</summary>
    public int ForecastDays { get; init; } = 16;

    /// <summary>
    /// Working days ahead for courses that are urgent: those of a priority whose late days cost more than the last one's. They cannot wait, so room for them is
    /// kept also on days that routine courses told today still fill, while routine arrivals of those days can go behind.
    /// </summary>
    public int UrgentForecastDays { get; init; } = 20;

    /// <summary>Possible futures that are priced.</summary>
    public int Scenarios { get; init; } = 40;

    /// <summary>Steps of the price search from nothing, on each new day, and after each decision.</summary>
    public int FirstSteps { get; init; } = 150;

    public int DailySteps { get; init; } = 20;

    public int StepsAfterDecision { get; init; } = 2;

    /// <summary>Largest and smallest step of the price search, in days late per slot for a day wanted twice over.</summary>
    public double FirstStep { get; init; } = 0.8;

    public double LastStep { get; init; } = 0.02;

    /// <summary>What one working day of waiting before the due day costs; only breaks ties.</summary>
    public double WaitCost { get; init; } = 0.0004;

    /// <summary>Slots per machine and day, besides the computed loss, that are not counted on.</summary>
    public double Slack { get; init; } = 0.5;

    /// <summary>How many observed arrivals the prior mix is worth, and how many observed days the prior rate.</summary>
    public double PriorArrivals { get; init; } = 20;

    public double PriorDays { get; init; } = 4;

    internal double LateWeight(int priority) => At(LateWeights, priority);

    internal bool IsUrgent(int priority) => LateWeight(priority) > LateWeights[^1];

    internal double Safety(int priority) => At(SafetyFactors, priority);

    private static double At(IReadOnlyList<double> list, int priority) => list[Math.Clamp(priority - 1, 0, list.Count - 1)];
}
