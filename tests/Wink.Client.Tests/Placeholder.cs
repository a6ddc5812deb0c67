namespace Wink.Client.Tests;

public sealed class Placeholder
{
    [Xunit.Fact]
    public void Nothing() => Xunit.Assert.NotNull(WinkEndpoints.Production);
}
