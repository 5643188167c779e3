using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedTourism.Catalog.Centers;
using MedTourism.Catalog.Entry;
using MedTourism.Catalog.Equipment;
using MedTourism.Catalog.Procedures;
using MedTourism.Catalog.Texts;
using MedTourism.Contracts.Catalog;

namespace MedTourism.Catalog.Seeding;

/// <summary>The catalogue as it is written in <c>Seed/*.json</c>, read from the assembly.</summary>
public sealed class SeedFiles
{
    private readonly bool _demo;

    private SeedFiles(bool demo)
    {
        _demo = demo;
        Sources = Read<Source[]>("sources");
        Cities = Read<City[]>("cities");
        Lines = Numbered(Read<ServiceLine[]>("lines"), (line, position) => line.Position = position);
        Centers = [.. Read<Center[]>("centers").Where(center => demo || !center.Demo)];
        var here = Centers.ToDictionary(center => center.Id);
        Equipment = [.. Read<Machine[]>("equipment").Concat(Read<Machine[]>("rooms")).Where(machine => here.ContainsKey(machine.CenterId))];
        foreach (var center in Centers)
        {
            center.Slug = center.Id;
        }

        foreach (var machine in Equipment)
        {
            machine.Demo = here[machine.CenterId].Demo;
        }

        Procedures = Numbered(Read<Procedure[]>("procedures"), (procedure, position) => procedure.Position = position);
        Patterns = [.. Read<JsonElement[]>("patterns").Select(ToPattern)];
        var papers = Read<PaperFile>("documents");
        (Documents, Bundles) = (papers.Documents, papers.Bundles);
        Preparation = [.. Read<PreparationTopic[]>("preparation").SelectMany(topic => topic.Steps.Select(step => new PreparationStep
        {
            Topic = topic.Topic, Id = step.Id, OffsetHours = step.OffsetHours, Text = step.Text, Source = step.Source, Basis = step.Basis,
        }))];
        Screening = Numbered(Read<ScreeningQuestion[]>("screening"), (question, position) => question.Position = position);
        VisaRegimes = Read<VisaRegime[]>("visa-regimes");
        Countries = Read<Country[]>("countries");
        Languages = Read<Language[]>("languages");
        Holidays = Read<Holiday[]>("holidays");
        Prices = Read<PriceRules>("prices");
        Synonyms = Read<Synonym[]>("synonyms");
    }

    public Source[] Sources { get; }

    public City[] Cities { get; }

    public ServiceLine[] Lines { get; }

    public Center[] Centers { get; }

    public Machine[] Equipment { get; }

    public Procedure[] Procedures { get; }

    public Pattern[] Patterns { get; }

    public Document[] Documents { get; }

    public DocumentBundle[] Bundles { get; }

    public PreparationStep[] Preparation { get; }

    public ScreeningQuestion[] Screening { get; }

    public VisaRegime[] VisaRegimes { get; }

    public Country[] Countries { get; }

    public Language[] Languages { get; }

    public Holiday[] Holidays { get; }

    public PriceRules Prices { get; }

    public Synonym[] Synonyms { get; }

    public static SeedFiles Load(bool demo) => new(demo);

    /// <summary>Changes with the files and with the code that reads them, so that both bring a new load.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assembly = typeof(SeedFiles).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.Contains(".Seed.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            hash.AppendData(SHA256.HashData(stream));
        }

        hash.AppendData(assembly.ManifestModule.ModuleVersionId.ToByteArray());
        hash.AppendData(Encoding.UTF8.GetBytes(_demo ? "demo" : "real"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static T Read<T>(string name)
    {
        var assembly = typeof(SeedFiles).Assembly;
        using var stream = assembly.GetManifestResourceStream($"{assembly.GetName().Name}.Seed.{name}.json")
            ?? throw new InvalidOperationException($"The seed file '{name}.json' is not part of the service.");
        return JsonSerializer.Deserialize<T>(stream, Json.Options)
            ?? throw new InvalidOperationException($"The seed file '{name}.json' is empty.");
    }

    private static T[] Numbered<T>(T[] items, Action<T, int> number)
    {
        for (var i = 0; i < items.Length; i++)
        {
            number(items[i], i);
        }

        return items;
    }

    private static Pattern ToPattern(JsonElement seed) => new()
    {
        Id = seed.GetProperty("id").GetString()!,
        Name = seed.GetProperty("name").GetString()!,
        StayDaysMin = seed.GetProperty("stayDays").GetProperty("min").GetInt32(),
        StayDaysMax = seed.GetProperty("stayDays").GetProperty("max").GetInt32(),
        Companion = seed.GetProperty("companion").GetString()!,
        FlyAfterDays = seed.TryGetProperty("flyAfterDays", out var fly) ? fly.GetInt32() : null,
        FollowUpDays = seed.GetProperty("followUpDays").Deserialize<int[]>()!,
        Details = seed,
        Sources = seed.GetProperty("sources").Deserialize<string[]>()!,
    };

    private sealed record PaperFile(Document[] Documents, DocumentBundle[] Bundles);

    private sealed record PreparationTopic(string Topic, PreparationItem[] Steps);

    private sealed record PreparationItem(string Id, int OffsetHours, Dictionary<string, string> Text, string? Source, string? Basis);
}

/// <summary>How illustrative prices, deposits and cancellation terms are made.</summary>
public sealed record PriceRules(
    decimal KztPerUsd, DateOnly AsOf, string Source, string Basis, int RoundToKzt, int RoundToUsd, int DepositPercent, int DepositMinimumKzt, Ladder[] Cancellation);

public sealed record Ladder(string Mode, CancellationStep[] Steps);

/// <summary>Other words people use for procedures, whole lines or cities.</summary>
public sealed record Synonym(string[] Words, string[] Procedures, string[] Lines, string[] Cities);
