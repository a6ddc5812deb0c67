using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Wink.Client;

/// <summary>Checks identifiers: they become parts of a request's path and must not change it.</summary>
public static partial class ResourceIdentifier
{
    internal const string ManagingEntity = "managing entity id";
    internal const string Application = "application id";

    /// <summary>Whether it has only letters, digits, '.', '_', '~' and '-', and is neither '.' nor '..'.</summary>
    /// <param name="identifier">The identifier of a managing entity or an application.</param>
    public static bool IsValid([NotNullWhen(true)] string? identifier) =>
        identifier is not (null or "." or "..") && SafeInAPath().IsMatch(identifier);

    internal static string Validate(string identifier, string kind) => IsValid(identifier)
        ? identifier
        : throw new ArgumentException(
            $"'{TerminalText.OneLine(identifier)}' is not a valid {kind}: only letters, digits, '.', '_', '~' and '-' are allowed. " +
            "Nothing was sent.");

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]+\z")]
    private static partial Regex SafeInAPath();
}
