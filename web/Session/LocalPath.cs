namespace MedTourism.Web.Session;

/// <summary>Addresses a visitor may be sent back to: paths of this site, nothing a browser could read as another host.</summary>
public static class LocalPath
{
    private const int Longest = 1500;

    public static bool IsLocal(string? path) =>
        path is ['/', .. var rest] && path.Length <= Longest && rest is not ['/' or '\\', ..] && !path.Any(char.IsControl) && !path.Contains('\\', StringComparison.Ordinal);

    public static string Or(string? path, string otherwise) => IsLocal(path) ? path! : otherwise;
}
