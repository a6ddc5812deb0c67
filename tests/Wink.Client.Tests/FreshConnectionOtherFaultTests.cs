namespace Wink.Client.Tests;

public sealed class FreshConnectionOtherFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(OtherCells))]
    public Task A_rotation_ends_as_it_must(string cell) => EndsAsItMustOnAFreshConnectionAsync(cell);
}
