namespace MedTourism.Booking.Tests;

/// <summary>Someone who works at a center.</summary>
public static class Clinic
{
    public static string Token(string center, string role = "scheduler") =>
        Running.App.Tokens.For(sub: $"{role}-{center}", org: Guid.NewGuid(), orgKind: "clinic", orgRef: center, roles: [role]);

    public static async Task<List<Guid>> ResourcesAsync(Guest guest, string center) =>
        [.. (await guest.SendAsync(HttpMethod.Get, "/clinic/resources", token: Token(center))).Body.EnumerateArray().Select(x => x.GetProperty("id").GetGuid())];
}
