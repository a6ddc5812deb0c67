namespace Wink.Client.Tests;

public sealed class OtherFaultTests : FaultTest
{
    [Theory]
    [MemberData(nameof(OtherCells))]
    public Task A_rotation_ends_as_it_must(string cell) => EndsAsItMustAsync(cell);
}
