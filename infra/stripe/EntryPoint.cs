namespace MedTourism.StripeStandIn;

// A named class, not top-level statements: a test project that references this one and a service would see two public Program classes.
internal static class EntryPoint
{
    private static Task Main(string[] args) => StandIn.Build(args).RunAsync();
}
