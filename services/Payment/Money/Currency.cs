namespace MedTourism.Payment.Money;

/// <summary>
/// A currency as ISO 4217 counts it and as Stripe does, which is not always alike. <see cref="Step"/> is what Stripe's amounts must be multiples of.
/// Source: docs.stripe.com/currencies.
/// </summary>
public sealed record Currency(string Code, int IsoExponent, int StripeExponent, int Step)
{
    // All active ISO 4217 currencies with two decimals at both, then the exceptions.
    private static readonly string[] Usual =
    [
        "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP",
        "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP",
        "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT",
        "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO",
        "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE",
        "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES",
        "WST", "XCD", "YER", "ZAR", "ZMW", "ZWG",
    ];

    private static readonly string[] Whole =
        ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly string[] Thousandths = ["BHD", "JOD", "KWD", "OMR", "TND"];

    private static readonly Dictionary<string, Currency> Known = new Currency[]
    {
        // ISO counts them in whole units, Stripe in hundredths that must be zero.
        new("ISK", 0, 2, 100),
        new("UGX", 0, 2, 100),
        // ISO has hundredths, Stripe takes whole units.
        new("MGA", 2, 0, 1),
    }
    .Concat(Usual.Select(code => new Currency(code, 2, 2, 1)))
    .Concat(Whole.Select(code => new Currency(code, 0, 0, 1)))
    // The last digit must be zero.
    .Concat(Thousandths.Select(code => new Currency(code, 3, 3, 10)))
    .ToDictionary(currency => currency.Code, StringComparer.Ordinal);

    public static IReadOnlyCollection<Currency> All => Known.Values;

    /// <exception cref="AmountNotPayableException">Stripe does not take this currency.</exception>
    public static Currency Of(string code) =>
        Known.TryGetValue(code, out var currency) ? currency : throw new AmountNotPayableException($"The currency '{code}' cannot be paid.");
}
