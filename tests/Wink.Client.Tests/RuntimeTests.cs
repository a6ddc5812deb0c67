using System.Globalization;

namespace Wink.Client.Tests;

/// <summary>
/// The suite runs on .NET 10, and what depends on the runtime also runs on .NET 8 each time, which PowerShell 7.4 has: the classes with
/// the trait Runtime=Each. They are about the connection, the ticket, the deadline, the response, TLS and the proxy.
/// </summary>
[Trait("Runtime", "Each")]
public sealed class RuntimeTests
{
    /// <summary>On another runtime the tests would pass, too, and nobody would notice. WINK_RUNTIME is set by build.ps1.</summary>
    [Fact]
    public void The_suite_runs_on_the_runtime_that_was_asked_for()
    {
        if (Environment.GetEnvironmentVariable("WINK_RUNTIME") is { Length: > 0 } asked)
            Assert.Equal(int.Parse(asked, CultureInfo.InvariantCulture), Environment.Version.Major);
        else
            Assert.True(Environment.Version.Major >= 10, $"It ran on .NET {Environment.Version}.");
    }
}
