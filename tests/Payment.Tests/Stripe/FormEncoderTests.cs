using System.Text.Json;
using MedTourism.Payment.Stripe;

namespace MedTourism.Payment.Tests.Stripe;

public sealed class FormEncoderTests
{
    private const int Trees = 1000;

    [Test]
    public async Task A_thousand_random_trees_are_encoded_as_the_official_client_does()
    {
        var random = new Random(23);
        var trees = Enumerable.Range(0, Trees).Select(_ => Tree(random, 0)).ToList();
        var input = string.Join('\n', trees.Select(tree => JsonSerializer.Serialize(Portable(tree)))) + "\n";

        var official = (await NodeTools.ScriptAsync("encode.mjs", input)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<string>(line)!).ToList();

        Assert.That(official, Has.Count.EqualTo(Trees));
        Assert.That(official.Count(body => body.Contains("][", StringComparison.Ordinal)), Is.GreaterThan(Trees / 4), "the trees are too flat to show anything");
        for (var i = 0; i < Trees; i++)
        {
            Assert.That(FormEncoder.Encode(trees[i]), Is.EqualTo(official[i]), $"tree {i}");
        }
    }

    [Test]
    public void Times_are_unix_seconds_and_null_clears() =>
        Assert.That(
            FormEncoder.Encode(new Dictionary<string, object?> { ["at"] = DateTimeOffset.UnixEpoch.AddSeconds(7), ["description"] = null, ["ok"] = true }),
            Is.EqualTo("at=7&description=&ok=true"));

    private static Dictionary<string, object?> Tree(Random random, int depth)
    {
        var tree = new Dictionary<string, object?>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            tree[Name(random)] = Value(random, depth);
        }

        return tree;
    }

    private static object? Value(Random random, int depth) => random.Next(depth > 3 ? 5 : 8) switch
    {
        0 => Text(random),
        1 => random.Next(-1_000_000, 1_000_000),
        2 => random.Next(2) == 0,
        3 => null,
        4 => DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(0, 4_000_000_000)),
        5 => Enumerable.Range(0, random.Next(0, 4)).Select(_ => Value(random, depth + 1)).ToArray(),
        _ => Tree(random, depth + 1),
    };

    // Not an option's name of the client, which would take it for itself.
    private static string Name(Random random) => "p" + Text(random).Replace("$", string.Empty, StringComparison.Ordinal);

    private static string Text(Random random)
    {
        string[] parts = ["a", "Z", "0", " ", "&", "=", "+", "%", "[", "]", "!", "'", "(", ")", "*", "~", "ж", "қ", "ع", "漢", "😀", "\n", "/", "?", "#", "\"", "-", "_", "."];
        return string.Concat(Enumerable.Range(0, random.Next(0, 8)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private static object? Portable(object? value) => value switch
    {
        DateTimeOffset time => new Dictionary<string, object?> { ["$time"] = time.ToUnixTimeSeconds() },
        Dictionary<string, object?> tree => tree.ToDictionary(pair => pair.Key, pair => Portable(pair.Value)),
        object?[] list => list.Select(Portable).ToArray(),
        _ => value,
    };
}
