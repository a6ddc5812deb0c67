namespace Wink.PowerShell.HostTests;

/// <summary>Where the repository is that this assembly lies in. The compiler does not tell: it hides where the clone lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
}
