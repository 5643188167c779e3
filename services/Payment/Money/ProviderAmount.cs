namespace MedTourism.Payment.Money;

/// <summary>Turns our minor units (ISO 4217) into what Stripe counts, and back, exactly or not at all.</summary>
public static class ProviderAmount
{
    /// <exception cref="AmountNotPayableException">The amount has a part that Stripe cannot express in this currency.</exception>
    public static long FromMinor(long minor, string code)
    {
        var currency = Currency.Of(code);
        var amount = Shift(minor, currency.StripeExponent - currency.IsoExponent, code);
        return amount % currency.Step == 0
            ? amount
            : throw new AmountNotPayableException($"{minor} minor units of {code} are not a multiple of what can be paid.");
    }

    /// <exception cref="AmountNotPayableException">The amount cannot be expressed in ISO minor units.</exception>
    public static long ToMinor(long amount, string code)
    {
        var currency = Currency.Of(code);
        return Shift(amount, currency.IsoExponent - currency.StripeExponent, code);
    }

    private static long Shift(long amount, int places, string code)
    {
        long factor = 1;
        for (var i = 0; i < Math.Abs(places); i++)
        {
            factor *= 10;
        }

        if (places >= 0)
        {
            return checked(amount * factor);
        }

        return amount % factor == 0 ? amount / factor : throw new AmountNotPayableException($"{amount} of {code} has a part too small to be paid.");
    }
}

/// <summary>Stripe cannot take exactly this amount in this currency.</summary>
public sealed class AmountNotPayableException(string message) : Exception(message);
