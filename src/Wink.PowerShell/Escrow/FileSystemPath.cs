using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>
/// A path of the file system, from a path as a person gives it. PowerShell resolves a path on every provider: 'Env:' becomes an empty text,
/// and 'Env:x' becomes 'x', which .NET would then look for in the current folder.
/// </summary>
internal static class FileSystemPath
{
    private const string FileSystem = "FileSystem";

    /// <exception cref="NotSupportedException">The path is on another provider.</exception>
    /// <exception cref="SessionStateException">There is no such drive or provider.</exception>
    public static string Of(PathIntrinsics state, string path)
    {
        var resolved = state.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return provider.Name == FileSystem
            ? resolved
            : throw new NotSupportedException($"'{path}' is a path of the provider {provider.Name}, not of the file system.");
    }
}
