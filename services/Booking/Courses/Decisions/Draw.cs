namespace MedTourism.Booking.Courses.Decisions;

/// <summary>Repeatable random numbers: a function of what they are for, not of a generator's past.</summary>
internal static class Draw
{
    /// <summary>A number in [0, 1) from the finaliser of MurmurHash3 over the four keys.</summary>
    public static double Uniform(int a, int b, int c, int d)
    {
        var x = ((ulong)(uint)a * 0x9E3779B97F4A7C15UL) ^ ((ulong)(uint)b * 0xC2B2AE3D27D4EB4FUL)
            ^ ((ulong)(uint)c * 0x165667B19E3779F9UL) ^ ((ulong)(uint)d * 0x27D4EB2F165667C5UL);
        x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDUL;
        x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53UL;
        x ^= x >> 33;
        return (x >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The quantile of a Poisson distribution, cut off at ten times its mean and ten more.</summary>
    public static int Poisson(double mean, double quantile)
    {
        var probability = Math.Exp(-mean);
        var sum = probability;
        var count = 0;
        while (quantile > sum && count < 10 + (10 * mean))
        {
            count++;
            probability *= mean / count;
            sum += probability;
        }

        return count;
    }
}
