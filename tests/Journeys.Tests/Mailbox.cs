using System.Net.Http.Json;
using System.Text.Json;
using MedTourism.TestKit;

namespace MedTourism.Journeys.Tests;

internal sealed record Letter(string Id, string Subject, string Html, string Text, IReadOnlyDictionary<string, string> Attachments);

/// <summary>Reads what the mail catcher received.</summary>
internal static class Mailbox
{
    private static readonly HttpClient Http = new();

    public static string NewAddress() => $"journey-{Guid.NewGuid():N}@example.com";

    /// <summary>Waits for the letter to <paramref name="address"/> that <paramref name="which"/> picks.</summary>
    public static async Task<Letter> WaitAsync(string address, Func<Letter, bool> which, string what)
    {
        Letter? found = null;
        await Eventually.That(
            async () => (found = (await AllAsync(address)).FirstOrDefault(which)) is not null, $"no letter '{what}' came to {address}", TimeSpan.FromSeconds(40));
        return found!;
    }

    public static async Task<IReadOnlyList<Letter>> AllAsync(string address)
    {
        var all = await Http.GetFromJsonAsync<JsonElement[]>(new Uri($"{Market.Address("mail")}/email")) ?? [];
        List<Letter> letters = [];
        foreach (var mail in all.Where(mail => mail.GetProperty("to").EnumerateArray().Any(to => to.GetProperty("address").GetString() == address)))
        {
            var id = mail.GetProperty("id").GetString()!;
            Dictionary<string, string> attachments = [];
            if (mail.TryGetProperty("attachments", out var list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (var name in list.EnumerateArray().Select(attachment => attachment.GetProperty("generatedFileName").GetString()!))
                {
                    attachments[name] = await Http.GetStringAsync(new Uri($"{Market.Address("mail")}/email/{id}/attachment/{name}"));
                }
            }

            letters.Add(new Letter(id, Text(mail, "subject"), Text(mail, "html"), Text(mail, "text"), attachments));
        }

        return letters;
    }

    private static string Text(JsonElement mail, string name) => mail.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;
}
